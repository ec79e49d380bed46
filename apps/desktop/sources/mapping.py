"""The mapping of a source as a person writes it: YAML with its faults at their lines, and what would come of it."""

import io
import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Data
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

import yaml
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.drop.formats import rows as rows_of
from apps.channels.contract import FileConnector, Refused, Unintelligible
from apps.channels.facts import facts_of
from apps.channels.marks import located
from apps.channels.models import Envelope, Source
from apps.channels.registry import CONNECTORS
from apps.channels.sync import health
from apps.channels.toolkit.mapping import file_mappings, mapping
from apps.channels.toolkit.mapping.compiler import BadMapping
from apps.channels.toolkit.mapping.proposal import as_yaml, propose
from apps.desktop.customer.entries import Entry, entries
from apps.desktop.sources.forms import SampleForm
from apps.desktop.sources.mapping_fields import pickers
from apps.desktop.sources.marks import unread_words
from apps.desktop.sources.unknown_files import WaitingFiles
from apps.foundation.text.unread import collected
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Interaction

SAMPLES = 4
GUESSED_FROM = 60  # rows
LONGEST = 20_000  # characters of a mapping
LONGEST_PATTERN = 120  # characters of the pattern of file names
MOST_FIELDS, DEEPEST = 80, 4
NOT_STORED = frozenset({"page", "payload", "sight", "changed"})  # of what is told
LARGEST = 100_000  # bytes of sample rows that travel with the form
TEXT, TEXTS = "mapping_text", "mapping_texts"  # the settings that keep the YAML with its comments; of files, by pattern
Row = dict[str, Any]
UNSAID = {
    "proposed": False,
    "saved": False,
    "unsaved": False,
    "waiting": 0,
    "waits": False,
    "read_now": "",
    "again": False,
}


class MappingFault(NamedTuple):
    """What is wrong, and in which line of the text (0: nowhere in particular)."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class ParsedMapping:
    """A text as it was understood: what it says as data, compiled if it can be followed; `legible`: it is YAML with
    keys, whether it can be followed or not."""

    said: dict[str, Any]
    compiled: mapping.Mapping | None
    faults: tuple[MappingFault, ...]
    legible: bool = True


def read(text: str) -> ParsedMapping:
    """Never raises: whatever is wrong is among the faults."""
    try:
        said = _parsed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fault = MappingFault(mark.line + 1 if mark else 0, str(error.problem or error))
        return ParsedMapping({}, None, (fault,), legible=False)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return ParsedMapping({}, None, (MappingFault(0, str(error)[:300]),), legible=not text.strip())
    try:
        return ParsedMapping(said, mapping.compile(said), ())
    except BadMapping as error:
        lines = _lines(text)
        return ParsedMapping(
            said, None, tuple(MappingFault(_line(problem.key, lines), str(problem)) for problem in error.problems)
        )


def _parsed(text: str) -> dict[str, Any]:
    """Raises yaml.YAMLError, and ValueError for anything but keys with values."""
    if len(text) > LONGEST:
        raise ValueError(_("It is longer than %(count)d characters.") % {"count": LONGEST})
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise ValueError(_("References (&name, *name) are not read here. Write it out."))
    said = yaml.load(text, yaml.SafeLoader)
    if not isinstance(said, dict):
        raise ValueError(_("Write one line for each key, such as “title: Order {number}”."))
    plain: dict[str, Any] = json.loads(json.dumps(said, default=str))
    return plain


def _lines(text: str) -> dict[str, int]:
    """In which line each key stands, by its path (`who.email`)."""
    found: dict[str, int] = {}

    def look(node: Any, path: str) -> None:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            name = f"{path}.{key.value}".lstrip(".")
            found[name] = key.start_mark.line + 1
            look(value, name)

    look(yaml.compose(text, yaml.SafeLoader), "")
    return found


def _line(key: str, lines: Data[str, int]) -> int:
    """Of a key, or of the nearest one around it that is there."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 0)


def workbench(source: Source, text: str, samples: list[Row], pattern: str = "") -> dict[str, Any]:
    """The rows, the text, its faults, and what comes of each row. `pattern` names the files it is for, empty: all of
    which no other mapping says so."""
    reading = read(text) if text.strip() else ParsedMapping({}, None, ())
    return {
        "source": source,
        "pattern": pattern,
        "kinds": [],
        "text": text,
        "samples": samples,
        "carried": json.dumps(samples, default=str),
        "faults": reading.faults,
        "legible": reading.legible,
        "missing": missing(reading, samples),
        "shown": preview(source, reading, samples),
        "empty": not text.strip(),
        "differs": bool(text.strip()) and text.strip() != text_of(source, pattern).strip(),
        "pickers": pickers(reading.said, (name for row in samples for name, _value in _flat(row))),
        "example": SampleForm(),
        **UNSAID,
    }


