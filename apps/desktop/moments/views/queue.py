"""The desk of moments: a list with one of them opened, and what is done to several at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, trigger_client_event

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.desktop.moments import page, pane
from apps.desktop.moments.forms import FinishForm, MomentReasonForm, SnoozeForm
from apps.desktop.shell.toasts import keep_toast, toast
from apps.foundation.db.keyset import Cursor
from apps.moments.models import Moment

AT_ONCE = 50  # moments that are put off or assigned together
GONE = gettext_lazy("It is no longer at your desk: it was taken back, or somebody else has it.")


def tab_name(request: PersonRequest) -> str:
    tab = request.POST.get("tab") or request.GET.get("tab", "")
    return tab if tab in dict(page.TABS) else "mine"


def moment_or_404(request: PersonRequest, public_id: UUID) -> Moment:
    visible = Moment.objects.visible_to(request.user).select_related("profile__customer", *page.PEOPLE)
    return get_object_or_404(visible, public_id=public_id)


def moment_or_gone(request: PersonRequest, public_id: UUID) -> Moment | None:
    """None where it lay at this person's desk and does no longer. Raises Http404 where it never did."""
    try:
        return moment_or_404(request, public_id)
    except Http404:
        if Moment.objects.filter(public_id=public_id).once_asked_of(request.user).exists():
            return None
        raise


def render_gone(request: PersonRequest, public_id: UUID, tab: str) -> HttpResponse:
    """It is taken off the list, and what comes next is opened."""
    following = page.in_tab(request.user, tab).select_related("profile__customer", *page.PEOPLE).first()
    response = render_moment(request, following, tab, gone=public_id)
    where = reverse("moment", args=[following.public_id]) if following else reverse("moments")
    return toast(push_url(response, f"{where}?tab={tab}"), str(GONE))


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def moments(request: PersonRequest) -> HttpResponse:
    """The list, whose first opens by itself in a second request, or only its lines, or more of them."""
    tab, after = tab_name(request), Cursor.parse(request.GET.get("after", ""))
    found, older = page.listed(request.user, tab, after)
    audit_shown(request, tab, found)
    if request.htmx.target == "moments-list" or after:
        return render(request, "desktop/moments/moments.html#rows", _rows(request, tab, found, older))
    return _render_page(request, tab, found, older, None)


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def moment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One in full: alone, or beside the list."""
    moment, tab = moment_or_gone(request, public_id), tab_name(request)
    if request.htmx.target == "moment":
        return render_moment(request, moment, tab) if moment else render_gone(request, public_id, tab)
    if moment is None:
        keep_toast(request, str(GONE))
        return redirect(f"{reverse('moments')}?tab={tab}")
    found, older = page.listed(request.user, tab, None)
    audit_shown(request, tab, found)
    return _render_page(request, tab, found, older, moment)


def audit_shown(request: PersonRequest, tab: str, found: list[Moment]) -> None:
    if found:
        shown = sorted({str(moment.profile.customer.public_id) for moment in found})
        audit(request.user, "moment.list", purpose="moments", tab=tab, shown=shown)


def _rows(request: PersonRequest, tab: str, found: list[Moment], older: Cursor[datetime] | None) -> dict[str, Any]:
    return {"lines": page.lines(request.user, found), "older": older, "tab_name": tab, "empty": None, "current": ""}


def shown(request: PersonRequest, moment: Moment | None) -> dict[str, Any]:
    """What the pane needs, once it is noted that somebody reads it."""
    if moment is None:
        return {"moment": None}
    audit(request.user, "moment.view", subject=moment.profile.customer.public_id, purpose="moments", id=moment.pk)
    forms = {"finish_form": FinishForm(), "reason_form": MomentReasonForm(), "snooze_form": SnoozeForm()}
    return {**pane.pane(request.user, moment), **forms}


def _render_page(
    request: PersonRequest, tab: str, found: list[Moment], older: Cursor[datetime] | None, moment: Moment | None
) -> HttpResponse:
    opens_first = str(found[0].public_id) if found and moment is None else ""
    context = {
        **_rows(request, tab, found, older),
        **shown(request, moment),
        "opens_first": opens_first,
        "current": str(moment.public_id) if moment else opens_first,
        "gone": None,
        "tabs": page.TABS,
        "empty": page.EMPTY[tab],
        "spans": SnoozeForm.SPANS,
        "mates": _mates(request.user),
    }
    return render(request, "desktop/moments/moments.html", context)


def _mates(user: User) -> list[User]:
    """To whom several are assigned at once: everybody of the desk."""
    here = User.objects.filter(team=user.team_id, is_active=True) if user.team_id else User.objects.none()
    return list(here.order_by("first_name", "last_name", "id")[: pane.COLLEAGUES])


def render_moment(request: PersonRequest, moment: Moment | None, tab: str, gone: UUID | None = None) -> HttpResponse:
    """The pane; the line of the moment that is `gone` is taken off the list."""
    context = {"tab_name": tab, "opens_first": "", "gone": gone, "spans": SnoozeForm.SPANS, **shown(request, moment)}
    response = render(request, "desktop/moments/moments.html#moment", context)
    return trigger_client_event(response, "gone", {"line": f"line-{gone}"}) if gone else response
