"""What the fields of a row mean, as a supervisor wrote it down: plain data, compiled once, applied to every row.

docs/mapping.md has every key with examples. A mapping lives in `Source.settings["mapping"]`, and as YAML in a file.
"""

import hashlib
from collections.abc import Callable, Iterable, Set
from collections.abc import Mapping as Data
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any

import orjson
from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.mapping.compiler import BadMapping, Compiler, MappingProblem
from apps.channels.toolkit.mapping.expressions import Row, Text, Value, as_text
from apps.channels.toolkit.mapping.field_mapping import CHANNELS, DIRECTIONS, FieldReader, fields_of
from apps.channels.toolkit.mapping.groups import LINES, RowGroup, group_of
from apps.channels.toolkit.mapping.person_mapping import MappedPerson, person_of
from apps.foundation.ids import names_card
from apps.foundation.masking import mask
from apps.foundation.text import dates
from apps.interactions.drafts import Draft, Followed, InteractionDraft
from apps.interactions.models import Channel

__all__ = [
    "BadMapping", "Mapping", "MappingProblem", "compile", "compiled", "declared_ids", "digest", "normalise",
    "of_source",
]  # fmt: skip

UNMAPPED = "This source has no mapping yet: nobody has said what its fields mean."
PLACES = (
    "id", "when", "ended", "amount", "cents", "currency", "reference", "verbatim", "link", "score", "scale", "version",
    "only", "items", "cancels",
)  # fmt: skip
ID_PLACES = ("id", "reference")
TEXTS = ("channel", "kind", "direction", "title", "body", "touchpoint", "thread", "refund")
OPTIONS = {"format": dates.ORDERS, "decimal": ("comma", "point")}
KEYS = (*PLACES, *TEXTS, *OPTIONS, "who", "traits", "group", "ids_of")
DEFAULTS = {"channel": Channel.NOTE.value, "kind": "event"}
LONGEST_ID = 180  # characters; longer ones are told apart by their digest
A_DAY = timedelta(days=1)  # a row may be ahead by this much: its zone may be another than the source's
PAYLOAD = 60  # fields of a row that are kept with what is told
PAYLOAD_LINES = 50  # lines of an order, likewise
SAYS_NOTHING: tuple[Any, ...] = (None, "", [], {})
REFUND = "refund"  # the kind of what takes something back


