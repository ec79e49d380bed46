"""Putting right what was logged wrongly: look at it, retract it, move it to somebody else, take that back."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.customers.models import Customer
from apps.desktop.corrections.forms import CorrectionForm
from apps.desktop.corrections.page import correction_page, known_by
from apps.desktop.home.lookup_list import found_list
from apps.desktop.shell.open_tabs import tabs_of
from apps.desktop.shell.toasts import keep_toast, toast
from apps.foundation.http import tab_of
from apps.interactions import corrections
from apps.interactions.corrections import CannotCorrect
from apps.interactions.models import Correction, Interaction


def _entry_or_404(request: PersonRequest, pk: int) -> Interaction:
    """One that this person may correct; what was undone at once is nobody's any more."""
    return get_object_or_404(corrections.correctable_by(request.user).with_marks(), pk=pk)


@login_required
@never_cache
@require_GET
def correction(request: PersonRequest, pk: int) -> HttpResponse:
    """The entry as it was written, what became of it, and what may be done about it."""
    return _render_correction(request, _entry_or_404(request, pk))


@login_required
@never_cache
@require_GET
def correction_find(request: PersonRequest, pk: int) -> HttpResponse:
    """Customers for what has been typed so far, each leading to the confirmation."""
    entry = _entry_or_404(request, pk)
    context = {**found_list(request, "correction", without=entry.profile.customer), "moving": entry}
    return render(request, "desktop/home/found.html", context)


@login_required
@never_cache
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """From whom, to whom, with what; then it is done."""
    entry, to = _entry_or_404(request, pk), _target(request)
    if not corrections.may_move(request.user, entry):
        raise PermissionDenied
    if entry.withdrawn or to == entry.profile.customer:
        return redirect("correction", pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render_move(request, entry, to, form)
    done = _done(request, entry, to=to, reason=form.cleaned_data["reason"])
    if done:
        keep_toast(request, _("Moved to %(name)s.") % {"name": to}, reverse("take_back", args=[done.pk]), {"undo": "1"})
    return redirect(entry.profile.customer)


@login_required
@require_POST
def retract(request: PersonRequest, pk: int) -> HttpResponse:
    """Take it out of the story; the page goes back there."""
    entry, form = _entry_or_404(request, pk), CorrectionForm(request.POST)
    if not form.is_valid():
        return _render_correction(request, entry, form, status=422)
    done = _done(request, entry, reason=form.cleaned_data["reason"])
    if done:
        keep_toast(request, _("Retracted."), reverse("take_back", args=[done.pk]), {"undo": "1"})
    return redirect(entry.profile.customer)


@login_required
@require_POST
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Have it stand again where it was."""
    mine = corrections.correctable_by(request.user)
    rows = Correction.objects.filter(interaction__in=mine).with_names()
    done, said = get_object_or_404(rows, pk=pk), _("Taken back: the entry stands again.")
    try:
        corrections.take_back(actor=request.user, correction=done, tab=tab_of(request))
    except CannotCorrect:
        said = _("It has gone on from there: look at the entry.")
    if request.htmx:
        return trigger_client_event(toast(HttpResponse(status=204), said), "story")
    keep_toast(request, said)
    return redirect(done.interaction.profile.customer)


def _target(request: PersonRequest) -> Customer:
    """Whom it is to be moved to, or whoever they are now."""
    try:
        wanted = UUID(request.POST.get("to") or request.GET.get("to") or "")
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Customer.objects.survivor_of(wanted).visible_to(request.user))


def _done(request: PersonRequest, entry: Interaction, *, reason: str, to: Customer | None = None) -> Correction | None:
    """None, and a word about it, where somebody was quicker."""
    given: dict[str, Any] = {"actor": request.user, "entry": entry, "reason": reason, "tab": tab_of(request)}
    try:
        return corrections.move(**given, to=to) if to else corrections.retract(**given)
    except CannotCorrect:
        keep_toast(request, _("It does not stand in this story any more."))
        return None


def _render_correction(
    request: PersonRequest, entry: Interaction, form: CorrectionForm | None = None, status: int = 200
) -> HttpResponse:
    audit(request.user, "customer.view", subject=entry.profile.customer.public_id, purpose="correction")
    context: dict[str, Any] = {
        **correction_page(request.user, entry),
        "form": form or CorrectionForm(),
        "open_tabs": tabs_of(request.user, entry.profile.customer.public_id),
    }
    return render(request, "desktop/corrections/correction.html", context, status=status)


def _render_move(request: PersonRequest, entry: Interaction, to: Customer, form: CorrectionForm) -> HttpResponse:
    for customer in (entry.profile.customer, to):
        audit(request.user, "customer.view", subject=customer.public_id, purpose="correction")
    context = {
        **correction_page(request.user, entry),
        "to": to,
        "known_by": (known_by(entry.profile.customer), known_by(to)),
        "form": form,
        "open_tabs": tabs_of(request.user, entry.profile.customer.public_id),
    }
    return render(request, "desktop/corrections/move.html", context, status=422 if form.errors else 200)
