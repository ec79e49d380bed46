"""A week in the customers' words, as it is shown and as it is mailed: figures, and pictures without a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.desktop.listening_cards import Cards, cards
from apps.desktop.listening_page import unhappy_words
from apps.desktop.measures_words import percent, share
from apps.desktop.spark import spark
from apps.insights.actions.digesting import contents_of
from apps.insights.days import monday_of, today, week_before, week_of
from apps.insights.models import Digest
from apps.insights.trends import Tally
from apps.interactions.models import Channel

OLDEST = 13  # weeks back that are still counted; older ones are there if they were kept
# Of the picture of seven days, in user units: it has no letters, which a mail would need fonts for.
COLUMN, BAR, HEIGHT, LEAST = 80, 44, 120, 3


class Bar(NamedTuple):
    """One day: unhappy at the bottom, the others on top of it. Numbers as text, whatever the locale."""

    x: str
    bad_y: str
    bad: str
    good_y: str
    good: str
    day: str
    number: str


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a list with a bar: `width` of 100."""

    name: str
    count: str
    width: str
    unhappy: str
    before: str = ""


class Unknown(Exception):
    """There is no digest of this week: it is yet to come, or too long ago."""


def content_of(week: str) -> dict[str, Any]:
    """The figures of a week. Raises Unknown."""
    try:
        monday = monday_of(week)
    except ValueError as error:
        raise Unknown from error
    known = today() - timedelta(weeks=OLDEST) <= monday <= today()
    if not known and not Digest.objects.filter(week=week).exists():
        raise Unknown
    return contents_of(week)


def digest(user: User, week: str) -> dict[str, Any]:
    """All that the page shows, the loudest words as this reader may read them. Raises Unknown."""
    content = content_of(week)
    shown = cards(user, content["loudest"])
    newer = week_of(monday_of(week) + timedelta(weeks=1))
    return {
        **told(content),
        "loudest": shown,
        "gone": gone(content, shown),
        "older": week_before(week),
        "newer": newer if monday_of(newer) <= today() else "",
    }


def gone(content: dict[str, Any], shown: Cards) -> int:
    """Of the loudest, how many are no longer there: they were erased since."""
    return len(content["loudest"]) - len(shown.cards) - shown.inside


def told(content: dict[str, Any]) -> dict[str, Any]:
    """The figures in words and drawings, for the page and the mail: nobody's words among them."""
    monday = monday_of(content["week"])
    over = monday + timedelta(days=7) <= today()
    heard, before, tally = content["heard"], content["before"], Tally(content["heard"], content["unhappy"])
    return {
        "week": content["week"],
        "title": gettext("%(first)s to %(last)s") % {
            "first": date_format(monday, "j F"), "last": date_format(monday + timedelta(days=6), "j F Y")
        },
        "over": over,
        "heard": number_format(heard, 0, force_grouping=True),
        "change": _change(heard, before) if over else "",
        "unhappy": percent(share(tally.unhappy, heard)),
        "days": bars(content["days"], monday),
        "days_words": gettext("Heard by the day: %(counts)s") % {
            "counts": ", ".join(str(one[0]) for one in content["days"])
        },
        "weeks": spark(content["weeks"], gettext("By the week, thirteen weeks: %(counts)s") % {
            "counts": ", ".join(map(str, content["weeks"]))
        }),
        "themes": shares([(row["name"], row["heard"], row["unhappy"], row["before"]) for row in content["themes"]]),
        "rising": [{**row, "usual": number_format(row["usual"], 1), "z": number_format(row["z"], 1)}
                   for row in content["rising"]],
        "channels": shares([(str(Channel(name).label), *rest) for name, *rest in content["channels"]]),
        "places": shares([(name, *rest) for name, *rest in content["places"]]),
        "promises": content["promises"],
    }  # fmt: skip


def _change(heard: int, before: int) -> str:
    if not before:
        return ""
    change = round(100 * (heard - before) / before)
    if change == 0:
        return gettext("as many as the week before")
    return gettext("%(percent)s\u00a0%% against the week before") % {"percent": f"{change:+d}".replace("-", "\u2212")}


def bars(days: Sequence[Sequence[int]], monday: Any) -> list[Bar]:
    most = max((heard for heard, _unhappy in days), default=0) or 1
    return [_bar(place, heard, unhappy, most, monday) for place, (heard, unhappy) in enumerate(days)]


def _bar(place: int, heard: int, unhappy: int, most: int, monday: Any) -> Bar:
    whole = max(LEAST, round(HEIGHT * heard / most)) if heard else 0
    bad = round(whole * unhappy / heard) if heard else 0
    x = place * COLUMN + (COLUMN - BAR) // 2
    day = date_format(monday + timedelta(days=place), "D")
    return Bar(str(x), str(HEIGHT - bad), str(bad), str(HEIGHT - whole), str(whole - bad), day, str(heard))


def shares(rows: Sequence[tuple[Any, ...]]) -> list[Share]:
    most = max((row[1] for row in rows), default=0) or 1
    return [_share(most, *row) for row in rows]


def _share(most: int, name: str, heard: int, unhappy: int, before: int | None = None) -> Share:
    return Share(
        name,
        number_format(heard, 0, force_grouping=True),
        str(max(1, round(100 * heard / most))),
        unhappy_words(Tally(heard, unhappy)),
        "" if before is None else gettext("%(count)s the week before") % {"count": before},
    )
