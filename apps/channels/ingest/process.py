"""Processing envelopes: understand each, record what it says, write its state. However events came in, this is how
they become part of somebody's story: the workers process what waits (`process_due`), a file that is being read is
received and processed in one transaction (`file_run`)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import orjson
import structlog
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.channels.contract import (
    KEPT,
    ExplainedFileConnector,
    Nameless,
    Refused,
    SourceFacts,
    StoredEvent,
    Unintelligible,
)
from apps.channels.facts import source_facts
from apps.channels.ingest.receive import receive
from apps.channels.marks import UnreadField, located, written
from apps.channels.models import Envelope, EnvelopeQuerySet, Source
from apps.channels.registry import CONNECTORS
from apps.channels.sync.circuit_breaker import MOST_DRIFT, Outcomes, count_outcomes
from apps.channels.toolkit.mapping.file_mappings import FILE, ROWS, lines_in, unexplained
from apps.foundation.db.rows import recordset, rows
from apps.foundation.network.backoff import Backoff, exponential
from apps.foundation.text.unread import Mark, collected
from apps.interactions.actions import Recorded, record
from apps.interactions.drafts import Draft
from apps.interactions.placement import placed

log = structlog.get_logger(__name__)

TRIES = 8
# The shortest, or the same round would find it due again before anything has changed.
BACKOFF = Backoff(exponential(4.0, 3600.0), spread=(0.0, 1.0), shortest=0.5)
# Of those that make no sense, and of those that are tried again later.
PUT_OFF = """
    UPDATE channels_envelope e
    SET state = n.state, attempts = e.attempts + 1, error = n.error, retry_at = coalesce(n.retry_at, e.retry_at)
    FROM json_to_recordset(%s) AS n(id bigint, state text, error text, retry_at timestamptz) WHERE e.id = n.id
"""
MARK = """
    UPDATE channels_envelope e SET unread = n.unread
    FROM json_to_recordset(%s) AS n(id bigint, unread text) WHERE e.id = n.id
"""
UNPLACED = "It belongs to an order or case that nobody has told yet, or that several customers have."
WAITS = "Unplaced: "  # how the error of what was put off for that begins
State = Envelope.State
DONE, HELD = State.DONE.value, State.HELD.value  # of every event: a member's value costs more than its name
SETTLED = frozenset({DONE, HELD})
T = TypeVar("T")
R = TypeVar("R")


class Processed(NamedTuple):
    """How many envelopes became part of a story, and how many could not."""

    done: int
    failed: int


class ClaimedEnvelope(NamedTuple):
    """An envelope this transaction holds."""

    pk: int
    source: int
    key: str
    received_at: datetime
    attempts: int
    error: str
    payload: str

    @property
    def waits(self) -> bool:
        """Whether it was put off because what it belongs to had not been told."""
        return self.attempts > 0 and self.error.startswith(WAITS)


class Understanding(NamedTuple):
    """What is to become of an envelope: the state it comes into, with the reason where no retry will help; its part
    of the story; the fields the vendor's documentation does not know, and those that could not be read."""

    received_at: datetime
    state: str
    error: str = ""
    draft: Draft | None = None
    unknown: Sequence[str] = ()
    unread: Sequence[UnreadField] = ()
    nameless: bool = False  # it makes sense, and is about nobody


def understand(key: str, payload: str | bytes, received_at: datetime, source: SourceFacts) -> Understanding:
    """What the source's connector makes of an envelope. Raises whatever a connector may raise by mistake."""
    if source.paused:
        return Understanding(received_at, HELD)
    return explained(StoredEvent(key, received_at, orjson.loads(payload)), source)


def reopened(key: str, payload: str | bytes, received_at: datetime, source: SourceFacts) -> Understanding | None:
    """What becomes of an envelope that keeps a whole file: once somebody has explained its columns, its rows are
    received as events, in the same transaction. None for every other envelope."""
    connector = CONNECTORS.get(source.kind)
    if not key.startswith(KEPT) or source.paused or not isinstance(connector, ExplainedFileConnector):
        return None
    kept = orjson.loads(payload)
    name = str(kept.get(FILE, ""))
    try:
        events = connector.read_rows(kept.get(ROWS) or (), name, source)
    except Refused as refusal:
        return Understanding(received_at, State.QUARANTINED.value, refusal.message, nameless=True)
    if events is None:
        return Understanding(received_at, State.QUARANTINED.value, unexplained(name), nameless=True)
    receive(source, list(events))
    return Understanding(received_at, State.DONE.value)


