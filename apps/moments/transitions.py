"""One step of a moment: the change, the line of its history, the audit row and the ring, or `AlreadyChanged`.

The moment is changed by a conditional UPDATE on the version that was looked at: of two who act at once one succeeds and
the other learns who has it now. Locks are taken in one order: the customer, their profiles, the moment.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actions import audit_each
from apps.accounts.models import Role, Team, User
from apps.contact import locks
from apps.contact.blocks import Blocking, replace_blocks
from apps.contact.permission import require_permission
from apps.customers.actions import DESK, owner_of
from apps.customers.models import Customer
from apps.foundation.live import ring
from apps.interactions.actions import Row, insert
from apps.interactions.drafts import InteractionDraft
from apps.interactions.live import LIVE
from apps.interactions.models import Channel, Direction
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, State, Step
from apps.moments.webhooks.outbox import enqueue_webhooks

NO_OFFER: dict[str, Any] = {
    "offered_to_user_id": None,
    "offered_to_team_id": None,
    "handoff": "",
    "offered_at": None,
    "answer_by": None,
}
LEADS = frozenset({Role.SUPERVISOR, Role.OWNER})
P = ParamSpec("P")
T = TypeVar("T")


class AlreadyChanged(Exception):
    """It is no longer as it was looked at. `moment` is how it stands now; the words say who has it."""

    @property
    def moment(self) -> Moment:
        found: Moment = self.args[0]
        return found

    def __str__(self) -> str:
        return _who_has(self.moment)


def _who_has(moment: Moment) -> str:
    owner = moment.owner_user or moment.owner_team
    if not moment.is_live:
        return _("It is over: %(name)s had it.") % {"name": owner}
    if moment.state == State.OFFERED:
        to = moment.offered_to_user or moment.offered_to_team
        return _("It changed meanwhile: it is offered to %(name)s.") % {"name": to}
    return _("Taken by %(name)s.") % {"name": owner}


def is_lead(user: User) -> bool:
    return user.is_active and (user.is_superuser or user.role in LEADS)


def hold(moment: Moment) -> Customer:
    """The moment's customer, kept from being merged and parted, and whoever else acts on their moments waits."""
    owner = owner_of(moment.profile_id)
    moment.profile.customer = owner
    return owner


def hold_permission(moment: Moment) -> Customer:
    """The same, with what they permit as it stands: a withdrawal is before or after, as in `deliveries`."""
    owner = hold(moment)
    locks.hold_permission([owner.pk])
    return owner


