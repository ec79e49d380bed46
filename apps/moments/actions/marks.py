"""Seeing a moment, and putting right what was said of it."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, Team, User
from apps.customers.actions import desk_profile, held
from apps.customers.models import Customer
from apps.foundation.masking import mask, storable
from apps.interactions.models import Interaction
from apps.moments.disclosure import copy_of, leaves
from apps.moments.drafts import MomentDraft
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, State, Step
from apps.moments.transitions import Transition, hold, holding, is_lead, owned_by, step

ORIGINS = 20  # interactions one moment points at


def may_mark(user: User) -> bool:
    """Those who talk to customers."""
    return user.is_active and (user.is_superuser or user.role != Role.MARKETER)


@transaction.atomic
def mark(
    *,
    actor: User | None,
    customer: Customer,
    seen: MomentDraft,
    owner: Team | User | None = None,
    note: str = "",
    tab: str = "",
) -> Moment:
    """Keep a moment. Whoever marks it owns it; one that a rule saw (`actor` None) belongs to `owner`, and where that is
    another department the copy leaves with it: the caller has asked whether it may.

    The same key again gives the first one. Raises PermissionDenied, and ValueError where nobody would own it.
    """
    if actor and not may_mark(actor):
        raise PermissionDenied("moments are marked by those who talk to customers")
    if (actor is None) == (owner is None):
        raise ValueError("a moment has one owner")
    person = held(customer.pk)
    if found := Moment.objects.filter(key=seen.key[:120]).select_related("profile__customer").first():
        return found
    team = owner if isinstance(owner, Team) else None
    user = owner if isinstance(owner, User) else actor
    first = _first(person, seen.origins)
    moment = _new(user, team, seen, first)
    moment.marked_by = actor
    moment.profile = first.profile if first else desk_profile(person)
    if actor is None and leaves(team, user):
        moment.disclosed = copy_of(moment, person.name).kept()
    moment.save(force_insert=True)
    moment.origins.add(*seen.origins[:ORIGINS])
    moment.profile.customer = person
    story = (_("a moment to seize"), moment.suggestion)
    step(actor, moment, Transition(Step.Act.MARK, {}, note=note, to=(team, user), story=story), tab)
    return moment


def _new(user: User | None, team: Team | None, seen: MomentDraft, first: Interaction | None) -> Moment:
    kind, now = kind_of(seen.kind), timezone.now()
    return Moment(
        **fields_of(seen),
        key=seen.key[:120],
        rule=seen.rule[:60],
        purpose=kind.purpose,
        happened_at=seen.happened_at or (first.occurred_at if first else now),
        marked_by=user,
        version=0,  # being marked is the first step
        act_by=now + timedelta(minutes=kind.act_minutes if user else kind.accept_minutes),
        **owned_by(user, team),
    )


def unsaved(customer: Customer, seen: MomentDraft, actor: User) -> Moment:
    """The moment as it would be kept: what a preview is made of."""
    moment = _new(actor, None, seen, _first(customer, seen.origins))
    moment.profile = customer.profiles.earliest("id") if customer.profiles.exists() else desk_profile(customer)
    return moment


def amended(moment: Moment, seen: MomentDraft) -> Moment:
    """The moment as it would be once it is put right: what a preview is made of. It is not to be saved."""
    made = copy(moment)
    for name, value in _changes(moment, seen).items():
        setattr(made, name, value)
    return made


def fields_of(seen: MomentDraft) -> dict[str, Any]:
    """What people may say of a moment and put right later, card numbers masked."""
    due = seen.due_at or timezone.now() + timedelta(minutes=kind_of(seen.kind).act_minutes)
    return {
        "kind": seen.kind,
        "reason": mask(storable(seen.reason)),
        "suggestion": mask(storable(seen.suggestion))[:200],
        "category": mask(storable(seen.category))[:60],
        "tags": sorted(set(seen.tags)),
        "value": seen.value,
        "currency": seen.currency[:3] if seen.value is not None else "",
        "due_at": due,
        "channel": seen.channel,
        "disclose_words": seen.disclose_words,
    }


def _first(customer: Customer, origins: Sequence[int]) -> Interaction | None:
    """The first interaction it grew from. The moment is of the profile this happened to, so that an un-merge takes both
    along; without one it is of the desk's own."""
    if not origins:
        return None
    theirs = Interaction.objects.filter(pk__in=origins[:ORIGINS], profile__customer=customer)
    return theirs.select_related("profile").order_by("id").first()


@holding(hold)
def amend(*, actor: User, moment: Moment, seen: MomentDraft, tab: str = "") -> Moment:
    """Put right what was said, before it is offered (again). Raises PermissionDenied and `AlreadyChanged`."""
    if moment.state != State.OPEN or not (moment.owner_user_id == actor.pk or is_lead(actor)):
        raise PermissionDenied("a moment is amended by its owner while it is not offered")
    if changes := _changes(moment, seen):
        step(actor, moment, Transition(Step.Act.AMEND, changes, note=", ".join(sorted(changes))), tab)
    return moment


def _changes(moment: Moment, seen: MomentDraft) -> dict[str, Any]:
    """What is to be put right. What is not said of the time it is due leaves it."""
    fields = fields_of(replace(seen, due_at=seen.due_at or moment.due_at))
    changes = {name: value for name, value in fields.items() if getattr(moment, name) != value}
    if changes.get("kind"):
        changes["purpose"] = kind_of(seen.kind).purpose
    return changes
