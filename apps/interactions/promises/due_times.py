"""Until when something may be promised: a few times that make sense now, for buttons and for what is typed.

None of them has passed. Where a team says on which days and at which hours it works, none lies outside; where it does
not, every day is one, and days end at six.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.accounts.models import Team

NOON, MORNING, EVENING = time(12), time(9), time(18)
QUARTER = 15  # minutes that a time in an hour is rounded up to
LEAST = timedelta(minutes=30)  # what is due today leaves time for it


class BusinessHours(NamedTuple):
    """The days (1 is Monday; none: all) and hours on which promises are kept."""

    days: Collection[int] = ()
    opens: time | None = None
    closes: time | None = None

    @classmethod
    def of(cls, team: Team | None) -> "BusinessHours":
        return cls(tuple(team.business_days), team.opens, team.closes) if team else cls()

    def on(self, day: date) -> bool:
        return not self.days or day.isoweekday() in self.days

    def after(self, day: date) -> date:
        """The next day of business."""
        following = (day + timedelta(days=ahead) for ahead in range(1, 8))
        return next((one for one in following if self.on(one)), day + timedelta(days=1))

    def within(self, clock: time) -> time:
        """The nearest time of day that is within them."""
        return min(max(clock, self.opens or clock), self.closes or clock)


class DueTime(NamedTuple):
    """A time to promise something for. `code` is `tomorrow`, `hour`, `today`, `evening` or `week`; `label` is what
    people call it, such as “Tomorrow noon”."""

    code: str
    at: datetime
    label: str


def due_times(now: datetime | None = None, hours: BusinessHours | None = None) -> list[DueTime]:
    """The times that are valid now, by the clock of who promises: first the one that is promised most, noon of the next
    day of business, then from soon to late."""
    local, open_at = timezone.localtime(now), hours or BusinessHours()
    today = local.date()
    following = open_at.after(today)
    found = [_at(local, "tomorrow", following, open_at.within(NOON))]
    if open_at.on(today):
        found += _today(local, open_at)
    found.append(_at(local, "evening", following, open_at.closes or EVENING))
    week = today + timedelta(days=7)
    found.append(_at(local, "week", week if open_at.on(week) else open_at.after(week), open_at.within(NOON)))
    return list({each.at: each for each in reversed(found)}.values())[::-1]


def due_time(code: str, now: datetime | None = None, hours: BusinessHours | None = None) -> datetime | None:
    """The time of this code; None where it is not valid now."""
    return next((each.at for each in due_times(now, hours) if each.code == code), None)


def _today(local: datetime, hours: BusinessHours) -> list[DueTime]:
    closing = _at(local, "today", local.date(), hours.closes or EVENING)
    soon = (local.astimezone(UTC) + timedelta(hours=1)).astimezone(local.tzinfo)
    soon += timedelta(minutes=-soon.minute % QUARTER)
    soon = soon.replace(second=0, microsecond=0)
    found = []
    opened = soon.time() >= (hours.opens or time.min)
    if opened and soon.date() == local.date() and (hours.closes is None or soon <= closing.at):
        found.append(DueTime("hour", soon, gettext("In an hour")))
    if closing.at >= local + LEAST:
        found.append(closing)
    return found


def _at(local: datetime, code: str, day: date, clock: time) -> DueTime:
    at = datetime.combine(day, clock, tzinfo=local.tzinfo)
    if code == "week" and day == local.date() + timedelta(days=7):
        return DueTime(code, at, gettext("In a week"))
    said = {"day": _day(local.date(), day), "time": date_format(at, "TIME_FORMAT")}
    if clock == NOON:
        return DueTime(code, at, gettext("%(day)s noon") % said)
    return DueTime(code, at, gettext("%(day)s %(time)s") % said)


def _day(today: date, day: date) -> str:
    if day == today:
        return gettext("Today")
    if day == today + timedelta(days=1):
        return gettext("Tomorrow")
    return date_format(day, "l") if day < today + timedelta(days=7) else date_format(day, "D j M")
