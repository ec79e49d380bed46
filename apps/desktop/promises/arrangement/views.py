"""Promises are moved to another day, given to somebody else, and handed over at the end of a shift; each is taken back
from the toast that says it was done."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.desktop.promises.arrangement import page
from apps.desktop.promises.arrangement.forms import DueForm, HandOverForm, OwnerForm
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.interactions.models import FollowUp
from apps.interactions.promises import actions
from apps.interactions.promises.actions import Arranged
from apps.interactions.promises.models import Handover


@login_required
@never_cache
@require_GET
def arrange(request: PersonRequest) -> HttpResponse:
    """The sheet for one promise or several: another time, another owner."""
    promises = page.to_arrange(request.user, page.chosen_in(request.GET.getlist("chosen")))
    return render(request, "desktop/promises/arrange.html", page.arrangement(request.user, promises))


@login_required
@require_POST
def reschedule(request: PersonRequest) -> HttpResponse:
    promises = page.to_arrange(request.user, page.chosen_in(request.POST.getlist("chosen")))
    form = DueForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors["due"][0])
    due_at = form.cleaned_data["due"]
    return _arranged(
        lambda: actions.reschedule(
            actor=request.user, promises=[row.pk for row in promises], due_at=due_at, tab=tab_of(request)
        ),
        _("Moved"),
    )


@login_required
@require_POST
def reassign(request: PersonRequest) -> HttpResponse:
    promises = page.to_arrange(request.user, page.chosen_in(request.POST.getlist("chosen")))
    form = OwnerForm(request.POST, colleagues=page.keepers_of(request.user, promises))
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors["to"][0])
    to = form.cleaned_data["to"]
    return _arranged(
        lambda: actions.reassign(actor=request.user, promises=[row.pk for row in promises], to=to, tab=tab_of(request)),
        _("Assigned to %(name)s") % {"name": to},
    )


@login_required
@require_POST
def take(request: PersonRequest) -> HttpResponse:
    """One that waits for somebody of the team is mine."""
    chosen = page.chosen_in(request.POST.getlist("chosen"))
    waiting = list(FollowUp.objects.open().filter(pk__in=chosen, owner=None).values_list("pk", flat=True))
    if not waiting:
        return trigger_client_event(toast(HttpResponse(status=204), _("Somebody was quicker.")), "story")
    return _arranged(
        lambda: actions.reassign(actor=request.user, promises=waiting, to=request.user, tab=tab_of(request)),
        _("Yours now"),
    )


@login_required
@never_cache
def hand_over(request: PersonRequest) -> HttpResponse:
    """All that one has open, or what was chosen, to a colleague or a team."""
    chosen = page.chosen_in((request.POST or request.GET).getlist("chosen"))
    if request.method != "POST":
        return _render_hand_over(request, HandOverForm(**page.receivers(request.user)), chosen)
    form = HandOverForm(request.POST, **page.receivers(request.user))
    if not form.is_valid():
        return _render_hand_over(request, form, chosen, status=422)
    to, note = form.receiver(), form.cleaned_data["note"]
    response = _arranged(
        lambda: actions.hand_over(
            actor=request.user,
            to=to,
            promises=chosen if "chosen" in request.POST else None,
            note=note,
            tab=tab_of(request),
        ),
        _("Handed to %(name)s, who is told") % {"name": to},
    )
    return response if request.htmx else redirect("promises")


def _render_hand_over(request: PersonRequest, form: HandOverForm, chosen: list[int], status: int = 200) -> HttpResponse:
    mine = FollowUp.objects.open().filter(owner=request.user)
    context = {"form": form, "chosen": chosen, "count": len(chosen) or mine.count()}
    part = "#hand_over" if request.htmx else ""
    return render(request, f"desktop/promises/hand_over.html{part}", context, status=status)


@login_required
@require_POST
def undo_arranged(request: PersonRequest) -> HttpResponse:
    """Take back what was done in one go."""
    try:
        undone = actions.undo(actor=request.user, batch=UUID(request.POST.get("batch", "")), tab=tab_of(request))
    except (PermissionDenied, ValueError):
        words = _("Too late: it has gone on from there.")
    else:
        words = _count(_("Undone"), undone)
    return trigger_client_event(toast(HttpResponse(status=204), words), "story")


@login_required
@require_POST
def acknowledge(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The receiver knows of what was handed over."""
    handover = get_object_or_404(Handover.objects.told_to(request.user), public_id=public_id)
    actions.acknowledge(reader=request.user, handover=handover)
    return trigger_client_event(HttpResponse(status=204), "story")


def _arranged(act: Callable[[], Arranged], what: str) -> HttpResponse:
    """Do it, and say to how many, with the way back."""
    try:
        made = act()
    except (PermissionDenied, ValueError):
        return trigger_client_event(toast(HttpResponse(status=204), _("Nothing of it is yours to change.")), "story")
    undo = {"batch": str(made.batch)} if made.done else None
    response = toast(HttpResponse(status=204), _count(what, made), reverse("undo_arranged"), undo)
    for event in ("arranged", "story"):
        trigger_client_event(response, event)
    return response


def _count(what: str, made: Arranged) -> str:
    said = ngettext("%(count)d promise", "%(count)d promises", made.done) % {"count": made.done}
    if not made.left:
        return f"{what}: {said}."
    left = ngettext("%(count)d is settled or not yours", "%(count)d are settled or not yours", made.left)
    return f"{what}: {said}; {left % {'count': made.left}}."
