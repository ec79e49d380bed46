"""What is done about promises that are open: another day, another owner, a whole shift's handed over; and taken back.

Each verb takes any number of promises by id and changes those that its actor may change, in one transaction and as few
statements for many as for one; what it replaces is kept (`FollowUpChange`).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit, audit_each
from apps.accounts.models import Role, Team, User
from apps.foundation.masking import clean
from apps.interactions.live import announce
from apps.interactions.models import FollowUp
from apps.interactions.promises.models import FollowUpChange, Handover, HandoverReceipt

TAKEN_BACK_WITHIN = timedelta(seconds=30)
COLUMNS = ("due_at", "owner_id", "team_id", "handover_id")


class Arranged(NamedTuple):
    """How many promises were changed, and how many of those asked for were not: settled meanwhile, or not the actor's
    to change. `batch` takes it back."""

    batch: UUID
    done: int
    left: int


def may_arrange(user: User, promise: FollowUp) -> bool:
    """Whether it is this person's to move or give away: their own, one that waits for somebody of their team, and for
    supervisors their team's."""
    return user.is_active and (
        promise.owner_id == user.pk
        or leads(user, promise.team_id)
        or (promise.owner_id is None and promise.team_id == user.team_id)
    )


def leads(user: User, team: int | None) -> bool:
    """Whether this person answers for a team's promises: its supervisor, one without a team, the system's owner."""
    if user.is_superuser or user.role == Role.OWNER:
        return user.is_active
    return user.is_active and user.role == Role.SUPERVISOR and user.team_id in (None, team)


def may_receive(team: Team) -> bool:
    """Whether promises may be handed to a team: its people talk to customers."""
    return team.kind != Team.Kind.DEPARTMENT


@transaction.atomic
def reschedule(*, actor: User, promises: Collection[int], due_at: datetime, tab: str = "") -> Arranged:
    """Keep them by another time. Raises ValueError for one that has passed, PermissionDenied where none is theirs."""
    if due_at <= timezone.now():
        raise ValueError("a promise is due some time to come")
    return _change(actor, FollowUpChange.Act.RESCHEDULE, promises, {"due_at": due_at}, tab=tab)


@transaction.atomic
def reassign(*, actor: User, promises: Collection[int], to: User, tab: str = "") -> Arranged:
    """Give them to a colleague of the team that keeps them, or of one's own. Raises PermissionDenied where none may
    go there."""
    if not to.is_active:
        raise PermissionDenied("promises are kept by those who are here")

    def near(promise: FollowUp) -> bool:
        return to.pk == actor.pk or (to.team_id is not None and to.team_id in (promise.team_id, actor.team_id))

    changes = {"owner_id": to.pk, "team_id": to.team_id, "handover_id": None}
    return _change(actor, FollowUpChange.Act.ASSIGN, promises, changes, near, tab=tab)


@transaction.atomic
def hand_over(
    *,
    actor: User,
    to: User | Team,
    promises: Collection[int] | None = None,
    note: str = "",
    tab: str = "",
) -> Arranged:
    """Give promises, by default all that one has open, to a colleague or to a team, of whom whoever takes one keeps it.
    The receiver is told, with the note. Raises PermissionDenied where they may not go there or none is the actor's."""
    team, user = (to, None) if isinstance(to, Team) else (to.team, to)
    if user and (not user.is_active or user.pk == actor.pk or user.team_id is None or user.team_id != actor.team_id):
        raise PermissionDenied("promises are handed to a colleague of one's team")
    if user is None and not (team and may_receive(team)):
        raise PermissionDenied("promises are handed to teams that talk to customers")
    if promises is None:
        promises = list(FollowUp.objects.open().filter(owner=actor).values_list("pk", flat=True))
    made = Handover.objects.create(
        actor=actor, to_user=user, to_team=None if user else team, note=clean(note.strip())[:300], promises=0
    )
    changes = {"owner_id": user.pk if user else None, "team_id": team.pk if team else None, "handover_id": made.pk}
    given = _change(actor, FollowUpChange.Act.HAND_OVER, promises, changes, batch=made.public_id, tab=tab)
    Handover.objects.filter(pk=made.pk).update(promises=given.done)
    return given


