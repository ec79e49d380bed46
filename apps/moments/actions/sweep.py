"""What time does to moments: they wake, escalate, come back and expire. None is ever dropped.

A few statements for each few hundred moments, whatever happens to them. Customers are locked first, as everybody does.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import AuditEntry, Team
from apps.contact.blocks import replace_blocks
from apps.customers.actions import DESK
from apps.customers.identity.evidence import lock_customers
from apps.interactions.actions import Row, insert
from apps.interactions.live import announce
from apps.moments.disclosure import leaves
from apps.moments.kinds import kind_of, kinds
from apps.moments.models import LIVE, Handoff, Moment, Outcome, State, Step
from apps.moments.models.moment import MomentQuerySet
from apps.moments.transitions import NO_OFFER, entry, owned_by, plain
from apps.moments.webhooks.outbox import enqueue_webhooks

BATCH = 300
RELATED = ("profile__customer", "owner_user__team", "owner_team", "offered_to_user__team", "offered_to_team")
CHANGED = (
    "state", "owner_user", "owner_team", "offered_to_user", "offered_to_team", "handoff", "offered_at", "answer_by",
    "act_by", "snoozed_until", "queue", "outcome", "line", "done_at", "first_offered_at", "changed_at", "version",
)  # fmt: skip


class Turn(NamedTuple):
    """What time does to one moment: an act, its changes by column, to whom, and why."""

    act: str
    changes: dict[str, object]
    team: Team | None = None
    note: str = ""
    person: int | None = None


def escalate_overdue(*, at: datetime | None = None) -> int:
    """Offers nobody answered go to who may decide, or back to their sender; owners who let a moment lie are helped by
    their team. How many moments were late."""
    now = at or timezone.now()
    unanswered = Moment.objects.filter(state=State.OFFERED, answer_by__lt=now)
    idle = Moment.objects.filter(state=State.OPEN, act_by__lt=now, snoozed_until=None)
    late = _sweep(unanswered, "answer_by", now, _unanswered)
    return late + _sweep(idle, "act_by", now, _idle)


def wake_due(*, at: datetime | None = None) -> int:
    """What was put off until now is back in sight."""
    now = at or timezone.now()
    due = Moment.objects.filter(snoozed_until__lte=now)
    return _sweep(due, "snoozed_until", now, lambda moment, _now: Turn(Step.Act.WAKE, {"snoozed_until": None}))


def expire(*, at: datetime | None = None) -> int:
    """What nobody seized while it was worth it is closed as too late; its sender and its owner are told."""
    now = at or timezone.now()
    lapsed = Q(pk=None)
    for kind in kinds().values():
        if kind.lapse_days is not None:
            lapsed |= Q(kind=kind.code, due_at__lt=now - timedelta(days=kind.lapse_days))
    return _sweep(Moment.objects.filter(lapsed, state__in=LIVE), "due_at", now, _lapsed)


def _sweep(due: MomentQuerySet, first: str, now: datetime, turn: Callable[[Moment, datetime], Turn]) -> int:
    count = 0
    while done := _batch(due, first, now, turn):
        count += done
    return count


@transaction.atomic
def _batch(due: MomentQuerySet, first: str, now: datetime, turn: Callable[[Moment, datetime], Turn]) -> int:
    """Those that somebody is acting on right now are left for the next minute."""
    found = dict(due.order_by(first, "id").values_list("pk", "profile__customer")[:BATCH])
    if not found:
        return 0
    lock_customers(set(found.values()))
    held = due.filter(pk__in=found).select_for_update(of=("self",), skip_locked=True)
    late = list(held.select_related(*RELATED).order_by("id"))
    turns = [(moment, turn(moment, now)) for moment in late]
    blocking = [moment for moment in late if moment.blocking.tags]
    steps = [_apply(moment, made, now) for moment, made in turns]
    Moment.objects.bulk_update(late, CHANGED)
    replace_blocks([moment.blocking for moment in blocking if not moment.is_live])
    Step.objects.bulk_create(steps)
    enqueue_webhooks(steps)
    AuditEntry.objects.bulk_create(_audit(moment, made) for moment, made in turns)
    over = [(moment, made) for moment, made in turns if made.act == Step.Act.EXPIRE]
    insert(
        Row(moment.profile_id, DESK, entry(None, moment, moment.version, _("too late"), made.note))
        for moment, made in over
    )
    announce(moment.profile.customer.public_id for moment in late)
    return len(late)


def _apply(moment: Moment, made: Turn, now: datetime) -> Step:
    taken = Step(
        moment=moment,
        act=made.act,
        from_user_id=moment.owner_user_id,
        from_team_id=moment.owner_team_id,
        to_team=made.team,
        to_user_id=made.person,
        note=made.note[:300],
        before={name: plain(getattr(moment, name)) for name in made.changes},
        version=moment.version + 1,
        at=now,
    )
    for name, value in made.changes.items():
        setattr(moment, name, value)
    moment.version, moment.changed_at = moment.version + 1, now
    return taken


def _audit(moment: Moment, made: Turn) -> AuditEntry:
    detail = {"moment": str(moment.public_id), "kind": moment.kind}
    return AuditEntry(
        action=f"moment.{made.act}", actor_label="moments", subject=moment.profile.customer.public_id, detail=detail
    )


def _unanswered(moment: Moment, now: datetime) -> Turn:
    """From a person to their team, from a team to whom it escalates, from there back to the owner. One that a rule
    offered to whoever was talking to the customer goes to the team that has owned it all along."""
    kind = kind_of(moment.kind)
    if moment.sender_id is None and moment.rule and moment.offered_to_user_id and moment.owner_team_id:
        changes = {**NO_OFFER, **_standing_owner(moment), "state": State.OPEN}
        changes["act_by"] = now + timedelta(minutes=kind.accept_minutes)
        return Turn(Step.Act.RETURN, changes, moment.owner_team, _("Nobody answered in time."))
    if (next_team := _first_other(moment, _desk_of(moment), kind.lead_team)) is not None:
        return _offered(moment, next_team, now, _("Nobody answered in time."))
    changes = {**NO_OFFER, **_standing_owner(moment), "state": State.OPEN}
    changes["act_by"] = now + timedelta(minutes=kind.act_minutes)
    note = _("Nobody answered in time: it is back with who sent it.")
    person = moment.owner_user if changes["owner_user_id"] else None
    team = moment.owner_team or (moment.owner_user.team if moment.owner_user and not person else None)
    return Turn(Step.Act.RETURN, changes, team, note, person.pk if person else None)


def _desk_of(moment: Moment) -> Team | None:
    return moment.offered_to_user.team if moment.offered_to_user else None


def _first_other(moment: Moment, *teams: Team | None) -> Team | None:
    """The first of these that is not asked already and to whom it may go."""
    asked, kind = moment.offered_to_team_id or moment.owner_team_id, kind_of(moment.kind)
    goes_out = moment.disclosed is not None and kind.may_leave and not {*moment.tags} & {*kind.blocked_tags}
    for team in teams:
        if team and team.pk != asked and (goes_out or not leaves(team, None)):
            return team
    return None


def _standing_owner(moment: Moment) -> dict[str, object]:
    """Its owner; if that is somebody who has left, their team."""
    person = moment.owner_user
    if person and not person.is_active and person.team:
        return owned_by(None, person.team)
    return owned_by(person, moment.owner_team)


def _offered(moment: Moment, team: Team, now: datetime, why: str) -> Turn:
    changes = {
        **NO_OFFER,
        "state": State.OFFERED,
        "offered_to_team_id": team.pk,
        "handoff": Handoff.ESCALATION,
        "offered_at": now,
        "first_offered_at": moment.first_offered_at or now,
        "answer_by": now + timedelta(minutes=kind_of(moment.kind).accept_minutes),
        "queue_id": team.pk,
    }
    return Turn(Step.Act.ESCALATE, changes, team, why)


def _idle(moment: Moment, now: datetime) -> Turn:
    """Its owner has let it lie: their team may take it, or whom it escalates to. Where there is nobody to ask, it is
    said again when as much time has passed once more."""
    person, kind = moment.owner_user, kind_of(moment.kind)
    if (team := _first_other(moment, person.team if person else None, kind.lead_team)) is not None:
        return _offered(moment, team, now, _("Nobody acted in time."))
    changes = {**_standing_owner(moment), "act_by": now + timedelta(minutes=kind.act_minutes)}
    return Turn(Step.Act.ESCALATE, changes, note=_("Nobody acted in time, and there is nobody else to ask."))


def _lapsed(moment: Moment, now: datetime) -> Turn:
    line = _("Nobody seized it in time.")
    changes = {
        **NO_OFFER,
        "state": State.EXPIRED,
        "outcome": Outcome.TOO_LATE,
        "line": line,
        "done_at": now,
        "snoozed_until": None,
    }
    return Turn(Step.Act.EXPIRE, changes, note=line)


def sweep(*, at: datetime | None = None) -> dict[str, int]:
    """All of it; how many moments each concerned."""
    tasks: Iterable[tuple[str, Callable[..., int]]] = (
        ("woken", wake_due),
        ("expired", expire),
        ("late", escalate_overdue),
    )
    return {name: task(at=at) for name, task in tasks}
