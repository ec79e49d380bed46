"""Asking sources: one reader a stream, whose cursor moves in the transaction of the records it stands for."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.channels.actions.facts import opened
from apps.channels.actions.receiving import receive
from apps.channels.connectors.base import Denied, Page, SourceFacts, Stretch, Throttled
from apps.channels.models import SyncRun, SyncState
from apps.channels.registry import puller
from apps.channels.vault import Unreadable

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)  # longer than any single page takes
BOX = 30.0  # seconds a reading may go on before others have their turn
BACKFILL_BOX = 15.0
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0  # seconds; doubled with each failure, the actual wait is anything up to it
LONGEST_ASKED = 6 * 3600.0  # what a Retry-After may ask for
DENIED_WAIT = timedelta(hours=1)  # between tries while the provider says no
REDISCOVERED = timedelta(minutes=10)  # between looks for new streams
COMPARED = timedelta(days=3)  # how far back a reconciliation looks


class Overtaken(Exception):
    """Another reader holds the lease: what this one has read is not kept."""


@dataclass(slots=True)
class Reading:
    """One reading under way."""

    state: SyncState
    facts: SourceFacts
    run: SyncRun
    until: float  # of the monotonic clock

    def over(self) -> bool:
        return monotonic() > self.until


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
    and the run, with when to try again; only a database error is raised. The stream "" finds the others.
    """
    state = _lease(pk)
    if state is None:
        return None
    run = SyncRun.objects.create(source=state.source, stream=state.stream, kind=kind)
    try:
        reading = Reading(state, opened(state.source), run, monotonic() + box)
        _read(reading)
    except Overtaken:
        return _finish(run, SyncRun.State.LOST)
    except Throttled as wait:
        return _put_off(state, run, wait)
    except (Denied, Unreadable) as refusal:
        return _deny(state, run, refusal)
    except Exception as error:
        if not connection.is_usable():
            raise
        return _fail(state, run, error)
    return run


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


def _read(reading: Reading) -> None:
    if not reading.state.stream:
        _discover(reading)
        return
    if reading.run.kind == SyncRun.Kind.RECONCILIATION:
        _reconcile(reading)
        return
    began = timezone.now()
    if not _go_on(reading, _forward(reading.state), _move("cursor")):
        _end(reading, SyncRun.State.CONTINUED, next_at=timezone.now())
        return
    ended = {"last_ok_at": began, "failures": 0, "error": "", "denied": False}
    if reading.state.backfill_since is None or not _backfill(reading):
        pause = reading.state.source.every * random.uniform(0.9, 1.1)  # noqa: S311 - jitter
        wait = timedelta(seconds=0 if reading.state.backfill_since else pause)
        _end(reading, SyncRun.State.DONE, next_at=timezone.now() + wait, **ended)
    else:
        _end(reading, SyncRun.State.DONE, next_at=timezone.now(), **ended)


def _forward(state: SyncState) -> Stretch:
    return Stretch(state.stream, state.cursor, since=state.source.created_at)


def _go_on(reading: Reading, stretch: Stretch, move: Callable[[Page], dict[str, object]]) -> bool:
    """Keep page after page until there are no more (True) or time is up."""
    pages = puller(reading.facts.kind).pull(reading.facts, stretch)
    try:
        for page in pages:
            _keep(reading, page, move(page))
            if reading.over():
                return False
        return True
    finally:
        _close(pages)


def _close(pages: Iterator[Page]) -> None:
    close = getattr(pages, "close", None)
    if close:
        close()


def _move(name: str) -> Callable[[Page], dict[str, object]]:
    return lambda page: {} if page.cursor is None else {name: dict(page.cursor)}


@transaction.atomic
def _keep(reading: Reading, page: Page, changes: dict[str, object]) -> None:
    """Events, cursor and proof that the lease is still ours: all or nothing."""
    receipt = receive(reading.facts, page.events)
    _write(reading.state, leased_until=timezone.now() + LEASE, **changes)
    run = reading.run
    run.pages, run.events, run.fresh = run.pages + 1, run.events + len(page.events), run.fresh + receipt.stored
    run.save(update_fields=["pages", "events", "fresh"])


