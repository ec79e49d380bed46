"""An event on its way into the database: its key, its digest, its payload masked and in canonical form. Pure."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from apps.channels.contract import RawEvent
from apps.channels.models import Envelope
from apps.foundation.masking import storable, storable_json

QUARANTINED, RECEIVED = Envelope.State.QUARANTINED.value, Envelope.State.RECEIVED.value
LONGEST_KEY = 200  # characters; a longer id of the sender's is kept as its digest


class PreparedEnvelope(NamedTuple):
    """An envelope that is not written yet."""

    key: str
    digest: str
    payload: bytes
    state: str = RECEIVED
    error: str = ""
    unread: str = ""

    def row(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "digest": self.digest,
            "payload": orjson.Fragment(self.payload),
            "state": self.state,
            "error": self.error,
            "unread": self.unread,
        }

    def in_state(self, state: str, error: str, unread: str = "") -> "PreparedEnvelope":
        return self._replace(state=state, error=error, unread=unread)

    def as_conflict(self) -> "PreparedEnvelope":
        """Under a key of its own, for a person to look at."""
        error = "Another event came under this id before."
        key = f"{self.key}~{self.digest[:8]}"
        return PreparedEnvelope(key, self.digest, self.payload, Envelope.State.CONFLICT, error)


def prepare(event: RawEvent, largest: int = 0) -> PreparedEnvelope:
    """An event above `largest` bytes (0: any size) or nested beyond storing goes into quarantine."""
    refused = event.refused
    try:
        content = storable_json(event.content, event.ids)
    except (TypeError, RecursionError):
        refused = "It nests too deep to be kept as it came."
        content = orjson.dumps({"keys": [storable(str(name))[:100] for name in list(event.content)[:50]]})
    if largest and len(content) > largest:
        refused = refused or f"It has {len(content)} bytes; {largest} are allowed."
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    state = QUARANTINED if refused else RECEIVED
    return PreparedEnvelope(_key(event, digest), digest, _with_meta(content, event), state, refused)


def first_by_key(
    envelopes: Iterable[PreparedEnvelope],
) -> tuple[dict[str, PreparedEnvelope], list[PreparedEnvelope]]:
    """The first envelope under each key, and those that come under a key of another content."""
    first: dict[str, PreparedEnvelope] = {}
    conflicts: list[PreparedEnvelope] = []
    for envelope in envelopes:
        kept = first.setdefault(envelope.key, envelope)
        if kept.digest != envelope.digest:
            conflicts.append(envelope)
    return first, conflicts


def _with_meta(content: bytes, event: RawEvent) -> bytes:
    """Content and meta in one object, where the content is one."""
    if not event.meta or not content.startswith(b"{"):
        return content
    meta = storable_json(event.meta, event.ids)
    return meta if content == b"{}" else b"%b,%b" % (content[:-1], meta[1:])


def _key(event: RawEvent, digest: str) -> str:
    """The sender's id; else the content, if that says when it happened; else nothing is like it."""
    if event.key:
        key = storable(event.key)
        return key if len(key) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
    content = event.content if isinstance(event.content, dict) else {}
    dated = content.get("timestamp") or content.get("originalTimestamp")
    return f"content:{digest}" if dated else f"unnamed:{uuid.uuid4()}"
