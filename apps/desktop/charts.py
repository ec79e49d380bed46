"""Small charts as SVG, drawn with attributes: the policy allows no inline style."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
