"""Finding the customer: the look-up, the screen pop, and making one who is new."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.roles import is_staff_role
from apps.customers import actions as customers
from apps.desktop.customer.forms import CreateForm, PopForm, meant
from apps.desktop.home.lookup_list import found_list, regions, with_ages
from apps.desktop.home.page import first_steps, needing_a_hand
from apps.desktop.moments import panels
from apps.desktop.promises.line import promise_line
from apps.desktop.shell.open_tabs import tabs_of
from apps.interactions.lookup import find
from apps.interactions.models import FollowUp

PROMISES = 20
MOMENTS, WAITING, OUTCOMES = 6, 4, 8


@login_required
@never_cache
@require_GET
def desk(request: PersonRequest) -> HttpResponse:
    mine = FollowUp.objects.open().filter(owner=request.user).with_customer().with_proposal(request.user)
    promises = [(row.profile.customer, promise_line(row, request.user)) for row in mine.order_by("due_at")[:PROMISES]]
    outcomes = panels.came_of_it(request.user, OUTCOMES)
    context: dict[str, Any] = {
        "promises": promises,
        "late": sum(promise.tone == "late" for _customer, promise in promises),
        "mine": panels.mine(request.user, MOMENTS),
        "waiting": panels.waiting(request.user, WAITING),
        "came_back": [line for line in outcomes if line.back],
        "came_of_it": [line for line in outcomes if not line.back],
    }
    if is_staff_role(request.user.role):
        context |= {"needs": needing_a_hand(request.user), "steps": first_steps()}
    return render(request, "desktop/home/home.html", context)


@login_required
@never_cache
@require_GET
def lookup(request: PersonRequest) -> HttpResponse:
    """Customers for what has been typed so far."""
    return render(request, "desktop/home/found.html", found_list(request, "service"))


@login_required
@never_cache
@require_GET
def pop(request: PersonRequest) -> HttpResponse:
    """The screen pop: the one who is meant exactly opens, several are listed and none of them chosen, none offers to
    make one. Who has just this number or address comes alone; who is only alike never opens by itself."""
    form = PopForm(request.GET)
    words = form.words()
    found = find(words, request.user, regions(request.user)) if words else []
    found = [one for one in found if one.exact] or found
    if len(found) == 1 and found[0].exact:
        return redirect(found[0].customer)
    if found:
        shown = [str(one.customer.public_id) for one in found]
        audit(request.user, "customer.lookup", purpose="screen pop", shown=shown)
    known = {**request.GET.dict(), **form.cleaned_data}
    form = CreateForm(initial=known, regions=regions(request.user))
    return render(request, "desktop/home/pop.html", {"found": with_ages(found), "words": words, "form": form})


@login_required
@never_cache
def create(request: PersonRequest) -> HttpResponse:
    """A customer met for the first time; one who is known after all simply opens."""
    data, likely = request.POST if request.method == "POST" else None, meant(request.GET.get("q", ""))
    form = CreateForm(data, initial=likely, regions=regions(request.user))
    if request.method == "POST" and form.is_valid():
        return redirect(
            customers.add_customer(actor=request.user, name=form.cleaned_data["name"], handles=form.handles())
        )
    context = {"form": form, "found": [], "words": ""}
    return render(request, "desktop/home/pop.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_GET
def open_tabs(request: PersonRequest) -> HttpResponse:
    current = request.GET.get("current", "")
    return render(request, "desktop/shell/open_tabs.html", {"open_tabs": tabs_of(request.user, current)})
