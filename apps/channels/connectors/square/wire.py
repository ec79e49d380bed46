"""Square's requests: how they are signed ("Verify and validate an event notification") and which events are kept."""

from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed
from apps.foundation.text.values import mapping


def verify(push: Push, source: SourceFacts) -> None:
    """HMAC-SHA256 over the notification URL, exactly as it was entered at Square, followed by the body."""
    url = str(source.settings.get("notification_url") or "") or push.url
    given = push.headers.get("x-square-hmacsha256-signature", "")
    require(signed(source.secrets, url.encode(errors="replace") + push.raw, given, encoding="base64"))


def event_of(push: Push) -> dict[str, Any]:
    """Raises Refused."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    return body


def raw_event(body: dict[str, Any]) -> RawEvent:
    """An event with Square's own id as its key: it stays the same when Square tries again."""
    key = body.get("event_id")
    return RawEvent(key if isinstance(key, str) else "", body)


def object_of(event: Any) -> dict[str, Any]:
    """What the event is about: it lies under a name of its own, `payment` or `loyalty_event`."""
    data = mapping(mapping(event).get("data"))
    held = mapping(data.get("object"))
    named = held.get(str(mapping(event).get("type")).split(".")[0])
    inner = (
        named if isinstance(named, dict) else next((value for value in held.values() if isinstance(value, dict)), {})
    )
    return dict(inner)