def saved(
    source: Source, text: str, samples: list[Row], pattern: str, waiting: Sequence[WaitingFiles]
) -> dict[str, Any]:
    """What is said after saving; `waiting` are the files that waited until then."""
    rest = [files for files in waiting if files.pattern != pattern]
    freed = sum(files.files for files in waiting) - sum(files.files for files in rest)
    said = ngettext("%(count)d file that waited is being read.", "%(count)d files that waited are being read.", freed)
    return {
        **workbench(source, text, samples, pattern),
        "saved": True,
        "kinds": file_kinds(source, pattern, rest),
        "read_now": said % {"count": freed} if freed else "",
        "waiting": health.troubles([source.pk])[source.pk].quarantined,
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A sample row, and what comes of it: an entry, or only who somebody is, or the reason why nothing does."""

    row: list[tuple[str, str]]
    entry: list[Entry]
    who: tuple[str, ...]
    reason: str
    unread: list[str]


def preview(source: Source, reading: ParsedMapping, samples: Sequence[Row]) -> list[Shown]:
    """As many queries for one row as for several."""
    tried = [_tried(source, reading.compiled, row) for row in samples]
    touches = [draft.touch for draft, _reason, _unread in tried if draft and draft.touch]
    made = iter(entries([_interaction(touch, place) for place, touch in enumerate(touches, 1)]))
    return [
        Shown(
            list(_flat(row))[:MOST_FIELDS],
            [next(made)] if draft and draft.touch else [],
            _who(draft) if draft else (),
            reason,
            unread,
        )
        for row, (draft, reason, unread) in zip(samples, tried, strict=True)
    ]


def _tried(source: Source, compiled: mapping.Mapping | None, row: Row) -> tuple[Draft | None, str, list[str]]:
    """What comes of a row, or why nothing does, and what of it could not be read."""
    if compiled is None:
        return None, "", []
    draft, reason = None, ""
    with collected() as marks:
        try:
            draft = compiled.apply(row, compiled.key(row), timezone.now(), facts_of(source))
        except Unintelligible as refusal:
            reason = str(refusal)
        except Exception as error:  # a preview never fails for what a row holds
            reason = f"{type(error).__name__}: {error}"[:300]
    return draft, reason, unread_words(located(marks, row))


def _flat(row: Row, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field with the way to it, as a mapping names it (`order.number`)."""
    for name, value in row.items():
        own = f"{path}.{name}".lstrip(".")
        if isinstance(value, dict) and value and own.count(".") < DEEPEST:
            yield from _flat(value, own)
        else:
            yield own, value if isinstance(value, str) else json.dumps(value, default=str)


def _who(draft: Draft) -> tuple[str, ...]:
    handles = [*draft.claim.handles, *draft.claim.unverified]
    if draft.follows:
        return (_("Whoever has %(reference)s") % {"reference": draft.follows.reference},)
    name = str(draft.claim.traits.get("name") or "")
    return tuple(dict.fromkeys(part for part in (name, *(handle.value for handle in handles)) if part)) or (
        draft.claim.key.external_id,
    )


def _interaction(touch: InteractionDraft, place: int) -> Interaction:
    """As it would be on a timeline; its number is negative, so that nothing of anybody hangs on it."""
    said = {name: value for name, value in touch._asdict().items() if name not in NOT_STORED}
    return Interaction(pk=-place, **said)


def patterns(source: Source) -> list[str]:
    """The files that have a mapping of their own."""
    found = source.settings.get(file_mappings.MAPPINGS)
    return sorted(found) if isinstance(found, dict) and takes_files(source) else []


@dataclass(frozen=True, slots=True)
class FileKind:
    """Files with a mapping of their own, or that wait for one (`waits`: how many); no pattern: all others."""

    pattern: str
    query: str
    current: bool
    waits: str = ""


def file_kinds(source: Source, current: str, waiting: Sequence[WaitingFiles]) -> list[FileKind]:
    """Those of a source, if it has or needs more than one mapping."""
    if not takes_files(source) or not (source.settings.get(file_mappings.MAPPING) or waiting or current):
        return []
    counts = {files.pattern: files.count for files in waiting}
    own = [*patterns(source), *(name for name in counts if name not in patterns(source))]
    own += [current] if current and current not in own else []
    others = FileKind("", "", not current)
    return [
        others,
        *(FileKind(name, f"?{urlencode({'file': name})}", name == current, counts.get(name, "")) for name in own),
    ]


def takes_files(source: Source) -> bool:
    return isinstance(CONNECTORS.get(source.kind), FileConnector)


def latest_rows(source: Source, pattern: str = "") -> list[Row]:
    """What came last, of these files."""
    newest = Envelope.objects.filter(source=source).order_by("-id").values_list("payload", flat=True)
    rows = [row for row in newest[: GUESSED_FROM * (5 if pattern else 1)] if isinstance(row, dict)]
    slots = [(file_mappings.slot_of(source.settings, str(row.get(file_mappings.FILE) or "")), row) for row in rows]
    return [
        {name: found for name, found in row.items() if name != file_mappings.FILE}
        for slot, row in slots
        if slot == pattern
    ][:GUESSED_FROM]


def proposal(source: Source, samples: Sequence[Row], pattern: str = "") -> str:
    """A mapping made of the names and contents of these rows, for somebody who knows to put right."""
    if not samples:
        return ""
    return as_yaml(propose(samples, pattern or source.name, file_mappings.others(source.settings, pattern)))


def rows_in(content: bytes) -> list[Row]:
    """The first rows of a file or of pasted text. Raises Refused."""
    found = (row.content for row in rows_of(io.BytesIO(content)) if isinstance(row.content, dict) and not row.refused)
    kept: list[Row] = list(islice(found, SAMPLES))
    if not kept:
        raise Refused(400, "no_rows", _("No rows with named columns were found in it."))
    return kept


def carried(text: str) -> list[Row]:
    """Sample rows as the form carries them along; none where they are not what we put there."""
    try:
        found = json.loads(text[:LARGEST] or "[]")
    except (ValueError, RecursionError):
        return []
    return [row for row in found if isinstance(row, dict)][:SAMPLES] if isinstance(found, list) else []


def kept(source: Source, pattern: str, said: Row, text: str, samples: Sequence[Row] = ()) -> dict[str, Any]:
    """The settings to change so that files of this pattern are read so. The first of all may be for any."""
    if not pattern:
        return {file_mappings.MAPPING: said, TEXT: text}
    if not source.settings.get(file_mappings.MAPPING) and not patterns(source):
        columns = sorted(file_mappings.columns_of(samples))[: file_mappings.MOST_COLUMNS]
        made_for = {"name": pattern, "columns": columns}
        return {file_mappings.MAPPING: said, TEXT: text, file_mappings.FIRST_FILE: made_for}
    if is_first(source, pattern):
        return {file_mappings.MAPPING: said, TEXT: text}
    named, texts = (source.settings.get(name) or {} for name in (file_mappings.MAPPINGS, TEXTS))
    return {file_mappings.MAPPINGS: {**named, pattern: said}, TEXTS: {**texts, pattern: text}}


def is_first(source: Source, pattern: str) -> bool:
    """Whether the mapping for all files was made for one of these, and they have none of their own."""
    made_for = source.settings.get(file_mappings.FIRST_FILE)
    named = isinstance(made_for, dict) and made_for.get("name") == pattern
    return named and pattern not in patterns(source)


def text_of(source: Source, pattern: str = "") -> str:
    """The mapping as it was written; without its comments where another way set it."""
    kept = source.settings.get(file_mappings.MAPPING)
    written = source.settings.get(TEXT)
    if pattern and not is_first(source, pattern):
        named, texts = (source.settings.get(name) or {} for name in (file_mappings.MAPPINGS, TEXTS))
        kept, written = named.get(pattern), texts.get(pattern)
    if isinstance(written, str) and read(written).said == (kept or {}):
        return written
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=120) if kept else ""


def missing(reading: ParsedMapping, samples: Sequence[Row]) -> list[str]:
    """Columns the mapping names and no sample has."""
    if reading.compiled is None or not samples:
        return []
    return [
        _("No sample has “%(name)s”; there is “%(near)s”.") % {"name": name, "near": near}
        if near
        else _("No sample has “%(name)s”.") % {"name": name}
        for name, near in reading.compiled.missing(samples).items()
    ]
