"""Passing a moment on. Whoever sends it owns it until somebody accepts; declined or unanswered, it is still theirs."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, Team, User
from apps.contact.models import Where
from apps.moments.actions.refusals import noting
from apps.moments.disclosure import blocked_by, copy_of, leaves
from apps.moments.kinds import kind_of
from apps.moments.models import Handoff, Moment, State, Step
from apps.moments.transitions import (
    NO_OFFER,
    AlreadyChanged,
    Transition,
    hold,
    hold_permission,
    holding,
    is_lead,
    owned_by,
    step,
)


class StaysInside(Exception):
    """It touches what is nobody else's business; `tags` are those of `models.Tag`, or `kind`."""

    def __init__(self, tags: list[str]) -> None:
        super().__init__(_("This moment stays with those who talk to the customer."))
        self.tags = tags


def owns(user: User, moment: Moment) -> bool:
    """Whether it is this person's to pass on, put off or finish."""
    return moment.is_live and (moment.owner_user_id == user.pk or is_lead(user))


def may_accept(user: User, moment: Moment) -> bool:
    """Whether it is offered to this person, or lies in their team's queue. Leads may accept from any queue."""
    if not user.is_active or not moment.is_live:
        return False
    if moment.state == State.OFFERED and moment.offered_to_user_id:
        return moment.offered_to_user_id == user.pk
    queue = moment.offered_to_team_id if moment.state == State.OFFERED else moment.owner_team_id
    return queue is not None and (queue == user.team_id or is_lead(user))


@noting(Where.HANDOFF)
@holding(hold_permission)
def offer(
    *,
    actor: User | None,
    moment: Moment,
    team: Team | None = None,
    user: User | None = None,
    handoff: str = Handoff.TRANSFER,
    note: str = "",
    tab: str = "",
) -> Moment:
    """Ask a team or a person to take it; the owner stays the owner. `actor` None: a rule.

    Raises PermissionDenied; `StaysInside` and `NotPermitted` where it would leave the service side and must not;
    ValueError for an offer to nobody; `AlreadyChanged`.
    """
    if (team is None) == (user is None):
        raise ValueError("a moment is offered to one team or one person")
    if moment.state != State.OPEN or (actor and not (owns(actor, moment) or _in_their_queue(actor, moment))):
        raise PermissionDenied("a moment is offered by its owner")
    if user and (user.pk == moment.owner_user_id or not user.is_active):
        raise PermissionDenied("a moment is offered to somebody else who is here")
    outside = leaves(team, user)
    if outside and (tags := blocked_by(moment)):
        raise StaysInside(tags)
    now, kind = timezone.now(), kind_of(moment.kind)
    changes: dict[str, Any] = {
        "state": State.OFFERED,
        "offered_to_team_id": team.pk if team else None,
        "offered_to_user_id": user.pk if user else None,
        "handoff": handoff,
        "offered_at": now,
        "first_offered_at": moment.first_offered_at or now,
        "answer_by": now + timedelta(minutes=kind.accept_minutes),
        "queue_id": team.pk if team else user.team_id if user else None,
        "sender_id": actor.pk if actor else None,
        "snoozed_until": None,
    }
    if outside:
        changes["disclosed"] = copy_of(moment, moment.profile.customer.name).kept()
    step(actor, moment, Transition(Step.Act.OFFER, changes, note=note, to=(team, user), leaving=outside), tab)
    return moment


def _in_their_queue(user: User, moment: Moment) -> bool:
    return user.is_active and moment.owner_team_id is not None and moment.owner_team_id == user.team_id


@noting(Where.ACCEPT)
@holding(hold_permission)
def accept(*, actor: User, moment: Moment, tab: str = "") -> Moment:
    """Accept what is offered, or what lies in the team's queue: from now on the actor owns it.

    Permission is asked for again where it has left the service side. Raises PermissionDenied, `NotPermitted`,
    `AlreadyChanged`.
    """
    if not may_accept(actor, moment):
        if moment.queue_id == actor.team_id or is_lead(actor):
            raise AlreadyChanged(moment)  # whoever might have had it learns who has it now
        raise PermissionDenied("it is offered to somebody else")
    step(actor, moment, acceptance(actor, moment), tab)
    return moment


def acceptance(actor: User, moment: Moment) -> Transition:
    """The step by which the actor comes to own it."""
    changes, leaving = _to_own(moment, actor, Step.Act.ACCEPT), leaves(actor.team, actor)
    story = (_("accepted by %(name)s") % {"name": actor}, "")
    return Transition(Step.Act.ACCEPT, changes, to=(None, actor), leaving=leaving, story=story)


