"""Days and times as people read them; remembered, since formatting is half of a page's time."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext


@lru_cache(maxsize=4096)
def clock(hour: int, minute: int, language: str | None) -> str:
    """A time of day as this language writes it."""
    return date_format(datetime(2000, 1, 1, hour, minute), "TIME_FORMAT")  # noqa: DTZ001 - only the clock matters


@lru_cache(maxsize=1024)
def _day(day: date, this_year: bool, language: str | None) -> str:
    return date_format(day, "l j F" if this_year else "l j F Y")


def day_heading(day: date) -> str:
    today = timezone.localdate()
    distance = (today - day).days
    if distance == 0:
        return gettext("Today")
    if distance == 1:
        return gettext("Yesterday")
    if distance == -1:
        return gettext("Tomorrow")
    return _day(day, day.year == today.year, get_language())


def date_and_time(local: datetime) -> str:
    """In full, such as “Sunday 22 November, 14:12”."""
    language, this_year = get_language(), local.year == timezone.localdate().year
    return f"{_day(local.date(), this_year, language)}, {clock(local.hour, local.minute, language)}"
