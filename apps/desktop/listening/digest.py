"""A week in the customers' words, as it is shown and as it is mailed: figures, and pictures without a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.desktop.listening.cards import VerbatimCards, cards
from apps.desktop.listening.page import unhappy_words
from apps.desktop.reports.words import percent, share
from apps.foundation.charts import BarChart, Datum, Layout, portion, sparkline, stacked
from apps.insights.calendar import monday_of, today, week_before, week_of
from apps.insights.digest.actions import contents_of
from apps.insights.models import Digest
from apps.insights.themes.trends import MentionCount
from apps.interactions.models import Channel

OLDEST = 13  # weeks back that are still counted; older ones are there if they were kept
LAYOUT = Layout(
    step=80, bar=44, height=120, least=3
)  # of seven days, without letters: a mail would need fonts for them


class DayMark(NamedTuple):
    """What stands below the column of a day."""

    day: str
    number: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A line of a list with a bar: `width` of 100."""

    name: str
    count: str
    width: str
    unhappy: str
    before: str = ""


class UnknownWeek(Exception):
    """There is no digest of this week: it is yet to come, or too long ago."""


def content_of(week: str) -> dict[str, Any]:
    """The figures of a week. Raises UnknownWeek."""
    try:
        monday = monday_of(week)
    except ValueError as error:
        raise UnknownWeek from error
    known = today() - timedelta(weeks=OLDEST) <= monday <= today()
    if not known and not Digest.objects.filter(week=week).exists():
        raise UnknownWeek
    return contents_of(week)


def digest(user: User, week: str) -> dict[str, Any]:
    """All that the page shows, the loudest words as this reader may read them. Raises UnknownWeek."""
    content = content_of(week)
    shown = cards(user, content["loudest"])
    newer = week_of(monday_of(week) + timedelta(weeks=1))
    return {
        **figures(content),
        "loudest": shown,
        "gone": gone(content, shown),
        "older": week_before(week),
        "newer": newer if monday_of(newer) <= today() else "",
    }


def gone(content: dict[str, Any], shown: VerbatimCards) -> int:
    """Of the loudest, how many are no longer there: they were erased since."""
    return len(content["loudest"]) - len(shown.cards) - shown.inside


def figures(content: dict[str, Any]) -> dict[str, Any]:
    """The figures in words and drawings, for the page and the mail: nobody's words among them."""
    monday = monday_of(content["week"])
    over = monday + timedelta(days=7) <= today()
    mentions, before = content["mentions"], content["before"]
    by_week = gettext("By the week, thirteen weeks: %(counts)s") % {"counts": _listed(content["weeks"])}
    return {
        "week": content["week"],
        "title": _title(monday),
        "over": over,
        "mentions": number_format(mentions, 0, force_grouping=True),
        "change": _change(mentions, before) if over else "",
        "unhappy": percent(share(content["unhappy"], mentions)),
        "days": days_chart(content["days"]),
        "day_marks": [_day_mark(monday, place, count) for place, (count, _bad) in enumerate(content["days"])],
        "weeks": sparkline(content["weeks"], by_week),
        "themes": shares([(row["name"], row["mentions"], row["unhappy"], row["before"]) for row in content["themes"]]),
        "rising": [_rise(row) for row in content["rising"]],
        "by_channel": shares([(str(Channel(name).label), *counts) for name, *counts in content["channels"]]),
        "by_place": shares([(name, *counts) for name, *counts in content["places"]]),
        "promises": content["promises"],
    }


def _title(monday: date) -> str:
    first, last = date_format(monday, "j F"), date_format(monday + timedelta(days=6), "j F Y")
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(map(str, counts))


def _rise(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "usual": number_format(row["usual"], 1), "z": number_format(row["z"], 1)}


def _change(mentions: int, before: int) -> str:
    if not before:
        return ""
    change = round(100 * (mentions - before) / before)
    if change == 0:
        return gettext("as many as the week before")
    return gettext("%(percent)s\u00a0%% against the week before") % {"percent": f"{change:+d}".replace("-", "\u2212")}


def days_chart(days: Sequence[Sequence[int]]) -> BarChart:
    """Seven columns: the unhappy at the bottom, the others on top of them."""
    words = gettext("Heard by the day: %(counts)s") % {"counts": _listed([count for count, _bad in days])}
    data = [Datum((("bad", unhappy), ("good", count - unhappy))) for count, unhappy in days]
    return stacked(data, words, (), LAYOUT)


def _day_mark(monday: date, place: int, count: int) -> DayMark:
    return DayMark(date_format(monday + timedelta(days=place), "D"), str(count))


def shares(rows: Sequence[tuple[Any, ...]]) -> list[ShareLine]:
    most = max((row[1] for row in rows), default=0)
    return [_share(most, *row) for row in rows]


def _share(most: int, name: str, count: int, unhappy: int, before: int | None = None) -> ShareLine:
    return ShareLine(
        name,
        number_format(count, 0, force_grouping=True),
        portion(count, most, least=1).width,
        unhappy_words(MentionCount(count, unhappy)),
        "" if before is None else gettext("%(count)s the week before") % {"count": before},
    )
