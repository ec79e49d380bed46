"""Running a tap: finding its tables, trying it out, and reading one table after its last state.

Format: "Singer Specification 0.3" (SCHEMA, RECORD, STATE) and ACTIVATE_VERSION. A state stands for all records before
it; it leaves with the page that holds them and never earlier.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.singer.catalog import Table, columns, selected, tables
from apps.channels.connectors.singer.lines import Lines, TooLong
from apps.channels.connectors.singer.normalise import declared_ids
from apps.channels.connectors.singer.proposal import proposed_mapping
from apps.channels.connectors.singer.taps import started
from apps.channels.connectors.singer.words import last_words, scrub
from apps.channels.contract import Denied, EventPage, RawEvent, ReadRange, SourceFacts, Unavailable
from apps.channels.toolkit.mapping.mapping import digest
from apps.channels.toolkit.payload import Refused, parse
from apps.foundation.ids import names_card
from apps.foundation.text.values import mapping

MOST = 500  # records of a page
SLOWEST = 5.0  # seconds records wait for their page to fill
DISCOVERY = 120.0  # seconds
READING = 1800.0  # seconds a tap may run; whoever reads its pages may stop it any time before
REMEMBERED = 600.0  # seconds a catalog is taken to be true
LONGEST_PK = 120  # characters of a row's key; longer ones are told apart by their digest
MOST_GARBAGE = 50  # lines that are no messages; above, it is not a tap that talks

_catalogs: dict[str, tuple[float, dict[str, Table]]] = {}


def credentials(source: SourceFacts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tap's config with its secret values in it, and those alone."""
    config, secrets = _object(source.settings.get("config")), _object(source.settings.get("secrets"))
    return {**config, **secrets}, secrets


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.strip():
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise Denied(_("The tap's config is not JSON.")) from None
    return dict(mapping(value))


def discovered(source: SourceFacts, *, fresh: bool = False) -> dict[str, Table]:
    """The tables a tap sees. Raises Unavailable with its last words."""
    config, secrets = credentials(source)
    known = digest([source.settings.get("tap"), config])
    at, found = _catalogs.get(known, (0.0, {}))
    if found and not fresh and monotonic() - at < REMEMBERED:
        return found
    with started(source.settings.get("tap"), config, "--discover") as process:
        lines = Lines(process, longest=DISCOVERY, longest_line=CATALOG)
        said = b"\n".join(line for line in lines if isinstance(line, bytes))
        _demand_success(lines, config, secrets)
    found = tables(_catalog(said))
    if len(_catalogs) > 50:
        _catalogs.clear()
    _catalogs[known] = (monotonic(), found)
    return found


CATALOG = 32 * 1024 * 1024  # bytes: some taps print theirs on one line


def _catalog(said: bytes) -> Any:
    try:
        return orjson.loads(said[max(said.find(b"{"), 0) :])
    except orjson.JSONDecodeError:
        raise Unavailable(_("What the tap found is no catalog.")) from None