def _to_own(moment: Moment, owner: User, act: str) -> dict[str, Any]:
    """The changes that make somebody the owner, with their time to act."""
    kind, now = kind_of(moment.kind), timezone.now()
    changes = {
        **owned_by(owner),
        **NO_OFFER,
        "state": State.OPEN,
        "came_from_user_id": moment.owner_user_id,
        "came_from_team_id": moment.owner_team_id,
        "act_by": now + timedelta(minutes=kind.act_minutes),
    }
    if act == Step.Act.ACCEPT or moment.state == State.OFFERED:  # nobody waits for an answer any more
        changes["first_accepted_at"] = moment.first_accepted_at or now
    return changes


@holding(hold)
def decline(*, actor: User, moment: Moment, reason: str, tab: str = "") -> Moment:
    """Not ours, and why: the sender, who owned it all along, has it back on their desk.

    Raises ValueError without a reason, PermissionDenied, `AlreadyChanged`.
    """
    if not reason.strip():
        raise ValueError("a decline has a reason")
    if moment.state != State.OFFERED or not may_accept(actor, moment):
        raise PermissionDenied("it is not offered to them")
    _back_to_owner(actor, moment, Step.Act.DECLINE, reason.strip(), tab)
    return moment


@holding(hold)
def withdraw(*, actor: User, moment: Moment, tab: str = "") -> Moment:
    """The sender no longer offers it. Raises PermissionDenied, `AlreadyChanged`."""
    if moment.state != State.OFFERED or not owns(actor, moment):
        raise PermissionDenied("an offer is withdrawn by who owns it")
    _back_to_owner(actor, moment, Step.Act.WITHDRAW, "", tab)
    return moment


def _back_to_owner(actor: User | None, moment: Moment, act: str, note: str, tab: str) -> None:
    step(actor, moment, back_to_owner(moment, act, note), tab)


def back_to_owner(moment: Moment, act: str, note: str) -> Transition:
    """The step by which nobody is offered it any more."""
    kind = kind_of(moment.kind)
    changes = {
        **NO_OFFER,
        "state": State.OPEN,
        "act_by": timezone.now() + timedelta(minutes=kind.act_minutes),
        "queue_id": moment.owner_team_id or (moment.owner_user.team_id if moment.owner_user else None),
    }
    return Transition(act, changes, note=note, to=(moment.owner_team, moment.owner_user))


@holding(hold)
def give_back(*, actor: User, moment: Moment, reason: str, tab: str = "") -> Moment:
    """Return what one has accepted to whom it came from. Raises ValueError without a reason or where it came from
    nobody, PermissionDenied, `AlreadyChanged`."""
    if not owns(actor, moment) or moment.state != State.OPEN:
        raise PermissionDenied("it is given back by its owner")
    user, team = moment.came_from_user, moment.came_from_team
    if user is not None and not user.is_active:
        team, user = user.team, None
    if not reason.strip() or not (user or team):
        raise ValueError("it is given back to somebody, for a reason")
    kind = kind_of(moment.kind)
    changes = {
        **owned_by(user, team),
        "came_from_user_id": None,
        "came_from_team_id": None,
        "snoozed_until": None,
        "act_by": timezone.now() + timedelta(minutes=kind.act_minutes if user else kind.accept_minutes),
    }
    step(actor, moment, Transition(Step.Act.RETURN, changes, note=reason.strip(), to=(team, user)), tab)
    return moment


@noting(Where.ACCEPT)
@holding(hold_permission)
def reassign(*, actor: User, moment: Moment, user: User, note: str = "", tab: str = "") -> Moment:
    """Give it to a colleague of the same desk, without asking. Leads may give to anybody there.

    Raises PermissionDenied, `NotPermitted`, `AlreadyChanged`; `StaysInside` where the colleague may not see it.
    """
    if not _may_assign(actor, moment, user):
        raise PermissionDenied("moments are assigned within the team at whose desk they lie")
    if user.role == Role.MARKETER and moment.disclosed is None:
        raise StaysInside(["kind"])
    if leaves(user.team, user) and not _is_outside(moment) and (tags := blocked_by(moment)):
        raise StaysInside(tags)
    if moment.snoozed_until:
        step(actor, moment, Transition(Step.Act.WAKE, {"snoozed_until": None}), tab)
    changes, leaving = _to_own(moment, user, Step.Act.REASSIGN), leaves(user.team, user)
    step(actor, moment, Transition(Step.Act.REASSIGN, changes, note=note, to=(None, user), leaving=leaving), tab)
    return moment


def _is_outside(moment: Moment) -> bool:
    """Whether it lies at the desk of another department already."""
    return moment.state == State.OFFERED or leaves(moment.owner_team, moment.owner_user)


def _may_assign(actor: User, moment: Moment, user: User) -> bool:
    if not actor.is_active or not user.is_active or not moment.is_live or user.pk == moment.owner_user_id:
        return False
    inside = moment.queue_id is not None and actor.team_id == moment.queue_id == user.team_id
    mine = moment.owner_user_id == actor.pk and actor.team_id is not None and actor.team_id == user.team_id
    to_me = moment.state == State.OFFERED and moment.offered_to_user_id not in (None, actor.pk)
    return is_lead(actor) or ((inside or mine) and not to_me)
