"""Keeping what reaches us, before its sender hears a success."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from apps.channels.connectors.base import RawEvent, SourceFacts
from apps.channels.models import Source
from apps.channels.sealing import Sealed, seal

INSERT = """
    INSERT INTO channels_envelope (
        source_id, dedupe_key, digest, payload, received_at, state, attempts, retry_at, error)
    SELECT %s, key, digest, payload, coalesce(%s, now()), state, 0, now(), error
    FROM json_to_recordset(%s) AS n(key text, digest text, payload jsonb, state text, error text)
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


def receive(source: Source | SourceFacts, events: Sequence[RawEvent], *, largest: int = 0) -> Receipt:
    """Keep events for good. They are committed when this returns, unless the caller has a transaction open.

    Card numbers are masked. An event above `largest` bytes (0: any size) is kept in quarantine. The same event
    again has no effect; another one under a known id is kept as a conflict.
    """
    first, conflicts = told_apart(seal(event, largest) for event in events)
    with transaction.atomic():
        stored = insert(source.pk, list(first.values()))
        if len(stored) < len(first):
            known = digests(source.pk, [key for key in first if key not in stored])
            conflicts += [first[key] for key, digest in known.items() if first[key].digest != digest]
        kept_aside = insert(source.pk, [sealed.aside() for sealed in conflicts]) if conflicts else set()
    return Receipt(len(stored), len(events) - len(stored) - len(conflicts), len(kept_aside))


def told_apart(events: Iterable[Sealed]) -> tuple[dict[str, Sealed], list[Sealed]]:
    """The first event under each key, and those that come under a key of another content."""
    first: dict[str, Sealed] = {}
    conflicts: list[Sealed] = []
    for sealed in events:
        kept = first.setdefault(sealed.key, sealed)
        if kept.digest != sealed.digest:
            conflicts.append(sealed)
    return first, conflicts


def insert(source: int, sealed: Sequence[Sealed], at: datetime | None = None) -> set[str]:
    """Write envelopes that arrived at this moment (default: now). The keys that were new."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [source, at, orjson.dumps([one.row() for one in sealed]).decode()])
        return {key for (key,) in cursor.fetchall()}


def digests(source: int, keys: Sequence[str]) -> dict[str, str]:
    """The digests of those keys that are known."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [source, list(keys)])
        return dict(cursor.fetchall())
