"""From bytes on the wire to JSON values, whatever the sender made of them. Pure functions.

Stricter than needed would lose data: SDKs give up on a 400. So NaN and infinities are read as null, a UTF-8 byte order
mark is skipped, UTF-16 and UTF-32 are seen, a declared charset is believed where UTF-8 fails, half surrogate pairs
become U+FFFD and integers beyond 64 bits become strings. What cannot be read at
all raises `Refused` with the HTTP status the sender should see.
"""

import json
import re
from typing import Any

import orjson

from apps.channels.toolkit.compression import ENCODINGS, Damaged, unpack
from apps.foundation.masking import clean
from apps.foundation.text.charsets import codec_of

CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
MOST_ENCODING = 60  # characters of the header: nobody compresses more than twice


class Refused(Exception):
    """The whole request is turned away. `code` is a word for programs, the message a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def inflate(body: bytes, encoding: str, largest: int) -> bytes:
    """Undo a Content-Encoding, never holding much more than `largest` bytes of the result. Several are named in the
    order in which they were applied."""
    names = [name.strip().lower() for name in encoding[:MOST_ENCODING].split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
        if name not in ENCODINGS:
            raise Refused(415, "unsupported_encoding", f"Content-Encoding {name[:40]!r} is not understood.")
        try:
            body = unpack(body, name, largest)
        except Damaged as damage:
            raise Refused(400, "bad_encoding", str(damage)) from None
        if len(body) > largest:
            break
    if len(body) > largest:
        raise Refused(413, "too_large", f"A request may have {largest} bytes, uncompressed.")
    return body


def parse(body: bytes, charset: str = "") -> Any:
    """The JSON value of a body. `charset` is what its header declares; JSON that can be UTF-8 is UTF-8 all the same."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parse_leniently(body, charset)


def _parse_leniently(body: bytes, charset: str) -> Any:
    try:
        value = json.loads(
            _text(body, charset),
            parse_constant=lambda _name: None,
            parse_int=_integer,
            parse_float=_number,
        )
        return clean(value)
    except RecursionError:
        raise Refused(400, "too_deep", "The JSON nests too deep.") from None
    except ValueError:
        raise Refused(400, "bad_json", "The body is not JSON.") from None


def _text(body: bytes, charset: str) -> str:
    """JSON's own encodings show by their first bytes (RFC 4627, section 3); others must be declared."""
    detected = json.detect_encoding(body)
    for encoding in filter(None, (detected, codec_of(charset))):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(400, "bad_text", "The body is not UTF-8, and says of no other encoding that can be read.")


def charset_of(content_type: str) -> str:
    """`utf-16` of `application/json; charset="utf-16"`."""
    found = CHARSET.search(content_type[:200])
    return found[1] if found else ""


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) < float("inf") else None
