"""When something happened, from clocks that are wrong and formats that are wronger."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # before, it is a clock that was never set
AHEAD = timedelta(minutes=5)  # a clock may be this fast


def occurred_at(event: Mapping[str, Any], received_at: datetime, zone: str) -> datetime:
    """`receivedAt - (sentAt - originalTimestamp)`: what the sender's clock said, corrected by how wrong it was.

    The event's arrival stands in for times that are missing, unreadable, impossible or in the future. Times without a
    zone are in `zone`.
    """
    happened = read(event.get("originalTimestamp") or event.get("timestamp"), zone)
    if happened is None:
        return received_at
    sent = read(event.get("sentAt"), zone)
    age = sent - happened if sent is not None else received_at - happened
    return received_at - age if -AHEAD <= age <= received_at - EARLIEST else received_at


def read(value: Any, zone: str = "UTC") -> datetime | None:
    """A moment in UTC from ISO 8601 text or seconds, milliseconds or microseconds since 1970; None if it is neither."""
    try:
        if isinstance(value, str):
            return (
                _moment(float(value)) if value.replace(".", "", 1).isdigit() and len(value) > 8 else _iso(value, zone)
            )
        return _moment(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


def _iso(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    moment = moment.astimezone(UTC)
    rescaled = EPOCH + (moment - EPOCH) * 1000 if moment.year == 1970 else moment
    return rescaled if rescaled > EARLIEST else moment  # seconds taken for milliseconds land in January 1970


def _moment(number: float) -> datetime:
    for unit in (1, 1_000, 1_000_000):
        if number / unit < 1e11:
            return EPOCH + timedelta(seconds=number / unit)
    raise ValueError("beyond any calendar")
