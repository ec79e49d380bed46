"""Turning envelopes into parts of somebody's story."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
import structlog
from django.db import connection, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.channels.actions.facts import source_facts
from apps.channels.actions.wellbeing import MOST_DRIFT, Outcomes, note
from apps.channels.connectors.base import SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope, EnvelopeQuerySet, Source
from apps.channels.registry import CONNECTORS
from apps.interactions.actions import record
from apps.interactions.drafts import Draft

log = structlog.get_logger(__name__)

TRIES = 8
FIRST_WAIT = 2.0  # seconds, doubled with each try; the actual wait is anything up to it
LONGEST_WAIT = 3600.0
SHORTEST_WAIT = 0.5  # or the same drain would find it due again before anything has changed


class Drained(NamedTuple):
    """How many envelopes became part of a story, and how many could not."""

    done: int
    failed: int


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
    """What connectors made of a batch. `lost` are envelopes with the reason why no retry will help; `held` those of
    sources that are paused."""

    drafts: list[Draft] = field(default_factory=list)
    envelopes: list[int] = field(default_factory=list)
    lost: dict[int, str] = field(default_factory=dict)
    held: list[int] = field(default_factory=list)
    outcomes: dict[int, Outcomes] = field(default_factory=lambda: defaultdict(Outcomes))


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
    if understood.held:
        Envelope.objects.filter(pk__in=understood.held).update(state=Envelope.State.HELD)
    for pk, reason in understood.lost.items():
        Envelope.objects.filter(pk=pk).update(
            state=Envelope.State.QUARANTINED, attempts=F("attempts") + 1, error=reason
        )
    note(understood.outcomes)
    return Drained(len(understood.envelopes), len(understood.lost) + len(understood.held))


def _understand(claimed: Sequence[Claimed], sources: Mapping[int, SourceFacts]) -> Understood:
    understood = Understood()
    for one in claimed:
        source = sources[one.source]
        if source.paused:
            understood.held.append(one.pk)
            continue
        event, outcomes = (
            StoredEvent(one.key, one.received_at, orjson.loads(one.payload)),
            understood.outcomes[source.pk],
        )
        try:
            draft = explain(event, source)
        except Unintelligible as refusal:
            understood.lost[one.pk] = str(refusal)
            outcomes.refused(one.received_at)
            continue
        understood.drafts.append(draft)
        understood.envelopes.append(one.pk)
        outcomes.understood(one.received_at, draft.touch.occurred_at if draft.touch else None)
        outcomes.drifted(unknown_fields(event, source))
    return understood


def explain(event: StoredEvent, source: SourceFacts) -> Draft:
    """What a source's connector makes of an event. Raises Unintelligible, and KeyError where there is no connector of
    this kind: a newer version of us may have it."""
    return CONNECTORS[source.kind].normalise(event, source)


def unknown_fields(event: StoredEvent, source: SourceFacts) -> list[str]:
    """Fields the vendor's documentation does not know. They stay in the payload and are counted."""
    known = CONNECTORS[source.kind].about.known
    if not known or not isinstance(event.payload, dict):
        return []
    return [str(name)[:60] for name in event.payload.keys() - known][:MOST_DRIFT]


@transaction.atomic
def _put_off(pk: int, error: Exception) -> None:
    """Try again later, or give up: exponential back-off with full jitter."""
    attempts, source, received_at = Envelope.objects.values_list("attempts", "source", "received_at").get(pk=pk)
    attempts += 1
    wait = random.uniform(SHORTEST_WAIT, min(LONGEST_WAIT, FIRST_WAIT * 2**attempts))  # noqa: S311 - jitter
    log.warning("envelope.failed", envelope=pk, attempts=attempts, error=type(error).__name__)
    Envelope.objects.waiting().filter(pk=pk).update(
        attempts=attempts,
        state=Envelope.State.QUARANTINED if attempts >= TRIES else Envelope.State.RECEIVED,
        retry_at=timezone.now() + timedelta(seconds=wait),
        error=f"{type(error).__name__}: {error}"[:2000].replace("\x00", ""),
    )
    if attempts >= TRIES:
        outcomes = Outcomes()
        outcomes.refused(received_at)
        note({source: outcomes})


@transaction.atomic
def replay(*, actor: User | None, envelopes: EnvelopeQuerySet) -> int:
    """Let quarantined envelopes among these try again from the start. Harmless for what already arrived."""
    count = envelopes.filter(state=Envelope.State.QUARANTINED).update(
        state=Envelope.State.RECEIVED, attempts=0, retry_at=timezone.now(), error=""
    )
    audit(actor, "envelope.replay", envelopes=count)
    return count


def release(limit: int = 5000) -> int:
    """Let envelopes go that were held back for sources which run again. How many."""
    able = [facts.pk for facts in source_facts() if not facts.paused]
    running = Source.objects.running().filter(pk__in=able).values("pk")
    held = Envelope.objects.held()
    chosen = held.filter(source__in=running).order_by("source", "state", "-id").values("pk")[:limit]
    return held.filter(pk__in=chosen).update(state=Envelope.State.RECEIVED, retry_at=timezone.now())
