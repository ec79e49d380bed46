"""Putting right what was logged wrongly: undo at once, retract, move to another customer, and take that back.

An entry is never rewritten. A `Correction` says what was done, and the entry's `withdrawn` keeps it from every reader
but those who ask for the original; one that is moved gets a copy in the other story, at its own time. What hung on it
goes along: promises, files and the pin here, what other rooms keep of it through `followers`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.customers.actions import DESK, desk_profile
from apps.customers.models import Customer
from apps.foundation.masking import clean
from apps.interactions.actions import NAMES, new_key
from apps.interactions.followers import follow
from apps.interactions.live import announce
from apps.interactions.models import (
    BY_HAND,
    Attachment,
    Correction,
    FollowUp,
    FollowUpQuerySet,
    Interaction,
    InteractionQuerySet,
    Pin,
)
from apps.interactions.permissions import MOVE, RETRACT

UNDO = timedelta(seconds=10)
LEEWAY = timedelta(seconds=5)  # for a click at the last moment on its way here
MOVED_HERE = "moved:"  # how the copy of an entry is known by its id
Withdrawn = Interaction.Withdrawn
STORED = tuple(name for name in NAMES if name != "external_id")


class CannotCorrect(Exception):
    """Somebody was quicker, or it has gone on from there. The message is for the log, not for people."""


def may_retract(user: User, entry: Interaction) -> bool:
    return _may(user, entry, RETRACT)


def may_move(user: User, entry: Interaction) -> bool:
    return _may(user, entry, MOVE)


def may_correct(user: User, entry: Interaction) -> bool:
    return may_retract(user, entry) or may_move(user, entry)


def _may(user: User, entry: Interaction, permission: str) -> bool:
    """What was logged by hand, by whoever logged it or who may do so for everybody; nobody else, and nothing else."""
    by_hand = entry.source == DESK and entry.kind in BY_HAND and entry.staff_id is not None
    return user.is_active and by_hand and (entry.staff_id == user.pk or user.has_perm(permission))


def correctable_by(user: User) -> InteractionQuerySet:
    """Originals that this person may correct, or look at though they were withdrawn."""
    mine = Q() if user.has_perm(RETRACT) or user.has_perm(MOVE) else Q(staff=user)
    rows = Interaction.originals.visible_to(user).filter(mine, source=DESK, kind__in=BY_HAND, staff__isnull=False)
    return rows.select_related("profile__customer", "disposition")


@transaction.atomic
def undo(*, actor: User, entry: Interaction, tab: str = "") -> Correction:
    """Take back what one has just logged, with what was promised in it. Raises PermissionDenied for what somebody else
    logged, CannotCorrect where it is too late."""
    if not may_retract(actor, entry) or entry.staff_id != actor.pk:
        raise PermissionDenied("only who logged it undoes it")
    if timezone.now() - entry.recorded_at > UNDO + LEEWAY:
        raise CannotCorrect("too late")
    return _retract(actor, entry, Withdrawn.UNDONE, "", tab)


@transaction.atomic
def retract(*, actor: User, entry: Interaction, reason: str, tab: str = "") -> Correction:
    """Take an entry out of the story; its open promises are cancelled. Raises PermissionDenied, or CannotCorrect where
    it does not stand any more."""
    if not may_retract(actor, entry):
        raise PermissionDenied("this entry is not yours to retract")
    return _retract(actor, entry, Withdrawn.RETRACTED, reason, tab)


@transaction.atomic
def move(*, actor: User, entry: Interaction, to: Customer, reason: str, tab: str = "") -> Correction:
    """Put an entry, with all that hangs on it, into the story of another customer. Raises PermissionDenied, or
    CannotCorrect where it does not stand any more or is in that story already."""
    if not may_move(actor, entry):
        raise PermissionDenied("this entry is not yours to move")
    before = entry.profile.customer
    if to == before:
        raise CannotCorrect("it is in this story already")
    _withdraw(entry, Withdrawn.MOVED)
    copy = Interaction.objects.create(
        **{name: getattr(entry, name) for name in STORED},
        profile=desk_profile(to),
        source=DESK,
        external_id=f"{MOVED_HERE}{new_key()}",
    )
    correction = Correction.objects.create(
        interaction=entry, kind=Withdrawn.MOVED, reason=clean(reason), actor=actor, copy=copy
    )
    _carry(entry, copy)
    detail: dict[str, Any] = {"interaction": entry.pk, "copy": copy.pk, "correction": correction.pk}
    audit(actor, "interaction.move", subject=before.public_id, to=str(to.public_id), **detail)
    audit(actor, "interaction.move_here", subject=to.public_id, origin=str(before.public_id), **detail)
    return _settled(correction, [before, to], tab)


@transaction.atomic
def take_back(*, actor: User, correction: Correction, tab: str = "") -> Interaction:
    """Have a retracted or moved entry stand again where it was, with what hung on it. Raises PermissionDenied, or
    CannotCorrect where that was done already, or where what was moved has been corrected again."""
    entry = correction.interaction
    allowed = {Withdrawn.MOVED: may_move, Withdrawn.RETRACTED: may_retract}.get(Withdrawn(correction.kind))
    if allowed is None or not allowed(actor, entry):
        raise PermissionDenied("this correction is not yours to take back")
    now = timezone.now()
    standing = Correction.objects.in_force().filter(pk=correction.pk)
    if not standing.update(taken_back_at=now, taken_back_by=actor):
        raise CannotCorrect("taken back already")
    correction.taken_back_at, correction.taken_back_by = now, actor
    customers = [entry.profile.customer]
    if correction.copy:
        _withdraw(correction.copy, Withdrawn.UNDONE)
        customers.append(correction.copy.profile.customer)
    Interaction.originals.filter(pk=entry.pk).update(withdrawn="")
    entry.withdrawn = ""
    if correction.copy:
        _carry(correction.copy, entry)
    else:
        _cancelled(entry).update(state=FollowUp.State.OPEN)
    for customer in customers:
        detail: dict[str, Any] = {"interaction": entry.pk, "correction": correction.pk}
        audit(actor, "interaction.take_back", subject=customer.public_id, kind=correction.kind, **detail)
    _settled(correction, customers, tab)
    return entry


def _retract(actor: User, entry: Interaction, kind: str, reason: str, tab: str) -> Correction:
    _withdraw(entry, kind)
    correction = Correction.objects.create(interaction=entry, kind=kind, reason=clean(reason), actor=actor)
    FollowUp.objects.open().filter(interaction=entry).update(state=FollowUp.State.CANCELLED)
    customer = entry.profile.customer
    verb = "undo" if kind == Withdrawn.UNDONE else "retract"
    audit(actor, f"interaction.{verb}", subject=customer.public_id, interaction=entry.pk, correction=correction.pk)
    return _settled(correction, [customer], tab)


def _withdraw(entry: Interaction, kind: str) -> None:
    if not Interaction.objects.filter(pk=entry.pk).update(withdrawn=kind):
        raise CannotCorrect("somebody was quicker")
    entry.withdrawn = kind


def _carry(entry: Interaction, to: Interaction) -> None:
    """What hangs on one entry hangs on the other from now on."""
    FollowUp.objects.filter(interaction=entry).update(interaction=to, profile=to.profile)
    Pin.objects.filter(interaction=entry).update(interaction=to, profile=to.profile)
    Attachment.objects.filter(interaction=entry).update(interaction=to)


def _cancelled(entry: Interaction) -> FollowUpQuerySet:
    """The promises that went with a retraction: cancelled by nobody, since they were closed at no time."""
    return FollowUp.objects.filter(interaction=entry, state=FollowUp.State.CANCELLED, closed_at=None)


def _settled(correction: Correction, customers: Sequence[Customer], tab: str) -> Correction:
    follow(correction)
    announce([customer.public_id for customer in customers], tab=tab)
    return correction
