"""Which mapping reads which file of a source: orders, payments and reviews of one shop have different columns. Pure.

`settings["mapping"]` is for all files but those of which `settings["mappings"]` says otherwise, by the pattern of their
names. A pattern has `#` for any digits, as `pattern_of` makes it, or wildcards (`pay*.csv`) where a person wrote it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from apps.channels.contract import SourceFacts, StoredEvent
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.expressions import Row
from apps.interactions.drafts import Draft

MAPPING, MAPPINGS = "mapping", "mappings"
FIRST_FILE = "mapping_file"  # the setting with the pattern of the file that `mapping` was made for
FILE = "_file"  # the field of an envelope that says which file its row was in
DIGITS = re.compile(r"\d+(?:[\-_.T ]\d+)*")
LONGEST = 120  # characters of a name

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
    event = replace(event, payload={field: found for field, found in payload.items() if field != FILE})
    return mapping.normalise(event, source, lambda source: compiled_for(source, name))


def others(settings: Settings, name: str) -> list[Mapping[str, Any]]:
    """The mappings of the source's other files."""
    slot, named = slot_of(settings, name), _named(settings)
    kept = [written for pattern, written in named.items() if pattern != slot]
    if slot or settings.get(FIRST_FILE) not in (None, pattern_of(name)):
        kept.insert(0, settings.get(MAPPING))
    return [written for written in kept if isinstance(written, dict) and written]


def is_for(settings: Settings, name: str, rows: Iterable[Row]) -> bool:
    """Whether the source has a mapping for a file of this name with these rows. The mapping for all files is it, unless
    it was made for files of another name and its columns are not here."""
    if slot_of(settings, name):
        return True
    written = settings.get(MAPPING)
    if not written:
        return False
    if settings.get(FIRST_FILE) == pattern_of(name):
        return True
    found = list(rows)
    return not found or reads(mapping.compiled(written), found)


def reads(compiled: mapping.Mapping, rows: Iterable[Row]) -> bool:
    """Whether the columns are there without which no row can be told: the time, the number, and one of the person's."""
    there = {name for row in rows if isinstance(row, dict) for name in row}
    needed = [compiled.places[name] for name in ("id", "when") if name in compiled.places]
    needed += [compiled.group.by] if compiled.group else []
    who = [name for value in compiled.person.telling() for name in value.columns]
    return all(there.issuperset(value.columns) for value in needed) and (not who or not there.isdisjoint(who))


def kept_for(settings: Settings, name: str, written: Any) -> dict[str, Any]:
    """The settings to change so that files of this name are read so, and none of another name otherwise than before."""
    own, default = pattern_of(name), settings.get(MAPPING)
    slot = slot_of(settings, name)
    if slot:
        return {MAPPINGS: {**_named(settings), slot: written}}
    if default == written:
        return {}
    if not default or settings.get(FIRST_FILE) == own:
        return {MAPPING: written, FIRST_FILE: own}
    return {MAPPINGS: {**_named(settings), own: written}}


def _named(settings: Settings) -> dict[str, Any]:
    found = settings.get(MAPPINGS)
    return found if isinstance(found, dict) else {}
