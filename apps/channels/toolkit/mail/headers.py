"""The headers of a mail, whatever its sender made of them: words, people, ids, dates. Pure functions.

Formats: RFC 5322, RFC 2047. Nothing here raises, and nothing takes longer than its input is long: hostile headers
are cut before anything looks at them.
"""

import re
from datetime import datetime
from email.header import decode_header
from email.message import Message
from typing import Any

from apps.channels.toolkit.mail.addresses import mailboxes
from apps.foundation.text.charsets import characters
from apps.foundation.text.dates import instant

LONGEST = 8_000  # characters of one header that are read
LONGEST_DATE = 100
MOST_REFERENCES = 30
MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]{1,40})", re.IGNORECASE)

Person = dict[str, str]


def values(message: Message, name: str) -> list[str]:
    """The headers of this name as they came, each on one line and cut to `LONGEST`, the topmost first."""
    found = [str(value)[:LONGEST] for key, value in message.raw_items() if key.lower() == name]
    return [" ".join(readable(message, value).split()) for value in found[:20]]


def value(message: Message, name: str) -> str:
    return next(iter(values(message, name)), "")


def readable(message: Message, text: str) -> str:
    """Bytes beyond ASCII, which the parser keeps as surrogates, in the charset they are in: UTF-8, or what the text of
    the mail is in, or what they look like."""
    if text.isascii():
        return text
    raw = text.encode("utf-8", "surrogateescape")
    return characters(raw, "utf-8", hints_of(message))


def hints_of(message: Message) -> list[str]:
    """What charsets its parts claim to be in."""
    types = [str(value) for part in _parts(message) for key, value in part.raw_items() if key.lower() == "content-type"]
    return list(dict.fromkeys(name for text in types for name in CHARSET.findall(text[:LONGEST])))[:5]


def _parts(message: Message) -> list[Message]:
    inner = message.get_payload()
    within = [part for part in inner[:10] if isinstance(part, Message)] if isinstance(inner, list) else []
    return [message, *within, *(part for outer in within for part in _inner(outer))]


def _inner(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [part for part in inner[:10] if isinstance(part, Message)] if isinstance(inner, list) else []


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
    """`{"name", "address"}` of each mailbox; whatever has no address is left out. Some programs encode the brackets and
    the address along with the name."""
    text = ", ".join(values(message, name))
    found = mailboxes(text) or mailboxes(decoded(text))
    return [{"name": decoded(called)[:200], "address": address[:320]} for called, address in found]


def message_ids(message: Message, name: str) -> list[str]:
    """Message ids without their angle brackets. Some programs leave the brackets out."""
    text = " ".join(values(message, name))
    found = MESSAGE_ID.findall(text) or [word for word in text.split() if "@" in word and len(word) < 998]
    return found if len(found) <= MOST_REFERENCES else [found[0], *found[1 - MOST_REFERENCES :]]


def date(message: Message) -> str:
    """ISO 8601 in UTC, or as it was written where that is no date: then whoever reads it says so."""
    written = value(message, "date")
    read = instant(written)
    return read.isoformat() if read else written[:LONGEST_DATE]


def read_date(written: Any) -> datetime | None:
    """What `date` wrote; None where the mail has no date, or none of this calendar."""
    return instant(written) if isinstance(written, str) and written.strip() else None
