"""Keeping what reaches us, before its sender hears a success."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import transaction

from apps.channels.contract import RawEvent, SourceFacts
from apps.channels.ingest.envelope import PreparedEnvelope, first_by_key, prepare
from apps.channels.models import Source
from apps.foundation.db.rows import rows

INSERT = """
    INSERT INTO channels_envelope (
        source_id, dedupe_key, digest, payload, received_at, state, attempts, retry_at, error, unread)
    SELECT %s, key, digest, payload, coalesce(%s, now()), state, 0, now(), error, unread
    FROM json_to_recordset(%s) AS n(key text, digest text, payload jsonb, state text, error text, unread text)
    ON CONFLICT (source_id, dedupe_key) DO NOTHING
    RETURNING dedupe_key
"""
KNOWN = """
    SELECT e.dedupe_key, e.digest FROM channels_envelope e
    WHERE e.source_id = %s AND e.dedupe_key = ANY(%s)
"""


class Receipt(NamedTuple):
    """How many events were new, known already, and known under the same id with another content."""

    stored: int
    repeated: int
    conflicting: int


class Kept(NamedTuple):
    """The keys that were new, how many events came under a key of another content, how many of those were new."""

    keys: set[str]
    conflicting: int
    aside: int


def receive(source: Source | SourceFacts, events: Sequence[RawEvent], *, largest: int = 0) -> Receipt:
    """Keep events for good. They are committed when this returns, unless the caller has a transaction open.

    Card numbers are masked. An event above `largest` bytes (0: any size) is kept in quarantine. The same event
    again has no effect; another one under a known id is kept as a conflict.
    """
    first, conflicts = first_by_key(prepare(event, largest) for event in events)
    kept = keep(source.pk, first, conflicts)
    return Receipt(len(kept.keys), len(events) - len(kept.keys) - kept.conflicting, kept.aside)


@transaction.atomic
def keep(
    source: int,
    envelopes: Mapping[str, PreparedEnvelope],
    conflicts: Sequence[PreparedEnvelope],
    at: datetime | None = None,
) -> Kept:
    """Write the envelopes whose keys are new, in the state they are in; one whose key is known with another content
    becomes a conflict, as those are that were found out before. `at` is when they arrived (default: now)."""
    keys = _insert(source, list(envelopes.values()), at)
    if len(keys) < len(envelopes):
        known = known_digests(source, [key for key in envelopes if key not in keys])
        conflicts = [*conflicts, *conflicting(envelopes, known)]
    aside = _insert(source, [envelope.as_conflict() for envelope in conflicts], at)
    return Kept(keys, len(conflicts), len(aside))


def conflicting(envelopes: Mapping[str, PreparedEnvelope], known: Mapping[str, str]) -> list[PreparedEnvelope]:
    """Those among the envelopes whose key is known under another digest."""
    return [envelopes[key] for key, digest in known.items() if envelopes[key].digest != digest]


def known_digests(source: int, keys: Sequence[str]) -> dict[str, str]:
    """The digests of those keys that are known."""
    return dict(rows(KNOWN, source, list(keys)))


def _insert(source: int, envelopes: Sequence[PreparedEnvelope], at: datetime | None) -> set[str]:
    """The keys that were new."""
    if not envelopes:
        return set()
    written = rows(INSERT, source, at, orjson.dumps([envelope.row() for envelope in envelopes]).decode())
    return {key for (key,) in written}
