"""Days and weeks as the company counts them (`TIME_ZONE`)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def today() -> date:
    return timezone.now().astimezone(zone()).date()


def day_of(when: datetime) -> date:
    return when.astimezone(zone()).date()


def beginning(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


def monday_of(week: str) -> date:
    """The first day of an ISO week (`2026-W48`). ValueError for what is none."""
    if len(week) != 8 or week[4:6] != "-W":
        raise ValueError(week)
    return date.fromisoformat(f"{week}-1")


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def week_before(week: str, back: int = 1) -> str:
    return week_of(monday_of(week) - timedelta(weeks=back))
