"""What came of a source by the hour: understood at the bottom, not understood on top of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from apps.foundation.charts import BarChart, Datum, Layout, stacked

LAYOUT = Layout(step=10, bar=8)
MARKS = 8  # hours that stand below it


def hourly(hours: Mapping[datetime, tuple[int, int]], now: datetime, count: int) -> BarChart:
    """The last `count` hours, this one included. `hours` are events understood and not, by the hour (UTC)."""
    this = now.replace(minute=0, second=0, microsecond=0)
    shown = [this - timedelta(hours=back) for back in range(count - 1, -1, -1)]
    values = [hours.get(hour, (0, 0)) for hour in shown]
    data = [_datum(hour, *value) for hour, value in zip(shown, values, strict=True)]
    total, refused = sum(map(sum, values)), sum(value[1] for value in values)
    marks = [_hour(hour) for hour in shown[:: max(1, count // MARKS)]]
    return stacked(data, _words(total, refused, count), marks, LAYOUT)


def _datum(hour: datetime, understood: int, refused: int) -> Datum:
    title = gettext("%(hour)s: %(good)s understood, %(bad)s not") % {
        "hour": _hour(hour),
        "good": _number(understood),
        "bad": _number(refused),
    }
    return Datum((("good", understood), ("bad", refused)), title)


def _hour(hour: datetime) -> str:
    return date_format(timezone.localtime(hour), "TIME_FORMAT")


def _number(count: int) -> str:
    return number_format(count, 0, force_grouping=True)


def _words(total: int, refused: int, count: int) -> str:
    if not total:
        return gettext("Nothing came in the last %(count)d hours") % {"count": count}
    counted = {"total": _number(total), "count": count}
    events = ngettext(
        "%(total)s event in the last %(count)d hours", "%(total)s events in the last %(count)d hours", total
    )
    if not refused:
        return f"{events % counted}, {gettext('all understood')}"
    return f"{events % counted}, {gettext('%(refused)s of them not understood') % {'refused': _number(refused)}}"
