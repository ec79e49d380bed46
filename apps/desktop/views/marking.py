"""Marking a moment at a customer's page, with a look at what will leave before it does; and putting one right."""

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

from apps.accounts.http import PersonRequest, tab_of
from apps.accounts.models import Team
from apps.customers.actions import desk_profile
from apps.customers.models import Customer
from apps.desktop import moment_page
from apps.desktop.moment_forms import MomentForm, as_typed, blank, kind_choices
from apps.desktop.views.doors import of_customer, only_for
from apps.desktop.views.moments import moment_or_404
from apps.desktop.views.toasts import toast
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.actions import StaysInside, Taken, may_mark
from apps.moments.deliveries import NotPermitted
from apps.moments.models import Moment, State, Tag, Where
from apps.moments.permitting import lasting
from apps.moments.tasks import ring
from apps.moments.travelling import blocked_by, copy_of, leaves


@only_for(may_mark)
@of_customer
def mark(request: PersonRequest, customer: Customer) -> HttpResponse:
    """The form, begun from an entry of the story (`entry`) or empty; kept and passed on in one go."""
    if request.method != "POST":
        return _render_form(request, customer, {**blank(), **_from_entry(request, customer)})
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _render_form(request, customer, request.POST.dict(), form, status=422)
    try:
        with transaction.atomic():
            made = actions.mark(actor=request.user, customer=customer, seen=form.seen(), tab=tab_of(request))
            said = _passed_on(request, made, form)
    except (StaysInside, NotPermitted) as refusal:
        _note(request, refusal, customer)
        form.add_error("to", str(refusal))
        return _render_form(request, customer, request.POST.dict(), form, status=422)
    return _marked(said, made)


def _passed_on(request: PersonRequest, made: Moment, form: MomentForm) -> str:
    team, handoff = form.cleaned_data["to"], form.cleaned_data["handoff"] or "transfer"
    if team is None:
        return _("Marked. It is yours.")
    if made.state == State.OPEN:
        actions.offer(actor=request.user, moment=made, team=team, handoff=handoff, tab=tab_of(request))
        ring()
    return _("Offered to %(name)s. It is yours until they accept.") % {"name": team}


def _note(request: PersonRequest, refusal: Exception, customer: Customer, one: Moment | None = None) -> None:
    """A contact that was avoided is kept, though all that was typed is rolled back."""
    if isinstance(refusal, NotPermitted):
        profile = customer.profiles.order_by("id").first() or desk_profile(customer)
        actions.note_refusal(request.user, refusal, profile, Where.HANDOFF, one)


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
        "value": f"{row.amount:.2f}" if row.amount is not None else "",
        "currency": row.currency,
    }


def _render_form(
    request: PersonRequest,
    customer: Customer,
    values: dict[str, Any],
    form: MomentForm | None = None,
    *,
    one: Moment | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "customer": customer,
        "moment": one,
        "values": values,
        "chosen_tags": form.data.getlist("tags") if form else values.get("tags", []),  # type: ignore[attr-defined]
        "form": form or MomentForm(),
        "kinds": kind_choices(str(values.get("kind", ""))),
        "teams": list(Team.objects.order_by("name")[:200]),
        "tags": Tag.choices,
        **_leaving(request, customer, form or MomentForm(_as_data(values)), one),
    }
    return render(request, "desktop/moment_form.html", context, status=status)


def _as_data(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


@only_for(may_mark)
@require_POST
@of_customer
def mark_preview(request: PersonRequest, customer: Customer) -> HttpResponse:
    """What would leave, as it is typed so far."""
    form = MomentForm(request.POST)
    named = form.cleaned_data["moment"] if form.is_valid() else None
    one = Moment.objects.visible_to(request.user).of(customer).filter(public_id=named).first() if named else None
    return render(request, "desktop/moment_form.html#leaving", _leaving(request, customer, form, one))


def _leaving(request: PersonRequest, customer: Customer, form: MomentForm, one: Moment | None) -> dict[str, Any]:
    """The exact copy, made by what will make it; or why nothing leaves. `one` is a moment that is being amended."""
    if not form.is_valid():
        return {"leaves": None}
    team, seen = form.cleaned_data["to"], form.seen()
    made = actions.amended(one, seen) if one else actions.unsaved(customer, seen, request.user)
    if team is None or not leaves(team, None):
        return {"leaves": False, "team": team}
    tags = blocked_by(made)
    return {
        "leaves": True,
        "team": team,
        "copy": moment_page.preview(copy_of(made, customer.name)),
        "blocked": tags,
        "blocked_words": moment_page.tag_words(tags),
        "stops": [reason.words for reason in lasting(made)] if not tags else [],
    }


@only_for(may_mark)
def amend(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Put a moment right, and offer it (again) if a team is chosen."""
    one = moment_or_404(request, public_id)
    customer = one.profile.customer
    if request.method != "POST":
        return _render_form(request, customer, as_typed(one), one=one)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _render_form(request, customer, request.POST.dict(), form, one=one, status=422)
    try:
        with transaction.atomic():
            actions.amend(actor=request.user, moment=one, seen=form.seen(), tab=tab_of(request))
            said = _passed_on(request, one, form)
    except (StaysInside, NotPermitted, Taken, PermissionDenied) as refusal:
        _note(request, refusal, customer, one)
        form.add_error("to", str(refusal))
        return _render_form(request, customer, request.POST.dict(), form, one=one, status=422)
    return trigger_client_event(_marked(said, one), "moments")
