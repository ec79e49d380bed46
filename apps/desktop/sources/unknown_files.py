"""Files of a source that wait for somebody to say what their columns mean, and how they begin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import structlog
from django.db.models import TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.formats import number_format

from apps.channels.contract import KEPT, ExplainedFileConnector
from apps.channels.facts import opened
from apps.channels.models import Envelope, Source, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.files.archives import unpacked
from apps.channels.toolkit.files.forms import place_of
from apps.channels.toolkit.mapping.file_mappings import FILE, ROWS, pattern_of
from apps.foundation.masking import clean

log = structlog.get_logger(__name__)

SHOWN = 12  # kinds of files
COLUMNS = 8  # of each, that are named
POSTED = 5  # posted files that are looked at
LOOKED_THROUGH = 1000  # quarantined events among which they are found
MOST_FILES = 10_000  # of a place, among which one is found again
MOST_ROWS = 60


@dataclass(slots=True)
class WaitingFiles:
    """Files of one kind: `pattern` is what their names have in common, `name` the latest of them."""

    pattern: str
    name: str
    columns: list[str]
    files: int = 0
    more_columns: bool = field(init=False)

    def __post_init__(self) -> None:
        self.more_columns = len(self.columns) > COLUMNS
        self.columns = self.columns[:COLUMNS]

    @property
    def count(self) -> str:
        return number_format(self.files, 0, force_grouping=True)


def waiting_files(source: Source) -> list[WaitingFiles]:
    """Two queries, none for a source whose files need no explanation."""
    if not isinstance(CONNECTORS.get(source.kind), ExplainedFileConnector):
        return []
    found: dict[str, WaitingFiles] = {}
    for name, columns in [*_in_place(source).items(), *_posted(source)]:
        pattern = pattern_of(name.removesuffix(".gz"))
        found.setdefault(pattern, WaitingFiles(pattern, name, columns)).files += 1
    return list(found.values())[:SHOWN]


def _in_place(source: Source) -> dict[str, list[str]]:
    """Those in its folder or bucket, the latest first."""
    noted = SyncState.objects.filter(source=source).exclude(stream="").values_list("cursor__waiting", flat=True)
    found: dict[str, list[str]] = {}
    for waiting in noted:
        if isinstance(waiting, Mapping):
            found |= dict(reversed(list(waiting["files"].items())))
    return found


def _posted(source: Source) -> list[tuple[str, list[str]]]:
    """Those that were kept as a whole."""
    rows = _kept(source).annotate(
        file=KeyTextTransform(FILE, "payload"), first=KeyTransform(0, KeyTransform(ROWS, "payload"))
    )
    return [
        (str(name or ""), list(first) if isinstance(first, dict) else [])
        for name, first in rows.values_list("file", "first")[:POSTED]
    ]


def _kept(source: Source) -> Any:
    newest = Envelope.objects.filter(source=source, state=Envelope.State.QUARANTINED).order_by("-id").values("pk")
    return Envelope.objects.filter(pk__in=newest[:LOOKED_THROUGH], dedupe_key__startswith=KEPT).order_by("-id")


def beginning(source: Source, waiting: WaitingFiles) -> list[dict[str, Any]]:
    """The first rows of a file that waits, card numbers masked: where it lies, or as it was posted. None where it
    cannot be opened now."""
    rows = _posted_rows(source, waiting.name) or _rows_in_place(source, waiting.name)
    return [row for row in clean(rows) if isinstance(row, dict)]


def _posted_rows(source: Source, name: str) -> list[Any]:
    held = _kept(source).annotate(file=Cast(KeyTextTransform(FILE, "payload"), TextField())).filter(file=name)
    kept = held.values_list("payload", flat=True).first()
    return list(kept.get(ROWS) or [])[:MOST_ROWS] if isinstance(kept, dict) else []


def _rows_in_place(source: Source, name: str) -> list[Any]:
    connector = CONNECTORS[source.kind]
    try:
        facts = opened(source)
        place = place_of(facts)
        if place is None or not isinstance(connector, ExplainedFileConnector):
            return []
        found = next(file for file in islice(place.files(), MOST_FILES) if file.label == name)
        with place.open(found) as raw, unpacked(raw, found.label) as (file, _name):
            return list(connector.beginning(file, facts))[:MOST_ROWS]
    except Exception as error:  # a page never fails for what a file holds, nor for where it lies
        log.info("file.unreadable", source=source.slug, error=type(error).__name__)
        return []
