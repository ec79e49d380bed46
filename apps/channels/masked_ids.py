"""Ids that were taken for card numbers and masked, by rules that knew less than today's: which they are and whose.

What they were cannot be found out again here. Their senders still know, and may send the events anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from apps.channels.models import Envelope, Source
from apps.channels.toolkit.mapping.mapping import declared_ids
from apps.foundation.ids import holds_ids

HAS_MASKED = r"\*{9,15}[0-9]{4}"  # what `foundation.masking` leaves of a card number
MASKED = re.compile(HAS_MASKED)
KEPT_EXAMPLES = 3
DEEPEST = 20  # levels of a payload that are looked into


@dataclass(slots=True)
class MaskedField:
    """A field of a source that held such ids: in how many events, from when to when, and what they look like now."""

    source: str
    name: str
    first: datetime
    last: datetime
    events: int = 0
    quarantined: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, at: datetime, state: str, example: str) -> None:
        self.events += 1
        self.quarantined += state == Envelope.State.QUARANTINED
        self.first, self.last = min(self.first, at), max(self.last, at)
        if example not in self.examples and len(self.examples) < KEPT_EXAMPLES:
            self.examples.append(example[:80])


def masked_fields() -> list[MaskedField]:
    """Reads every envelope that has a masked number anywhere, without holding them in memory."""
    found: dict[tuple[str, str], MaskedField] = {}
    declared = _declared()
    rows = (
        Envelope.objects.annotate(text=Cast("payload", TextField()))
        .filter(text__regex=HAS_MASKED)
        .order_by()
        .values_list("source__slug", "received_at", "state", "payload")
    )
    for source, at, state, payload in rows.iterator(500):
        for name, value in dict(masked_ids(payload, declared[source])).items():
            kept = found.setdefault((source, name), MaskedField(source, name, at, at))
            kept.count(at, state, value)
    return [found[key] for key in sorted(found)]


def _declared() -> dict[str, frozenset[str]]:
    """What the mappings of each source declare to be ids."""
    declared: dict[str, frozenset[str]] = {}
    for slug, settings in Source.objects.values_list("slug", "settings"):
        written = [settings.get("mapping"), *(settings.get("mappings") or {}).values()]
        declared[slug] = frozenset().union(*map(declared_ids, written))
    return declared


def masked_ids(
    value: Any, ids: frozenset[str] = frozenset(), key: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    """The names of fields that hold ids, with what is left of the id."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from masked_ids(inner, ids, name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from masked_ids(inner, ids, key, depth + 1)
    elif isinstance(value, str) and (key in ids or holds_ids(key)) and MASKED.search(value) and " " not in value:
        yield key, value
