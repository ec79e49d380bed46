"""Moments seen and seized, side by side for each day."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from apps.foundation.charts import BarChart, Datum, Layout, grouped

LAYOUT = Layout(step=10, bar=4)
MARKS = 7  # days that stand below it


def daily(days: Sequence[date], seen: Sequence[int], seized: Sequence[int]) -> BarChart:
    data = [_datum(*figures) for figures in zip(days, seen, seized, strict=True)]
    words = gettext("%(seen)s moments seen in %(days)d days") % {"seen": _number(sum(seen)), "days": len(days)}
    total = gettext("%(seized)s seized") % {"seized": _number(sum(seized))}
    marks = [date_format(day, "SHORT_DATE_FORMAT") for day in days[:: max(1, -(-len(days) // MARKS))]]
    return grouped(data, f"{words}, {total}", marks, LAYOUT)


def _datum(day: date, seen: int, seized: int) -> Datum:
    title = gettext("%(day)s: %(seen)s seen, %(seized)s seized") % {
        "day": date_format(day, "SHORT_DATE_FORMAT"),
        "seen": seen,
        "seized": seized,
    }
    return Datum((("seen", seen), ("good", seized)), title)


def _number(count: int) -> str:
    return number_format(count, 0, force_grouping=True)
