"""Finding the customer: the look-up, the screen pop, and making one who is new."""

from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.customers import actions as customers
from apps.desktop import moment_panels
from apps.desktop.entries import promise_line
from apps.desktop.forms import CreateForm, PopForm, meant
from apps.desktop.profile import ago
from apps.desktop.rail import rail as rail_of
from apps.interactions.lookup import Found, find
from apps.interactions.models import FollowUp

PROMISES = 20
MOMENTS, WAITING, OUTCOMES = 6, 4, 8


def regions(user: User) -> list[str]:
    """Whose spelling of phone numbers is tried: the team's own first."""
    return list(dict.fromkeys([user.region or settings.PHONE_REGIONS[0], *settings.PHONE_REGIONS]))


@login_required
@never_cache
@require_GET
def desk(request: PersonRequest) -> HttpResponse:
    mine = FollowUp.objects.open().filter(owner=request.user).select_related("owner", "profile__customer")
    promises = [(row.profile.customer, promise_line(row)) for row in mine.order_by("due_at")[:PROMISES]]
    context = {
        "rail": rail_of(request.user),
        "promises": promises,
        "mine": moment_panels.mine(request.user, MOMENTS),
        "waiting": moment_panels.waiting(request.user, WAITING),
        "came_of_it": moment_panels.came_of_it(request.user, OUTCOMES),
        "tab": uuid4().hex,
        "today": timezone.localdate(),
    }
    return render(request, "desktop/home.html", context)


@login_required
@never_cache
@require_GET
def lookup(request: PersonRequest) -> HttpResponse:
    """Customers for what has been typed so far. What was found is audited, as reading it is."""
    words = request.GET.get("q", "").strip()[:100]
    found = find(words, request.user, regions(request.user)) if len(words) > 1 else []
    if found:
        shown = [str(one.customer.public_id) for one in found]
        audit(request.user, "customer.lookup", purpose="service", shown=shown)
    return render(request, "desktop/_found.html", {"found": told(found), "words": words, "asked": len(words) > 1})


def told(found: Sequence[Found]) -> list[tuple[Found, str]]:
    """Each with how long ago they were last heard of."""
    return [(one, ago(one.last_at) if one.last_at else "") for one in found]


@login_required
@never_cache
@require_GET
def pop(request: PersonRequest) -> HttpResponse:
    """The screen pop: one match opens, several are listed, none offers to make one."""
    form = PopForm(request.GET)
    words = form.words()
    found = find(words, request.user, regions(request.user)) if words else []
    if len(found) == 1:
        return redirect(found[0].customer)
    if found:
        shown = [str(one.customer.public_id) for one in found]
        audit(request.user, "customer.lookup", purpose="screen pop", shown=shown)
    known = {**request.GET.dict(), **form.cleaned_data}
    form = CreateForm(initial=known, regions=regions(request.user))
    context = {
        "found": told(found),
        "words": words,
        "form": form,
        "rail": rail_of(request.user),
        "tab": uuid4().hex,
    }
    return render(request, "desktop/pop.html", context)


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
    context = {"form": form, "found": [], "words": "", "rail": rail_of(request.user), "tab": uuid4().hex}
    return render(request, "desktop/pop.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_GET
def rail(request: PersonRequest) -> HttpResponse:
    current = request.GET.get("current", "")
    return render(request, "desktop/_rail.html", {"rail": rail_of(request.user, current)})
