"""The events of a file whose columns somebody has explained."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.channels.connectors.drop.csv_files import CsvRow
from apps.channels.connectors.drop.order_rows import in_groups
from apps.channels.contract import RawEvent
from apps.channels.toolkit.mapping.file_mappings import FILE
from apps.channels.toolkit.mapping.mapping import Mapping, digest


def refused(row: CsvRow) -> RawEvent:
    return RawEvent(f"row:{digest(row.content)}", row.content, {"line": row.line}, row.refused)


@dataclass(slots=True)
class MappedRows:
    """`left_out` counts the rows that the mapping's `only` passes over."""

    rows: Iterator[CsvRow]
    mapping: Mapping
    name: str
    left_out: int = 0
    _events: Iterator[RawEvent] = field(init=False)

    def __post_init__(self) -> None:
        self._events = self._grouped() if self.mapping.group else self._single()

    def __iter__(self) -> Iterator[RawEvent]:
        return self._events

    def __next__(self) -> RawEvent:
        return next(self._events)

    def _single(self) -> Iterator[RawEvent]:
        wants, key, ids, meta = self.mapping.wants, self.mapping.key, self.mapping.ids, self._meta()
        for row in self.rows:
            content = row.content
            if row.refused:
                yield refused(row)
            elif wants(content):
                yield RawEvent(key(content), content, meta, ids=ids)
            else:
                self.left_out += 1

    def _grouped(self) -> Iterator[RawEvent]:
        group, ids, meta = self.mapping.group, self.mapping.ids, self._meta()
        if group is None:
            return
        for rows in in_groups(self.rows, group.key):
            if rows[0].refused:
                yield refused(rows[0])
                continue
            whole = group.together([row.content for row in rows])
            if self.mapping.wants(whole):
                yield RawEvent(self.mapping.key(whole), whole, meta, ids=ids)
            else:
                self.left_out += len(rows)

    def _meta(self) -> dict[str, Any]:
        """Which file it was is only kept where the mapping depends on it."""
        return {FILE: self.name} if self.mapping.space else {}
