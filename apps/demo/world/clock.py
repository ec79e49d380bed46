"""When things happen: counted from a given now, busier before Christmas, at hours when people are awake and shops open."""

from bisect import bisect_left
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

YEARS = 6
# How busy the months are, January first: the sales, the summer lull, Christmas.
MONTHS = (1.15, 0.8, 0.9, 0.95, 1.0, 1.05, 0.8, 0.7, 0.95, 1.05, 1.6, 2.1)
WEEKDAYS = (1.1, 1.0, 1.0, 1.0, 1.15, 1.3, 0.6)  # Monday first; shops are closed or quiet on Sundays
OFFICE = ((8, 19), (9, 12))  # opening hours of a centre on working days, on Saturdays
SHOP = ((10, 19), (10, 20))


class Clock:
    """The demo's calendar, ending at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._days = [(now - timedelta(days=back)).date() for back in range(365 * YEARS, -1, -1)]
        weights = (MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * _feast(day.month, day.day) for day in self._days)
        self._cumulative = list(accumulate(weights))

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        return self.now - timedelta(days=days, hours=hours, minutes=minutes)

    def at(self, days_ago: int, hour_minute: str, zone: ZoneInfo) -> datetime:
        """The clock time `hour_minute` ("14:20") of a place, that many of its days before today."""
        day = self.now.astimezone(zone).date() - timedelta(days=days_ago)
        return datetime.combine(day, time.fromisoformat(hour_minute), zone)

    def weekday(self, days_ago: int) -> str:
        """What that day is called, so that what people say about days stays true whenever the story is read."""
        return f"{self.now - timedelta(days=days_ago):%A}"

    def some_day(self, rng: Random, since_days: int, zone: ZoneInfo) -> datetime:
        """Noon of a day not longer ago than that, as likely as its season and weekday are busy."""
        first = max(len(self._days) - 1 - since_days, 0)
        floor = self._cumulative[first - 1] if first else 0.0
        index = bisect_left(self._cumulative, rng.uniform(floor, self._cumulative[-1]))
        return datetime.combine(self._days[min(index, len(self._days) - 1)], time(12), zone)


def _feast(month: int, day: int) -> float:
    """Days on which almost nobody works or shops."""
    return 0.1 if (month, day) in {(12, 25), (1, 1)} else 1.0


def in_hours(rng: Random, day: datetime, hours: tuple[tuple[int, int], tuple[int, int]]) -> datetime:
    """A time of that local day while the place is open; a Sunday becomes the Monday after."""
    if day.weekday() == 6:
        day += timedelta(days=1)
    opens, closes = hours[day.weekday() == 5]
    return _instant(rng, day, rng.uniform(opens, closes))


def at_leisure(rng: Random, day: datetime) -> datetime:
    """A time of that local day when people shop from home: the evening, mostly."""
    return _instant(rng, day, min(max(rng.triangular(6.5, 23.9, 20.3), 6.5), 23.9))


def _instant(rng: Random, day: datetime, hour: float) -> datetime:
    whole = int(hour)
    return day.replace(hour=whole, minute=int((hour - whole) * 60), second=rng.randrange(60))


def later(rng: Random, at: datetime, low_hours: float, high_hours: float) -> datetime:
    return at + timedelta(seconds=int(rng.uniform(low_hours, high_hours) * 3600))
