"""Sitting in: a team's day as it is logged, without whose it is. What a conversation was, and the customer's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import Role, Team, User
from apps.desktop.entries import ICONS, SENTIMENT_ICONS, clock
from apps.desktop.listening_cards import cleaned, first_name
from apps.insights.actions.theming import is_outside
from apps.insights.models import SitIn
from apps.interactions.models import Channel, Direction, Disposition, Interaction, Sentiment
from apps.moments.unnamed import known_as, stays_inside

PAGE = 40
BACK = 28  # days that can still be followed
SITTERS = frozenset({Role.MARKETER, Role.SUPERVISOR, Role.OWNER})
READ = (
    "occurred_at", "ended_at", "channel", "kind", "direction", "verbatim", "body", "sentiment", "touchpoint",
    "disposition_id", "profile__customer_id", "staff__first_name", "staff__username",
)  # fmt: skip


def may_sit_in(user: User) -> bool:
    """Those who do not sit there anyway."""
    return user.is_active and (user.is_superuser or user.role in SITTERS)


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that was logged. `words` are the customer's, cleaned; empty where none were noted."""

    pk: int
    time: str
    stamp: str
    channel: str
    icon: str
    channel_label: str
    direction: str
    staff: str
    place: str
    wrapped_up: str
    length: str
    words: str
    sentiment: str
    sentiment_icon: str
    sentiment_label: str


def span(team: Team, day: date) -> tuple[datetime, datetime]:
    """The day by the clock of the team."""
    zone = ZoneInfo(team.timezone)
    begins = datetime.combine(day, time(), zone)
    return begins, datetime.combine(day + timedelta(days=1), time(), zone)


def today_of(team: Team) -> date:
    return timezone.now().astimezone(ZoneInfo(team.timezone)).date()


def may_follow(team: Team, day: date) -> bool:
    """Today and the last weeks of a team that talks to customers."""
    today = today_of(team)
    return team.kind != Team.Kind.DEPARTMENT and today - timedelta(days=BACK) <= day <= today


def sits_in(user: User, team: Team, day: date) -> bool:
    """Whether they have said that they do, and it may still be followed: without that nothing is shown."""
    return may_follow(team, day) and SitIn.objects.filter(person=user, team=team, day=day).exists()


class Page(NamedTuple):
    """`last`: the id of the last row that was looked at, to go on from; `more`: there are others already. `inside`: how
    many are left out because they stay with service."""

    touches: list[Touch]
    last: int
    more: bool
    inside: int


def page(user: User, team: Team, day: date, after: int) -> Page:
    """What was logged after this one, a page in the order of logging, within it by when it happened.

    As many queries for forty as for one. The day of a team is found by its people (`interaction_of_staff`).
    """
    since, until = span(team, day)
    people = list(team.members.values_list("pk", flat=True))
    logged = Interaction.objects.filter(staff__in=people, occurred_at__gte=since, occurred_at__lt=until, pk__gt=after)
    logged = logged.exclude(direction=Direction.INTERNAL).select_related("profile", "staff")
    rows = list(logged.only(*READ, "profile", "staff").order_by("pk")[: PAGE + 1])
    read = rows[:PAGE]
    customers = {row.profile.customer_id for row in read}
    inside = stays_inside(customers) if is_outside(user) else set()
    shown = sorted((row for row in read if row.profile.customer_id not in inside), key=lambda row: row.occurred_at)
    secrets, codes = known_as(customers), Disposition.objects.in_bulk({row.disposition_id or 0 for row in read})
    told = [_touch(row, team, secrets.get(row.profile.customer_id, []), codes) for row in shown]
    return Page(told, read[-1].pk if read else after, len(rows) > PAGE, len(read) - len(shown))


def _touch(row: Interaction, team: Team, secrets: Sequence[str], codes: Mapping[int, Disposition]) -> Touch:
    local = row.occurred_at.astimezone(ZoneInfo(team.timezone))
    code = codes.get(row.disposition_id or 0)
    return Touch(
        pk=row.pk,
        time=clock(local.hour, local.minute, None),
        stamp=row.occurred_at.isoformat(),
        channel=row.channel,
        icon=ICONS[Channel(row.channel)],
        channel_label=str(Channel(row.channel).label),
        direction=str(Direction(row.direction).label),
        staff=first_name(row.staff) if row.staff else "",
        place=row.touchpoint,
        wrapped_up=str(code) if code else "",
        length=_length(row),
        words=cleaned(row, secrets),
        sentiment=row.sentiment,
        sentiment_icon=SENTIMENT_ICONS[Sentiment(row.sentiment)] if row.sentiment else "",
        sentiment_label=str(Sentiment(row.sentiment).label) if row.sentiment else "",
    )


def _length(row: Interaction) -> str:
    if row.ended_at is None or row.ended_at <= row.occurred_at:
        return ""
    minutes = max(1, round((row.ended_at - row.occurred_at).total_seconds() / 60))
    return gettext("%(count)d min") % {"count": minutes}


def teams() -> list[Team]:
    """Whose day may be followed: every team that talks to customers."""
    return list(Team.objects.exclude(kind=Team.Kind.DEPARTMENT).order_by("name")[:100])
