"""The contract between Klatsch and a connector. docs/channels.md is the checklist for adding one.

A connector turns what one kind of system sends into drafts. It is pure: no database, no clock, no network. Push
connectors take requests apart (`verify`, `split`); every connector explains one stored event (`normalise`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from apps.channels.reading import Refused, parse
from apps.interactions.drafts import Draft

__all__ = [
    "Connector",
    "Push",
    "PushConnector",
    "RawEvent",
    "Refused",
    "SourceFacts",
    "StoredEvent",
    "Unintelligible",
]


class Unintelligible(Exception):
    """An event that no retry will make sense of. Its message is shown to the supervisor."""


@dataclass(frozen=True)
class Push:
    """A request as it came, body uncompressed. `call` is the last word of its path, headers have lower-case names."""

    call: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def content(self) -> Any:
        """The body as JSON. Raises Refused."""
        return parse(self.body)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event, not yet stored.

    `key` is the sender's own id, empty where it gave none. `content` is what the sender repeats word for word
    when it tries again; `meta` may differ then (when it was sent) and does not make the event another one; an
    envelope holds both in one object. With `refused` set it goes straight to quarantine for that reason.
    """

    key: str
    content: Any
    meta: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An envelope as `normalise` gets it. `key` is unique within the source for ever."""

    key: str
    received_at: datetime
    payload: Any


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a connector may know of its source. `key_digests` are those of the write keys in force."""

    pk: int
    slug: str
    kind: str
    region: str = ""
    timezone: str = "UTC"
    settings: Mapping[str, Any] = field(default_factory=dict)
    key_digests: frozenset[str] = frozenset()


class Connector(Protocol):
    """Understands the events of one kind of source."""

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        """Who it was and what happened. Raises Unintelligible."""


class PushConnector(Connector, Protocol):
    """One whose sources call us."""

    def verify(self, push: Push, source: SourceFacts) -> None:
        """Raises Refused (401) unless the request comes from this source."""

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        """The events of a request. Raises Refused where the request as a whole makes no sense."""
