"""Contacting a customer, from their side panel: stop it, let it go on, note how they would rather have it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import PersonRequest
from apps.contact import actions
from apps.contact.models import Suppression
from apps.customers.drafts import Handle
from apps.customers.models import Customer, Evidence
from apps.desktop.customer.forms import ContactPreferencesForm, ReasonForm, SuppressForm
from apps.desktop.customer.views.story import render_aside
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.toasts import toast


@login_required
@require_POST
@of_customer
def suppress(request: PersonRequest, one: Customer) -> HttpResponse:
    """Nobody contacts them from now on, or nobody uses this number or address of theirs."""
    form = SuppressForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say what is to be stopped, and why."))
    handle, reason = form.handle(), form.cleaned_data["reason"]
    if handle and not _theirs(one, handle):
        return HttpResponseBadRequest(_("This is not a number or address of theirs."))
    stop = actions.suppress(actor=request.user, customer=one, handle=handle, reason=reason, source=_("At the desk"))
    undo = reverse("lift", args=[one.public_id, stop.pk]) if actions.may_lift(request.user) else ""
    values = {"reason": _("Taken back at once")} if undo else None
    return toast(render_aside(request, one), _("Stopped. It holds from now on."), undo, values)


@login_required
@require_POST
@of_customer
def lift(request: PersonRequest, one: Customer, pk: int) -> HttpResponse:
    """Contact goes on where consent allows it."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say why it is lifted."))
    stop = get_object_or_404(Suppression.objects.of(one), pk=pk)
    actions.lift(actor=request.user, suppression=stop, reason=form.cleaned_data["reason"], customer=one)
    undo = {"what": f"{stop.type}:{stop.value}" if stop.type else "person", "reason": stop.reason}
    return toast(render_aside(request, one), _("Lifted."), reverse("suppress", args=[one.public_id]), undo)


@login_required
@require_POST
@of_customer
def contact_preferences(request: PersonRequest, one: Customer) -> HttpResponse:
    """Note how they would rather be contacted."""
    form = ContactPreferencesForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Hours need a beginning and another end."))
    actions.set_preferences(actor=request.user, customer=one, **form.preferences())
    return toast(render_aside(request, one), _("Noted. It holds from now on."))


def _theirs(one: Customer, handle: Handle) -> bool:
    known = Evidence.objects.filter(profile__customer=one, identifier__type=handle.type)
    return known.filter(identifier__value=handle.value).exists()
