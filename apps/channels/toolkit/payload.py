"""From bytes on the wire to JSON values, whatever the sender made of them. Pure functions.

Stricter than needed would lose data: SDKs give up on a 400. So NaN and infinities are read as null, a UTF-8 byte order
mark is skipped, half surrogate pairs become U+FFFD and integers beyond 64 bits become strings. What cannot be read at
all raises `Refused` with the HTTP status the sender should see.
"""

import json
import zlib
from typing import Any

import orjson

from apps.foundation.masking import clean


class Refused(Exception):
    """The whole request is turned away. `code` is a word for programs, the message a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def inflate(body: bytes, encoding: str, largest: int) -> bytes:
    """Undo a Content-Encoding, never holding more than `largest` bytes of the result."""
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        if encoding not in {"", "identity"}:
            raise Refused(415, "unsupported_encoding", f"Content-Encoding {encoding[:40]!r} is not understood.")
        plain = body
    else:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        try:
            plain = unpacker.decompress(body, largest + 1)
        except zlib.error:
            raise Refused(400, "bad_encoding", "The compressed body cannot be read.") from None
        if not unpacker.eof and len(plain) <= largest:
            raise Refused(400, "bad_encoding", "The compressed body ends too early.")
    if len(plain) > largest:
        raise Refused(413, "too_large", f"A request may have {largest} bytes, uncompressed.")
    return plain


def parse(body: bytes) -> Any:
    """The JSON value of a body."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parse_leniently(body)


def _parse_leniently(body: bytes) -> Any:
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=lambda _name: None,
            parse_int=_integer,
            parse_float=_number,
        )
        return clean(value)
    except UnicodeDecodeError:
        raise Refused(400, "bad_text", "The body is not UTF-8.") from None
    except RecursionError:
        raise Refused(400, "too_deep", "The JSON nests too deep.") from None
    except ValueError:
        raise Refused(400, "bad_json", "The body is not JSON.") from None


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) < float("inf") else None
