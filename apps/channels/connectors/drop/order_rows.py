"""Rows that belong together, brought together: most lie one after the other, and those that do not are found as well.

Up to `IN_MEMORY` rows are held in memory. A larger file is put aside on the disk, sorted by what its rows have in
common; so memory stays bounded, however many rows an order has and wherever they lie.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from apps.channels.connectors.drop.csv_files import CsvRow

IN_MEMORY = 5_000  # rows
BATCH = 2_000
TABLE = "CREATE TABLE line (place INTEGER PRIMARY KEY, part INTEGER NOT NULL, written BLOB NOT NULL) STRICT"
KEYS = "CREATE TABLE part (key TEXT PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID"
Key = Callable[[dict[str, Any]], str]


def in_groups(rows: Iterator[CsvRow], key: Key) -> Iterator[list[CsvRow]]:
    """Rows with the same key, in the order in which each key is first met. A row without one, and one that cannot be
    used, stands alone."""
    first = list(islice(rows, IN_MEMORY + 1))
    if len(first) <= IN_MEMORY:
        groups: dict[str, list[CsvRow]] = {}
        for place, row in enumerate(first):
            groups.setdefault(_key(row, key) or f"\0{place}", []).append(row)
        yield from groups.values()
        return
    with TemporaryDirectory(prefix="klatsch-rows-") as folder:
        database = sqlite3.connect(f"{folder}/rows", isolation_level=None)
        try:
            yield from _by_disk(database, _chained(first, rows), key)
        finally:
            database.close()


def _chained(first: list[CsvRow], rows: Iterator[CsvRow]) -> Iterator[CsvRow]:
    first.reverse()
    while first:
        yield first.pop()  # what has been put aside need not stay in memory
    yield from rows


def _by_disk(database: sqlite3.Connection, rows: Iterable[CsvRow], key: Key) -> Iterator[list[CsvRow]]:
    for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", TABLE, KEYS, "BEGIN"):
        database.execute(statement)
    lines = _numbered(database, rows, key)
    while batch := list(islice(lines, BATCH)):
        database.executemany("INSERT INTO line VALUES (?, ?, ?)", batch)
    database.execute("CREATE INDEX line_by_part ON line (part, place)")
    found = database.execute("SELECT part, written FROM line ORDER BY part, place")
    for _part, together in groupby(found, key=itemgetter(0)):
        yield [CsvRow(*orjson.loads(written)) for _part, written in together]


def _numbered(database: sqlite3.Connection, rows: Iterable[CsvRow], key: Key) -> Iterator[tuple[int, int, bytes]]:
    """Each row with its place and that of the first row it belongs to."""
    latest, part = "", 0
    for place, row in enumerate(rows):
        own = _key(row, key)
        if not own:
            yield place, place, _written(row)
            continue
        if own != latest:
            database.execute("INSERT OR IGNORE INTO part VALUES (?, ?)", (own, place))
            ((part,),) = database.execute("SELECT place FROM part WHERE key = ?", (own,)).fetchall()
            latest = own
        yield place, part, _written(row)


def _key(row: CsvRow, key: Key) -> str:
    return key(row.content) if not row.refused and isinstance(row.content, dict) else ""


def _written(row: CsvRow) -> bytes:
    return orjson.dumps([row.line, row.content, row.refused])
