"""CSV in whatever dialect it comes: found out from its beginning, read in a stream. Pure but for the file."""

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from apps.foundation.text.detection import detected

LONGEST_CELL = 8 * 1024 * 1024  # characters
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 60  # rows of the beginning
MOST_COLUMNS = 2000
DATA = re.compile(r"[^@\s]+@[^@\s]+\.\w+|[+-]?[\d.,]+|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*")  # no column is called that

YEAR = re.compile(r"(?:19|20)\d\d|(?:0?[1-9]|1[0-2])[./](?:19|20)\d\d")  # and a month of one
ORDINAL = re.compile(r"\d{1,2}")
DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
NAMING = (YEAR, ORDINAL, DAY)  # numbers that columns may be called by

QUOTED = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", re.MULTILINE)

WESTERN = "cp1252"

csv.field_size_limit(LONGEST_CELL)


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read as Windows' own, one by one: files are put together from several systems."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(WESTERN, "replace"), error.end


codecs.register_error("klatsch.western", _as_western)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record of a file: where it begins (line or number), its fields, and why it cannot be used, if so."""

    line: int
    content: Any
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written. `skipped` lines go before its first row of data."""

    encoding: str
    delimiter: str
    quote: str
    names: tuple[str, ...]
    skipped: int


@contextmanager
def opened(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file as text; it stays open."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="klatsch.western", newline="")
    try:
        yield text
    finally:
        with suppress(ValueError):  # whoever reads only the beginning may have closed it
            text.detach()


def encoding_of(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    odd, even = head[1:2000:2].count(0), head[0:2000:2].count(0)
    if max(odd, even) > len(head[:2000]) // 5 and min(odd, even) < 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    found = detected(head, whole=False)
    return "utf-8-sig" if found in {"utf-8", WESTERN} else found


def sniff(head: bytes, *, whole: bool) -> Style:
    """The style of a file that begins so; `whole` where this is all of it."""
    encoding = encoding_of(head)
    decoder = codecs.getincrementaldecoder(encoding)(errors="klatsch.western")
    text = decoder.decode(head, final=whole)
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    separator = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # what a spreadsheet writes for itself
    skipped = 1 if separator else 0
    body = text[separator.end() :] if separator else text
    quote = "'" if '"' not in body and len(QUOTED.findall(body)) > 3 else '"'
    read = {delimiter: _parsed(body, delimiter, quote) for delimiter in ([separator[1]] if separator else DELIMITERS)}
    delimiter = max(read, key=lambda delimiter: _regularity(read[delimiter]))
    rows = read[delimiter]
    if not rows:
        return Style(encoding, delimiter, quote, (), skipped)
    width = _width(rows)
    first = next((place for place, (_line, row) in enumerate(rows) if _is_full(row, width)), 0)
    before, header = rows[first]
    if not _names_columns(header, [row for _line, row in rows[first + 1 :]]):
        return Style(encoding, delimiter, quote, tuple(f"column {n + 1}" for n in range(width)), skipped + before)
    after = rows[first + 1][0] if len(rows) > first + 1 else before + 1 + sum(cell.count("\n") for cell in header)
    return Style(encoding, delimiter, quote, _names(header), skipped + after)


def _parsed(text: str, delimiter: str, quote: str) -> list[tuple[int, list[str]]]:
    """The first rows that are not empty, each with the number of lines before it."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    rows, before = [], 0
    try:
        for row in islice(reader, LOOKED_AT):
            if any(cell.strip() for cell in row):
                rows.append((before, row))
            before = reader.line_num
    except csv.Error:
        pass
    return rows


def _width(rows: Sequence[tuple[int, list[str]]]) -> int:
    """How many cells most rows have; of equals the more, unless the last of them is always empty."""
    counts = Counter(len(row) for _line, row in rows)
    filled = {len(row) for _line, row in rows if row[-1].strip()}
    return max(counts, key=lambda width: (counts[width] if width > 1 else 0, width in filled, width))


def _regularity(rows: Sequence[tuple[int, list[str]]]) -> tuple[float, int]:
    if not rows:
        return 0.0, 0
    width = _width(rows)
    share = sum(len(row) == width for _line, row in rows) / len(rows)
    return (share if width > 1 else 0.0), width


def _is_full(row: Sequence[str], width: int) -> bool:
    """Whether it may be the header: what a bank writes above it has fewer cells, or empty ones."""
    said = sum(bool(cell.strip()) for cell in row)
    return len(row) == width and said >= max(1, width * 0.6)


def _names_columns(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row has names. A number or a day is one (`name,2025,2026`) where words stand beside it, and what is
    below is of another kind: no years below years, no days below days."""
    like = [place for place, cell in enumerate(header) if DATA.fullmatch(cell.strip())]
    if not like:
        return True
    said = [header[place].strip() for place in like]
    if len(like) == sum(bool(cell.strip()) for cell in header) or len({*said}) < len(said):
        return False
    kinds = {next((kind for kind in NAMING if kind.fullmatch(cell)), None) for cell in said}
    kind = kinds.pop() if len(kinds) == 1 else None
    under = [row[place].strip() for row in below for place in like if place < len(row)]
    if kind is None or (kind is ORDINAL and not _counts_up(said)):
        return False
    return kind is ORDINAL or sum(bool(kind.fullmatch(cell)) for cell in under) <= len(under) // 4


def _counts_up(numbers: Sequence[str]) -> bool:
    """Months, weeks, sizes: 1, 2, 3."""
    first = int(numbers[0])
    return len(numbers) > 2 and [int(number) for number in numbers] == list(range(first, first + len(numbers)))


def _names(header: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for place, cell in enumerate(header[:MOST_COLUMNS], start=1):
        name = columns_of(cell) or f"column {place}"
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if name in names else name)
    return tuple(names)


def columns_of(cell: str) -> str:
    """A column's name on one line."""
    return " ".join(cell.replace("\ufeff", "").split())[:120]


class _Lines:
    """The lines of a file, those of the record under way kept in case it must be read again."""

    def __init__(self, text: Iterator[str], number: int) -> None:
        self.text, self.number = text, number
        self.held: list[str] = []
        self.again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.text)
        self.held.append(line)
        return line

    def begin(self) -> None:
        self.number += len(self.held)
        self.held.clear()

    def put_back(self) -> str:
        """All but the first line of the record are read again as records of their own."""
        first, *rest = self.held
        self.again.extendleft(reversed(rest))
        self.held = [first]
        return first


def cells(text: io.TextIOWrapper, style: Style) -> Iterator[CsvRow]:
    """The rows of a file. A row of another width, and one with a quote nobody closes, is told as refused."""
    for _line in range(style.skipped):
        text.readline()
    names, width = style.names, len(style.names)
    lines = _Lines(text, style.skipped)
    while True:
        reader = csv.reader(lines, delimiter=style.delimiter, quotechar=style.quote)
        try:
            for row in reader:
                if len(row) == width and len(lines.held) == 1:
                    yield CsvRow(lines.number + 1, dict(zip(names, row, strict=True)))
                elif row and any(row):
                    yield _odd(row, lines, style)
                lines.begin()
            return
        except csv.Error as error:
            line = lines.number + 1
            first = lines.put_back()
            lines.begin()
            yield CsvRow(line, {"line": first[:2000]}, f"Line {line}: {error}.")


def _odd(row: list[str], lines: _Lines, style: Style) -> CsvRow:
    """A row that takes several lines, or has not as many cells as the header."""
    line, width = lines.number + 1, len(style.names)
    if len(lines.held) > 1:
        open_quote = sum(line.count(style.quote) for line in lines.held) % 2
        if open_quote or len(row) != width:
            first = lines.put_back()
            return CsvRow(line, {"line": first[:2000]}, f"Line {line}: a quote is opened and never closed.")
    if len(row) > width and not any(row[width:]):
        row = row[:width]  # a delimiter at the end of the line
    if len(row) == width:
        return CsvRow(line, dict(zip(style.names, row, strict=True)))
    said = f"Line {line}: it has {len(row)} cells where the first row has {width}."
    return CsvRow(line, {"cells": [cell[:2000] for cell in row[: MOST_COLUMNS * 2]]}, said)
