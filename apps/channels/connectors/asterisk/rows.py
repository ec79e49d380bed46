"""Rows of Master.csv, whatever version of Asterisk and options wrote them."""

import csv
import hashlib
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO

from apps.channels.contract import RawEvent, Refused, SourceFacts
from apps.channels.toolkit import calls

BASE = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
NEWER = ("peeraccount", "linkedid", "sequence")  # of `newcdrcolumns`
UNIQUE = re.compile(r"(?:[\w.-]*-)?\d{9,11}\.\d{1,9}")  # seconds since 1970 and a counter, behind a system's name
# Technology and name of a telephone: `SIP/201-00000012`, `Local/201@from-internal-0001;1` are 201.
TELEPHONE = re.compile(r"[\w.]+/([^/@;]+?)(?:-[0-9a-f]{6,})?(?:[@;/].*)?$")
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
    return calls.party(row["src"], row["dst"], source, from_inside=_from_inside(row))


def _from_inside(row: dict[str, str]) -> bool:
    """Whether one of our telephones began it: its channel is an extension's, or what was dialled was dialled on.
    A queue calls its agents over local channels, on behalf of the caller."""
    telephone = TELEPHONE.match(row["channel"][:80])
    if telephone and not row["channel"].startswith("Local/") and calls.is_extension(telephone[1]):
        return True
    dialled = re.sub(r"\D", "", row["dst"][:40])
    on = re.sub(r"[^0-9,&/@]", "", row["lastdata"][:300]) if row["lastapp"].strip().lower() == "dial" else ""
    return len(dialled) >= calls.SHORTEST and dialled in on
