"""How often themes are heard, and which are heard more often than usual."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple

from apps.insights.days import today
from apps.insights.models import ThemeDay

RECENT, USUAL = 7, 28  # days compared: the last seven with the four weeks before them
NOTABLE = 2.0  # standard deviations above the usual
FEW = 5  # verbatims in the last seven days, below which nothing is said to rise
LONGEST = 91  # days that are ever looked at


class Tally(NamedTuple):
    """What was heard on one day, or in a span, and how much of it by somebody unhappy."""

    heard: int = 0
    unhappy: int = 0

    @property
    def share(self) -> int:
        """Unhappy, in percent."""
        return round(100 * self.unhappy / self.heard) if self.heard else 0


Days = Mapping[date, Tally]


@dataclass(frozen=True, slots=True)
class Rise:
    """`recent` in the last seven days, `usual` in seven of the days before; `z` standard deviations between them."""

    theme: int
    recent: int
    usual: float
    z: float


def daily(days: int, until: date | None = None) -> dict[int | None, dict[date, Tally]]:
    """By theme (None: all words together), the days that had any of the last `days`, `until` included. One query."""
    last = until or today()
    first = last - timedelta(days=min(days, LONGEST) - 1)
    found: dict[int | None, dict[date, Tally]] = defaultdict(dict)
    rows = ThemeDay.objects.filter(day__gte=first, day__lte=last).values_list("theme_id", "day", "heard", "unhappy")
    for theme, day, heard, unhappy in rows:
        found[theme][day] = Tally(heard, unhappy)
    return dict(found)


def total(days: Days, last: date, count: int) -> Tally:
    """Of the `count` days up to and including `last`."""
    tallies = [days.get(last - timedelta(days=back), Tally()) for back in range(count)]
    return Tally(sum(one.heard for one in tallies), sum(one.unhappy for one in tallies))


def series(days: Days, last: date, count: int, step: int = 1) -> list[Tally]:
    """Sums of `step` days each, the eldest first, the last one ending with `last`."""
    return [total(days, last - timedelta(days=step * back), step) for back in range(count // step - 1, -1, -1)]


def rise(theme: int, days: Days, last: date) -> Rise:
    recent = total(days, last, RECENT).heard
    before = total(days, last - timedelta(days=RECENT), USUAL).heard
    return Rise(theme, recent, before * RECENT / USUAL, z_of(recent, before))


def z_of(recent: int, before: int) -> float:
    """How far two Poisson counts over seven and over twenty-eight days are apart, in standard deviations.

    Square roots make their variance the same (Anscombe); the test is Huffman's, Applied Statistics 33 (1984):
    2 (sqrt(x + 3/8) - sqrt(ratio (y + 3/8))) / sqrt(1 + ratio) with ratio = 7 / 28.
    """
    ratio = RECENT / USUAL
    return 2 * (sqrt(recent + 0.375) - sqrt(ratio * (before + 0.375))) / sqrt(1 + ratio)


def rising(found: Mapping[int | None, Days], themes: Sequence[int], last: date | None = None) -> list[Rise]:
    """Themes heard notably more often than usual, the most surprising first."""
    until = last or today()
    rises = [rise(theme, found.get(theme, {}), until) for theme in themes]
    return sorted((one for one in rises if one.z >= NOTABLE and one.recent >= FEW), key=lambda one: -one.z)