def holding(take_hold: Callable[[Moment], Customer]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Around an act on a moment (`moment`): one transaction, in which its customer is held first (`hold`, or
    `hold_permission` where the act depends on what they permit)."""

    def around(act: Callable[P, T]) -> Callable[P, T]:
        @wraps(act)
        def holds(*args: P.args, **kwargs: P.kwargs) -> T:
            given: dict[str, Any] = dict(kwargs)
            with transaction.atomic():
                take_hold(given["moment"])
                return act(*args, **kwargs)

        return holds

    return around


def owned_by(user: User | None = None, team: Team | None = None) -> dict[str, Any]:
    """The fields that make somebody the owner, and put the moment on their desk."""
    return {
        "owner_user_id": user.pk if user else None,
        "owner_team_id": team.pk if team else None,
        "queue_id": team.pk if team else user.team_id if user else None,
    }


class Transition(NamedTuple):
    """What a step does. `changes` are by column (`owner_user_id`), `aside` is kept with what they replace. `leaving`:
    it goes ahead only where what the customer permits allows it. `story` are the title and body of an entry of the
    customer's own story."""

    act: str
    changes: Mapping[str, Any]
    note: str = ""
    to: tuple[Team | None, User | None] = (None, None)
    aside: Mapping[str, Any] = MappingProxyType({})
    leaving: bool = False
    story: tuple[str, str] | None = None


def step(actor: User | None, moment: Moment, transition: Transition, tab: str = "") -> Step:
    """Take it, in the caller's transaction. Raises `NotPermitted` and `AlreadyChanged`."""
    act, changes, note, (team, user), aside, leaving, story = transition
    customer, now = moment.profile.customer, timezone.now()
    before = {name: plain(getattr(moment, name)) for name in changes} | dict(aside)
    is_new = moment.version == 0  # it comes from nobody, and nothing was held against its customer yet
    source = {} if is_new else {"from_user_id": moment.owner_user_id, "from_team_id": moment.owner_team_id}
    blocked = frozenset() if is_new else moment.blocking.tags
    entries = [Row(moment.profile_id, DESK, entry(actor, moment, moment.version + 1, *story))] if story else []
    if leaving:
        require_permission(customer.pk, moment.channel, moment.purpose)
    as_seen = Moment.objects.filter(pk=moment.pk, version=moment.version)
    if not as_seen.update(**changes, changed_at=now, version=F("version") + 1):
        raise AlreadyChanged(Moment.objects.select_related("owner_user", "owner_team").get(pk=moment.pk))
    moment.refresh_from_db()
    moment.profile.customer = customer
    row = Step(
        moment=moment, act=act, actor=actor, **source, to_user=user, to_team=team, note=note[:300], before=before,
        version=moment.version, at=now,
    )  # fmt: skip
    _leave_behind([row], [moment.blocking] if moment.blocking.tags != blocked else [], entries, tab)
    return row


def step_all(actor: User, taken: Sequence[tuple[Moment, Transition]], tab: str = "") -> list[Step]:
    """Take a step of the same act with each of these moments, of which nobody else is served meanwhile: their customers
    and they themselves are held, and whether they may leave has been asked. As many statements for many as for one."""
    now, rows, entries, blocked = timezone.now(), [], [], []
    for moment, way in taken:
        tags = moment.blocking.tags
        before = {name: plain(getattr(moment, name)) for name in way.changes} | dict(way.aside)
        source = {"from_user_id": moment.owner_user_id, "from_team_id": moment.owner_team_id}
        moment.version, moment.changed_at = moment.version + 1, now
        for name, value in way.changes.items():
            setattr(moment, name, value)
        if moment.blocking.tags != tags:
            blocked.append(moment.blocking)
        rows.append(
            Step(
                moment=moment, act=way.act, actor=actor, **source, to_team=way.to[0], to_user=way.to[1],
                note=way.note[:300], before=before, version=moment.version, at=now,
            )
        )  # fmt: skip
        if way.story:
            entries.append(Row(moment.profile_id, DESK, entry(actor, moment, moment.version, *way.story)))
    if rows:
        columns = {name for _moment, way in taken for name in way.changes} | {"version", "changed_at"}
        Moment.objects.bulk_update([moment for moment, _way in taken], sorted(columns))
        _leave_behind(rows, blocked, entries, tab)
    return rows


def _leave_behind(rows: Sequence[Step], blocked: Sequence[Blocking], entries: Sequence[Row], tab: str) -> None:
    """What steps of one act, taken by one actor, leave behind: themselves, webhooks, what is held against the customers
    or not any more, entries in their stories, audit rows, the ring."""
    Step.objects.bulk_create(rows)
    enqueue_webhooks(rows)
    replace_blocks(blocked)
    insert(entries)
    first, moments = rows[0], [row.moment for row in rows]
    told = [
        (
            moment.profile.customer.public_id,
            {"moment": str(moment.public_id), "kind": moment.kind, "owner": moment.owner_label},
        )
        for moment in moments
    ]
    audit_each(first.actor, f"moment.{first.act}", told, label="" if first.actor else first.moment.rule or "moments")
    ring(LIVE, [customer for customer, _detail in told], tab=tab)


def plain(value: Any) -> Any:
    """As JSON keeps it, to the microsecond and the cent."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def entry(actor: User | None, moment: Moment, version: int, title: str, body: str = "") -> InteractionDraft:
    """What happened to a moment, as an entry of the customer's own story, among us."""
    return InteractionDraft(
        external_id=f"moment:{moment.public_id}:{version}",
        occurred_at=timezone.now(),
        channel=Channel.NOTE,
        kind="moment",
        direction=Direction.INTERNAL,
        title=f"{kind_of(moment.kind)}: {title}",
        body=body,
        staff_id=actor.pk if actor else None,
        staff_name=str(actor) if actor else "",
        touchpoint=actor.place if actor else "",
        thread=f"moment:{moment.public_id}",
    )
