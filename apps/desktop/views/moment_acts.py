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

from apps.accounts.http import PersonRequest, tab_of
from apps.accounts.models import User
from apps.desktop import moments_page
from apps.desktop.moment_forms import FinishForm, ReasonForm, SnoozeForm
from apps.desktop.views.moments import moment_or_gone, render_gone, render_moment, tab_name
from apps.desktop.views.toasts import toast
from apps.moments import actions
from apps.moments.actions import StaysInside, Taken
from apps.moments.deliveries import NotPermitted
from apps.moments.models import Moment
from apps.moments.tasks import ring

REFUSALS = (Taken, NotPermitted, StaysInside)


class Done(NamedTuple):
    """What is said, and whether the next moment is opened."""

    words: str
    on: bool = False


def _act(request: PersonRequest, public_id: UUID, do: Callable[[Moment], Done]) -> HttpResponse:
    """Do it to the moment as the page showed it, and open what comes next."""
    one, tab = moment_or_gone(request, public_id), tab_name(request)
    if one is None:
        return render_gone(request, public_id, tab)
    before = moments_page.following(request.user, tab, one)
    try:
        if request.POST.get("version", str(one.version)) != str(one.version):
            raise Taken(one)
        done, undo = do(one), reverse("undo_moment", args=[public_id])
        ring()
    except REFUSALS as refusal:
        done, undo = Done(str(refusal)), ""
    except PermissionDenied:
        done, undo = Done(_("That is not yours to do any more. This is how it stands now.")), ""
    visible = Moment.objects.visible_to(request.user).filter(public_id=public_id)
    stays = moments_page.in_tab(request.user, tab).filter(public_id=public_id).exists()
    again = visible.select_related("profile__customer", *moments_page.PEOPLE).first()
    following = before if done.on or again is None else again
    response = render_moment(request, following, tab, gone=None if stays else public_id)
    where = reverse("moment", args=[following.public_id]) if following else reverse("moments")
    response = push_url(response, f"{where}?tab={tab}")
    if stays:  # its line is drawn again, or for the first time
        response = trigger_client_event(response, "moments")
    values = {"version": str(again.version) if again else "", "tab": tab} if undo else None
    return toast(response, done.words, undo, values)


@login_required
@require_POST
def claim(request: PersonRequest, public_id: UUID) -> HttpResponse:
    def do(one: Moment) -> Done:
        actions.accept(actor=request.user, moment=one, tab=tab_of(request))
        return Done(_("It is yours now."))

    return _act(request, public_id, do)


@login_required
@require_POST
def decline(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say why: whoever sent it reads it."))

    def do(one: Moment) -> Done:
        actions.decline(actor=request.user, moment=one, reason=form.cleaned_data["reason"], tab=tab_of(request))
        return Done(_("Declined: it is back with who sent it."), on=True)

    return _act(request, public_id, do)


@login_required
@require_POST
def give_back(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say why: whoever sent it reads it."))

    def do(one: Moment) -> Done:
        actions.give_back(actor=request.user, moment=one, reason=form.cleaned_data["reason"], tab=tab_of(request))
        return Done(_("Given back."), on=True)

    return _act(request, public_id, do)


@login_required
@require_POST
def withdraw(request: PersonRequest, public_id: UUID) -> HttpResponse:
    def do(one: Moment) -> Done:
        actions.withdraw(actor=request.user, moment=one, tab=tab_of(request))
        return Done(_("Withdrawn: it is offered to nobody now."))

    return _act(request, public_id, do)


@login_required
@require_POST
def snooze(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = SnoozeForm(request.POST)
    until = form.until() if form.is_valid() else None
    if until is None:
        return HttpResponseBadRequest(_("Choose until when."))

    def do(one: Moment) -> Done:
        actions.snooze(actor=request.user, moment=one, until=until, tab=tab_of(request))
        return Done(_("Put off until %(when)s.") % {"when": moments_page.moment_words(until)}, on=True)

    try:
        return _act(request, public_id, do)
    except ValueError:
        return HttpResponseBadRequest(_("Choose a time within the next months."))


@login_required
@require_POST
def wake(request: PersonRequest, public_id: UUID) -> HttpResponse:
    def do(one: Moment) -> Done:
        actions.wake(actor=request.user, moment=one, tab=tab_of(request))
        return Done(_("Back among yours."))

    return _act(request, public_id, do)


@login_required
@require_POST
def assign(request: PersonRequest, public_id: UUID) -> HttpResponse:
    pk = request.POST.get("user", "")[:18]
    user = get_object_or_404(User.objects.filter(is_active=True), pk=int(pk) if pk.isdecimal() else 0)

    def do(one: Moment) -> Done:
        actions.reassign(actor=request.user, moment=one, user=user, tab=tab_of(request))
        return Done(_("Assigned to %(name)s.") % {"name": user}, on=True)

    return _act(request, public_id, do)


@login_required
@require_POST
def contact(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Before a call or letter: it is allowed now, and counts."""
    form = FinishForm({"outcome": "reached", "channel": request.POST.get("channel", "")})
    if not form.is_valid() or not form.cleaned_data["channel"]:
        return HttpResponseBadRequest(_("Choose a channel."))

    def do(one: Moment) -> Done:
        actions.contact(actor=request.user, moment=one, channel=form.cleaned_data["channel"], tab=tab_of(request))
        return Done(_("Go ahead: they permit it now, and it is counted."))

    return _act(request, public_id, do)


@login_required
@require_POST
def finish(request: PersonRequest, public_id: UUID) -> HttpResponse:
    form = FinishForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say what came of it."))
    said: dict[str, Any] = form.cleaned_data

    def do(one: Moment) -> Done:
        actions.finish(actor=request.user, moment=one, tab=tab_of(request), **said)
        return Done(_("Done. Whoever sent it is told what came of it."), on=True)

    return _act(request, public_id, do)


@login_required
@require_POST
def undo_moment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take one's own last step back, and look at it again."""
    mine = Moment.objects.filter(public_id=public_id).stepped_by(request.user)
    one = get_object_or_404(mine.select_related("profile__customer"))
    said = _("Undone.")
    try:
        actions.undo(actor=request.user, moment=one, tab=tab_of(request))
    except (Taken, PermissionDenied):
        said = _("Too late: it has gone on from there.")
    where = f"{reverse('moment', args=[public_id])}?tab={tab_name(request)}"
    return trigger_client_event(toast(HttpResponse(status=204), said), "undone", {"url": where})
