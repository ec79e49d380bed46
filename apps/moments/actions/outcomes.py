"""Seizing a moment, saying what came of it, and taking the last step back."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.contact.deliveries import settle, use_permission
from apps.contact.models import Delivery, Where
from apps.moments.actions.assignment import owns
from apps.moments.actions.refusals import noting
from apps.moments.contact_rules import delivery_key
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Outcome, State, Step
from apps.moments.transitions import Transition, hold_permission, holding, step

TAKEN_BACK_WITHIN = timedelta(seconds=30)
UNDOABLE = frozenset(
    {
        Step.Act.OFFER,
        Step.Act.ACCEPT,
        Step.Act.DECLINE,
        Step.Act.WITHDRAW,
        Step.Act.RETURN,
        Step.Act.REASSIGN,
        Step.Act.SNOOZE,
        Step.Act.WAKE,
        Step.Act.CONTACT,
        Step.Act.DONE,
    }
)
ON_THE_STORY = frozenset({Step.Act.ACCEPT, Step.Act.DONE})


@noting(Where.CONTACT)
@holding(hold_permission)
def contact(*, actor: User, moment: Moment, channel: str, tab: str = "") -> Delivery:
    """Use the permission: from now on the customer counts as contacted over this channel, and may be. A second contact
    is another one, and asked for anew.

    Raises `NotPermitted`, PermissionDenied, `AlreadyChanged`.
    """
    if moment.state != State.OPEN or not owns(actor, moment):
        raise PermissionDenied("the customer is contacted by the moment's owner")
    made = _use(actor, moment, channel, f":{moment.version}" if _contacted(moment, channel) else "")
    step(actor, moment, Transition(Step.Act.CONTACT, {}, note=channel, aside={"delivery": made.pk}), tab)
    return made


def _contacted(moment: Moment, channel: str) -> bool:
    """Whether the customer was contacted about it over this channel, and it was not taken back."""
    key = delivery_key(moment, channel)
    ours = Delivery.objects.filter(models.Q(key=key) | models.Q(key__startswith=f"{key}:"))
    return ours.standing().exists()


def _use(actor: User, moment: Moment, channel: str, which: str = "") -> Delivery:
    return use_permission(
        actor=actor,
        customer=moment.profile.customer_id,
        channel=channel,
        purpose=moment.purpose,
        what=moment.suggestion or str(kind_of(moment.kind)),
        who=str(actor.team or actor),
        key=delivery_key(moment, channel) + which,
    )


@noting(Where.CONTACT)
@holding(hold_permission)
def finish(*, actor: User, moment: Moment, outcome: str, line: str = "", channel: str = "", tab: str = "") -> Moment:
    """What came of it, with a line to whoever sent it. With `channel` the customer was contacted over it for this,
    which needs their permission unless it was used before.

    Raises `NotPermitted`, PermissionDenied, `AlreadyChanged`; ValueError for an outcome there is not.
    """
    if outcome not in Outcome.values:
        raise ValueError("there is no such outcome")
    if moment.state != State.OPEN or not owns(actor, moment):
        raise PermissionDenied("a moment is finished by its owner")
    extra: dict[str, Any] = {}
    if channel and not _contacted(moment, channel):
        extra["delivery"] = _use(actor, moment, channel).pk
    changes = {
        "state": State.DONE,
        "outcome": outcome,
        "line": line.strip()[:300],
        "done_at": timezone.now(),
        "snoozed_until": None,
    }
    story = (str(Outcome(outcome).label).lower(), line.strip())
    step(actor, moment, Transition(Step.Act.DONE, changes, note=line.strip(), aside=extra, story=story), tab)
    return moment


def _read(column: str, kept: Any) -> Any:
    """A column's value as `Step.before` keeps it."""
    field = Moment._meta.get_field(column)
    return field.to_python(kept) if isinstance(field, models.Field) else kept


def may_undo(user: User, moment: Moment) -> Step | None:
    """The last step, if this person may still take it back."""
    return undoable(user, moment, moment.steps.order_by("-version").first())


def undoable(user: User, moment: Moment, last: Step | None) -> Step | None:
    """Its last step, if this person may still take it back."""
    if last is None or last.actor_id != user.pk or last.act not in UNDOABLE or last.version != moment.version:
        return None
    return last if last.at > timezone.now() - TAKEN_BACK_WITHIN else None


@holding(hold_permission)
def undo(*, actor: User, moment: Moment, tab: str = "") -> Moment:
    """Take one's own last step back, within half a minute and while nobody has acted on it. A contact that it counted
    counts no longer. Raises PermissionDenied, `AlreadyChanged`."""
    last = may_undo(actor, moment)
    if last is None:
        raise PermissionDenied("only one's own last step is taken back, and soon")
    step(actor, moment, way_back(last), tab)
    settle_contact(actor, last)
    return moment


def way_back(last: Step) -> Transition:
    """The step that takes one back."""
    fields = {name: value for name, value in last.before.items() if name != "delivery"}
    changes = {name: _read(name, value) for name, value in fields.items()}
    story = (_("taken back"), "") if last.act in ON_THE_STORY else None
    return Transition(Step.Act.UNDO, changes, note=last.act, story=story)


def settle_contact(actor: User, last: Step) -> None:
    """The contact that a step counted counts no longer."""
    if "delivery" in last.before:
        made = Delivery.objects.select_related("profile__customer").get(pk=last.before["delivery"])
        settle(actor=actor, delivery=made, outcome=Delivery.Outcome.CANCELLED)
