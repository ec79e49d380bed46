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
from apps.channels.toolkit.mail.bodies import Attached, attachments, text_of
from apps.channels.toolkit.mail.bounces import report_of

LARGEST = 256 * 1024  # bytes of one mail that are looked at; of a larger one the headers and the text are fetched
LARGEST_HEAD = 64 * 1024
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
    """The event a mail is. Its key is its Message-ID, or a digest of its headers where it has none."""
    message = _parsed(copy.raw)
    named = next(iter(headers.message_ids(message, "message-id")), "")
    return RawEvent(
        key=named or f"mail:{digest(head_of(copy.raw))}",
        content=_content(message, named),
        meta=_meta(message, copy),
    )


def _parsed(raw: bytes) -> Message:
    """Headers alone, if what follows them nests deeper than any mail does; never more of them than any mail has."""
    head = head_of(raw)
    raw = head[:LARGEST_HEAD] + raw[len(head) :]
    try:
        return BytesParser().parsebytes(raw)
    except ACCIDENTS:
        return BytesParser().parsebytes(head_of(raw), headersonly=True)


def head_of(raw: bytes) -> bytes:
    """The headers of a mail, without the empty line after them."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if end >= 0]
    return raw[: min(ends)] if ends else raw


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


def _meta(message: Message, copy: MailCopy) -> dict[str, Any]:
    report = _report(message)
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
        "reply_to": headers.people(message, "reply-to"),
        "bcc": headers.people(message, "bcc"),
        "thread": f"mail:{digest(about[0].encode('utf-8', 'replace'))}" if about else "",
        "attachments": [*copy.attached] or _attachments(message),
        "authentication": [text[:2000] for text in headers.values(message, "authentication-results")[:5]],
        "auto": _automatic(message),
        "list": _list(message),
        "report": report,
    }


def _report(message: Message) -> Mapping[str, Any] | None:
    try:
        return report_of(message)
    except ACCIDENTS:
        return None


def _attachments(message: Message) -> list[Attached]:
    try:
        return attachments(message)
    except ACCIDENTS:
        return []


def _automatic(message: Message) -> str:
    """`replied` for an automatic answer, `generated` for what no person wrote (RFC 3834), else nothing."""
    submitted = headers.value(message, "auto-submitted").partition(";")[0].strip().lower()
    older = any(headers.value(message, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))
    if submitted == "auto-replied" or older or headers.value(message, "precedence").lower() == "auto_reply":
        return "replied"
    return "generated" if submitted not in {"", "no"} else ""


def _list(message: Message) -> str:
    """The mailing list it came over (RFC 2919), or what else says that it went to many at once."""
    name = headers.words(message, "list-id", 200)
    many = headers.value(message, "list-unsubscribe") or headers.value(message, "list-post")
    bulk = headers.value(message, "precedence").lower() in {"bulk", "list", "junk"}
    return name or ("many" if many or bulk else "")
