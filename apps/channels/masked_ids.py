"""Ids that were taken for card numbers and masked, by rules that knew less than today's: which they are and whose.

What they were cannot be found out again here. Their senders still know, and may send the events anew.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.channels.models import Envelope, MaskedIdScan, MaskedIdTally, Source
from apps.channels.toolkit.mapping.mapping import declared_ids, digest
from apps.foundation.ids import holds_ids

HAS_MASKED = r"\*{9,15}[0-9]{4}"  # what `foundation.masking` leaves of a card number
MASKED = re.compile(HAS_MASKED)
KEPT_EXAMPLES = 3
PIECE = 2000  # envelopes that are looked through in one transaction
SETTLED = timedelta(minutes=5)
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


@transaction.atomic
def look_further(source: Source) -> bool:
    """Look through the next `PIECE` envelopes of a source and count what is found (`MaskedIdTally`). Whether there may
    be more. What arrived just now is left for later: an older number may still be on its way to being committed."""
    scan, _new = MaskedIdScan.objects.select_for_update().get_or_create(source=source)
    ids = _declared_by(source.settings)
    declared = digest(sorted(ids))
    if scan.declared != declared:
        scan.seen, scan.declared = 0, declared
        MaskedIdTally.objects.filter(source=source).delete()
    settled = timezone.now() - SETTLED
    piece = Envelope.objects.filter(source=source, pk__gt=scan.seen).order_by("pk").values_list("pk", "received_at")
    numbers = [pk for pk, at in takewhile(lambda row: row[1] < settled, piece[:PIECE])]
    _count(source, numbers, ids)
    scan.seen = numbers[-1] if numbers else scan.seen
    scan.save()
    return len(numbers) == PIECE


def _count(source: Source, numbers: list[int], ids: frozenset[str]) -> None:
    masked = Envelope.objects.filter(pk__in=numbers).annotate(text=Cast("payload", TextField()))
    known = {tally.name: tally for tally in MaskedIdTally.objects.filter(source=source)}
    rows = masked.filter(text__regex=HAS_MASKED).order_by("pk").values_list("pk", "received_at", "payload")
    for pk, at, payload in rows.iterator(500):
        for name in dict(masked_ids(payload, ids)):
            short = name[:80]
            tally = known.setdefault(short, MaskedIdTally(source=source, name=short, first_at=at, last_at=at))
            tally.events, tally.latest = tally.events + 1, pk
            tally.first_at, tally.last_at = min(tally.first_at, at), max(tally.last_at, at)
    fields = ["events", "first_at", "last_at", "latest"]
    MaskedIdTally.objects.bulk_create(
        [tally for tally in known.values() if tally.events],
        update_conflicts=True,
        unique_fields=["source", "name"],
        update_fields=fields,
    )


def _declared() -> dict[str, frozenset[str]]:
    """What the mappings of each source declare to be ids."""
    return {slug: _declared_by(settings) for slug, settings in Source.objects.values_list("slug", "settings")}


def _declared_by(settings: Mapping[str, Any]) -> frozenset[str]:
    written = [settings.get("mapping"), *(settings.get("mappings") or {}).values()]
    return frozenset().union(*map(declared_ids, written))


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