def _write(state: SyncState, **changes: object) -> None:
    """Raises Overtaken unless the lease is ours."""
    if not SyncState.objects.filter(pk=state.pk, fence=state.fence).update(**changes):
        raise Overtaken


def _backfill(reading: Reading) -> bool:
    """A piece of what is older. Whether there is more."""
    state = reading.state
    stretch = Stretch(state.stream, state.backfill, since=state.backfill_since, until=state.backfill_until)
    run = SyncRun.objects.create(source=state.source, stream=state.stream, kind=SyncRun.Kind.BACKFILL)
    piece = Reading(state, reading.facts, run, monotonic() + BACKFILL_BOX)

    def progress(page: Page) -> dict[str, object]:
        moved = {} if page.cursor is None else {"backfill": dict(page.cursor)}
        counted = {"backfill_done": page.done, "backfill_total": page.total}
        return {**moved, **counted, "backfill_events": F("backfill_events") + len(page.events)}

    try:
        finished = _go_on(piece, stretch, progress)
    except Exception as error:
        run.error = str(error)[:500]
        _finish(run, SyncRun.State.FAILED)
        raise
    if finished:
        _write(state, backfill=None, backfill_since=None)
        state.backfill_since = None
    _finish(run, SyncRun.State.DONE if finished else SyncRun.State.CONTINUED)
    return not finished


def _reconcile(reading: Reading) -> None:
    """Read the last days once more from the start; what was not known is what had been missed."""
    state, now = reading.state, timezone.now()
    until = state.last_ok_at or now
    finished = _go_on(reading, Stretch(state.stream, None, since=until - COMPARED, until=until), lambda _page: {})
    _end(
        reading,
        SyncRun.State.DONE if finished else SyncRun.State.CONTINUED,
        reconciled_at=now,
        missed=reading.run.fresh,
    )


def _discover(reading: Reading) -> None:
    """Find the streams there are. One that is gone keeps its cursor: folders come back."""
    names = puller(reading.facts.kind).streams(reading.facts)
    source = reading.state.source
    SyncState.objects.bulk_create(
        [SyncState(source=source, stream=name[:200]) for name in names if name], ignore_conflicts=True
    )
    now = timezone.now()
    _end(reading, SyncRun.State.DONE, next_at=now + REDISCOVERED, last_ok_at=now, failures=0, error="", denied=False)


def _end(reading: Reading, result: str, **changes: object) -> None:
    _write(reading.state, leased_until=None, **changes)
    _finish(reading.run, result)


def _finish(run: SyncRun, result: str) -> SyncRun:
    run.state, run.finished_at = result, timezone.now()
    run.save(update_fields=["state", "finished_at", "error"])
    return run


def _stop(state: SyncState, run: SyncRun, result: str, words: str, next_at: datetime, **changes: object) -> SyncRun:
    run.error = words[:500]
    mine = SyncState.objects.filter(pk=state.pk, fence=state.fence)
    mine.update(leased_until=None, next_at=next_at, error=words[:500], **changes)
    return _finish(run, result)


def _put_off(state: SyncState, run: SyncRun, wait: Throttled) -> SyncRun:
    seconds = min(wait.seconds, LONGEST_ASKED) if wait.seconds > 0 else backed_off(state.failures + 1)
    words = str(wait) or "The provider asks us to slow down."
    next_at = timezone.now() + timedelta(seconds=seconds)
    return _stop(state, run, SyncRun.State.WAITING, words, next_at, failures=F("failures") + 1)


def _deny(state: SyncState, run: SyncRun, refusal: Exception) -> SyncRun:
    next_at = timezone.now() + DENIED_WAIT
    return _stop(state, run, SyncRun.State.FAILED, str(refusal), next_at, failures=F("failures") + 1, denied=True)


def _fail(state: SyncState, run: SyncRun, error: Exception) -> SyncRun:
    log.warning("sync.failed", source=state.source.slug, stream=state.stream, error=type(error).__name__)
    next_at = timezone.now() + timedelta(seconds=backed_off(state.failures + 1))
    words = f"{type(error).__name__}: {error}".replace("\x00", "")
    return _stop(state, run, SyncRun.State.FAILED, words, next_at, failures=F("failures") + 1)


def backed_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row: exponential, with full jitter."""
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 20)))  # noqa: S311 - jitter
