"""When something happened, from clocks that are wrong and formats that are wronger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.foundation.text.dates import AHEAD, EARLIEST, instant
from apps.foundation.text.unread import unread


def occurred_at(event: Mapping[str, Any], received_at: datetime, zone: str) -> datetime:
    """`receivedAt - (sentAt - originalTimestamp)`: what the sender's clock said, corrected by how wrong it was.

    The event's arrival stands in for times that are missing, unreadable, impossible or in the future. Times without a
    zone are in `zone`.
    """
    happened = instant(event.get("originalTimestamp") or event.get("timestamp"), zone)
    if happened is None:
        return received_at
    sent = instant(event.get("sentAt"), zone)
    age = sent - happened if sent is not None else received_at - happened
    if not -AHEAD <= age <= received_at - EARLIEST:
        unread("date", happened.isoformat())
        return received_at
    return received_at - age
