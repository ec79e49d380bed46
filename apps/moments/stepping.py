"""One step of a moment: the change, the line of its history, the audit row and the ring, or `Taken`.

The moment is changed by a conditional UPDATE on the version that was looked at: of two who act at once one succeeds and
the other learns who has it now. Locks are taken in one order: the customer, their profiles, the moment.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.models import Role, Team, User
from apps.customers import stopping
from apps.customers.actions import DESK, owner_of
from apps.customers.models import Customer
from apps.interactions.actions import Row, insert
from apps.interactions.drafts import Touch
from apps.interactions.live import announce
from apps.interactions.models import Channel, Direction
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, State, Step
from apps.moments.outbox import tell

NO_OFFER: dict[str, Any] = {
    "offered_to_user_id": None,
    "offered_to_team_id": None,
    "handoff": "",
    "offered_at": None,
    "answer_by": None,
}
LEADS = frozenset({Role.SUPERVISOR, Role.OWNER})


class Taken(Exception):
    """It is no longer as it was looked at. `moment` is how it stands now; the words say who has it."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(_who_has(moment))
        self.moment = moment


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
    stopping.hold_permission([owner.pk])
    return owner


def owned_by(user: User | None = None, team: Team | None = None) -> dict[str, Any]:
    """The fields that make somebody the owner, and put the moment on their desk."""
    return {
        "owner_user_id": user.pk if user else None,
        "owner_team_id": team.pk if team else None,
        "queue_id": team.pk if team else user.team_id if user else None,
    }


def step(
    actor: User | None,
    moment: Moment,
    act: str,
    changes: dict[str, Any],
    *,
    note: str = "",
    to: tuple[Team | None, User | None] = (None, None),
    tab: str = "",
    aside: Mapping[str, Any] | None = None,
) -> Step:
    """Take the step, in the caller's transaction. `changes` are by column (`owner_user_id`), `aside` is kept with what
    they replace. Raises `Taken`."""
    before = {name: plain(getattr(moment, name)) for name in changes} | dict(aside or {})
    source = {"from_user_id": moment.owner_user_id, "from_team_id": moment.owner_team_id}
    now = timezone.now()
    same = Moment.objects.filter(pk=moment.pk, version=moment.version)
    if not same.update(**changes, changed_at=now, version=F("version") + 1):
        raise Taken(Moment.objects.select_related("owner_user", "owner_team").get(pk=moment.pk))
    customer = moment.profile.customer
    moment.refresh_from_db()
    moment.profile.customer = customer
    team, user = to
    taken = Step.objects.create(
        moment=moment,
        act=act,
        actor=actor,
        **source,
        to_user=user,
        to_team=team,
        note=note[:300],
        before=before,
        version=moment.version,
        at=now,
    )
    tell([taken])
    told(actor, moment, act, customer, tab)
    return taken


def told(actor: User | None, moment: Moment, act: str, customer: Customer, tab: str = "") -> None:
    """The audit row, without anybody's words, and the ring for every open page of the customer."""
    audit(
        actor,
        f"moment.{act}",
        subject=customer.public_id,
        label="" if actor else moment.rule or "moments",
        moment=str(moment.public_id),
        kind=moment.kind,
        owner=f"team {moment.owner_team_id}" if moment.owner_team_id else f"person {moment.owner_user_id}",
    )
    announce([customer.public_id], tab=tab)


def plain(value: Any) -> Any:
    """As JSON keeps it, to the microsecond and the cent."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def tell_story(actor: User | None, moment: Moment, title: str, body: str = "") -> None:
    """What happened to a moment, as an entry of the customer's own story, among us."""
    insert([Row(moment.profile_id, DESK, entry(actor, moment, title, body))])


def entry(actor: User | None, moment: Moment, title: str, body: str = "") -> Touch:
    return Touch(
        external_id=f"moment:{moment.public_id}:{moment.version}",
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
