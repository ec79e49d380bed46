"""Small charts as SVG, drawn with attributes: the policy allows no inline style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

STEP = 10  # user units from one hour to the next
BAR = 8
HEIGHT = 100
LEAST = 4  # units: one event among thousands is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: understood at the bottom, not understood on top of it. Numbers as text, whatever the locale."""

    x: str
    good_y: str
    good: str
    bad_y: str
    bad: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`label` says in words what is drawn; `marks` are hours for below the drawing."""

    width: str
    height: str
    bars: tuple[Bar, ...]
    label: str
    total: int
    refused: int
    marks: tuple[str, ...] = ()


def hourly(hours: Mapping[datetime, tuple[int, int]], now: datetime, count: int) -> Chart:
    """The last `count` hours, this one included. `hours` are events understood and not, by the hour (UTC)."""
    this = now.replace(minute=0, second=0, microsecond=0)
    shown = [this - timedelta(hours=back) for back in range(count - 1, -1, -1)]
    values = [hours.get(hour, (0, 0)) for hour in shown]
    most = max((sum(value) for value in values), default=0) or 1
    bars = [_bar(place, hour, *value, most) for place, (hour, value) in enumerate(zip(shown, values, strict=True))]
    total, refused = sum(map(sum, values)), sum(value[1] for value in values)
    return Chart(
        str(count * STEP),
        str(HEIGHT),
        tuple(bar for bar in bars if bar),
        _words(total, refused, count),
        total,
        refused,
        tuple(_hour(hour) for hour in shown[:: max(1, count // 8)]),
    )


def _bar(place: int, hour: datetime, understood: int, refused: int, most: int) -> Bar | None:
    if not understood + refused:
        return None
    good, bad = (max(LEAST, round(HEIGHT * part / most)) if part else 0 for part in (understood, refused))
    good = min(good, HEIGHT - bad)
    title = gettext("%(hour)s: %(good)s understood, %(bad)s not") % {
        "hour": _hour(hour),
        "good": number_format(understood, 0, force_grouping=True),
        "bad": number_format(refused, 0, force_grouping=True),
    }
    return Bar(str(place * STEP + 1), str(HEIGHT - good), str(good), str(HEIGHT - good - bad), str(bad), title)


def _hour(hour: datetime) -> str:
    return date_format(timezone.localtime(hour), "TIME_FORMAT")


def _words(total: int, refused: int, count: int) -> str:
    if not total:
        return gettext("Nothing came in the last %(count)d hours") % {"count": count}
    said = {"total": number_format(total, 0, force_grouping=True), "count": count}
    events = ngettext(
        "%(total)s event in the last %(count)d hours", "%(total)s events in the last %(count)d hours", total
    )
    if not refused:
        return f"{events % said}, {gettext('all understood')}"
    lost = gettext("%(refused)s of them not understood") % {"refused": number_format(refused, 0, force_grouping=True)}
    return f"{events % said}, {lost}"


# --- two figures a day ----------------------------------------------------------------------------------------------

HALF = 4  # user units: the width of each of the two


@dataclass(frozen=True, slots=True)
class Day:
    """One day's two bars, side by side. Numbers as text, whatever the locale; "0": none is drawn."""

    seen_x: str
    seen_y: str
    seen: str
    seized_x: str
    seized_y: str
    seized: str
    title: str


@dataclass(frozen=True, slots=True)
class Days:
    """`label` says in words what is drawn; `marks` are some of the days for below it; `most` is how high it goes."""

    width: str
    height: str
    bars: tuple[Day, ...]
    label: str
    marks: tuple[str, ...]
    most: int


def daily(days: Sequence[date], seen: Sequence[int], seized: Sequence[int]) -> Days:
    """Moments seen and seized on each of these days."""
    most = max([*seen, *seized], default=0)
    bars = [_day(place, *told, most or 1) for place, told in enumerate(zip(days, seen, seized, strict=True))]
    said = {"seen": number_format(sum(seen), 0, force_grouping=True), "days": len(days)}
    label = gettext("%(seen)s moments seen in %(days)d days") % said
    total = gettext("%(seized)s seized") % {"seized": number_format(sum(seized), 0, force_grouping=True)}
    marks = tuple(date_format(day, "SHORT_DATE_FORMAT") for day in days[:: max(1, -(-len(days) // 7))])
    width = str(len(days) * STEP)
    return Days(width, str(HEIGHT), tuple(bar for bar in bars if bar), f"{label}, {total}", marks, most)


def _day(place: int, day: date, seen: int, seized: int, most: int) -> Day | None:
    if not seen and not seized:
        return None
    first, second = (max(LEAST, round(HEIGHT * part / most)) if part else 0 for part in (seen, seized))
    said = {"day": date_format(day, "SHORT_DATE_FORMAT"), "seen": seen, "seized": seized}
    x = place * STEP + 1
    title = gettext("%(day)s: %(seen)s seen, %(seized)s seized") % said
    return Day(str(x), str(HEIGHT - first), str(first), str(x + HALF), str(HEIGHT - second), str(second), title)
