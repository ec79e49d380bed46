"""What servers say of a mail of ours that they could not deliver, or that somebody complained about. Pure functions.

Formats: RFC 3464 (delivery reports), RFC 5965 (complaints). Servers that write neither name the recipients in
X-Failed-Recipients or in their text (`server_notes`).
"""

import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

from apps.channels.toolkit.mail.headers import message_ids, people, value, words
from apps.channels.toolkit.mail.parts import leaves
from apps.channels.toolkit.mail.server_notes import ServerNote, note_of

Report = dict[str, Any]
ORIGINALS = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
}
STATUSES = {"message/delivery-status", "message/global-delivery-status"}
COMPLAINT = "message/feedback-report"
MOST = 50  # recipients of one report
XTEXT = re.compile(r"\+([0-9A-F]{2})")


def reports_of(message: Message) -> list[Report]:
    """`{"recipient", "action", "status", "said", "subject", "references"}` for each recipient; none if it is no such
    report.

    `action` is RFC 3464's (failed, delayed, delivered, relayed, expanded), or `complained` with the kind of complaint
    as `said`.
    """
    parts = list(leaves(message))
    found = [fields for part in parts for fields in _recipients(part)]
    original = next(filter(None, map(_original, parts)), None)
    if not found:
        found = [fields for part in parts for fields in _complaints(part, original)]
    if not found:
        note = note_of(message)
        if note is None and _claims(message):
            note = ServerNote(tuple(person["address"] for person in people(original, "to")) if original else ("",))
        if note is None:
            return []
        original = original if original is not None else _headers_in(note.original)
        found = [_noted(note, recipient) for recipient in note.recipients or ("",)]
    about = {"subject": words(original, "subject"), "references": _thread(original)} if original is not None else {}
    alone = {fields["recipient"]: fields for fields in reversed(found)}
    return [{"subject": "", "references": [], **fields, **about} for fields in reversed(alone.values())][:MOST]


def _noted(note: ServerNote, recipient: str) -> Report:
    return {"recipient": recipient, "action": note.action, "status": note.status, "said": note.said}


def _claims(message: Message) -> bool:
    """Whether it says of itself that it is one, and names nobody that can be read."""
    return message.get_content_type() == "multipart/report" and "delivery-status" in str(message.get("content-type"))


def _groups(part: Message) -> list[Message]:
    """Groups of fields; the parser has made a message of each."""
    groups = part.get_payload()
    return [group for group in groups if isinstance(group, Message)] if isinstance(groups, list) else []


def _recipients(part: Message) -> Iterator[Report]:
    if part.get_content_type() not in STATUSES:
        return
    for group in _groups(part):
        named = (_address(value(group, name)) for name in ("original-recipient", "final-recipient"))
        recipient = next(filter(None, named), "")
        if recipient:
            yield {
                "recipient": recipient,
                "action": value(group, "action").partition("(")[0].strip().lower()[:20] or "failed",
                "status": value(group, "status").partition("(")[0].strip()[:20],
                "said": value(group, "diagnostic-code").partition(";")[2].strip()[:500],
            }


def _address(text: str) -> str:
    """The address of a field, whose type stands before a semicolon; `rfc822` may write it as xtext (RFC 3461)."""
    named = (text.partition(";")[2] or text).strip().strip("<>'\" ").lower()
    if "@" not in named:
        named = XTEXT.sub(lambda code: chr(int(code[1], 16)), named.upper()).lower()
    return named[:320] if "@" in named else ""


def _complaints(part: Message, original: Message | None) -> Iterator[Report]:
    if part.get_content_type() != COMPLAINT:
        return
    for group in _groups(part)[:1]:
        named = [_address(text) for text in group.get_all("original-rcpt-to", [])]
        reached = [person["address"] for person in people(original, "to")] if original is not None else []
        kind = value(group, "feedback-type").lower()[:40] or "abuse"
        for recipient in [*filter(None, named)] or reached[:1] or [""]:
            yield {"recipient": recipient, "action": "complained", "status": "", "said": kind}


def _original(part: Message) -> Message | None:
    """The mail the report is about, or its headers."""
    if part.get_content_type() not in ORIGINALS:
        return None
    inner = part.get_payload()
    if isinstance(inner, list):
        return inner[0] if inner and isinstance(inner[0], Message) else None
    return _headers_in(str(inner))


def _headers_in(text: str) -> Message:
    found: Message = Message()
    for line in text.replace("\r", "").replace("\n ", " ").replace("\n\t", " ").split("\n")[:200]:
        name, colon, content = line.partition(":")
        if colon and name.strip() and " " not in name.strip():
            found[name.strip()[:80]] = content.strip()
    return found


def _thread(original: Message) -> list[str]:
    return [
        *message_ids(original, "references"),
        *message_ids(original, "in-reply-to"),
        *message_ids(original, "message-id"),
    ]