@transaction.atomic
def undo(*, actor: User, batch: UUID, tab: str = "") -> Arranged:
    """Take back what one did in one go, within half a minute: of the promises that are still as it left them. Raises
    PermissionDenied where there is nothing of the actor's to take back."""
    soon = timezone.now() - TAKEN_BACK_WITHIN
    changes = FollowUpChange.objects.filter(batch=batch, actor=actor, at__gt=soon).exclude(act=FollowUpChange.Act.UNDO)
    made = {change.follow_up_id: change for change in changes}
    if not made:
        raise PermissionDenied("only what one has just done oneself is taken back")
    found = [row for row in _held(made) if _plain(row, made[row.pk].after) == made[row.pk].after]
    before = {row.pk: _plain(row, made[row.pk].before) for row in found}
    for row in found:
        for name, value in made[row.pk].before.items():
            setattr(row, name, datetime.fromisoformat(value) if name == "due_at" else value)
    if found:
        FollowUp.objects.bulk_update(found, [name.removesuffix("_id") for name in COLUMNS])
    Handover.objects.filter(public_id=batch).update(
        promises=len(made) - len(found), undone_at=timezone.now() if len(found) == len(made) else None
    )
    _note(actor, FollowUpChange.Act.UNDO, batch, found, before, tab)
    return Arranged(batch, len(found), len(made) - len(found))


@transaction.atomic
def acknowledge(*, reader: User, handover: Handover) -> bool:
    """The receiver knows of it. Whether that is new. Raises PermissionDenied for whom it was not given to."""
    if handover.to_user_id != reader.pk and (handover.to_team_id is None or handover.to_team_id != reader.team_id):
        raise PermissionDenied("it was handed to somebody else")
    _receipt, new = HandoverReceipt.objects.get_or_create(handover=handover, reader=reader)
    if new:
        audit(reader, "follow_up.acknowledge", handover=str(handover.public_id))
    return new


def _change(
    actor: User,
    act: str,
    promises: Collection[int],
    changes: Mapping[str, Any],
    may: Callable[[FollowUp], bool] = lambda _promise: True,
    *,
    batch: UUID | None = None,
    tab: str = "",
) -> Arranged:
    name = batch or uuid4()
    found = _held(promises)
    theirs = [row for row in found if may_arrange(actor, row) and may(row)]
    if found and not theirs:
        raise PermissionDenied("promises are moved and given away by their owners and supervisors")
    changed = [row for row in theirs if any(getattr(row, column) != value for column, value in changes.items())]
    before = {row.pk: _plain(row, changes) for row in changed}
    FollowUp.objects.filter(pk__in=[row.pk for row in changed]).update(**changes)
    for row in changed:
        for column, value in changes.items():
            setattr(row, column, value)
    _note(actor, act, name, changed, before, tab)
    return Arranged(name, len(changed), len(set(promises)) - len(changed))


def _held(promises: Collection[int]) -> list[FollowUp]:
    """Those that are open, kept from others' changes until we are done."""
    rows = FollowUp.objects.open().filter(pk__in=promises).select_related("profile__customer")
    return list(rows.select_for_update(of=("self",)).order_by("id"))


def _note(
    actor: User, act: str, batch: UUID, changed: Collection[FollowUp], before: Mapping[int, dict[str, Any]], tab: str
) -> None:
    """The change, its audit row and the ring of each; as many statements for one as for many."""
    after = {row.pk: _plain(row, before[row.pk]) for row in changed}
    FollowUpChange.objects.bulk_create(
        FollowUpChange(follow_up=row, batch=batch, act=act, actor=actor, before=before[row.pk], after=after[row.pk])
        for row in changed
    )
    told = [
        (row.profile.customer.public_id, {"follow_up": row.pk, "before": before[row.pk], "after": after[row.pk]})
        for row in changed
    ]
    audit_each(actor, f"follow_up.{act}", told)
    if changed:
        announce([row.profile.customer.public_id for row in changed], tab=tab)


def _plain(row: FollowUp, columns: Collection[str]) -> dict[str, Any]:
    """These columns, as JSON keeps them."""
    values = {name: getattr(row, name) for name in columns}
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
