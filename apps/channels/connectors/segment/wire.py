"""Taking a request to `/v1/` apart: its keys and its events."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from apps.channels.contract import Push, RawEvent, Refused

# The last word of the path, in full (servers, apps) and as the browser abbreviates it.
CALLS: Mapping[str, str] = {
    "identify": "identify",
    "track": "track",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "batch": "batch",
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": "batch",
}
SUCCESS = '{"success": true}'  # to the letter: SDKs compare
MOST_EVENTS = 5000  # of one batch; Segment's own limit is half of that
WRITE_KEY = re.compile(rb'"writeKey"\s{0,9}:\s{0,9}"([!#-\[\]-~]{1,200})"')
MOST_KEYS = 5  # places in a body that may hold the key
META = ("sentAt", "receivedAt", "_metadata", "writeKey")  # differs when an SDK tries again


def write_keys(push: Push) -> Iterator[str]:
    """The keys a request shows: SDKs put it into the Authorization header, the body, or both. A body is not parsed
    before something that looks like its key was found in it."""
    key = _basic_user(push.headers.get("authorization", ""))
    if key:
        yield key
    body = push.body.replace(b"\0", b"") if b"\0" in push.body[:4] else push.body  # UTF-16 and UTF-32
    for found in islice(WRITE_KEY.finditer(body), MOST_KEYS):
        yield found[1].decode()


def shows_key(push: Push, key: str) -> bool:
    """Whether a key that was found stands where keys stand. Raises Refused for a body that is not JSON."""
    if key == _basic_user(push.headers.get("authorization", "")):
        return True
    body = push.content
    return isinstance(body, dict) and body.get("writeKey") == key


def _basic_user(header: str) -> str:
    scheme, _space, credentials = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def split(push: Push) -> list[RawEvent]:
    """The events of a call. Raises Refused for a body that is neither an event nor a batch."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    call = CALLS.get(push.call.rpartition("/")[2])
    if call is None:
        raise Refused(404, "no_such_call", "Segment's calls are identify, track, page, screen, group, alias and batch.")
    if call != "batch":
        return [_event({**body, "type": call}, {})]
    batch = body.get("batch")
    if not isinstance(batch, list):
        raise Refused(400, "bad_batch", "A batch needs a list of events under “batch”.")
    if len(batch) > MOST_EVENTS:
        raise Refused(413, "too_many", f"A batch may have {MOST_EVENTS} events.")
    shared = {
        name: body[name] for name in ("context", "integrations") if isinstance(body.get(name), dict) and body[name]
    }
    meta = {"sentAt": body["sentAt"]} if "sentAt" in body else {}
    return [_event(_with_shared(item, shared) if shared else item, meta) for item in batch]


def _with_shared(item: Any, shared: Mapping[str, dict[str, Any]]) -> Any:
    if not isinstance(item, dict):
        return item
    own = {name: item[name] for name in shared if isinstance(item.get(name), dict)}
    return {**item, **{name: {**value, **own.get(name, {})} for name, value in shared.items()}}


def _event(item: Any, meta: Mapping[str, Any]) -> RawEvent:
    if not isinstance(item, dict):
        return RawEvent("", {"received": item}, meta, refused="An event must be a JSON object.")
    own = {name: item.pop(name) for name in META if name in item}
    own.pop("writeKey", None)
    key = item.get("messageId")
    return RawEvent(str(key) if isinstance(key, str | int) else "", item, {**meta, **own} if own else meta)
