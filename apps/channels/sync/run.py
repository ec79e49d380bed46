"""Asking sources: one reader a stream, whose cursor moves in the transaction of the records it stands for."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import orjson
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.channels.contract import EventPage, ReadRange, SourceFacts
from apps.channels.facts import opened
from apps.channels.ingest.receive import receive
from apps.channels.models import SyncRun, SyncState
from apps.channels.registry import puller
from apps.channels.sync.retry import Endless, Overtaken, finish, put_off

LEASE = timedelta(seconds=90)  # longer than any single page takes
BOX = 30.0  # seconds a reading may go on before others have their turn
BACKFILL_BOX = 15.0
PATIENCE = 240.0  # seconds it may go on where it would not be safe to stop earlier
MOST_REPEATS = 10  # pages of a reading that were all there before; above, it goes round in a circle
REDISCOVERED = timedelta(minutes=10)  # between looks for new streams
COMPARED = timedelta(days=3)  # how far back a reconciliation looks

Move = Callable[[EventPage], dict[str, object]]


@dataclass(slots=True)
class StreamRead:
    """One reading under way. `asked` must still hold of its stream for anything to be kept."""

    state: SyncState
    facts: SourceFacts
    run: SyncRun
    box: float
    asked: Mapping[str, object] = field(default_factory=dict)
    began: float = field(default_factory=monotonic)
    seen: set[int] = field(default_factory=set)
    repeats: int = 0

    def over(self, page: EventPage) -> bool:
        """Whether to stop after this page. Raises Endless where that should have been possible long ago."""
        taken = monotonic() - self.began
        if taken > max(self.box, PATIENCE) and page.cursor is None:
            raise Endless(f"After {taken:.0f} seconds there was still no place from which to go on another time.")
        return taken > self.box and page.cursor is not None

    def look_at(self, page: EventPage) -> None:
        """Raises Endless for a provider whose pages lead back to themselves. A page is known by its events, one
        without any by its cursor."""
        keys = tuple(event.key or repr(event.content) for event in page.events)
        face = hash(keys or (page.done, orjson.dumps(page.cursor, option=orjson.OPT_SORT_KEYS)))
        self.repeats += face in self.seen
        self.seen.add(face)
        if self.repeats > MOST_REPEATS:
            raise Endless("The provider gives the same pages again and again.")


def claim_due(limit: int = 50) -> list[int]:
    """Streams whose turn it is, each given to one caller only. Should its work get lost, their turn comes again."""
    with transaction.atomic():
        due = SyncState.objects.due().filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now()))
        chosen = list(
            due.select_for_update(skip_locked=True, of=("self",))
            .order_by("next_at")
            .values_list("pk", flat=True)[:limit]
        )
        SyncState.objects.filter(pk__in=chosen).update(next_at=timezone.now() + LEASE)
    return chosen


def sync(pk: int, kind: str = SyncRun.Kind.INCREMENTAL, *, box: float = BOX) -> SyncRun | None:
    """Read a stream for at most `box` seconds: what is new, then a piece of a backfill if one is wanted.

    None where somebody else is reading it, or its source does not run. Whatever goes wrong is written on the stream
    and the run, with when to try again; only a database that is gone is raised. The stream "" finds the others. A
    reconciliation cannot go on another time: it may take `PATIENCE`.
    """
    state = _lease(pk)
    if state is None:
        return None
    run = SyncRun.objects.create(source=state.source, stream=state.stream, kind=kind)
    box = max(box, PATIENCE) if kind == SyncRun.Kind.RECONCILIATION else box
    if _tried(state, run, lambda: _read(StreamRead(state, opened(state.source), run, box))) and _has_turn(state, run):
        older = SyncRun.objects.create(source=state.source, stream=state.stream, kind=SyncRun.Kind.BACKFILL)
        piece = {"backfill_since": state.backfill_since, "backfill_until": state.backfill_until}
        _tried(state, older, lambda: _backfill(StreamRead(state, opened(state.source), older, BACKFILL_BOX, piece)))
    return run


def _tried(state: SyncState, run: SyncRun, work: Callable[[], None]) -> bool:
    """Whether it went well. If not, that is written down."""
    try:
        work()
    except Exception as error:
        if not connection.is_usable():
            raise
        put_off(state, run, error)
        return False
    return True


@transaction.atomic
def _lease(pk: int) -> SyncState | None:
    now = timezone.now()
    free = SyncState.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=pk)
    if not free.filter(source__active=True, source__paused_at=None, source__removed_at=None).update(
        fence=F("fence") + 1, leased_until=now + LEASE
    ):
        return None
    state = SyncState.objects.select_related("source").get(pk=pk)
    died = SyncRun.objects.filter(source=state.source, stream=state.stream, state=SyncRun.State.RUNNING)
    died.update(state=SyncRun.State.LOST, finished_at=now)
    return state


def is_being_read(pk: int) -> bool:
    """Whether a reader holds this stream now."""
    return SyncState.objects.filter(pk=pk, leased_until__gte=timezone.now()).exists()


def _read(reading: StreamRead) -> None:
    if not reading.state.stream:
        _discover(reading)
    elif reading.run.kind == SyncRun.Kind.RECONCILIATION:
        _reconcile(reading)
    else:
        _catch_up(reading)


def _catch_up(reading: StreamRead) -> None:
    """What is new. The lease is kept where a piece of a backfill follows, whose failures are counted with ours."""
    state, began = reading.state, timezone.now()
    read_range = ReadRange(state.stream, state.cursor, since=state.source.created_at)
    if not _go_on(reading, read_range, _move("cursor")):
        _end(reading, SyncRun.State.CONTINUED, next_at=timezone.now())
    elif state.backfill_since is None:
        _end(reading, SyncRun.State.DONE, next_at=_next_turn(state), last_ok_at=began, **_WELL)
    else:
        _write(reading, last_ok_at=began, denied=False)
        finish(reading.run, SyncRun.State.DONE)


def _has_turn(state: SyncState, run: SyncRun) -> bool:
    """Whether a piece of the backfill comes now: only once what is new has been read."""
    caught_up = run.kind == SyncRun.Kind.INCREMENTAL and run.state == SyncRun.State.DONE
    return bool(caught_up and state.stream and state.backfill_since)


_WELL: dict[str, object] = {"failures": 0, "error": "", "denied": False}


def _next_turn(state: SyncState) -> datetime:
    return timezone.now() + timedelta(seconds=state.source.every * random.uniform(0.9, 1.1))  # noqa: S311 - jitter


def _go_on(reading: StreamRead, read_range: ReadRange, move: Move) -> bool:
    """Keep page after page until there are no more (True) or time is up. Once it is, one more is asked for: were a
    single page slower than the box, no reading would ever see the end."""
    pages, late = puller(reading.facts.kind).pull(reading.facts, read_range), False
    try:
        for page in pages:
            reading.look_at(page)
            _keep(reading, page, move(page))
            if late and page.cursor is not None:
                return False
            late = reading.over(page)
        return True
    finally:
        _close(pages)


def _close(pages: Iterator[EventPage]) -> None:
    close = getattr(pages, "close", None)
    if close:
        close()


def _move(name: str) -> Move:
    return lambda page: {} if page.cursor is None else {name: dict(page.cursor)}


@transaction.atomic
def _keep(reading: StreamRead, page: EventPage, changes: dict[str, object]) -> None:
    """Events, cursor and proof that the lease is still ours: all or nothing."""
    receipt = receive(reading.facts, page.events)
    _write(reading, leased_until=timezone.now() + LEASE, **changes)
    run = reading.run
    run.pages, run.events, run.fresh = run.pages + 1, run.events + len(page.events), run.fresh + receipt.stored
    run.save(update_fields=["pages", "events", "fresh"])


def _write(reading: StreamRead, **changes: object) -> None:
    """Raises Overtaken unless the lease is ours and what we read is still wanted."""
    state = reading.state
    if not SyncState.objects.filter(pk=state.pk, fence=state.fence, **reading.asked).update(**changes):
        raise Overtaken


def _backfill(reading: StreamRead) -> None:
    """A piece of what is older."""
    state = reading.state

    def progress(page: EventPage) -> dict[str, object]:
        counted = {"backfill_done": page.done, "backfill_total": page.total}
        return {**_move("backfill")(page), **counted, "backfill_events": F("backfill_events") + len(page.events)}

    read_range = ReadRange(state.stream, state.backfill, since=state.backfill_since, until=state.backfill_until)
    if _go_on(reading, read_range, progress):
        _end(reading, SyncRun.State.DONE, backfill=None, backfill_since=None, next_at=_next_turn(state), **_WELL)
    else:
        _end(reading, SyncRun.State.CONTINUED, next_at=timezone.now(), **_WELL)


def _reconcile(reading: StreamRead) -> None:
    """Read the last days once more from the start; what was not known is what had been missed. Days before the source
    was made were never asked for, and nothing can be missing from a stream that was never read to its end."""
    state, now, finished = reading.state, timezone.now(), True
    if state.last_ok_at:
        since = max(state.last_ok_at - COMPARED, state.source.created_at)
        read_range = ReadRange(state.stream, None, since=since, until=state.last_ok_at)
        finished = _go_on(reading, read_range, lambda _page: {})
    result = SyncRun.State.DONE if finished else SyncRun.State.CONTINUED
    _end(reading, result, reconciled_at=now, missed=reading.run.fresh)


def _discover(reading: StreamRead) -> None:
    """Find the streams there are. One that is gone keeps its cursor: folders come back."""
    names = puller(reading.facts.kind).streams(reading.facts)
    source = reading.state.source
    SyncState.objects.bulk_create(
        [SyncState(source=source, stream=name[:200]) for name in names if name], ignore_conflicts=True
    )
    now = timezone.now()
    _end(reading, SyncRun.State.DONE, next_at=now + REDISCOVERED, last_ok_at=now, **_WELL)


def _end(reading: StreamRead, result: str, **changes: object) -> None:
    _write(reading, leased_until=None, **changes)
    finish(reading.run, result)
