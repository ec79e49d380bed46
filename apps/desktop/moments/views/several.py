"""What is done to several moments of the list at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.contact.permission import NotPermitted
from apps.desktop.moments import page
from apps.desktop.moments.forms import MomentReasonForm, SnoozeForm
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, Several, StaysInside
from apps.moments.models import Moment
from apps.moments.tasks import ring

AT_ONCE = 50  # moments that are chosen together
REASONS = 3  # that are said of those it was not done to


@login_required
@require_POST
def accept_several(request: PersonRequest) -> HttpResponse:
    """Claim those that are chosen; who was quicker with the others is said."""
    chosen = _chosen(request.POST.getlist("chosen"))
    if not chosen:
        return HttpResponseBadRequest(_("Choose moments."))
    return _done(_("Accepted"), actions.accept_all(actor=request.user, moments=chosen, tab=tab_of(request)), chosen)


@login_required
@require_POST
def decline_several(request: PersonRequest) -> HttpResponse:
    """Not ours, for one reason: whoever sent them has them back."""
    chosen, form = _chosen(request.POST.getlist("chosen")), MomentReasonForm(request.POST)
    if not chosen or not form.is_valid():
        return HttpResponseBadRequest(_("Choose moments, and say why: whoever sent them reads it."))
    reason = form.cleaned_data["reason"]
    declined = actions.decline_all(actor=request.user, moments=chosen, reason=reason, tab=tab_of(request))
    return _done(_("Declined"), declined, chosen)


def _done(what: str, several: Several, chosen: Sequence[UUID]) -> HttpResponse:
    """How many it was done to, who was quicker with the others, and the way back."""
    ring()
    done = [str(moment.public_id) for moment in several.done]
    said = " ".join([f"{_of_several(what, len(done), len(chosen))}", *several.words[:REASONS]])
    undo = {"chosen": ",".join(done)} if done else None
    response = toast(HttpResponse(status=204), said, reverse("undo_several"), undo)
    for event in ("moments", "several"):
        trigger_client_event(response, event)
    return response


@login_required
@require_POST
def several_moments(request: PersonRequest) -> HttpResponse:
    """Put several off, or assign them: those that may be, one by one, and how many that were."""
    chosen = _chosen(request.POST.getlist("chosen"))
    visible = Moment.objects.visible_to(request.user).filter(public_id__in=chosen).order_by("profile__customer", "id")
    act = _to_several(request)
    if act is None or not chosen:
        return HttpResponseBadRequest(_("Choose moments, and until when or whose they are."))
    done = [moment for moment in visible.select_related("profile__customer", *page.PEOPLE) if _tried(act, moment)]
    ring()
    undo = {"chosen": ",".join(str(moment.public_id) for moment in done)} if done else None
    said = _of_several(_("Put off") if "span" in request.POST else _("Assigned"), len(done), len(chosen))
    return trigger_client_event(toast(HttpResponse(status=204), said, reverse("undo_several"), undo), "moments")


@login_required
@require_POST
def undo_several(request: PersonRequest) -> HttpResponse:
    """Take one's own last step back with each of these, where it still is the last."""
    chosen = _chosen(request.POST.get("chosen", "").split(","))
    undone = actions.undo_all(actor=request.user, moments=chosen, tab=tab_of(request))
    ring()
    said = _of_several(_("Undone"), len(undone.done), len(chosen))
    return trigger_client_event(toast(HttpResponse(status=204), said), "moments")


def _of_several(what: str, done: int, count: int) -> str:
    words = ngettext("%(done)d moment of %(all)d.", "%(done)d moments of %(all)d.", done)
    return f"{what}: {words % {'done': done, 'all': count}}"


def _chosen(given: Sequence[str]) -> list[UUID]:
    return [UUID(text) for text in given[:AT_ONCE] if _is_uuid(text)]


def _to_several(request: PersonRequest) -> Any:
    if "user" in request.POST:
        pk = request.POST["user"]
        user = User.objects.filter(pk=int(pk), is_active=True).first() if pk.isdecimal() and len(pk) < 18 else None
        return user and (
            lambda moment: actions.reassign(actor=request.user, moment=moment, user=user, tab=tab_of(request))
        )
    form = SnoozeForm(request.POST)
    until = form.until() if form.is_valid() else None
    return until and (
        lambda moment: actions.snooze(actor=request.user, moment=moment, until=until, tab=tab_of(request))
    )


def _tried(act: Any, moment: Moment) -> bool:
    try:
        act(moment)
    except (PermissionDenied, AlreadyChanged, NotPermitted, StaysInside, ValueError):
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
