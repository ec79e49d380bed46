"""A mail as its bytes are, read into the JSON that an envelope keeps. Pure functions.

`content` is what every copy of the mail has in common, in whichever folder it lies; two mails under one Message-ID
that differ in it are two mails. `meta` is what differs between copies (folder, arrival, results of checks) or follows
from the rest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from typing import Any

from apps.channels.contract import RawEvent
from apps.channels.toolkit.mail import headers
from apps.channels.toolkit.mail.automatic import automatic
from apps.channels.toolkit.mail.bodies import Attached, attachments, text_of
from apps.channels.toolkit.mail.bounces import reports_of
from apps.channels.toolkit.mail.head import head_of, mended, without_start

LARGEST = 256 * 1024  # bytes of one mail that are looked at; of a larger one the headers and the text are fetched
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # digests that never look like a card number
ACCIDENTS = (Exception, RecursionError)


@dataclass(frozen=True, slots=True)
class MailCopy:
    """A mail as it lies in a folder. `raw` are its bytes, or its headers and its text where it is `cut`; then
    `attached` tells what else it has. `sent` is set for a folder of sent mails."""

    raw: bytes
    folder: str = "INBOX"
    arrived: datetime | None = None
    size: int = 0
    sent: bool = False
    cut: bool = False
    attached: Sequence[Attached] = ()


def event_of(copy: MailCopy) -> RawEvent:
    """The event a mail is; of a report about several recipients, the first."""
    return events_of(copy)[0]


def events_of(copy: MailCopy) -> list[RawEvent]:
    """The event a mail is. Its key is its Message-ID, or a digest of its headers where it has none. A report about
    several recipients is an event for each of them, whose keys are numbered: `<message-id>#2`."""
    message = _parsed(copy.raw)
    named = next(iter(headers.message_ids(message, "message-id")), "")
    key = named or f"mail:{digest(head_of(copy.raw))}"
    content = _content(message, named)
    reports = _reports(message)
    if len(reports) < 2:
        return [RawEvent(key, content, _meta(message, copy, next(iter(reports), None)))]
    return [
        RawEvent(f"{key}#{number}", content, _meta(message, copy, report)) for number, report in enumerate(reports, 1)
    ]


def _parsed(raw: bytes) -> Message:
    """Headers alone, if what follows them nests deeper than any mail does; never more of them than any mail has."""
    raw = without_start(raw)
    head = head_of(raw)
    first = mended(head)
    try:
        return BytesParser().parsebytes(first + raw[len(head) :])
    except ACCIDENTS:
        return BytesParser().parsebytes(first, headersonly=True)


def digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest().translate(LETTERS)


def _content(message: Message, named: str) -> dict[str, Any]:
    text, kind = _text(message)
    return {
        "message_id": named,
        "date": headers.date(message),
        "subject": headers.words(message, "subject"),
        "from": headers.people(message, "from"),
        "to": headers.people(message, "to"),
        "cc": headers.people(message, "cc"),
        "text": text,
        "type": kind,
    }


def _text(message: Message) -> tuple[str, str]:
    try:
        return text_of(message)
    except ACCIDENTS:
        return "", ""


def _meta(message: Message, copy: MailCopy, report: Mapping[str, Any] | None) -> dict[str, Any]:
    answered = headers.message_ids(message, "references") or headers.message_ids(message, "in-reply-to")
    own = headers.message_ids(message, "message-id")
    about = (report or {}).get("references") or [*answered[:1], *own]
    return {
        "folder": copy.folder,
        "arrived": copy.arrived.astimezone(UTC).isoformat() if copy.arrived else "",
        "size": copy.size or len(copy.raw),
        "cut": copy.cut,
        "sent": copy.sent,
        "senders": len([key for key in message.keys() if key.lower() == "from"]),  # noqa: SIM118 - headers repeat
        "sender": headers.value(message, "from")[:200],
        "reply_to": headers.people(message, "reply-to"),
        "original_from": headers.people(message, "x-original-from") or headers.people(message, "x-original-sender"),
        "bcc": headers.people(message, "bcc"),
        "thread": f"mail:{digest(about[0].encode('utf-8', 'replace'))}" if about else "",
        "attachments": [*copy.attached] or _attachments(message),
        "authentication": [text[:2000] for text in headers.values(message, "authentication-results")[:5]],
        "auto": _automatic(message),
        "list": _list(message),
        "report": report,
    }


def _reports(message: Message) -> list[dict[str, Any]]:
    try:
        return reports_of(message)
    except ACCIDENTS:
        return []


def _automatic(message: Message) -> str:
    try:
        return automatic(message)
    except ACCIDENTS:
        return ""


def _attachments(message: Message) -> list[Attached]:
    try:
        return attachments(message)
    except ACCIDENTS:
        return []


def _list(message: Message) -> str:
    """The mailing list it came over (RFC 2919), or what else says that it went to many at once."""
    name = headers.words(message, "list-id", 200)
    many = headers.value(message, "list-unsubscribe") or headers.value(message, "list-post")
    bulk = headers.value(message, "precedence").lower() in {"bulk", "list", "junk"}
    return name or ("many" if many or bulk else "")
