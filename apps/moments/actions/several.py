"""The same done to many moments at once: in one transaction, and as few statements for many as for one.

What somebody else was quicker with stays theirs and is told; so is what the customer no longer permits. Locks are taken
in the usual order, each kind by its ids: the customers, their profiles, the moments.
"""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.contact import locks
from apps.contact.models import Where
from apps.contact.permission import Answer, NotPermitted, lasting_reasons_all
from apps.customers.actions import owners_of
from apps.moments.actions.assignment import acceptance, back_to_owner, may_accept
from apps.moments.actions.outcomes import settle_contact, undoable, way_back
from apps.moments.actions.refusals import note_refusal
from apps.moments.models import Moment, State, Step
from apps.moments.models.moment import MomentQuerySet
from apps.moments.transitions import AlreadyChanged, step_all

NAMED = ("owner_user__team", "owner_team", "offered_to_user", "offered_to_team")
Refused = tuple[Moment, NotPermitted]


class Several(NamedTuple):
    """Those with which it was done; those that were not theirs any more, as they stand now; and those that the customer
    does not permit, with the refusal."""

    done: list[Moment]
    taken: list[Moment]
    refused: list[Refused]

    @property
    def words(self) -> list[str]:
        """Who was quicker and what stands against it, each said once."""
        quicker = [str(AlreadyChanged(moment)) for moment in self.taken]
        return list(dict.fromkeys([*quicker, *(str(refusal) for _moment, refusal in self.refused)]))


def accept_all(*, actor: User, moments: Collection[UUID], tab: str = "") -> Several:
    """Accept each of these that is offered to the actor or lies in their team's queue, and that its customer permits.
    What is refused is noted as a contact that was avoided."""
    accepted = _accept_all(actor, moments, tab)
    for moment, refusal in accepted.refused:
        note_refusal(actor, refusal, moment.profile, Where.ACCEPT, moment)
    return accepted


@transaction.atomic
def _accept_all(actor: User, moments: Collection[UUID], tab: str) -> Several:
    found = _held(Moment.objects.visible_to(actor).filter(public_id__in=moments), permission=True)
    theirs = [moment for moment in found if may_accept(actor, moment) and moment.owner_user_id != actor.pk]
    ways = [(moment, acceptance(actor, moment)) for moment in theirs]
    refused = _refused([moment for moment, way in ways if way.leaving])
    stopped = {moment.pk for moment, _refusal in refused}
    taken = [(moment, way) for moment, way in ways if moment.pk not in stopped]
    others = [moment for moment in found if moment not in theirs and moment.owner_user_id != actor.pk]
    step_all(actor, taken, tab)
    return Several([moment for moment, _way in taken], others, refused)


@transaction.atomic
def decline_all(*, actor: User, moments: Collection[UUID], reason: str, tab: str = "") -> Several:
    """Not ours, and why, of each of these that is offered to the actor or their team. Raises ValueError without a
    reason."""
    if not reason.strip():
        raise ValueError("a decline has a reason")
    found = _held(Moment.objects.visible_to(actor).filter(public_id__in=moments))
    theirs = [moment for moment in found if moment.state == State.OFFERED and may_accept(actor, moment)]
    step_all(actor, [(moment, back_to_owner(moment, Step.Act.DECLINE, reason.strip())) for moment in theirs], tab)
    return Several(theirs, [moment for moment in found if moment not in theirs], [])


@transaction.atomic
def undo_all(*, actor: User, moments: Collection[UUID], tab: str = "") -> Several:
    """Take one's own last step back with each of these where it still is the last, as `undo` does."""
    found = _held(Moment.objects.filter(public_id__in=moments).stepped_by(actor), permission=True)
    last = Step.objects.filter(moment__in=found, version=F("moment__version"))
    steps = {step.moment_id: step for step in last}
    undone = [(moment, step) for moment in found if (step := undoable(actor, moment, steps.get(moment.pk)))]
    step_all(actor, [(moment, way_back(step)) for moment, step in undone], tab)
    for _moment, step in undone:
        settle_contact(actor, step)
    theirs = [moment for moment, _step in undone]
    return Several(theirs, [moment for moment in found if moment not in theirs], [])


def _held(wanted: MomentQuerySet, *, permission: bool = False) -> list[Moment]:
    """These, kept from others until we are done, with what their customers permit if that matters."""
    profiles = wanted.values_list("profile_id", flat=True)
    owners = owners_of(list(profiles))
    if permission:
        locks.hold_permission({owner.pk for owner in owners.values()})
    rows = wanted.filter(profile_id__in=owners).select_related("profile", *NAMED).order_by("id")
    found = list(rows.select_for_update(of=("self",)))
    for moment in found:
        moment.profile.customer = owners[moment.profile_id]
    return found


def _refused(leaving: Collection[Moment]) -> list[Refused]:
    """Those that leave the service side and must not, as `require_permission` would say it."""
    asked = {moment.pk: (moment.profile.customer_id, moment.channel, moment.purpose) for moment in leaving}
    reasons = lasting_reasons_all(asked.values())
    return [
        (moment, NotPermitted(Answer(False, against), moment.channel, moment.purpose))
        for moment in leaving
        if (against := reasons[asked[moment.pk]])
    ]
