"""A whole file read into a source, in a stream; other processes help with the writing."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from django.db import Error
from django.utils import timezone

from apps.channels.contract import FileConnector, RawEvent, SourceFacts, StoredEvent
from apps.channels.ingest import writers
from apps.channels.ingest.envelope import prepare
from apps.channels.ingest.file_batch import BATCH, FileResult, receive_and_process
from apps.channels.ingest.process import Understanding, explained
from apps.channels.models import SyncRun
from apps.channels.registry import CONNECTORS
from apps.foundation.db.rows import rows

SMALL = 2 * 1024 * 1024  # bytes up to which starting other processes takes longer than it saves
AHEAD = 2  # batches a writer has waiting
GROWN = frozenset({1, 4, 16, 64, 256})  # batches after which tables may be much larger than they were
GROWING = (
    "channels_envelope",
    "customers_customer",
    "customers_sourceprofile",
    "customers_identifier",
    "customers_evidence",
)
Packed = list[tuple[str, Any, Any, str, frozenset[str]]]  # events as they travel between processes
Progress = Callable[[int, FileResult], None]  # bytes read so far, and what became of what was read


class Stopped(Exception):
    """The source paused itself: what it sends makes no sense to its mapping."""


@dataclass(slots=True)
class FileRun:
    """A file on its way into a source. `result` grows while it is read; `ended` says that it was read to its end."""

    source: SourceFacts
    path: Path
    processes: int = 1
    show: Progress = lambda _bytes, _result: None
    result: FileResult = field(default_factory=FileResult)
    ended: bool = False
    batches: int = 0

    def run(self) -> SyncRun:
        """Read it. Raises Refused where the file makes no sense, Stopped, KeyboardInterrupt, and `django.db.Error`;
        whatever was processed until then stays, and reading it again goes on where this ended."""
        started = timezone.now()
        run = SyncRun.objects.create(
            source_id=self.source.pk, stream=self.path.name[:200], kind=SyncRun.Kind.FILE, started_at=started
        )
        try:
            with self.path.open("rb") as file:
                self._read(file)
            self.ended = True
            run.state = SyncRun.State.DONE
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            run.state = SyncRun.State.CONTINUED if interrupted else SyncRun.State.FAILED
            run.error = "" if interrupted else f"{error}"[:500]
            raise
        finally:
            run.events, run.fresh = self.result.events, self.result.events - self.result.repeated
            run.finished_at = timezone.now()
            with suppress(Error):
                run.save()
        return run

    def _read(self, file: IO[bytes]) -> None:
        events = _reader(self.source).read(file, self.path.name, self.source)
        with _writing(self.source, self.processes) as write:
            for batch in iter(lambda: list(islice(events, BATCH)), []):
                self._count(write(batch), file)
            self._count(write([]), file)
        self.result.left_out += getattr(events, "left_out", 0)

    def _count(self, results: Sequence[FileResult], file: IO[bytes]) -> None:
        for result in results:
            self.result.add(result)
            self.batches += 1
            if self.batches in GROWN and self.result.made:
                analyse_tables()
            self.show(file.tell(), self.result)
            if result.held:
                raise Stopped


def analyse_tables() -> None:
    """Let the database look at how its tables have grown. Plans it made while they were empty read them from end to
    end for every row; by itself it would look a minute later."""
    rows(f"ANALYZE {', '.join(GROWING)}")


def first_events(source: SourceFacts, path: Path, count: int) -> list[RawEvent]:
    """The beginning of a file. Raises Refused where the file makes no sense, TypeError where the source reads none."""
    with path.open("rb") as file:
        return list(islice(_reader(source).read(file, path.name, source), count))


def _reader(source: SourceFacts) -> FileConnector:
    connector = CONNECTORS[source.kind]
    if not isinstance(connector, FileConnector):
        raise TypeError(f"Sources of kind {source.kind!r} do not read files.")
    return connector


def tried_out(source: SourceFacts, event: RawEvent, at: datetime) -> Understanding:
    """What would become of an event. Card numbers are masked as they would be."""
    envelope = prepare(event)
    if envelope.error:
        return Understanding(at, envelope.state, envelope.error)
    return explained(StoredEvent(envelope.key, at, orjson.loads(envelope.payload)), source)


Write = Callable[[Sequence[RawEvent]], Sequence[FileResult]]


@contextmanager
def _writing(source: SourceFacts, processes: int) -> Iterator[Write]:
    """A function that writes batches and gives what became of earlier ones; no events mean that there are no more.

    Whoever reads writes too, whenever the others have enough to do: so all of them are busy to the end.
    """
    if processes < 2:
        yield lambda events: [receive_and_process(source, events)] if events else []
        return
    others = processes - 1
    pool = ProcessPoolExecutor(others, multiprocessing.get_context("spawn"), initializer=writers.begin)
    under_way: set[Future[FileResult]] = set()

    def write(events: Sequence[RawEvent]) -> Sequence[FileResult]:
        nonlocal under_way
        if not events:
            done, under_way = wait(under_way)
            return [future.result() for future in done]
        done, under_way = wait(under_way, 0)
        results = [future.result() for future in done]
        if len(under_way) < others * AHEAD:
            packed = [(event.key, event.content, dict(event.meta), event.refused, event.ids) for event in events]
            under_way.add(pool.submit(process_packed, source, packed))
            return results
        return [*results, receive_and_process(source, events)]

    try:
        yield write
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def process_packed(source: SourceFacts, packed: Packed) -> FileResult:
    return receive_and_process(source, [RawEvent(*fields) for fields in packed])
