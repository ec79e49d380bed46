"""What a rule has found, and what of it is left when it keeps quiet about customers it spoke of lately."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple


class Find(NamedTuple):
    """A customer in whom a rule sees a moment. `at` is when we learned of it; `entry` is the interaction it was seen
    in, or 0 where it is a birthday, which is on `day`."""

    customer: int
    at: datetime
    entry: int = 0
    day: date | None = None

    def key(self, code: str) -> str:
        """What makes proposing it twice one moment."""
        if self.day:
            return f"rule:{code}:birthday:{self.customer}:{self.day.year}"
        return f"rule:{code}:{self.entry}"


def rested(finds: Iterable[Find], last: Mapping[int, datetime], quiet: timedelta) -> list[Find]:
    """Those of customers of whom the rule has not spoken within `quiet`. `last` is when it did, by customer; finds come
    oldest first, and each that is left counts for those after it."""
    if not quiet:
        return list(finds)
    spoken, left = dict(last), []
    for find in finds:
        before = spoken.get(find.customer)
        if before is None or find.at - before >= quiet:
            spoken[find.customer] = find.at
            left.append(find)
    return left
