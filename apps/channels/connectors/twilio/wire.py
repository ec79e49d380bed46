"""Taking a request of Twilio's apart: the fields of a form, and which of them are worth an event."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.calls import is_unreadable, outside
from apps.foundation.text.values import mappings, words
from apps.interactions.models import Direction

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
RECEIVED = frozenset({"received", "receiving"})
SENT = frozenset({"sent", "delivered", "read"})
FAILED = frozenset({"failed", "undelivered"})
REPEATED = ("CallSid", "CallStatus", "MessageSid", "MessageStatus", "Direction", "From", "To", "Body")
MOST_FIELDS = 500


def is_form(push: Push) -> bool:
    return push.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def pairs(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form. Raises ValueError for what is none: a part without `=` could be signed as two ways."""
    text = body.decode()
    return parse_qsl(text, True, True, max_num_fields=MOST_FIELDS) if text else []


def split(push: Push, source: SourceFacts) -> list[RawEvent]:
    """The final state of a call, or a message; nothing for states on the way and for parties that are no customer."""
    if is_form(push):
        try:
            bodies: list[Mapping[str, Any]] = [dict(reversed(pairs(push.body)))]
        except ValueError:
            raise Refused(400, "bad_body", "The body is not a form.") from None
    else:
        bodies = mappings(push.content if isinstance(push.content, list) else [push.content])
    queue = words(push.query.get("queue"), 80)
    return [event for body in bodies for event in _events(body, queue, source)]


def _events(body: Mapping[str, Any], queue: str, source: SourceFacts) -> Iterator[RawEvent]:
    body = {name: value for name, value in body.items() if isinstance(value, str)}
    message = body.get("MessageSid") or body.get("SmsSid")
    key = _message_key(body, message) if message else _call_key(body)
    if not key or party(body, source) is None:
        return
    content = {name: body[name] for name in REPEATED if name in body}
    meta = {name: value for name, value in body.items() if name not in content} | ({"queue": queue} if queue else {})
    yield RawEvent(key, content, meta)


def _call_key(body: Mapping[str, str]) -> str:
    return body.get("CallSid", "") if body.get("CallStatus") in FINAL else ""


def _message_key(body: Mapping[str, str], sid: str) -> str:
    """Received messages are known by their id; each state of ours is an event of its own."""
    status = message_status(body)
    if status in RECEIVED:
        return sid
    return f"{sid}:{status}" if status in SENT | FAILED else ""


def message_status(body: Mapping[str, str]) -> str:
    status = (body.get("MessageStatus") or body.get("SmsStatus") or "").lower()
    return status or ("received" if "Body" in body or "NumMedia" in body else "")


def direction(body: Mapping[str, Any]) -> str:
    """Who began it; empty for a leg inside a call."""
    if body.get("MessageSid") or body.get("SmsSid"):
        return Direction.INBOUND if message_status(body) in RECEIVED else Direction.OUTBOUND
    way = str(body.get("Direction") or "inbound")
    if way in {"inbound", "trunking-originating"}:
        return Direction.INBOUND
    return Direction.OUTBOUND if way in {"outbound-api", "trunking-terminating"} else ""


def party(body: Mapping[str, Any], source: SourceFacts) -> tuple[str, str, str] | None:
    """Who the customer is: direction, network (`sms`, `whatsapp`, `messenger`, `rcs`, `voice`) and address. None where
    nobody outside the company takes part, or it cannot be told who of the two does."""
    way = direction(body)
    if not way and outside(body.get("From"), source) is None and source.settings.get("numbers"):
        way = Direction.OUTBOUND  # a leg dialled from one of our numbers: its other end is a customer or an agent
    theirs = str(body.get("From" if way == Direction.INBOUND else "To") or "") if way else ""
    network, colon, address = theirs.partition(":")
    if not colon:
        spoken = not (body.get("MessageSid") or body.get("SmsSid"))
        network, address = "voice" if spoken else "sms", theirs
    if network == "messenger":
        return (way, network, address) if address else None
    if network not in {"voice", "sms", "whatsapp", "rcs"}:
        return None
    known = outside(address, source) or (network != "voice" and is_unreadable(address, source))
    return (way, network, address) if known else None
