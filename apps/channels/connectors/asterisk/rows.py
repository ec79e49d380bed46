"""Rows of Master.csv, whatever version of Asterisk and options wrote them."""

import csv
import hashlib
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO

from apps.channels.contract import RawEvent, Refused, SourceFacts
from apps.channels.toolkit.calls import outside
from apps.interactions.models import Direction

BASE = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
NEWER = ("peeraccount", "linkedid", "sequence")  # of `newcdrcolumns`
UNIQUE = re.compile(r"(?:[\w.-]*-)?\d{9,11}\.\d{1,9}")  # seconds since 1970 and a counter, behind a system's name
MOST_COLUMNS = len(BASE) + 5
LONGEST = 16_384  # bytes of a row; one of 500 is long
FIRST = 10  # rows that must not all be broken


def read(file: IO[bytes], source: SourceFacts) -> Iterator[RawEvent]:
    """An event for every call with somebody outside. Raises Refused for what is no Master.csv; a broken row becomes an
    event with `refused` set."""
    found = (_event(line, source) for line in _lines(file))
    first = list(islice(found, FIRST))
    if first and all(event is not None and event.refused for event in first):
        raise Refused(400, "not_a_cdr", "This is no Master.csv: none of its first rows has 16 to 21 columns.")
    yield from (event for event in chain(first, found) if event is not None)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Rows without their ends. Of one that never ends only the beginning is looked at."""
    while line := file.readline(LONGEST):
        whole = line
        while not whole.endswith(b"\n") and (whole := file.readline(LONGEST)):
            pass
        if line.strip():
            yield line.rstrip(b"\r\n")


def _event(line: bytes, source: SourceFacts) -> RawEvent | None:
    """None for calls within the company. Rows have no id of their own: their content is their key."""
    key = f"row:{hashlib.blake2b(line.strip(), digest_size=16).hexdigest()}"
    row = columns(line)
    if row is None:
        return RawEvent(key, {"row": line[:1000].decode("utf-8", "replace")}, refused="It is no row of a Master.csv.")
    found = party(row, source)
    if row["src"] == "src" or found is None:
        return None
    way, number = found
    return RawEvent(key, {**row, "way": way, "phone": number})


def columns(line: bytes) -> dict[str, str] | None:
    """The fields by name; None unless there are 16 to 21. `loguniqueid` and `loguserfield` each add one, and
    `newcdrcolumns` three more."""
    try:
        cells = next(csv.reader([line.decode("utf-8", "replace").lstrip("\ufeff")], strict=True))
    except (csv.Error, StopIteration):
        return None
    if not len(BASE) <= len(cells) <= MOST_COLUMNS or len(line) >= LONGEST:
        return None
    more = cells[len(BASE) :]
    newer = more[-3:] if len(more) >= len(NEWER) else []
    rest = more[: len(more) - len(newer)]
    names = ("uniqueid", "userfield") if len(rest) == 2 or (rest and UNIQUE.fullmatch(rest[0])) else ("userfield",)
    named = dict(zip(BASE, cells, strict=False))
    return {**named, **dict(zip(names, rest, strict=False)), **dict(zip(NEWER, newer, strict=False))}


def party(row: dict[str, str], source: SourceFacts) -> tuple[str, str] | None:
    """Which way the call went and the number of whoever is outside the company; None for internal calls."""
    caller, called = outside(row["src"], source), outside(row["dst"], source)
    if caller:
        return Direction.INBOUND, caller.value
    return (Direction.OUTBOUND, called.value) if called else None
