"""Taking in what lies before us on a disk: landed and told in one transaction, since the file waits while we fail."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
import structlog
from django.db import connection, transaction
from django.utils import timezone

from apps.channels.actions.draining import explain, unknown_fields
from apps.channels.actions.receiving import digests, insert, receive, told_apart
from apps.channels.actions.wellbeing import Outcomes, note
from apps.channels.connectors.base import RawEvent, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope, Source
from apps.channels.sealing import Sealed, seal
from apps.interactions.actions import tell
from apps.interactions.drafts import Draft

log = structlog.get_logger(__name__)

BATCH = 800  # events a transaction: each new customer holds a lock (`customers.resolution`)
MOST_REASONS = 200  # different ones that are counted
State = Envelope.State


GROWING = (
    "channels_envelope",
    "customers_customer",
    "customers_sourceprofile",
    "customers_identifier",
    "customers_evidence",
)


@dataclass(slots=True)
class Taken:
    """What became of events. `waiting` are those that failed and are tried again by the workers; `customers` are all
    who were concerned, `made` those of them nobody had heard of."""

    events: int = 0
    done: int = 0
    repeated: int = 0
    conflicting: int = 0
    quarantined: int = 0
    held: int = 0
    waiting: int = 0
    interactions: int = 0
    customers: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Taken") -> None:
        for name in ("events", "done", "repeated", "conflicting", "quarantined", "held", "waiting", "interactions"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.customers |= other.customers
        self.made |= other.made
        for reason, count in other.reasons.items():
            known = reason in self.reasons or len(self.reasons) < MOST_REASONS
            self.reasons[reason if known else "Something else."] += count


@dataclass(slots=True)
class Batch:
    """Events on their way: envelopes as they will be written, and what is to be told of them."""

    envelopes: list[Sealed] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    drift: dict[str, list[str]] = field(default_factory=dict)


def take(source: SourceFacts, events: Sequence[RawEvent]) -> Taken:
    """Make events part of the story: envelopes, customers and interactions of a batch in one transaction.

    The guarantees are those of `receive` and `drain`: once by key for ever, conflicts kept aside, quarantine for what
    makes no sense, all of it held back where the source is paused. If a batch fails, it is halved until whatever is
    at fault stands alone; that is kept, and tried again by the workers. At most `BATCH` events. Raises
    `django.db.Error` when the database is gone; nothing of the batch is kept then.
    """
    try:
        with transaction.atomic():
            return _take(source, events)
    except Exception as error:
        if not connection.is_usable():
            raise
        log.warning("take.failed", source=source.slug, events=len(events), error=type(error).__name__)
        if len(events) == 1:
            receive(source, events)
            return Taken(events=1, waiting=1, reasons=Counter([f"{type(error).__name__}: {error}"[:200]]))
    middle = len(events) // 2
    taken = take(source, events[:middle])
    taken.add(take(source, events[middle:]))
    return taken


def count_anew() -> None:
    """Let the database look at how its tables have grown. Plans it made while they were empty read them from end to
    end for every row; by itself it would look a minute later."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(GROWING)}")


def _take(source: SourceFacts, events: Sequence[RawEvent]) -> Taken:
    first, conflicts = told_apart(seal(event) for event in events)
    known = digests(source.pk, list(first))
    at = timezone.now()
    batch = _understood(source, [sealed for key, sealed in sorted(first.items()) if key not in known], at)
    new = insert(source.pk, batch.envelopes, at) if batch.envelopes else set()
    if len(new) < len(batch.envelopes):  # somebody else was quicker
        known |= digests(source.pk, [sealed.key for sealed in batch.envelopes if sealed.key not in new])
    conflicts += [first[key] for key, digest in known.items() if first[key].digest != digest]
    aside = insert(source.pk, [sealed.aside() for sealed in conflicts], at) if conflicts else set()
    kept = [sealed for sealed in batch.envelopes if sealed.key in new]
    told = tell([batch.drafts[sealed.key] for sealed in kept if sealed.key in batch.drafts])
    _note(source, kept, batch, at)
    states = Counter(sealed.state for sealed in kept)
    return Taken(
        events=len(events),
        done=states[State.DONE],
        repeated=len(events) - len(new) - len(conflicts),
        conflicting=len(aside),
        quarantined=states[State.QUARANTINED],
        held=states[State.HELD],
        interactions=told.interactions,
        customers={person.customer for person in told.people.values()},
        made={person.customer for person in told.people.values() if person.made},
        reasons=Counter(sealed.error for sealed in kept if sealed.error),
    )


def _understood(source: SourceFacts, news: Sequence[Sealed], at: datetime) -> Batch:
    """What the connector makes of events nobody knew."""
    batch = Batch()
    paused = source.paused or Source.objects.filter(pk=source.pk).exclude(paused_at=None).exists()
    for sealed in news:
        state, error = str(State.HELD if paused else State.DONE), ""
        if sealed.state == State.RECEIVED and not paused:
            try:
                event = StoredEvent(sealed.key, at, orjson.loads(sealed.payload))
                batch.drafts[sealed.key] = explain(event, source)
                batch.drift[sealed.key] = unknown_fields(event, source)
            except Unintelligible as refusal:
                state, error = State.QUARANTINED, str(refusal)
        elif sealed.state != State.RECEIVED:
            state, error = sealed.state, sealed.error
        batch.envelopes.append(Sealed(sealed.key, sealed.digest, sealed.payload, state, error))
    return batch


def _note(source: SourceFacts, kept: Sequence[Sealed], batch: Batch, at: datetime) -> None:
    outcomes = Outcomes()
    for sealed in kept:
        if sealed.state == State.DONE:
            touch = batch.drafts[sealed.key].touch
            outcomes.understood(at, touch.occurred_at if touch else None)
            outcomes.drifted(batch.drift[sealed.key])
        elif sealed.state == State.QUARANTINED:
            outcomes.refused(at)
    note({source.pk: outcomes})