def explained(event: StoredEvent, source: SourceFacts) -> Understanding:
    """The same of an event, whether its source is paused or not."""
    received_at = event.received_at
    with collected() as marks:
        try:
            draft = explain(event, source)
        except Unintelligible as refusal:
            return Understanding(
                received_at,
                State.QUARANTINED.value,
                str(refusal),
                unread=_located(marks, event, source),
                nameless=isinstance(refusal, Nameless),
            )
    unknown, unread = unknown_fields(event, source), _located(marks, event, source)
    return Understanding(received_at, DONE, draft=draft, unknown=unknown, unread=unread)


def _located(marks: Sequence[Mark], event: StoredEvent, source: SourceFacts) -> Sequence[UnreadField]:
    return located(marks, event.payload, lines_in(event.payload, source)) if marks else ()


def place(understood: Sequence[Understanding]) -> list[Understanding]:
    """What belongs to an entry of somebody's is about them. Where the entry is not told yet it has to wait for that."""
    drafts = [found.draft for found in understood if found.draft]
    if not any(draft.follows for draft in drafts):
        return list(understood)
    found = iter(placed(drafts))
    return [_placed(each, next(found)) if each.draft else each for each in understood]


def _placed(understanding: Understanding, draft: Draft | None) -> Understanding:
    if draft is not None or understanding.draft is None or understanding.draft.follows is None:
        return understanding._replace(draft=draft)
    return understanding._replace(state=State.RECEIVED.value, error=UNPLACED, draft=None)


def record_understood(understood: Iterable[tuple[int, Understanding]]) -> Recorded:
    """Make understood envelopes part of the story, and count what became of all of them, by their source. The last
    thing a transaction does: sources and customers are locked from here on."""
    outcomes: dict[int, Outcomes] = defaultdict(Outcomes)
    drafts: list[Draft] = []
    for source, understanding in understood:
        counted, draft = outcomes[source], understanding.draft
        if draft:
            drafts.append(draft)
            counted.understood(understanding.received_at, draft.touch.occurred_at if draft.touch else None)
            counted.drifted(understanding.unknown)
        elif understanding.nameless:
            counted.nameless(understanding.received_at)
        elif understanding.state == State.QUARANTINED:
            counted.refused(understanding.received_at)
        if understanding.unread:
            counted.marked(understanding.unread)
    recorded = record(drafts)
    count_outcomes(outcomes)
    return recorded


def in_halves(items: Sequence[T], work: Callable[[Sequence[T]], R], alone: Callable[[T, Exception], R]) -> list[R]:
    """Work on items that may hold a bad one, in as many transactions as it takes to find it; `alone` says what becomes
    of that. Raises `django.db.Error` when the database is gone."""
    try:
        with transaction.atomic():
            return [work(items)]
    except Exception as error:
        if not connection.is_usable():
            raise
        if len(items) == 1:
            return [alone(items[0], error)]
    first, second = halves(items)
    return [*in_halves(first, work, alone), *in_halves(second, work, alone)]


def halves(items: Sequence[T]) -> list[Sequence[T]]:
    middle = len(items) // 2
    return [half for half in (items[:middle], items[middle:]) if half]


def process_due(limit: int = 500) -> Processed:
    """Make the eldest waiting envelopes part of the story: everything of a batch in one transaction.

    If that fails, the batch is halved until whatever is at fault stands alone; it waits, and after `TRIES` it goes
    to quarantine. `(0, 0)` means that nothing is due that no other worker holds. Raises `django.db.Error` when the
    database is gone; nothing is lost then.
    """
    sources = {facts.pk: facts for facts in source_facts()}
    with transaction.atomic():
        claimed = _claim(Envelope.objects.due(), limit)
        if not claimed:
            return Processed(0, 0)
        fresh = [envelope for envelope in claimed if not envelope.attempts]
        try:
            with transaction.atomic():
                processed = [_process(fresh, sources)]
        except Exception:
            processed = []
    groups = [[envelope.pk] for envelope in claimed if envelope.attempts and not envelope.waits]
    waiting = [envelope.pk for envelope in claimed if envelope.waits]
    if waiting:
        groups.append(waiting)
    if not processed:
        groups += [[envelope.pk for envelope in half] for half in halves(fresh)]
    for group in groups:
        processed += in_halves(group, lambda pks: _process_again(pks, sources), _put_off)
    return Processed(sum(each.done for each in processed), sum(each.failed for each in processed))


def _claim(envelopes: EnvelopeQuerySet, limit: int) -> list[ClaimedEnvelope]:
    claimed = envelopes.claim().annotate(text=Cast("payload", TextField()))
    fields = ("pk", "source_id", "dedupe_key", "received_at", "attempts", "error", "text")
    return [ClaimedEnvelope(*row) for row in claimed.values_list(*fields)[:limit]]


