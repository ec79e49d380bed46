"""Which mapping reads which file of a source: orders, payments and reviews of one shop have different columns. Pure.

`settings["mapping"]` is for all files but those of which `settings["mappings"]` says otherwise, by the pattern of their
names. A pattern has `#` for any digits, as `pattern_of` makes it, or wildcards (`pay*.csv`) where a person wrote it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.contract import Nameless, SourceFacts, StoredEvent
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.expressions import Row
from apps.channels.toolkit.mapping.groups import LINES
from apps.interactions.drafts import Draft

MAPPING, MAPPINGS = "mapping", "mappings"
FIRST_FILE = "mapping_file"  # the setting with the name and the columns of the file that `mapping` was made for
FILE = "_file"  # the field of an envelope that says which file its row was in
ROWS = "_rows"  # and that of one which keeps a whole file until somebody has said what its columns mean
DIGITS = re.compile(r"\d+(?:[\-_.T ]\d+)*")
LONGEST = 120  # characters of a name
MOST_COLUMNS = 300  # of a file that are remembered
ALIKE = 0.8  # the share of columns that two files of one kind have in common

Settings = Mapping[str, Any]


def pattern_of(name: str) -> str:
    """What the names of all files of one kind have in common: `orders-2026-11.csv` is `orders-#.csv`."""
    plain = " ".join(name.lower().split())[-LONGEST:]
    stem = plain.partition(".")[0]
    return DIGITS.sub("#", plain) if re.search(r"[^\W\d_]", stem) else plain


def slot_of(settings: Settings, name: str) -> str:
    """The pattern under which a mapping of its own is kept for files of this name; empty where there is none."""
    named = _named(settings)
    own = pattern_of(name)
    if own in named:
        return own
    return next((pattern for pattern in named if fnmatchcase(name.lower(), pattern.lower())), "")


def written_for(settings: Settings, name: str) -> Any:
    """The mapping of a file of this name, as it was written; None where nobody has made one."""
    slot = slot_of(settings, name)
    return _named(settings)[slot] if slot else settings.get(MAPPING)


def compiled_for(source: SourceFacts, name: str) -> mapping.Mapping | None:
    """The same, ready to read rows. Raises BadMapping."""
    slot = slot_of(source.settings, name) if name else ""
    if not slot:
        return mapping.of_source(source)
    return replace(mapping.compiled(_named(source.settings)[slot]), space=slot)


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """What a row says by the mapping of the file it was in. Raises Unintelligible."""
    payload = event.payload
    if not isinstance(payload, dict) or FILE not in payload:
        return mapping.normalise(event, source)
    name = str(payload[FILE])
    if ROWS in payload:
        raise Nameless(unexplained(name))
    event = event._replace(payload={field: found for field, found in payload.items() if field != FILE})
    return mapping.normalise(event, source, lambda source: compiled_for(source, name))


def lines_in(payload: Any, source: SourceFacts) -> str:
    """The field in which the rows lie that an event of this source was put together of; empty where it is one row."""
    if not isinstance(payload, dict) or not isinstance(payload.get(LINES), list):
        return ""
    try:
        compiled = compiled_for(source, str(payload.get(FILE) or ""))
    except mapping.BadMapping:
        return ""
    return LINES if compiled and compiled.group else ""


def others(settings: Settings, name: str) -> list[Mapping[str, Any]]:
    """The mappings of the source's other files."""
    slot, named = slot_of(settings, name), _named(settings)
    kept = [written for pattern, written in named.items() if pattern != slot]
    made_for = settings.get(FIRST_FILE)
    if slot or not isinstance(made_for, dict) or made_for.get("name") != pattern_of(name):
        kept.insert(0, settings.get(MAPPING))
    return [written for written in kept if isinstance(written, dict) and written]


def unexplained(name: str) -> str:
    return _("%(file)s has columns no mapping knows.") % {"file": name}


def said_of(settings: Settings) -> str:
    """Another one whenever somebody has said something else about the files of a source."""
    return mapping.digest([settings.get(name) for name in (MAPPING, MAPPINGS, FIRST_FILE)])


def knows(settings: Settings, name: str, rows: Iterable[Row]) -> bool:
    """Whether a file of this name with these rows can be read: a mapping was made for such files, and the columns that
    it cannot do without are there. What is read otherwise is a guess. Raises BadMapping."""
    rows = list(rows)
    there = columns_of(rows)
    return is_for(settings, name, rows) and (not there or mapping.compiled(written_for(settings, name)).fits(there))


def is_for(settings: Settings, name: str, rows: Iterable[Row]) -> bool:
    """Whether the source has a mapping for a file of this name with these rows. That for all files is it, unless it
    was made for a file of another name with other columns."""
    if slot_of(settings, name):
        return True
    if not settings.get(MAPPING):
        return False
    made_for = settings.get(FIRST_FILE)
    if not isinstance(made_for, dict) or pattern_of(name) in {made_for.get("name"), *_also(made_for)}:
        return True
    there, before = columns_of(rows), set(made_for.get("columns") or ())
    return not there or len(there & before) >= ALIKE * len(there | before)


def columns_of(rows: Iterable[Row]) -> set[str]:
    return {str(column) for row in rows if isinstance(row, dict) for column in row}


def kept_for(settings: Settings, name: str, written: Any, rows: Iterable[Row]) -> dict[str, Any]:
    """The settings to change so that files of this name, with such rows, are read so, and none of another name
    otherwise than before."""
    own, default = pattern_of(name), settings.get(MAPPING)
    slot, made_for = slot_of(settings, name), settings.get(FIRST_FILE)
    if slot:
        return {MAPPINGS: {**_named(settings), slot: written}} if _named(settings)[slot] != written else {}
    if default == written:
        if is_for(settings, name, rows) or not isinstance(made_for, dict):
            return {}
        return {FIRST_FILE: {**made_for, "also": [*_also(made_for), own]}}
    if not default or (isinstance(made_for, dict) and made_for.get("name") == own):
        columns = sorted(columns_of(rows))[:MOST_COLUMNS]
        return {MAPPING: written, FIRST_FILE: {"name": own, "columns": columns}}
    return {MAPPINGS: {**_named(settings), own: written}}


def _also(made_for: Mapping[str, Any]) -> list[str]:
    """Files of other names and columns that somebody wants to be read by the same mapping."""
    found = made_for.get("also")
    return [str(name) for name in found] if isinstance(found, list) else []


def _named(settings: Settings) -> dict[str, Any]:
    found = settings.get(MAPPINGS)
    return found if isinstance(found, dict) else {}
