"""A rule tried out on the last days, with the statement by which it watches."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic

from django.utils import timezone

from apps.foundation.db.timeout import TooSlow, time_limit
from apps.moments.models import MomentRule
from apps.moments.rules.detectors.birthdays import birthdays
from apps.moments.rules.detectors.entries import entries
from apps.moments.rules.detectors.finds import Find, rested

DAYS = 30
SHOWN = 200  # finds that are listed
MOST_A_DAY = 1_000  # finds that are read of one day
PATIENCE = 8.0  # seconds for all days together


Found = dict[date, list[Find] | None]  # by day, oldest first; None: there was no time for it


@dataclass(frozen=True, slots=True)
class TrialDay:
    """How many it would have proposed on one day. `more`: at least that many; `looked` False: there was no time."""

    date: date
    count: int = 0
    more: bool = False
    looked: bool = True


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """`finds` are the newest, newest first; `total` counts all days, `more` says that there were more than counted."""

    days: tuple[TrialDay, ...]
    finds: tuple[Find, ...]
    total: int
    more: bool
    unlooked: int

    def over(self, ceiling: int) -> int:
        """On how many days it would have stopped itself."""
        return sum(day.count > ceiling for day in self.days)


def try_out(rule: MomentRule, now: datetime, *, seconds: float = PATIENCE) -> RuleTrial:
    """What the rule, saved or not, would have proposed, as if it had watched these days and nobody else had seen
    anything. The newest days are looked at first; what takes longer than `seconds` is left out and said so."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    look = _birthdays if rule.looks_at == MomentRule.Family.BIRTHDAY else _entries
    found = look(rule, days, now, seconds)
    everything = [find for day in days for find in found[day] or ()]
    left = rested(everything, {}, timedelta(days=rule.quiet_days))
    counts = Counter(timezone.localdate(find.at) for find in left)
    looked_at = tuple(_counted(day, found[day], counts[day]) for day in days)
    return RuleTrial(
        days=looked_at,
        finds=tuple(left[: -SHOWN - 1 : -1]),
        total=len(left),
        more=any(day.more for day in looked_at),
        unlooked=sum(not day.looked for day in looked_at),
    )


def _entries(rule: MomentRule, days: list[date], now: datetime, seconds: float) -> Found:
    """No day may take more than half of the time."""
    found: Found = dict.fromkeys(days)
    deadline = monotonic() + seconds
    with suppress(TooSlow), time_limit(int(seconds * 500)):
        for day in reversed(days):
            if monotonic() >= deadline:
                break
            until = min(_midnight(day + timedelta(days=1)), now)
            found[day] = entries(rule, _midnight(day), until, limit=MOST_A_DAY)
    return found


def _birthdays(rule: MomentRule, days: list[date], now: datetime, seconds: float) -> Found:
    """Looking through everybody once is quicker than thirty times."""
    ahead = timedelta(days=rule.birthday_days)
    found: Found = {day: [] for day in days}
    try:
        with time_limit(int(seconds * 1000)):
            people = birthdays(rule, [day + ahead for day in days], now, limit=DAYS * MOST_A_DAY)
    except TooSlow:
        return dict.fromkeys(days)
    for find in people:
        if find.day and (those := found.get(find.day - ahead)) is not None:
            those.append(find._replace(at=_midnight(find.day - ahead)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _counted(day: date, found: list[Find] | None, count: int) -> TrialDay:
    if found is None:
        return TrialDay(day, looked=False)
    return TrialDay(day, count, more=len(found) >= MOST_A_DAY)
