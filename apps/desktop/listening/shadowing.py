"""Shadowing a team: its day as it is logged, without whose it is. What a conversation was, and the customer's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import Role, Team, User
from apps.desktop.customer.entries import ICONS, SENTIMENT_ICONS
from apps.desktop.listening.cards import cleaned, first_name
from apps.desktop.shell.dates import clock
from apps.insights.models import ShadowedDay
from apps.insights.themes.actions import is_outside
from apps.interactions.models import Channel, Direction, Disposition, Interaction, Sentiment
from apps.moments.redaction import known_as, stays_inside

PAGE = 40
BACK = 28  # days that can still be followed
SHADOWERS = frozenset({Role.MARKETER, Role.SUPERVISOR, Role.OWNER})
READ = (
    "occurred_at", "ended_at", "channel", "kind", "direction", "verbatim", "body", "sentiment", "touchpoint",
    "disposition_id", "profile__customer_id", "staff__first_name", "staff__username",
)  # fmt: skip


def may_shadow(user: User) -> bool:
    """Those who do not sit there anyway."""
    return user.is_active and (user.is_superuser or user.role in SHADOWERS)


@dataclass(frozen=True, slots=True)
class ShadowedEntry:
    """Something that was logged. `words` are the customer's, cleaned; empty where none were noted."""

    pk: int
    time: str
    stamp: str
    channel: str
    icon: str
    channel_label: str
    facts: str
    wrapped_up: str
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


def shadows(user: User, team: Team, day: date) -> bool:
    """Whether they have said that they do, and it may still be followed: without that nothing is shown."""
    return may_follow(team, day) and ShadowedDay.objects.filter(person=user, team=team, day=day).exists()


class ShadowedPage(NamedTuple):
    """`last`: the id of the last row that was looked at, to go on from; `more`: there are others already. `inside`: how
    many are left out because they stay with service."""

    entries: list[ShadowedEntry]
    last: int
    more: bool
    inside: int


def page(user: User, team: Team, day: date, after: int) -> ShadowedPage:
    """What was logged after this entry, a page in the order of logging, within it by when it happened.

    As many queries for forty as for one. The day of a team is found by its people (`interaction_of_staff`).
    """
    rows = _logged(team, day, after)
    read = rows[:PAGE]
    customers = {row.profile.customer_id for row in read}
    inside = stays_inside(customers) if is_outside(user) else set()
    shown = sorted((row for row in read if row.profile.customer_id not in inside), key=lambda row: row.occurred_at)
    secrets, codes = known_as(customers), Disposition.objects.in_bulk({row.disposition_id or 0 for row in read})
    entries = [_entry(row, team, secrets.get(row.profile.customer_id, []), codes) for row in shown]
    return ShadowedPage(entries, read[-1].pk if read else after, len(rows) > PAGE, len(read) - len(shown))


def _logged(team: Team, day: date, after: int) -> list[Interaction]:
    """A page and a row more."""
    since, until = span(team, day)
    people = list(team.members.values_list("pk", flat=True))
    logged = Interaction.objects.filter(staff__in=people, occurred_at__gte=since, occurred_at__lt=until, pk__gt=after)
    logged = logged.exclude(direction=Direction.INTERNAL).select_related("profile", "staff")
    return list(logged.only(*READ, "profile", "staff").order_by("pk")[: PAGE + 1])


def _entry(row: Interaction, team: Team, secrets: Sequence[str], codes: Mapping[int, Disposition]) -> ShadowedEntry:
    local = row.occurred_at.astimezone(ZoneInfo(team.timezone))
    code = codes.get(row.disposition_id or 0)
    return ShadowedEntry(
        pk=row.pk,
        time=clock(local.hour, local.minute, None),
        stamp=row.occurred_at.isoformat(),
        channel=row.channel,
        icon=ICONS[Channel(row.channel)],
        channel_label=str(Channel(row.channel).label),
        facts=" · ".join(fact for fact in _facts(row) if fact),
        wrapped_up=str(code) if code else "",
        words=cleaned(row, secrets),
        sentiment=row.sentiment,
        sentiment_icon=SENTIMENT_ICONS[Sentiment(row.sentiment)] if row.sentiment else "",
        sentiment_label=str(Sentiment(row.sentiment).label) if row.sentiment else "",
    )


def _facts(row: Interaction) -> tuple[str, ...]:
    """Which way it went, how long it took, where, and with whom."""
    staff = first_name(row.staff) if row.staff else ""
    return str(Direction(row.direction).label), _length(row), row.touchpoint, staff


def _length(row: Interaction) -> str:
    if row.ended_at is None or row.ended_at <= row.occurred_at:
        return ""
    minutes = max(1, round((row.ended_at - row.occurred_at).total_seconds() / 60))
    return gettext("%(count)d min") % {"count": minutes}


def teams() -> list[Team]:
    """Whose day may be followed: every team that talks to customers."""
    return list(Team.objects.exclude(kind=Team.Kind.DEPARTMENT).order_by("name")[:100])
