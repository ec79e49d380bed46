"""A tap's catalog: which tables there are, how each is best read, and the selection handed back to the tap.

Format: "Discovery Mode" and "Metadata" of the Singer specification; schemas are JSON Schema of any draft, read no
deeper than the names and types of the columns. Pure functions.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.channels.contract import Denied
from apps.foundation.text.values import mapping, mappings

FULL, INCREMENTAL, LOG_BASED = "FULL_TABLE", "INCREMENTAL", "LOG_BASED"
# Columns that grow with each change of a row, the likeliest first.
CHANGED = (
    "updated_at", "modified_at", "last_modified", "changed_at", "date_modified", "updated", "modified", "updated_on",
    "system_modstamp", "updatedat", "modifiedat", "lastmodifieddate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One entry of a catalog."""

    entry: Mapping[str, Any]

    @property
    def stream(self) -> str:
        return str(self.entry.get("tap_stream_id") or self.entry.get("stream") or "")

    @property
    def own(self) -> Mapping[str, Any]:
        """Its metadata at the top."""
        found = [
            mapping(column.get("metadata"))
            for column in mappings(self.entry.get("metadata"))
            if not column.get("breadcrumb")
        ]
        return found[0] if found else {}

    @property
    def columns(self) -> Mapping[str, str]:
        """Each column with a word for its type: `text`, `number`, `instant`, `yes-no`, or nothing."""
        return columns(self.entry.get("schema"))

    @property
    def keys(self) -> list[str]:
        found = self.entry.get("key_properties") or self.own.get("table-key-properties") or []
        return [str(name) for name in found] if isinstance(found, list) else []

    def names(self) -> set[str]:
        """What its records may be called."""
        return {str(self.entry[name]) for name in ("tap_stream_id", "stream", "table_name") if self.entry.get(name)}

    def method(self, wanted: str = "") -> tuple[str, str]:
        """How to read it, and the column that says what is new. `wanted` is such a column, or `all`."""
        forced = str(self.own.get("forced-replication-method") or "")
        given = self.entry.get("replication_key") or self.own.get("replication-key")
        key = wanted or str(given or "") or self._changed()
        if wanted.lower() == "all" or not key or forced in {FULL, LOG_BASED}:
            return (forced or FULL), ""
        return INCREMENTAL, key

    def _changed(self) -> str:
        valid = self.own.get("valid-replication-keys")
        if isinstance(valid, list) and len(valid) == 1:
            return str(valid[0])
        instants = {name.lower(): name for name, kind in self.columns.items() if kind == "instant"}
        return next((instants[name] for name in CHANGED if name in instants), "")


def tables(catalog: Any) -> dict[str, Table]:
    """By their streams."""
    found = [Table(entry) for entry in mappings(mapping(catalog).get("streams"))]
    return {table.stream: table for table in found if table.stream}


def selected(table: Table, wanted: str = "") -> dict[str, Any]:
    """A catalog in which this table alone is chosen, said in every way taps listen to."""
    method, key = table.method(wanted)
    if key and table.columns and key not in table.columns:
        raise Denied(f"{table.stream} has no column “{key}”.")
    entry = copy.deepcopy(dict(table.entry))
    chosen = {"selected": True, "replication-method": method, **({"replication-key": key} if key else {})}
    rest = [mapping for mapping in mappings(entry.get("metadata")) if mapping.get("breadcrumb")]
    entry["metadata"] = [{"breadcrumb": [], "metadata": {**table.own, **chosen}}, *rest]
    entry["replication_method"], entry["selected"] = method, True
    if isinstance(entry.get("schema"), dict):
        entry["schema"]["selected"] = True
    if key:
        entry["replication_key"] = key
    return {"streams": [entry]}


def columns(schema: Any) -> dict[str, str]:
    root = mapping(schema)
    found = mapping(root.get("properties"))
    return {str(name): _kind(inner, root) for name, inner in list(found.items())[:500]}


def _kind(schema: Any, root: Mapping[str, Any]) -> str:
    parts = list(_parts(mapping(schema), root))
    types = {str(kind) for part in parts for kind in _listed(part.get("type"))}
    if any(str(part.get("format", "")).startswith("date") for part in parts):
        return "instant"
    if types & {"number", "integer"}:
        return "number"
    return "yes-no" if "boolean" in types else "text" if "string" in types else ""


def _parts(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """A schema and its alternatives, references within the document followed."""
    yield schema
    if depth > 3:
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        found: Any = root
        for name in reference[2:].split("/"):
            found = mapping(found).get(name)
        yield from _parts(mapping(found), root, depth + 1)
    for name in ("anyOf", "oneOf", "allOf"):
        for inner in mappings(schema.get(name)):
            yield from _parts(inner, root, depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
