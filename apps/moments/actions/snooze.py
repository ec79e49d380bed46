"""Putting a moment off until later, and taking it up again."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.accounts.models import User
from apps.moments.actions.assignment import owns
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, State, Step
from apps.moments.transitions import Transition, hold, holding, step

LONGEST = timedelta(days=120)


@holding(hold)
def snooze(*, actor: User, moment: Moment, until: datetime, tab: str = "") -> Moment:
    """Out of sight until then; it stays its owner's, and is not due before.

    Raises ValueError for a time that has passed or is too far off, PermissionDenied, `AlreadyChanged`.
    """
    if not timezone.now() < until <= timezone.now() + LONGEST:
        raise ValueError("a moment is put off until some time soon")
    if moment.state != State.OPEN or not owns(actor, moment):
        raise PermissionDenied("a moment is put off by its owner")
    act_by = until + timedelta(minutes=kind_of(moment.kind).act_minutes)
    changes = {"snoozed_until": until, "act_by": act_by, "due_at": max(moment.due_at, until)}
    step(actor, moment, Transition(Step.Act.SNOOZE, changes, note=until.isoformat()), tab)
    return moment


@holding(hold)
def wake(*, actor: User, moment: Moment, tab: str = "") -> Moment:
    """Back in sight before its time. Raises PermissionDenied, `AlreadyChanged`."""
    if moment.snoozed_until is None or not owns(actor, moment):
        raise PermissionDenied("nobody has put it off")
    step(actor, moment, Transition(Step.Act.WAKE, {"snoozed_until": None}), tab)
    return moment
