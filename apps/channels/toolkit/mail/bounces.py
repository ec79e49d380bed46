"""What a mail server says of a mail of ours it could not deliver (RFC 3464). Pure functions."""

from email.message import Message
from typing import Any

from apps.channels.toolkit.mail.bodies import leaves
from apps.channels.toolkit.mail.headers import message_ids, people, value, words

Report = dict[str, Any]
ORIGINALS = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}


def report_of(message: Message) -> Report | None:
    """`{"recipient", "action", "status", "said", "subject", "references"}`, or None if it is no such report.

    `action` is RFC 3464's: failed, delayed, delivered, relayed, expanded. Some servers only name the recipient, in
    X-Failed-Recipients.
    """
    parts = list(leaves(message))
    fields = next(filter(None, map(_fields, parts)), {})
    failed = people(message, "x-failed-recipients")
    if not fields and not (failed and not people(message, "in-reply-to")):
        return None
    original = next(filter(None, map(_original, parts)), None)
    return {
        "recipient": fields.get("recipient") or (failed[0]["address"] if failed else ""),
        "action": fields.get("action") or "failed",
        "status": fields.get("status", ""),
        "said": fields.get("said", ""),
        "subject": words(original, "subject") if original is not None else "",
        "references": _thread(original) if original is not None else [],
    }


def _fields(part: Message) -> dict[str, str]:
    """The first recipient's group of fields; the parser has made a message of each group."""
    groups = part.get_payload()
    if part.get_content_type() != "message/delivery-status" or not isinstance(groups, list):
        return {}
    for group in groups:
        if not isinstance(group, Message):
            continue
        named = value(group, "original-recipient") or value(group, "final-recipient")
        address = named.partition(";")[2].strip("<> ").lower()
        if "@" in address:
            return {
                "recipient": address[:320],
                "action": value(group, "action").lower()[:20],
                "status": value(group, "status")[:20],
                "said": value(group, "diagnostic-code").partition(";")[2].strip()[:500],
            }
    return {}


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
