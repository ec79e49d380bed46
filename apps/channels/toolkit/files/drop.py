"""Reading files: from a folder, from an S3 bucket, or posted. What is in them only their connector knows.

docs/connectors/files.md tells where files may lie, which are left alone, and what becomes of those that change.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from time import monotonic
from typing import IO, Any

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.contract import (
    Denied,
    EventPage,
    ExplainedFileConnector,
    FileConnector,
    Push,
    Pushed,
    RawEvent,
    ReadRange,
    Refused,
    SourceFacts,
    Throttled,
    Words,
)
from apps.channels.toolkit.files.archives import DAMAGED, position, unpacked
from apps.channels.toolkit.files.forms import FilePlaceForm, place_of
from apps.channels.toolkit.files.places import FilePlace, FoundFile, Gone, Locked, ReadFault, label_of
from apps.channels.toolkit.http.signatures import bears_key, require
from apps.channels.toolkit.payload import inflate

__all__ = ["Drop", "FilePlaceForm", "FilePush", "readable"]

log = structlog.get_logger(__name__)

STREAM = "files"
FULL = 500  # events of a page
SLOW = 5.0  # seconds after which a page ends with what it has
MOST_FILES = 10_000  # of one place that are remembered
SHOWN_WAITING = 40  # files that wait for a mapping, named beside the cursor
SHOWN_COLUMNS = 12  # of each
LOOK_BACK = 20  # rows read again of a file that grew: its last one may have been half written


class FilePush(Pushed):
    """The push half of a file connector: a file posted as the body of a request, with the source's key as bearer.

    Its name is the last part of the path. What cannot be read as a whole is a 400, and nothing of it is kept.
    """

    def verify(self, push: Push, source: SourceFacts) -> None:
        require(bears_key(push, source))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        name, body = self.posted(push)
        with readable(source):
            return list(self.read(io.BytesIO(body), name, source))  # type: ignore[attr-defined]

    def posted(self, push: Push) -> tuple[str, bytes]:
        """The name of the file and what is in it, unpacked. Raises Refused."""
        name, body = label_of(push.call.rpartition("/")[2]), push.body
        if name.lower().endswith(".gz"):
            name, body = name[:-3], inflate(body, "gzip", settings.COLLECT_MAX_BYTES)
        return name, body


@contextmanager
def readable(source: SourceFacts) -> Iterator[None]:
    """Whatever a reader trips over in a posted file is a refusal."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        log.warning("file.unreadable", source=source.slug, error=type(error).__name__)
        raise Refused(400, "unreadable", f"The file cannot be read: {type(error).__name__}.") from None


@dataclass(slots=True)
class PendingPage:
    """A page being filled. `known` is what the cursor will say of each file."""

    known: dict[str, dict[str, Any]]
    total: int
    done: int = 0  # bytes
    events: list[RawEvent] = field(default_factory=list)
    since: float = field(default_factory=monotonic)
    locked: list[str] = field(default_factory=list)

    def is_due(self) -> bool:
        return len(self.events) >= FULL or monotonic() - self.since > SLOW

    def page(self, reading: int = 0, *, passing: bool = False) -> EventPage:
        """What has gathered. `reading` bytes of the file under way are read. A page in passing is a sign of life from
        rows that were read before: nobody may go on from there."""
        cursor = None if passing else self._cursor()
        page = EventPage(self.events, cursor, min(self.done + reading, self.total), self.total)
        self.events, self.since = [], monotonic()
        return page

    def _cursor(self) -> dict[str, Any]:
        """What is known of each file; and of those that wait for a mapping the columns, by their names."""
        cursor: dict[str, Any] = {"v": 1, "files": {label: dict(entry) for label, entry in self.known.items()}}
        waiting = [label for label, entry in self.known.items() if "waits" in entry]
        if waiting:
            shown = {label: self.known[label]["waits"]["columns"] for label in waiting[-SHOWN_WAITING:]}
            cursor["waiting"] = {"files": shown, "count": len(waiting)}
        return cursor


