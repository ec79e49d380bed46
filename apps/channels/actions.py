"""What is done with what reaches us: `receive` keeps it, `drain` makes it part of somebody's story."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
import structlog
from django.db import connection, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User, digest_of, new_secret
from apps.channels.connectors import CONNECTORS
from apps.channels.connectors.base import RawEvent, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope, EnvelopeQuerySet, Source, WriteKey
from apps.channels.sealing import Sealed, seal
from apps.interactions.actions import record
from apps.interactions.drafts import Draft

log = structlog.get_logger(__name__)

TRIES = 8
FIRST_WAIT = 2.0  # seconds, doubled with each try; the actual wait is anything up to it
LONGEST_WAIT = 3600.0

INSERT = """
    INSERT INTO channels_envelope (
        source_id, dedupe_key, digest, payload, received_at, state, attempts, retry_at, error)
    SELECT %s, key, digest, payload, now(), state, 0, now(), error
    FROM jsonb_to_recordset(%s) AS n(key text, digest text, payload jsonb, state text, error text)
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


class Drained(NamedTuple):
    """How many envelopes became part of a story, and how many could not."""

    done: int
    failed: int


def receive(source: Source | SourceFacts, events: Sequence[RawEvent], *, largest: int = 0) -> Receipt:
    """Keep events for good. They are committed when this returns, unless the caller has a transaction open.

    Card numbers are masked. An event above `largest` bytes (0: any size) is kept in quarantine. The same event
    again has no effect; another one under a known id is kept as a conflict.
    """
    first: dict[str, Sealed] = {}
    conflicts: list[Sealed] = []
    for sealed in (seal(event, largest) for event in events):
        kept = first.setdefault(sealed.key, sealed)
        if kept.digest != sealed.digest:
            conflicts.append(sealed)
    with transaction.atomic():
        stored = _insert(source.pk, list(first.values()))
        if len(stored) < len(first):
            known = _digests(source.pk, [key for key in first if key not in stored])
            conflicts += [first[key] for key, digest in known.items() if first[key].digest != digest]
        kept_aside = _insert(source.pk, [sealed.aside() for sealed in conflicts]) if conflicts else set()
    return Receipt(len(stored), len(events) - len(stored) - len(conflicts), len(kept_aside))