def _demand_success(lines: Lines, config: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    status = lines.status()
    if status:
        said = last_words(lines.errors, config, secrets)
        raise Unavailable(said or _("The tap ended with status %(status)s and no word.") % {"status": status})


def wanted(source: SourceFacts, found: Mapping[str, Table]) -> list[str]:
    """The streams that were chosen, or those that name somebody."""
    chosen = mapping(source.settings.get("tables"))
    if chosen:
        return list(chosen)
    mapped = mapping(source.settings.get("mappings"))
    return [
        name
        for name, table in found.items()
        if name in mapped or proposed_mapping(name, table.keys, list(table.columns))
    ]


def check(source: SourceFacts) -> str:
    found = discovered(source, fresh=True)
    chosen = wanted(source, found)
    missing = [name for name in chosen if name not in found]
    if missing:
        there = ", ".join(sorted(found)[:20])
        raise Denied(_("There is no table %(name)s. There are: %(there)s.") % {"name": missing[0], "there": there})
    for name in chosen:
        selected(found[name], str(mapping(source.settings.get("tables")).get(name) or ""))
    ways = ", ".join(f"{name} ({_way(found[name], source)})" for name in chosen[:10])
    count = ngettext("%(count)d table found", "%(count)d tables found", len(found)) % {"count": len(found)}
    return _("%(count)s; read: %(ways)s.") % {"count": count, "ways": ways or _("none, because none names a person")}


def _way(table: Table, source: SourceFacts) -> str:
    _method, key = table.method(str(mapping(source.settings.get("tables")).get(table.stream) or ""))
    return _("what is new by %(column)s") % {"column": key} if key else _("whole every time")


def pull(source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
    """One table, from its last state on."""
    table = discovered(source).get(read_range.stream)
    if table is None:
        table = discovered(source, fresh=True).get(read_range.stream)
    if table is None:
        raise Denied(_("There is no table %(name)s any more.") % {"name": read_range.stream})
    config, secrets = credentials(source)
    if read_range.since:
        config.setdefault("start_date", read_range.since.strftime("%Y-%m-%dT%H:%M:%SZ"))
    catalog = selected(table, str(mapping(source.settings.get("tables")).get(read_range.stream) or ""))
    state = mapping((read_range.cursor or {}).get("state"))
    files = {"catalog": catalog, **({"state": state} if state else {})}
    mapped = read_range.stream in mapping(source.settings.get("mappings"))
    talk = Talk(table, read_range.stream, mapped=mapped, ids=declared_ids(read_range.stream, source))
    with started(source.settings.get("tap"), config, **files) as process:
        lines = Lines(process, longest=READING)
        for line in lines:
            yield from talk.hear(line)
        yield from talk.rest()
        try:
            _demand_success(lines, config, secrets)
        except Unavailable:
            if talk.garbage and not lines.errors:
                raise Unavailable(scrub(talk.garbage[-1], config, secrets)) from None
            raise


@dataclass(slots=True)
class Talk:
    """What a tap says, gathered into pages. `safe` are the events for which `state` stands."""

    table: Table
    stream: str
    mapped: bool = False
    ids: frozenset[str] = frozenset()  # fields its mapping declares to be ids
    keys: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    events: list[RawEvent] = field(default_factory=list)
    state: Mapping[str, Any] | None = None
    safe: int = 0
    done: int = 0
    paged_at: float = field(default_factory=monotonic)
    garbage: list[str] = field(default_factory=list)

    def hear(self, line: bytes | TooLong | None) -> Iterator[EventPage]:
        if isinstance(line, TooLong):
            self.events.append(self._too_long(line))
        elif line:
            self._understand(line)
        if len(self.events) >= MOST or line is None or (self.state and monotonic() - self.paged_at > SLOWEST):
            yield from self._pages(all_of_them=len(self.events) - self.safe >= MOST)
            if line is None:
                yield EventPage([], None, self.done)  # a sign of life, while the tap is silent

    def rest(self) -> Iterator[EventPage]:
        yield from self._pages(all_of_them=True)

    def _pages(self, *, all_of_them: bool) -> Iterator[EventPage]:
        self.paged_at = monotonic()
        if self.state is not None:
            ready, state = self.events[: self.safe], {"v": 1, "state": self.state}
            self.events, self.state, self.safe = self.events[self.safe :], None, 0
            yield from self._cut(ready, state)
        if all_of_them and self.events:
            ready, self.events = self.events, []
            yield from self._cut(ready, None)

    def _cut(self, events: list[RawEvent], cursor: Mapping[str, Any] | None) -> Iterator[EventPage]:
        parts = [events[start : start + MOST] for start in range(0, len(events), MOST)] or [[]]
        for part in parts:
            self.done += len(part)
            yield EventPage(part, cursor if part is parts[-1] else None, self.done)

    def _understand(self, line: bytes) -> None:
        try:
            message = mapping(parse(line))
        except Refused:
            message = {}
        kind, name = message.get("type"), str(message.get("stream") or self.stream)
        name = self.stream if name in self.table.names() or name == self.stream else name
        if kind == "RECORD" and isinstance(message.get("record"), dict):
            self._record(name, message["record"])
        elif kind == "STATE" and isinstance(message.get("value"), dict):
            self.state, self.safe = message["value"], len(self.events)
        elif kind == "SCHEMA":
            found = message.get("key_properties")
            self.keys[name] = [str(key) for key in found] if isinstance(found, list) else []
            self.columns[name] = list(columns(message.get("schema")))
        elif kind not in {"ACTIVATE_VERSION", "STATE", "BATCH"}:
            self._complain(line)

    def _record(self, name: str, record: Mapping[str, Any]) -> None:
        if record.get("_sdc_deleted_at"):
            return  # what happened is not undone by removing its row
        said = {column: value for column, value in record.items() if value is not None}
        keys = self.keys.get(name) or (self.table.keys if name == self.stream else [])
        content = {"stream": name, "record": said, "keys": keys}
        meta = {} if self.mapped else {"columns": self.columns.get(name) or sorted(said)}
        ids = frozenset(key for key in keys if not names_card(key))
        self.events.append(RawEvent(row_key(name, keys, said), content, meta, ids=ids | self.ids))

    def _too_long(self, line: TooLong) -> RawEvent:
        beginning = line.beginning.decode(errors="replace")
        reason = _("A line of %(size)d bytes is more than a record may have.") % {"size": line.size}
        content = {"stream": self.stream, "beginning": beginning, "bytes": line.size}
        return RawEvent(f"{self.stream}:line~{digest(content)}", content, refused=reason)

    def _complain(self, line: bytes) -> None:
        self.garbage.append(line[:300].decode(errors="replace"))
        if len(self.garbage) > MOST_GARBAGE:
            raise Unavailable(_("What the tap prints are no Singer messages."))


def row_key(stream: str, keys: list[str], record: Mapping[str, Any]) -> str:
    """`stream:primary key~digest`: the same row again is the same event, a changed one is another."""
    parts = [str(record.get(name, "")) for name in keys]
    own = "|".join(parts) if any(parts) else ""
    own = own if len(own) <= LONGEST_PK else f"{own[:60]}~{digest(own)}"
    return f"{stream[:60]}:{own}~{digest(record)}"