class Drop:
    """`Puller` for any file connector: looks for new and grown files at its source's place. A file that nobody has
    explained yet (`ExplainedFileConnector`) waits there, and is read once somebody has.

    Whatever lies there is read once, the eldest first. A backfill reads again what was changed in its time.
    """

    def __init__(self, connector: FileConnector) -> None:
        self.connector = connector

    def check(self, source: SourceFacts) -> Words:
        place = place_of(source)
        if place is None:
            return _("No folder and no bucket is named: files are posted to the address of the source.")
        files = list(islice(place.files(), MOST_FILES + 1))
        if len(files) > MOST_FILES:
            raise _too_many(place)
        if not files:
            return _("There is no file of such a name in %(place)s yet.") % {"place": place.words()}
        newest = datetime.fromtimestamp(max(found.changed for found in files), UTC)
        found = ngettext("%(count)d file", "%(count)d files", len(files)) % {"count": len(files)}
        return _("%(files)s, the newest of %(day)s.") % {"files": found, "day": _day(newest)}

    def streams(self, source: SourceFacts) -> Sequence[str]:
        return [STREAM] if place_of(source) else []

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        place = place_of(source)
        if place is None:
            return
        files = sorted(_within(place, read_range), key=lambda found: (found.changed, found.label))
        before = _entries(read_range.cursor)
        known = {found.label: before[found.label] for found in files if found.label in before}
        said = self._said(source)
        due = [found for found in files if not _is_read(found, known.get(found.label), said)]
        batch = PendingPage(known, sum(found.size for found in files))
        batch.done = batch.total - sum(found.size for found in due)
        for found in due:
            try:
                yield from self._file(place, found, batch, source)
            except Gone:
                continue
            except Locked as lock:
                batch.locked.append(str(lock))
        if batch.events or batch.known != before:
            yield batch.page()
        if batch.locked:
            raise Denied(" ".join(batch.locked[:5]))

    def _file(self, place: FilePlace, found: FoundFile, batch: PendingPage, source: SourceFacts) -> Iterator[EventPage]:
        """Read a file on from where its entry says. Raises Gone, Locked, Fault, Denied, Throttled."""
        columns = self._unknown_columns(place, found, source)
        if columns:
            waits = {"said": self._said(source), "columns": [name[:60] for name in columns[:SHOWN_COLUMNS]]}
            batch.known[found.label] = {"mark": found.mark, "rows": 0, "edge": "", "more": False, "waits": waits}
            batch.done += found.size
            return
        before = batch.known.get(found.label)
        known = _rows_known(place, found, before, whole=self._is_read_whole(found, source))
        entry = {"mark": found.mark, "rows": known, "edge": place.edge(found), "more": True}
        row = 0
        with place.open(found) as raw:
            for row, event in enumerate(self._events(raw, found, source), start=1):
                if row > known:
                    batch.events.append(event)
                    batch.known[found.label] = {**entry, "rows": row}
                if batch.is_due():
                    yield batch.page(position(raw), passing=row < known)
        batch.known[found.label] = {**entry, "rows": row, "more": False}
        batch.done += found.size
        if batch.is_due():
            yield batch.page()

    def _said(self, source: SourceFacts) -> str:
        return self.connector.said_of_files(source) if isinstance(self.connector, ExplainedFileConnector) else ""

    def _unknown_columns(self, place: FilePlace, found: FoundFile, source: SourceFacts) -> list[str]:
        """Of a file that nobody has explained. One that cannot be looked at is read, which says what is wrong."""
        if not isinstance(self.connector, ExplainedFileConnector):
            return []
        with place.open(found) as raw:
            try:
                with unpacked(raw, found.label) as (file, name):
                    return self.connector.unknown_columns(file, name, source)
            except (ReadFault, Denied, Throttled):
                raise
            except Exception:
                return []

    def _is_read_whole(self, found: FoundFile, source: SourceFacts) -> bool:
        """Whether rows that were read may turn out to be part of something that goes on further down."""
        asked = getattr(self.connector, "reads_whole", None)
        try:
            return bool(asked and asked(found.label.removesuffix(".gz"), source))
        except Refused:
            return False

    def _events(self, raw: IO[bytes], found: FoundFile, source: SourceFacts) -> Iterator[RawEvent]:
        """What is in a file. One that cannot be read, or not to its end, gives an event that says so."""
        try:
            with unpacked(raw, found.label) as (file, name):
                yield from self.connector.read(file, name, source)
        except (ReadFault, Denied, Throttled):
            raise
        except Refused as refusal:
            yield _unreadable(found, str(refusal))
        except DAMAGED:
            yield _unreadable(found, "The compressed file is damaged. What comes before the damage was read.")
        except Exception as error:
            log.warning("file.unreadable", source=source.slug, error=type(error).__name__)
            yield _unreadable(found, f"It could not be read to its end: {type(error).__name__}: {error}"[:300])


def _within(place: FilePlace, read_range: ReadRange) -> list[FoundFile]:
    """The files to look at: all of them, or those that were changed in the time of a backfill."""
    files = []
    for found in place.files():
        if read_range.until is not None:
            since = read_range.since.timestamp() if read_range.since else 0
            if not since <= found.changed <= read_range.until.timestamp():
                continue
        files.append(found)
        if len(files) > MOST_FILES:
            raise _too_many(place)
    return files


def _too_many(place: FilePlace) -> Denied:
    return Denied(
        f"There are more than {MOST_FILES} files in {place.words()}. Move those away that have been read, or "
        "narrow the file names."
    )


def _entries(cursor: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    files = (cursor or {}).get("files")
    return dict(files) if isinstance(files, dict) else {}


def _is_read(found: FoundFile, entry: Mapping[str, Any] | None, said: str) -> bool:
    """Whether there is nothing to do about a file: it was read to its end, or waits for somebody to explain it."""
    if not entry or entry["mark"] != found.mark or entry["more"]:
        return False
    return "waits" not in entry or entry["waits"]["said"] == said


def _rows_known(place: FilePlace, found: FoundFile, entry: Mapping[str, Any] | None, *, whole: bool) -> int:
    """How many rows of a file need not be read again: none of a new or replaced one, nor where a grown one is only
    understood as a whole."""
    if entry is None:
        return 0
    if entry["mark"] == found.mark or "waits" in entry:
        return int(entry["rows"])
    grown = not whole and bool(entry["edge"]) and place.edge(found, entry["edge"]) == entry["edge"]
    return max(0, int(entry["rows"]) - LOOK_BACK) if grown else 0


def _unreadable(found: FoundFile, reason: str) -> RawEvent:
    changed = datetime.fromtimestamp(found.changed, UTC).isoformat()
    content = {"file": found.label, "size": found.size, "changed": changed}
    return RawEvent(f"file:{found.label[-120:]}:{found.mark}", content, refused=f"{found.label}: {reason}")


def _day(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "DATETIME_FORMAT")
