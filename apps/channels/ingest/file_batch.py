"""A batch of a file's events: received and processed as all others are, but both in one transaction, since the file
waits while we fail."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from django.utils import timezone

from apps.channels.contract import RawEvent, SourceFacts
from apps.channels.ingest.envelope import PreparedEnvelope, first_by_key, prepare
from apps.channels.ingest.process import Understanding, in_halves, place, record_understood, understand
from apps.channels.ingest.receive import conflicting, keep, known_digests, receive
from apps.channels.marks import written
from apps.channels.models import Envelope, Source

log = structlog.get_logger(__name__)

BATCH = 800  # events a transaction: each new customer holds a lock (`customers.identity.resolution`)
MOST_REASONS = 200  # different ones that are counted
State = Envelope.State


@dataclass(slots=True)
class FileResult:
    """What became of events. `waiting` are those that failed, or belong to something that is not told yet, and are
    tried again by the workers; `left_out` are rows that the mapping's `only` passes over; `customers` are all who were
    concerned, `made` those of them nobody had heard of. `unread` counts fields that could not be read by place and
    kind, `examples` has one of each."""

    events: int = 0
    done: int = 0
    repeated: int = 0
    conflicting: int = 0
    quarantined: int = 0
    held: int = 0
    waiting: int = 0
    interactions: int = 0
    left_out: int = 0
    customers: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, other: "FileResult") -> None:
        for name in (
            "events",
            "done",
            "repeated",
            "conflicting",
            "quarantined",
            "held",
            "waiting",
            "interactions",
            "left_out",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.customers |= other.customers
        self.made |= other.made
        for reason, count in other.reasons.items():
            known = reason in self.reasons or len(self.reasons) < MOST_REASONS
            self.reasons[reason if known else "Something else."] += count
        self.examples = other.examples | self.examples
        self.unread += other.unread


def receive_and_process(source: SourceFacts, events: Sequence[RawEvent]) -> FileResult:
    """Make events part of the story: envelopes, customers and interactions of a batch in one transaction.

    The guarantees are those of `receive` and `process_due`: once by key for ever, conflicts kept aside, quarantine for
    what makes no sense, all of it held back where the source is paused. If a batch fails, it is halved until whatever
    is at fault stands alone; that is kept, and tried again by the workers. At most `BATCH` events. Raises
    `django.db.Error` when the database is gone; nothing of the batch is kept then.
    """

    def leave_to_workers(event: RawEvent, error: Exception) -> FileResult:
        log.warning("file.event_failed", source=source.slug, error=type(error).__name__)
        receive(source, [event])
        return FileResult(events=1, waiting=1, reasons=Counter([f"{type(error).__name__}: {error}"[:200]]))

    first, *others = in_halves(events, lambda part: _receive_and_process(source, part), leave_to_workers)
    for other in others:
        first.add(other)
    return first


def _receive_and_process(source: SourceFacts, events: Sequence[RawEvent]) -> FileResult:
    first, conflicts = first_by_key(prepare(event) for event in events)
    known, at = known_digests(source.pk, list(first)), timezone.now()
    source = replace(
        source, paused=source.paused or Source.objects.filter(pk=source.pk).exclude(paused_at=None).exists()
    )
    keys = sorted(first.keys() - known.keys())
    fresh = dict(zip(keys, place([_understand(first[key], source, at) for key in keys]), strict=True))
    envelopes = {
        key: first[key].in_state(found.state, found.error, written(found.unread)) for key, found in fresh.items()
    }
    kept = keep(source.pk, envelopes, [*conflicts, *conflicting(first, known)], at)
    understood = [found for key, found in fresh.items() if key in kept.keys]
    recorded = record_understood((source.pk, found) for found in understood)
    states = Counter(found.state for found in understood)
    return FileResult(
        events=len(events),
        done=states[State.DONE],
        repeated=len(events) - len(kept.keys) - kept.conflicting,
        conflicting=kept.aside,
        quarantined=states[State.QUARANTINED],
        held=states[State.HELD],
        waiting=states[State.RECEIVED],
        interactions=recorded.interactions,
        customers={person.customer for person in recorded.people.values()},
        made={person.customer for person in recorded.people.values() if person.made},
        reasons=Counter(found.error for found in understood if found.error),
        unread=Counter((unread.place, unread.kind) for found in understood for unread in found.unread),
        examples={(unread.place, unread.kind): unread.example for found in understood for unread in found.unread},
    )


def _understand(envelope: PreparedEnvelope, source: SourceFacts, at: datetime) -> Understanding:
    """What is refused already stays so."""
    if envelope.state != State.RECEIVED:
        return Understanding(at, envelope.state, envelope.error)
    return understand(envelope.key, envelope.payload, at, source)
