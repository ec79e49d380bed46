"""The headers of a mail, whatever its sender made of them: words, people, ids, dates. Pure functions.

Formats: RFC 5322, RFC 2047. Nothing here raises, and nothing takes longer than its input is long: hostile headers
are cut before anything looks at them.
"""

import codecs
import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

LONGEST = 8_000  # characters of one header that are read
MOST_PEOPLE = 50  # of one header
MOST_REFERENCES = 30
MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
# Codecs that take quadratic time, or that do more than read characters.
REFUSED_CODECS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
GUESSED = "cp1252"  # of bytes that are no UTF-8: what most old mail programs in the West wrote

Person = dict[str, str]


def values(message: Message, name: str) -> list[str]:
    """The headers of this name as they came, each on one line and cut to `LONGEST`, the topmost first."""
    found = [str(value)[:LONGEST] for key, value in message.raw_items() if key.lower() == name]
    return [" ".join(_readable(value).split()) for value in found[:20]]


def value(message: Message, name: str) -> str:
    return next(iter(values(message, name)), "")


def _readable(text: str) -> str:
    """Bytes beyond ASCII, which the parser keeps as surrogates, read as UTF-8 or else as the West's old set."""
    return characters(text.encode("utf-8", "surrogateescape")) if not text.isascii() else text


def characters(raw: bytes, charset: str = "utf-8") -> str:
    """Text from bytes in the charset they claim, or in the one they probably are in."""
    for name in (charset, "utf-8"):
        try:
            found = codecs.lookup(name.strip().strip("'\""))
            if found.name not in REFUSED_CODECS:
                return raw.decode(found.name)
        except (LookupError, ValueError):  # UnicodeDecodeError is a ValueError
            continue
    return raw.decode(GUESSED, "replace")


def words(message: Message, name: str, longest: int = 500) -> str:
    return decoded(value(message, name))[:longest]


def decoded(text: str) -> str:
    """Encoded words (RFC 2047) read, also where one character is spread over two of them."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
        read = "".join(
            part if isinstance(part, str) else characters(part, charset or "utf-8") for part, charset in parts
        )
    except Exception:  # the standard library raises all kinds of errors on broken base64
        return text
    return " ".join(read.replace("\x00", "").split()) or text


def people(message: Message, name: str) -> list[Person]:
    """`{"name", "address"}` of each mailbox; whatever has no address is left out."""
    try:
        found = getaddresses(values(message, name))
    except Exception:  # deep comments, wild quoting
        found = [("", address) for line in values(message, name) for address in re.findall(r"[^\s<>,;\"]+@\S+", line)]
    return [
        {"name": decoded(called)[:200], "address": address.strip("<> ").lower()[:320]}
        for called, address in found[:MOST_PEOPLE]
        if "@" in address
    ]


def message_ids(message: Message, name: str) -> list[str]:
    """Message ids without their angle brackets. Some programs leave the brackets out."""
    text = " ".join(values(message, name))
    found = MESSAGE_ID.findall(text) or [word for word in text.split() if "@" in word and len(word) < 998]
    return found if len(found) <= MOST_REFERENCES else [found[0], *found[1 - MOST_REFERENCES :]]


def date(message: Message) -> str:
    """ISO 8601 in UTC; empty where the mail has no date, or none of this calendar."""
    try:
        read = parsedate_to_datetime(value(message, "date"))
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read
        return read.astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def read_date(value: Any) -> datetime | None:
    """What `date` wrote."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
