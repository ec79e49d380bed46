"""Marking a moment at a customer's page, with a look at what will leave before it does; and putting one right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.accounts.models import Team
from apps.contact.models import Where
from apps.contact.permission import NotPermitted
from apps.customers.actions import desk_profile
from apps.customers.models import Customer
from apps.desktop.moments import pane
from apps.desktop.moments.forms import MomentForm, as_typed, blank, kind_choices
from apps.desktop.moments.views.queue import moment_or_404
from apps.desktop.shell.access import of_customer, only_for
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.foundation.text.numbers import exact
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside, may_mark
from apps.moments.contact_rules import lasting
from apps.moments.disclosure import blocked_by, copy_of, leaves
from apps.moments.models import Moment, State, Tag
from apps.moments.tasks import ring

TEAMS = 200  # to which it may go


@only_for(may_mark)
@of_customer
def mark(request: PersonRequest, customer: Customer) -> HttpResponse:
    """The form, begun from an entry of the story (`entry`) or empty; kept and passed on in one go."""
    if request.method != "POST":
        entry = _from_entry(request, customer)
        begun = MomentForm(initial=blank() | entry)
        return _render_form(request, customer, begun, entry_title=entry.get("entry_title", ""))
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _render_form(request, customer, form, status=422)
    try:
        with transaction.atomic():
            made = actions.mark(actor=request.user, customer=customer, seen=form.draft(), tab=tab_of(request))
            said = _passed_on(request, made, form)
    except (StaysInside, NotPermitted) as refusal:
        _note(request, refusal, customer)
        form.add_error("to", str(refusal))
        return _render_form(request, customer, form, status=422)
    return _marked(said, made)


def _passed_on(request: PersonRequest, made: Moment, form: MomentForm) -> str:
    team, handoff = form.cleaned_data["to"], form.cleaned_data["handoff"] or "transfer"
    if team is None:
        return _("Marked. It is yours.")
    if made.state == State.OPEN:
        actions.offer(actor=request.user, moment=made, team=team, handoff=handoff, tab=tab_of(request))
        ring()
    return _("Offered to %(name)s. It is yours until they accept.") % {"name": team}


def _note(request: PersonRequest, refusal: Exception, customer: Customer, moment: Moment | None = None) -> None:
    """A contact that was avoided is kept, though all that was typed is rolled back."""
    if isinstance(refusal, NotPermitted):
        profile = customer.profiles.order_by("id").first() or desk_profile(customer)
        actions.note_refusal(request.user, refusal, profile, Where.HANDOFF, moment)


def _marked(said: str, made: Moment) -> HttpResponse:
    """The sheet closes; an offer can be taken back at once."""
    undo = {"version": str(made.version)} if made.state == State.OFFERED else None
    response = toast(HttpResponse(status=204), said, reverse("undo_moment", args=[made.public_id]), undo)
    for event in ("marked", "story"):
        trigger_client_event(response, event)
    return response


def _from_entry(request: PersonRequest, customer: Customer) -> dict[str, Any]:
    """What the entry tells already: the customer's words, the amount."""
    given = request.GET.get("entry", "")[:18]
    rows = Interaction.objects.visible_to(request.user).filter(profile__customer=customer)
    row = rows.filter(pk=int(given)).first() if given.isdecimal() else None
    if row is None:
        return {}
    return {
        "entry": row.pk,
        "entry_title": row.title,
        "reason": row.verbatim or (row.body[:400] if row.direction == "inbound" else ""),
        "value": str(exact(row.amount, row.currency)) if row.amount is not None else "",
        "currency": row.currency,
    }


def _render_form(
    request: PersonRequest,
    customer: Customer,
    form: MomentForm,
    *,
    moment: Moment | None = None,
    entry_title: str = "",
    status: int = 200,
) -> HttpResponse:
    teams = [(str(pk), name) for pk, name in Team.objects.order_by("name").values_list("pk", "name")[:TEAMS]]
    context = {
        "customer": customer,
        "moment": moment,
        "form": form,
        "entry_title": entry_title,
        "kinds": kind_choices(str(form["kind"].value() or "")),
        "teams": [("", _("Assign to me")), *teams],
        "tags": Tag.choices,
        **_leaving(request, customer, form if form.is_bound else MomentForm(_as_data(form.initial)), moment),
    }
    return render(request, "desktop/moments/form.html", context, status=status)


def _as_data(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


@only_for(may_mark)
@require_POST
@of_customer
def mark_preview(request: PersonRequest, customer: Customer) -> HttpResponse:
    """What would leave, as it is typed so far."""
    form = MomentForm(request.POST)
    named = form.cleaned_data["moment"] if form.is_valid() else None
    moment = Moment.objects.visible_to(request.user).of(customer).filter(public_id=named).first() if named else None
    return render(request, "desktop/moments/leaving.html", _leaving(request, customer, form, moment))


def _leaving(request: PersonRequest, customer: Customer, form: MomentForm, moment: Moment | None) -> dict[str, Any]:
    """The exact copy, made by what will make it; or why nothing leaves. `moment` is a moment that is being amended."""
    if not form.is_valid():
        return {"leaves": None, "team": None}
    team, draft = form.cleaned_data["to"], form.draft()
    made = actions.amended(moment, draft) if moment else actions.unsaved(customer, draft, request.user)
    if team is None or not leaves(team, None):
        return {"leaves": False, "team": team}
    tags = blocked_by(made)
    return {
        "leaves": True,
        "team": team,
        "copy": pane.preview(copy_of(made, customer.name)),
        "blocked": tags,
        "blocked_words": pane.tag_words(tags),
        "stops": [reason.words for reason in lasting(made)] if not tags else [],
    }


@only_for(may_mark)
def amend(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Put a moment right, and offer it (again) if a team is chosen."""
    moment = moment_or_404(request, public_id)
    customer = moment.profile.customer
    if request.method != "POST":
        return _render_form(request, customer, MomentForm(initial=as_typed(moment)), moment=moment)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _render_form(request, customer, form, moment=moment, status=422)
    try:
        with transaction.atomic():
            actions.amend(actor=request.user, moment=moment, seen=form.draft(), tab=tab_of(request))
            said = _passed_on(request, moment, form)
    except (StaysInside, NotPermitted, AlreadyChanged, PermissionDenied) as refusal:
        _note(request, refusal, customer, moment)
        form.add_error("to", str(refusal))
        return _render_form(request, customer, form, moment=moment, status=422)
    return trigger_client_event(_marked(said, moment), "moments")
