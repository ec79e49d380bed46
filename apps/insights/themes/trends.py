"""How often themes are mentioned, and which are mentioned more often than usual."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple

from apps.insights.calendar import today
from apps.insights.models import ThemeDay

RECENT, USUAL = 7, 28  # days compared: the last seven with the four weeks before them
NOTABLE = 2.0  # standard deviations above the usual
FEW = 5  # verbatims in the last seven days, below which nothing is said to rise
LONGEST = 91  # days that are ever looked at


class MentionCount(NamedTuple):
    """Verbatims of one day, or of a span, and how many of them are unhappy."""

    mentions: int = 0
    unhappy: int = 0

    @property
    def share(self) -> int:
        """Unhappy, in percent."""
        return round(100 * self.unhappy / self.mentions) if self.mentions else 0


Days = Mapping[date, MentionCount]


@dataclass(frozen=True, slots=True)
class Rise:
    """`recent` in the last seven days, `usual` in seven of the days before; `z` standard deviations between them."""

    theme: int
    recent: int
    usual: float
    z: float


def daily(days: int, until: date | None = None) -> dict[int | None, dict[date, MentionCount]]:
    """By theme (None: all words together), the days that had any of the last `days`, `until` included. One query."""
    last = until or today()
    first = last - timedelta(days=min(days, LONGEST) - 1)
    found: dict[int | None, dict[date, MentionCount]] = defaultdict(dict)
    rows = ThemeDay.objects.filter(day__gte=first, day__lte=last).values_list("theme_id", "day", "mentions", "unhappy")
    for theme, day, mentions, unhappy in rows:
        found[theme][day] = MentionCount(mentions, unhappy)
    return dict(found)


def total(days: Days, last: date, count: int) -> MentionCount:
    """Of the `count` days up to and including `last`."""
    counts = [days.get(last - timedelta(days=back), MentionCount()) for back in range(count)]
    return MentionCount(sum(day.mentions for day in counts), sum(day.unhappy for day in counts))


def series(days: Days, last: date, count: int, step: int = 1) -> list[MentionCount]:
    """Sums of `step` days each, the eldest first, the last one ending with `last`."""
    return [total(days, last - timedelta(days=step * back), step) for back in range(count // step - 1, -1, -1)]


def rise_of(theme: int, days: Days, last: date) -> Rise:
    recent = total(days, last, RECENT).mentions
    before = total(days, last - timedelta(days=RECENT), USUAL).mentions
    return Rise(theme, recent, before * RECENT / USUAL, z_of(recent, before))


def z_of(recent: int, before: int) -> float:
    """How far two Poisson counts over seven and over twenty-eight days are apart, in standard deviations.

    Square roots make their variance the same (Anscombe); the test is Huffman's, Applied Statistics 33 (1984):
    2 (sqrt(x + 3/8) - sqrt(ratio (y + 3/8))) / sqrt(1 + ratio) with ratio = 7 / 28.
    """
    ratio = RECENT / USUAL
    return 2 * (sqrt(recent + 0.375) - sqrt(ratio * (before + 0.375))) / sqrt(1 + ratio)


def rising(found: Mapping[int | None, Days], themes: Sequence[int], last: date | None = None) -> list[Rise]:
    """Themes mentioned notably more often than usual, the most surprising first."""
    until = last or today()
    rises = [rise_of(theme, found.get(theme, {}), until) for theme in themes]
    return sorted((rise for rise in rises if rise.z >= NOTABLE and rise.recent >= FEW), key=lambda rise: -rise.z)