@dataclass(frozen=True)
class Mapping:
    """A compiled mapping. `places` and `texts` are by their keys; what is not mapped is not there. `ids_of` is the
    slug of the source whose numbers these are; `space` tells the ids of one kind of file from those of the others."""

    person: MappedPerson
    places: Data[str, Value] = field(default_factory=dict)
    texts: Data[str, Text] = field(default_factory=dict)
    fields: tuple[tuple[str, FieldReader], ...] = ()
    order: str = ""
    group: RowGroup | None = None
    ids_of: str = ""
    space: str = ""

    def wants(self, row: Any) -> bool:
        """Whether the condition `only` lets it pass."""
        only = self.places.get("only")
        return only is None or not isinstance(row, dict) or only.holds(row)

    def key(self, row: Any) -> str:
        """The row's identity: its id, and its version if that is mapped; else what is in it."""
        own = self._id(row) if isinstance(row, dict) else ""
        if not own or (mask(own) != own and not self.ids.issuperset(self.places["id"].names)):
            return f"row:{digest(row)}"
        version = self.places.get("version")
        return f"{own}~{digest(as_text(version.read(row)))}" if version else own

    def _id(self, row: Row) -> str:
        place = self.places.get("id")
        own = " ".join(as_text(place.read(row)).split()) if place else ""
        if own and self.space:
            own = f"{self.space}:{own}"
        return own if len(own) <= LONGEST_ID else f"{own[:100]}~{digest(own)}"

    def apply(self, row: Any, key: str, received_at: datetime, source: SourceFacts) -> Draft:
        """Who it was and what happened. Raises Unintelligible."""
        if not isinstance(row, dict):
            raise Unintelligible(_("It has no fields with names."))
        if not self.wants(row):
            raise Unintelligible(_("The mapping's condition leaves it out."))
        at = self._when(row, received_at, source.timezone)
        follows = self._follows(row, source) if self.person.reference else None
        claim = follows.claim(source.slug, at) if follows else self.person.claim(row, at, source, self.ids_of)
        return Draft(claim, self._touch(row, key, at, source) if "title" in self.texts else None, follows=follows)

    def _follows(self, row: Row, source: SourceFacts) -> Followed | None:
        """The entry whose person this is about, where only that is named."""
        reference = self.person.followed(row)
        if not reference or self.person.names_somebody(row):
            return None
        sources = dict.fromkeys((source.slug, self.ids_of or source.slug))
        return Followed(reference, tuple(sources), dated="when" not in self.places)

    def _when(self, row: Row, received_at: datetime, zone: str) -> datetime:
        place = self.places.get("when")
        if place is None:
            return received_at
        written = place.read(row)
        read = dates.instant(written, zone, self.order)
        if read is None:
            said = as_text(written)[:60]
            raise Unintelligible(
                _("When it happened cannot be read: “%(text)s” in %(column)s is no date.")
                % {"text": said, "column": place.text}
                if said
                else _("It does not say when it happened: %(column)s is empty.") % {"column": place.text}
            )
        if not dates.EARLIEST <= read <= received_at + A_DAY:
            far = _("When it happened cannot be: “%(text)s” in %(column)s lies before 1980 or in the future.")
            raise Unintelligible(far % {"text": as_text(written)[:60], "column": place.text})
        return dates.plausible(read, received_at)

    def _touch(self, row: Row, key: str, at: datetime, source: SourceFacts) -> InteractionDraft:
        happening = {name: read(row) for name, read in self.fields}
        own = self._id(row)
        if "version" in self.places and own:
            happening["thread"] = happening.get("thread") or f"row:{own}"[:120]
        if not own or "**" in own:  # a masked id is no id: several may look like this one
            external_id = key
        else:
            external_id = f"{own}:{digest(sorted(happening.items()))}" if "version" in self.places else own
        if "ended" in self.places:
            ended = dates.instant(self.places["ended"].read(row), source.timezone, self.order)
            happening["ended_at"] = ended if ended and ended >= at else None
        if "refund" in self.texts and self._takes_back(row, happening.get("amount")):
            happening |= {"title": " ".join(self.texts["refund"].say(row).split())[:200], "kind": REFUND}
        happening["title"] = happening["title"] or _("Untitled")
        return InteractionDraft(external_id=external_id, occurred_at=at, payload=_payload(row), **DEFAULTS | happening)

    def _takes_back(self, row: Row, amount: Decimal | None) -> bool:
        """Whether it cancels or pays back: it says so itself, or its amount or quantities are negative."""
        if "cancels" in self.places and self.places["cancels"].holds(row):
            return True
        return bool(amount is not None and amount < 0) or bool(self.group and self.group.takes_back(row))

    @cached_property
    def ids(self) -> frozenset[str]:
        """The names of the fields it declares to be ids."""
        named = [*(self.places[name] for name in ID_PLACES if name in self.places), *self.person.ids()]
        return frozenset(name for place in named for name in place.names if not names_card(name))

    def columns(self) -> set[str]:
        """Names the mapping expects at the top of a row."""
        mapped = [*self.places.values(), *(value for said in self.texts.values() for value in said.values)]
        names = {name for value in (*mapped, *self.person.values()) for name in value.columns}
        return (names | self.group.columns | {*self.group.by.columns}) - {LINES} if self.group else names

    def fits(self, there: Set[str]) -> bool:
        """Whether rows of these columns can say what it cannot do without: who it was, when, and their id."""
        person = {name for place in self.person.telling() for name in place.columns}
        needed = [person, *({*self.places[name].columns} for name in ("when", "id") if name in self.places)]
        return all(not columns or columns & there for columns in needed)

    def missing(self, rows: Iterable[Row]) -> dict[str, str]:
        """Columns of the mapping that none of these rows has, each with the name that is most like it, if any."""
        there = {name for row in rows if isinstance(row, dict) for name in row}
        return {
            name: next(iter(get_close_matches(name, map(str, there), 1, 0.6)), "")
            for name in sorted(self.columns() - there)
        }


