"""What is done to one moment. Each answers with the pane: of the same moment, or of the next where it left the list."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import push_url, trigger_client_event

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.contact.permission import NotPermitted
from apps.desktop.moments import page
from apps.desktop.moments.forms import FinishForm, MomentReasonForm, SnoozeForm
from apps.desktop.moments.views.queue import moment_or_gone, render_gone, render_moment, tab_name
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside
from apps.moments.models import Moment
from apps.moments.tasks import ring


class Result(NamedTuple):
    """What is said of an act, whether it was done, and whether the next moment is opened."""

    words: str
    done: bool
    opens_next: bool = False


def _act(
    request: PersonRequest,
    public_id: UUID,
    act: Callable[..., object],
    words: str,
    *,
    opens_next: bool = False,
    **given: Any,
) -> HttpResponse:
    """Do one of `moments.actions` to the moment as the page showed it, and open what comes next."""
    moment, tab = moment_or_gone(request, public_id), tab_name(request)
    if moment is None:
        return render_gone(request, public_id, tab)
    next_moment = page.following(request.user, tab, moment)
    try:
        if request.POST.get("version", str(moment.version)) != str(moment.version):
            raise AlreadyChanged(moment)
        act(actor=request.user, moment=moment, tab=tab_of(request), **given)
        ring()
        result = Result(words, True, opens_next)
    except (AlreadyChanged, NotPermitted, StaysInside) as refusal:
        result = Result(str(refusal), False)
    except PermissionDenied:
        result = Result(_("That is not yours to do any more. This is how it stands now."), False)
    return _render_result(request, public_id, result, next_moment)


def _render_result(request: PersonRequest, public_id: UUID, result: Result, next_moment: Moment | None) -> HttpResponse:
    tab = tab_name(request)
    visible = Moment.objects.visible_to(request.user).filter(public_id=public_id)
    stays = page.in_tab(request.user, tab).filter(public_id=public_id).exists()
    again = visible.select_related("profile__customer", *page.PEOPLE).first()
    shown = next_moment if result.opens_next or again is None else again
    response = render_moment(request, shown, tab, gone=None if stays else public_id)
    where = reverse("moment", args=[shown.public_id]) if shown else reverse("moments")
    response = push_url(response, f"{where}?tab={tab}")
    if stays:  # its line is drawn again, or for the first time
        response = trigger_client_event(response, "moments")
    if not result.done:
        return toast(response, result.words)
    undo = reverse("undo_moment", args=[public_id])
    return toast(response, result.words, undo, {"version": str(again.version) if again else "", "tab": tab})


@login_required
@require_POST
def accept(request: PersonRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, actions.accept, _("It is yours now."))


@login_required
@require_POST
def decline(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = MomentReasonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say why: whoever sent it reads it."))
    words = _("Declined: it is back with who sent it.")
    return _act(request, public_id, actions.decline, words, opens_next=True, reason=form.cleaned_data["reason"])


@login_required
@require_POST
def give_back(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = MomentReasonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say why: whoever sent it reads it."))
    reason = form.cleaned_data["reason"]
    return _act(request, public_id, actions.give_back, _("Given back."), opens_next=True, reason=reason)


@login_required
@require_POST
def withdraw(request: PersonRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, actions.withdraw, _("Withdrawn: it is offered to nobody now."))


@login_required
@require_POST
def snooze(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = SnoozeForm(request.POST)
    until = form.until() if form.is_valid() else None
    if until is None:
        return HttpResponseBadRequest(_("Choose until when."))
    words = _("Put off until %(when)s.") % {"when": page.time_words(until)}
    try:
        return _act(request, public_id, actions.snooze, words, opens_next=True, until=until)
    except ValueError:
        return HttpResponseBadRequest(_("Choose a time within the next months."))


@login_required
@require_POST
def wake(request: PersonRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, actions.wake, _("Back among yours."))


@login_required
@require_POST
def assign(request: PersonRequest, public_id: UUID) -> HttpResponse:
    pk = request.POST.get("user", "")[:18]
    user = get_object_or_404(User.objects.filter(is_active=True), pk=int(pk) if pk.isdecimal() else 0)
    words = _("Assigned to %(name)s.") % {"name": user}
    return _act(request, public_id, actions.reassign, words, opens_next=True, user=user)


@login_required
@require_POST
def contact(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Before a call or letter: it is allowed now, and counts."""
    form = FinishForm({"outcome": "reached", "channel": request.POST.get("channel", "")})
    channel = form.cleaned_data["channel"] if form.is_valid() else ""
    if not channel:
        return HttpResponseBadRequest(_("Choose a channel."))
    words = _("Contact logged. They permit it now, and it counts.")
    return _act(request, public_id, actions.contact, words, channel=channel)


@login_required
@require_POST
def finish(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = FinishForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say what came of it."))
    words = _("Done. Whoever sent it is told what came of it.")
    return _act(request, public_id, actions.finish, words, opens_next=True, **form.cleaned_data)


@login_required
@require_POST
def undo_moment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take one's own last step back, and look at it again."""
    mine = Moment.objects.filter(public_id=public_id).stepped_by(request.user)
    moment = get_object_or_404(mine.select_related("profile__customer"))
    words = _("Undone.")
    try:
        actions.undo(actor=request.user, moment=moment, tab=tab_of(request))
    except (AlreadyChanged, PermissionDenied):
        words = _("Too late: it has gone on from there.")
    where = f"{reverse('moment', args=[public_id])}?tab={tab_name(request)}"
    return trigger_client_event(toast(HttpResponse(status=204), words), "undone", {"url": where})