def _insert(source: int, sealed: Sequence[Sealed]) -> set[str]:
    """The keys that were new."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [source, orjson.dumps([one.row() for one in sealed]).decode()])
        return {key for (key,) in cursor.fetchall()}


def _digests(source: int, keys: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [source, keys])
        return dict(cursor.fetchall())


class Claimed(NamedTuple):
    """An envelope this transaction holds."""

    pk: int
    source: int
    key: str
    received_at: datetime
    attempts: int
    payload: str


@dataclass(slots=True)
class Understood:
    """What connectors made of a batch. `lost` are envelopes with the reason why no retry will help."""

    drafts: list[Draft] = field(default_factory=list)
    envelopes: list[int] = field(default_factory=list)
    lost: dict[int, str] = field(default_factory=dict)


def drain(limit: int = 500) -> Drained:
    """Make the eldest waiting envelopes part of the story: everything of a batch in one transaction.

    If that fails, the batch is halved until whatever is at fault stands alone; it waits, and after `TRIES` it goes
    to quarantine. `(0, 0)` means that nothing is due that no other worker holds. Raises `django.db.Error` when the
    database is gone; nothing is lost then.
    """
    sources = {facts.pk: facts for facts in source_facts()}
    with transaction.atomic():
        claimed = _claim(Envelope.objects.due(), limit)
        fresh = [one for one in claimed if not one.attempts]
        try:
            with transaction.atomic():
                drained = _tell(fresh, sources)
        except Exception:
            drained = None
    done, failed = drained or (0, 0)
    again = [one for one in claimed if one.attempts]
    for group in [[one] for one in again] + ([] if drained else _halves(fresh)):
        done, failed = (sum(pair) for pair in zip((done, failed), _settle(group, sources), strict=True))
    return Drained(done, failed)


def source_facts() -> list[SourceFacts]:
    return [facts_of(source) for source in Source.objects.all()]


def facts_of(source: Source, key_digests: frozenset[str] = frozenset()) -> SourceFacts:
    return SourceFacts(
        source.pk,
        source.slug,
        source.kind,
        source.region,
        source.timezone,
        source.settings or {},
        key_digests,
    )


def _claim(envelopes: EnvelopeQuerySet, limit: int) -> list[Claimed]:
    rows = envelopes.claim().annotate(text=Cast("payload", TextField()))
    fields = ("pk", "source_id", "dedupe_key", "received_at", "attempts", "text")
    return [Claimed(*row) for row in rows.values_list(*fields)[:limit]]


def _settle(claimed: list[Claimed], sources: Mapping[int, SourceFacts]) -> Drained:
    """Take in a batch that may hold a bad event, in as many transactions as it takes to find it."""
    try:
        with transaction.atomic():
            ours = _claim(Envelope.objects.waiting().filter(pk__in=[one.pk for one in claimed]), len(claimed))
            return _tell(ours, sources)
    except Exception as error:
        if not connection.is_usable():
            raise
        if len(claimed) == 1:
            _put_off(claimed[0].pk, error)
            return Drained(0, 1)
    first, second = (_settle(half, sources) for half in _halves(claimed))
    return Drained(first.done + second.done, first.failed + second.failed)


def _halves(claimed: list[Claimed]) -> list[list[Claimed]]:
    middle = len(claimed) // 2
    return [half for half in (claimed[:middle], claimed[middle:]) if half]


def _tell(claimed: Sequence[Claimed], sources: Mapping[int, SourceFacts]) -> Drained:
    understood = _understand(claimed, sources)
    if understood.drafts:
        record(understood.drafts)
    if understood.envelopes:
        Envelope.objects.filter(pk__in=understood.envelopes).update(state=Envelope.State.DONE, error="")
    for pk, reason in understood.lost.items():
        Envelope.objects.filter(pk=pk).update(
            state=Envelope.State.QUARANTINED, attempts=F("attempts") + 1, error=reason
        )
    return Drained(len(understood.envelopes), len(understood.lost))


def _understand(claimed: Sequence[Claimed], sources: Mapping[int, SourceFacts]) -> Understood:
    understood = Understood()
    for one in claimed:
        source = sources[one.source]
        event = StoredEvent(one.key, one.received_at, orjson.loads(one.payload))
        try:
            understood.drafts.append(CONNECTORS[source.kind].normalise(event, source))
            understood.envelopes.append(one.pk)
        except Unintelligible as refusal:
            understood.lost[one.pk] = str(refusal)
    return understood


def _put_off(pk: int, error: Exception) -> None:
    """Try again later, or give up: exponential back-off with full jitter."""
    attempts = Envelope.objects.values_list("attempts", flat=True).get(pk=pk) + 1
    wait = random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempts))  # noqa: S311 - jitter
    log.warning("envelope.failed", envelope=pk, attempts=attempts, error=type(error).__name__)
    Envelope.objects.waiting().filter(pk=pk).update(
        attempts=attempts,
        state=Envelope.State.QUARANTINED if attempts >= TRIES else Envelope.State.RECEIVED,
        retry_at=timezone.now() + timedelta(seconds=wait),
        error=f"{type(error).__name__}: {error}"[:2000].replace("\x00", ""),
    )


@transaction.atomic
def replay(*, actor: User | None, envelopes: EnvelopeQuerySet) -> int:
    """Let quarantined envelopes among these try again from the start. Harmless for what already arrived."""
    count = envelopes.filter(state=Envelope.State.QUARANTINED).update(
        state=Envelope.State.RECEIVED, attempts=0, retry_at=timezone.now(), error=""
    )
    audit(actor, "envelope.replay", envelopes=count)
    return count


@transaction.atomic
def create_source(
    *,
    actor: User | None,
    slug: str,
    name: str,
    kind: str,
    region: str = "GB",
    timezone: str = "UTC",
    **settings: Any,
) -> Source:
    """`kind` is a key of `connectors.CONNECTORS`; what else is given becomes the connector's settings."""
    source = Source.objects.create(slug=slug, name=name, kind=kind, region=region, timezone=timezone, settings=settings)
    audit(actor, "source.create", source=slug, kind=kind)
    return source


@transaction.atomic
def issue_key(*, actor: User | None, source: Source, secret: str = "") -> str:
    """A new write key of the source. It is shown now or never: only its digest is kept."""
    secret = secret or new_secret()
    WriteKey.objects.create(source=source, digest=digest_of(secret), hint=secret[:4], created_by=actor)
    audit(actor, "source.issue_key", source=source.slug, hint=secret[:4])
    return secret


@transaction.atomic
def revoke_key(*, actor: User | None, key: WriteKey) -> bool:
    """Whether it was in force until now. Collectors forget it within seconds (`keyring.KEPT`)."""
    revoked = WriteKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        audit(actor, "source.revoke_key", source=key.source.slug, hint=key.hint)
    return bool(revoked)