def compile(mapping: Any) -> Mapping:  # noqa: A001 - as `re` has it
    """Raises BadMapping, which lists everything that is wrong with it."""
    if not isinstance(mapping, dict) or not mapping:
        raise BadMapping([MappingProblem("mapping", "it has no keys", "Begin with `who:` and `title:`.")])
    compiler = Compiler()
    for name in mapping:
        if name not in KEYS:
            compiler.unknown(str(name), KEYS)
    written = {name: said for name, said in mapping.items() if said not in (None, "")}
    places = {name: compiler.place(name, written[name]) for name in PLACES if name in written}
    texts = {name: compiler.said(name, written[name]) for name in TEXTS if name in written}
    order = str(written.get("format", ""))
    person = person_of(written.get("who"), written.get("traits"), order, compiler)
    group = group_of(written.get("group"), str(written.get("decimal", "")), compiler)
    _check(written, compiler)
    if compiler.problems:
        raise BadMapping(compiler.problems)
    found = {name: place for name, place in places.items() if place}
    said = {name: text for name, text in texts.items() if text}
    if group:
        found.setdefault("id", group.by)
    always = {name: text for name, text in said.items() if name != "refund"}
    fields = dict(fields_of(found, always, str(written.get("decimal", ""))))
    if group:
        fields |= group.fields(fields.get("body"), fields.get("currency"))
    return Mapping(person, found, said, tuple(fields.items()), order, group, str(written.get("ids_of", "")))


def _check(written: Data[str, Any], compiler: Compiler) -> None:
    """What must go together, and what can only be one of a few words."""
    if "who" not in written:
        compiler.wrong("who", "it is missing", "Say which columns tell who it was, such as `email: E-mail`.")
    if "title" in written and "channel" not in written:
        compiler.wrong("channel", "it is missing", f"Write one of: {', '.join(CHANNELS)}.")
    for name, allowed in {"channel": CHANNELS, "direction": DIRECTIONS}.items():
        said = written.get(name)
        if isinstance(said, str) and "{" not in said and said.strip().lower() not in allowed:
            hint = f"Write one of: {', '.join(allowed)}; or a column in braces, {{{said}}}."
            compiler.wrong(name, f"there is no {name} “{said}”", hint)
    for name, options in OPTIONS.items():
        said = written.get(name)
        if said and said not in options and not (name == "format" and "%" in str(said)):
            pattern = ", or a pattern such as %d.%m.%Y" if name == "format" else ""
            compiler.wrong(name, f"“{said}” is none", f"Write one of: {', '.join(options)}{pattern}.")
    if "amount" in written and "cents" in written:
        compiler.wrong("cents", "there is an amount already", "Keep one of the two.")
    grouped = written.get("group")
    if isinstance(grouped, dict) and {"price", "amount"} & grouped.keys() and {"amount", "cents"} & written.keys():
        compiler.wrong("group", "there is an amount already", "Keep that of the order, or that of its lines.")
    if not isinstance(written.get("ids_of", ""), str) or len(str(written.get("ids_of", ""))) > 40:
        compiler.wrong("ids_of", "it is no source", "Write the slug of the source whose numbers these are.")


def _payload(row: Row) -> dict[str, Any]:
    """The fields that say something."""
    kept = {name: found for name, found in row.items() if found or found not in SAYS_NOTHING}
    if LINES in kept and isinstance(kept[LINES], list):
        kept[LINES] = kept[LINES][:PAYLOAD_LINES]
    return kept if len(kept) <= PAYLOAD else dict(list(kept.items())[:PAYLOAD])


def digest(happening: Any) -> str:
    """The same for the same JSON value, whatever the order of its keys."""
    try:
        plain = orjson.dumps(happening, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    except (TypeError, RecursionError):
        plain = repr(happening).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(plain, digest_size=12).hexdigest()


def compiled(written: Any) -> Mapping:
    """As `compile`, once for each. Raises BadMapping."""
    return _compiled_text(orjson.dumps(written))


@lru_cache(maxsize=256)
def _compiled_text(plain: bytes) -> Mapping:
    return compile(orjson.loads(plain))


def declared_ids(written: Any) -> frozenset[str]:
    """The names of the fields that a written mapping declares to be ids; none where it cannot be followed."""
    try:
        return compiled(written).ids if written else frozenset()
    except BadMapping:
        return frozenset()


def of_source(source: SourceFacts) -> Mapping | None:
    """The mapping of a source, None where nobody made one. Raises BadMapping."""
    mapping = source.settings.get("mapping")
    return compiled(mapping) if mapping else None


Find = Callable[[SourceFacts], Mapping | None]


def normalise(event: StoredEvent, source: SourceFacts, find: Find = of_source) -> Draft:
    """The `normalise` of every connector whose rows are mapped."""
    try:
        mapping = find(source)
    except BadMapping as error:
        raise Unintelligible(str(error).partition("\n")[0]) from None
    if mapping is None:
        raise Unintelligible(UNMAPPED)
    return mapping.apply(event.payload, event.key, event.received_at, source)