def _process(claimed: Sequence[ClaimedEnvelope], sources: Mapping[int, SourceFacts]) -> Processed:
    found = place(
        [
            reopened(envelope.key, envelope.payload, envelope.received_at, sources[envelope.source])
            or understand(envelope.key, envelope.payload, envelope.received_at, sources[envelope.source])
            for envelope in claimed
        ]
    )
    understood = [
        (envelope, _tried_again(envelope, understanding) if understanding.state == State.RECEIVED else understanding)
        for envelope, understanding in zip(claimed, found, strict=True)
    ]
    done = _write_states(understood)
    record_understood((envelope.source, understanding) for envelope, understanding in understood)
    return Processed(done, len(claimed) - done)


def _process_again(pks: Sequence[int], sources: Mapping[int, SourceFacts]) -> Processed:
    """Those of a failed batch that nobody else has taken meanwhile."""
    return _process(_claim(Envelope.objects.waiting().filter(pk__in=pks), len(pks)), sources)


def _tried_again(envelope: ClaimedEnvelope, understanding: Understanding) -> Understanding:
    """What waits for something that nobody tells is given up in the end."""
    error = f"{WAITS}{understanding.error}"
    return understanding._replace(state=_state_after(envelope.attempts + 1), error=error)


def _write_states(understood: Sequence[tuple[ClaimedEnvelope, Understanding]]) -> int:
    """Write the state each envelope comes into, in one statement a state. How many are done."""
    by_state: dict[str, list[int]] = defaultdict(list)
    put_off: list[dict[str, Any]] = []
    unread: list[dict[str, Any]] = []
    for envelope, understanding in understood:
        state = understanding.state
        by_state[state].append(envelope.pk)
        if understanding.unread:
            unread.append({"id": envelope.pk, "unread": written(understanding.unread)})
        if state not in SETTLED:
            retry_at = _retry_at(envelope.attempts + 1) if state == State.RECEIVED else None
            put_off.append({"id": envelope.pk, "state": state, "error": understanding.error, "retry_at": retry_at})
    if by_state[DONE]:
        Envelope.objects.filter(pk__in=by_state[DONE]).update(state=DONE, error="", unread="")
    if by_state[HELD]:
        Envelope.objects.filter(pk__in=by_state[HELD]).update(state=HELD)
    if put_off:
        rows(PUT_OFF, recordset(put_off))
        _tell_of_waiting(understood)
    if unread:
        rows(MARK, recordset(unread))
    return len(by_state[DONE])


def _tell_of_waiting(understood: Iterable[tuple[ClaimedEnvelope, Understanding]]) -> None:
    states = Counter(each.state for _envelope, each in understood if each.error.startswith(WAITS))
    if states:
        given_up = states[State.QUARANTINED]
        log.warning("envelopes.unplaced", waiting=states[State.RECEIVED], given_up=given_up)


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
def _put_off(pk: int, error: Exception) -> Processed:
    """Try again later, or give up."""
    attempts, source, received_at = Envelope.objects.values_list("attempts", "source", "received_at").get(pk=pk)
    attempts += 1
    log.warning("envelope.failed", envelope=pk, attempts=attempts, error=type(error).__name__)
    Envelope.objects.waiting().filter(pk=pk).update(
        attempts=attempts,
        state=_state_after(attempts),
        retry_at=_retry_at(attempts),
        error=f"{type(error).__name__}: {error}"[:2000].replace("\x00", ""),
    )
    if attempts >= TRIES:
        outcomes = Outcomes()
        outcomes.refused(received_at)
        count_outcomes({source: outcomes})
    return Processed(0, 1)


def _state_after(attempts: int) -> str:
    return (State.QUARANTINED if attempts >= TRIES else State.RECEIVED).value


def _retry_at(attempts: int) -> datetime:
    return timezone.now() + timedelta(seconds=BACKOFF.seconds(attempts))


@transaction.atomic
def replay(*, actor: User | None, envelopes: EnvelopeQuerySet) -> int:
    """Let quarantined envelopes among these try again from the start. Harmless for what already arrived."""
    count = envelopes.filter(state=State.QUARANTINED).update(
        state=State.RECEIVED, attempts=0, retry_at=timezone.now(), error=""
    )
    audit(actor, "envelope.replay", envelopes=count)
    return count


def release(limit: int = 5000) -> int:
    """Let envelopes go that were held back for sources which run again. How many."""
    able = [facts.pk for facts in source_facts() if not facts.paused]
    running = Source.objects.running().filter(pk__in=able).values("pk")
    held = Envelope.objects.held()
    chosen = held.filter(source__in=running).order_by("source", "state", "-id").values("pk")[:limit]
    return held.filter(pk__in=chosen).update(state=State.RECEIVED, retry_at=timezone.now())
