"""Agreeing with a sender on who may send and how fast ("HTTP 1.1 Web Hooks for Event Delivery", sections 2 and 4)."""

from collections import defaultdict, deque
from datetime import datetime, timedelta

from apps.channels.contract import Push, PushReply, Refused, SourceFacts

MINUTE = timedelta(minutes=1)
MOST_SOURCES = 1000  # whose latest minute is remembered

_latest: dict[int, deque[datetime]] = defaultdict(deque)


def limit_of(source: SourceFacts) -> int:
    """Requests a minute; 0 is no limit."""
    rate = source.settings.get("rate")
    return rate if isinstance(rate, int) and rate > 0 else 0


def count(source: SourceFacts, at: datetime | None) -> None:
    """Raises Refused (429) where the latest minute has had its requests, as far as this process has seen them."""
    limit = limit_of(source)
    if not limit or at is None:
        return
    if len(_latest) > MOST_SOURCES:
        _latest.clear()
    latest = _latest[source.pk]
    while latest and latest[0] <= at - MINUTE:
        latest.popleft()
    if len(latest) >= limit:
        raise Refused(429, "too_many_requests", f"This source takes {limit} requests a minute.")
    latest.append(at)


def reply(push: Push, source: SourceFacts) -> PushReply:
    if push.method in {"POST", "PUT"}:
        return PushReply()
    if push.method != "OPTIONS":
        raise Refused(405, "method_not_allowed", "Events are posted.")
    headers = {"Allow": "POST, OPTIONS"}
    origin = push.headers.get("webhook-request-origin", "").strip()
    if origin:
        asked = push.headers.get("webhook-request-rate", "").strip()
        headers["WebHook-Allowed-Origin"] = origin
        headers["WebHook-Allowed-Rate"] = str(
            limit_of(source) or (asked if asked.isascii() and asked.isdigit() else "*")
        )
    return PushReply(status=200, body="", headers=headers)
