"""What was promised to customers, who keeps it, and what became of it; and what a conversation begins with."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.customers.models import Customer
from apps.desktop.customer.forms import FollowUpForm, keepers_for
from apps.desktop.customer.last_time import last_time as last_time_of
from apps.desktop.customer.queries import rows_of
from apps.desktop.promises import page
from apps.desktop.promises.due import due_choices, order_choices
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.toasts import toast
from apps.foundation.db.keyset import Cursor
from apps.foundation.http import tab_of
from apps.interactions import actions
from apps.interactions.models import FollowUp

KEEPERS = 50


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request")
def promises(request: PersonRequest) -> HttpResponse:
    """One's own promises and the team's, in tabs; a page of them where htmx asks for more."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(page.TABS) else "today"
    after = Cursor.parse(request.GET.get("after", ""))
    lines, older = page.listed(request.user, tab, after)
    context = {
        "lines": lines,
        "told": [] if after else page.told(request.user),
        "older": str(older) if older else "",
        "tab_name": tab,
        "tabs": page.TABS,
        "empty": None if after else page.EMPTY[tab],
    }
    part = "#rows" if request.htmx else ""
    return render(request, f"desktop/promises/promises.html{part}", context)


@login_required
@require_POST
def promise(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what became of a promise, from wherever it is listed."""
    visible = FollowUp.objects.visible_to(request.user).select_related("profile__customer", "owner")
    follow_up = get_object_or_404(
        visible.filter(profile__customer__in=Customer.objects.visible_to(request.user)), pk=pk
    )
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("A promise is kept, broken, cancelled or open."))
    actions.close_follow_up(actor=request.user, follow_up=follow_up, tab=tab_of(request), **form.cleaned_data)
    said = _("The promise is now: %(state)s.") % {"state": FollowUp.State(form.cleaned_data["state"]).label}
    undo = {"state": FollowUp.State.OPEN} if form.cleaned_data["state"] != FollowUp.State.OPEN else None
    return trigger_client_event(toast(HttpResponse(status=204), said, request.path, undo), "story")


@login_required
@never_cache
@require_GET
def keepers(request: PersonRequest) -> HttpResponse:
    """The colleagues who might keep a promise, as the options of its field."""
    mates = keepers_for(request.user).order_by("first_name", "last_name", "id")[:KEEPERS]
    keepers = [("", _("I do")) if mate == request.user else (str(mate.pk), str(mate)) for mate in mates]
    chosen = request.GET.get("keeper", "")
    chosen = "" if chosen == str(request.user.pk) else chosen
    return render(request, "desktop/promises/keepers.html", {"keepers": keepers, "chosen": chosen})


@login_required
@never_cache
@require_GET
@of_customer
def due_times(request: PersonRequest, one: Customer) -> HttpResponse:
    """Until when something may be promised this customer now, and which order it may be about."""
    context = {
        "due_choices": due_choices(request.user, one.timezone),
        "orders": order_choices(one, request.user),
        "about": request.GET.get("about", "")[:100],
    }
    return render(request, "desktop/promises/due_times.html", context)


@login_required
@never_cache
@require_GET
@of_customer
def last_time(request: PersonRequest, one: Customer) -> HttpResponse:
    """The last contact before the page was opened, with what has become of orders, pins and promises since."""
    opened = _opened(request.GET.get("opened", ""))
    shown = last_time_of(request.user, rows_of(one, request.user, opened))
    context = {"customer": one, "last_time": shown, "opened": opened.isoformat()}
    return render(request, "desktop/customer/last_time.html", context)


def _opened(text: str) -> datetime:
    """When the page was opened, as it says itself; now, where that is no time."""
    try:
        opened = datetime.fromisoformat(text[:40])
    except ValueError:
        return timezone.now()
    return opened if timezone.is_aware(opened) else timezone.now()
