"""Rows out of a file of any format, in a stream. A row that cannot be read is told with its line; none is lost."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any, cast

import orjson

from apps.channels.connectors.drop.csv_files import CsvRow, cells, columns_of, opened, sniff
from apps.channels.contract import Refused
from apps.channels.toolkit.mapping.expressions import Value
from apps.channels.toolkit.mapping.records import listed
from apps.channels.toolkit.payload import Refused as Unreadable
from apps.channels.toolkit.payload import parse
from apps.foundation.extras import ExtraMissing, load

HEAD = 64 * 1024
LARGEST = 32 * 1024 * 1024  # bytes of one record
PARQUET_ROWS = 1000


def rows(file: IO[bytes], items: Value | None = None) -> Iterator[CsvRow]:
    """`items` leads to the list of rows in JSON that has them further inside. Raises Refused for what is no data."""
    file, head = _peeked(file)
    if head.startswith(b"PAR1"):
        return _parquet(file)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(415, "spreadsheet", "This is a spreadsheet. Save it as CSV (UTF-8), and send that.")
    if head.startswith(b"\x1f\x8b"):
        raise Refused(415, "compressed", "This is a compressed file. Unpack it first.")
    if head.startswith(b"%PDF"):
        raise Refused(415, "no_data", "This is a PDF: it has no columns.")
    plain = head.decode("utf-8-sig", "replace").lstrip() if not head.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    if plain.startswith("[") or (plain.startswith("{") and not _is_lines(plain)):
        return _json(file, items)
    if plain.startswith("{"):
        return _json_lines(file, items)
    return _csv(file, head)


def _peeked(file: IO[bytes]) -> tuple[IO[bytes], bytes]:
    """The file, and how it begins."""
    if file.seekable():
        start = file.tell()
        head = file.read(HEAD)
        file.seek(start)
        return file, head
    buffered = io.BufferedReader(cast(io.RawIOBase, file), HEAD)
    return buffered, buffered.peek(HEAD)


def _is_lines(plain: str) -> bool:
    try:
        return isinstance(json.loads(plain.partition("\n")[0]), dict)
    except ValueError:
        return len(plain.partition("\n")[0]) > HEAD // 2  # a first line too long to see its end


def _csv(file: IO[bytes], head: bytes) -> Iterator[CsvRow]:
    style = sniff(head, whole=len(head) < HEAD)
    if not style.names:
        return
    with opened(file, style.encoding) as text:
        yield from cells(text, style)


def _json_lines(file: IO[bytes], items: Value | None) -> Iterator[CsvRow]:
    line = 0
    while raw := file.readline(LARGEST):
        line += 1
        plain = raw.strip(b"\xef\xbb\xbf\r\n\t ,")
        if not plain:
            continue
        try:
            value = orjson.loads(plain)
        except orjson.JSONDecodeError:
            try:
                value = parse(plain)
            except Unreadable as refusal:
                said = f"Line {line}: {refusal.message}"
                yield CsvRow(line, {"line": plain[:2000].decode("utf-8", "replace")}, said)
                continue
        yield from _found(value, line, items)


def _json(file: IO[bytes], items: Value | None) -> Iterator[CsvRow]:
    """The values of an array, or one after the other, holding one of them at a time."""
    decoder = json.JSONDecoder(parse_constant=lambda _name: None, strict=False)
    number = 0
    with opened(file, "utf-8-sig") as text:
        buffer, place, ended = "", 0, False
        while True:
            place = _skipped(buffer, place, inside=number > 0)
            try:
                value, after = decoder.raw_decode(buffer, place)
                complete = after < len(buffer) or ended
            except (ValueError, RecursionError):
                value, after, complete = None, place, False
            if complete:
                number += 1
                yield from _found(value, number, items)
                place = after
                continue
            if ended:
                break
            more = text.read(max(HEAD, min(len(buffer) - place, LARGEST)))
            ended = not more
            buffer, place = buffer[place:] + more, 0
            if len(buffer) > LARGEST:
                break
    if buffer[place:].strip("\n\r\t ,]"):
        rest = buffer[place : place + 2000]
        yield CsvRow(number + 1, {"rest": rest}, f"Record {number + 1}: from here on it is not JSON.")


def _skipped(buffer: str, place: int, *, inside: bool) -> int:
    marks = " \n\r\t," if inside else " \n\r\t,[\ufeff"
    while place < len(buffer) and buffer[place] in marks:
        place += 1
    return place


def _found(value: Any, number: int, items: Value | None) -> Iterator[CsvRow]:
    for row in listed(value, items):
        if isinstance(row, dict):
            yield CsvRow(number, row)
        else:
            yield CsvRow(number, {"value": row}, f"Record {number}: it has no fields with names.")


def _parquet(file: IO[bytes]) -> Iterator[CsvRow]:
    try:
        pyarrow, parquet = load("pyarrow", extra="parquet"), load("pyarrow.parquet", extra="parquet")
    except ExtraMissing as error:
        raise Refused(400, "no_parquet", str(error)) from error
    number = 0
    try:
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=PARQUET_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield CsvRow(number, {columns_of(name): _plain(found) for name, found in row.items()})
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        if not number:
            raise Refused(400, "bad_parquet", f"The Parquet file cannot be read: {said}") from None
        yield CsvRow(number + 1, {"row": number + 1}, f"Row {number + 1}: from here on it cannot be read: {said}")


def _plain(found: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(found, dict):
        return {str(name): _plain(inner) for name, inner in found.items()}
    if isinstance(found, list | tuple):
        return [_plain(inner) for inner in found]
    if isinstance(found, float):
        return found if abs(found) < float("inf") else None
    if isinstance(found, datetime | date | time):
        return found.isoformat()
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace")
    return found if found is None or isinstance(found, str | int) else str(found)
