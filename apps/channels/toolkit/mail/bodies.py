"""The text of a mail, and what is attached. Pure functions.

Everything that stands in a mail as text is its text, in the order it stands in: Apple's programs write a part before
and a part after every picture, gateways put their footer below. Of parts that say the same (`multipart/alternative`)
the plain one is read. HTML never leaves here as HTML (`markup`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

from apps.channels.toolkit.mail.files import file_name
from apps.channels.toolkit.mail.headers import decoded, hints_of
from apps.channels.toolkit.mail.markup import text_from_html
from apps.channels.toolkit.mail.paragraphs import is_flowed, joined
from apps.channels.toolkit.mail.parts import MailLeaf, contents, leaves_of
from apps.foundation.text.charsets import characters

LONGEST_TEXT = 100_000  # characters that are kept
MOST_ATTACHMENTS = 50
LONGEST_STUB = 400  # characters of a plain part that only says that there is another
STUB = re.compile(r"html|e-?mail (?:client|program)|view (?:this|the|in)|browser|multi-?part", re.IGNORECASE)
LETTERS = re.compile(r"[\W_]+")
META = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
TEXTS = {"text/plain", "text/html"}
REPORTS = {"message/delivery-status", "message/feedback-report", "message/disposition-notification"}

Attached = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one part, or of several that belong together, and the type it was written in."""

    text: str
    kind: str
    parts: tuple[Message, ...]


def text_of(message: Message) -> tuple[str, str]:
    """The text to read, and the content type it was written in (empty where there is none)."""
    body = _body(message)
    return (tidy(body.text), body.kind) if body else ("", "")


def tidy(text: str) -> str:
    """Lines ended one way, no character that is none, no more than `LONGEST_TEXT`."""
    lines = text[:LONGEST_TEXT].replace("\x00", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def attachments(message: Message) -> list[Attached]:
    """`{"name", "type", "size", "inline"}` of every part that is not the text; sizes are of the decoded bytes, near
    enough. `inline` are the pictures of a page, which nobody attached."""
    body = _body(message)
    read = [id(part) for part in body.parts] if body else []
    found = [
        attached(leaf)
        for leaf in leaves_of(message)
        if id(leaf.part) not in read and (_is_attached(leaf.part) or leaf.part.get_content_maintype() != "text")
    ]
    return [part for part in found if part["type"] not in REPORTS][:MOST_ATTACHMENTS]


def attached(leaf: MailLeaf) -> Attached:
    kind = leaf.part.get_content_type()[:100]
    return {
        "name": _name(leaf.part),
        "type": kind,
        "size": _size(leaf.part),
        "inline": kind.startswith("image/") and leaf.within == "multipart/related",
    }


def _body(message: Message) -> Passage | None:
    """All that is text; where nothing is but a part with a file's name, that one."""
    found = _joined(_passages(message))
    if found is not None and found.text.strip():
        return found
    named = [leaf.part for leaf in leaves_of(message) if leaf.part.get_content_type() in TEXTS]
    shown = [part for part in named if part.get_content_disposition() != "attachment"]
    return _joined([_passage(part) for part in shown[:1]]) or found


def _passages(part: Message) -> list[Passage]:
    inner = contents(part)
    kind = part.get_content_type()
    if not inner:
        is_text = kind in TEXTS or part.get_content_maintype() == "multipart"
        return [_passage(part)] if is_text and not _is_attached(part) else []
    if kind == "multipart/alternative":
        chosen = _chosen([_joined(_passages(child)) for child in inner])
        return [chosen] if chosen else []
    if kind == "multipart/signed":
        inner = inner[:1]
    return [passage for child in inner for passage in _passages(child)]


def _passage(part: Message) -> Passage:
    text = _decoded_text(part)
    is_html = part.get_content_type() == "text/html"
    return Passage(text_from_html(text) if is_html else text, "text/html" if is_html else "text/plain", (part,))


def _joined(passages: Sequence[Passage]) -> Passage | None:
    """One below the other; what says the same as the one before it (plain text and HTML side by side) only once."""
    kept: list[Passage] = []
    for passage in passages:
        before = kept[-1] if kept else None
        if before and before.kind != passage.kind and _says(before, passage):
            continue
        if before and before.kind == "text/html" and passage.kind == "text/plain" and _says(passage, before):
            kept.pop()
        if passage.text.strip() or not kept:
            kept.append(passage)
    if not kept:
        return None
    text = "\n\n".join(passage.text.strip() for passage in kept if passage.text.strip())
    return Passage(text, kept[0].kind, tuple(part for passage in passages for part in passage.parts))


def _says(first: Passage, second: Passage) -> bool:
    """Whether the first says all that the second says."""
    said = LETTERS.sub("", second.text[:LONGEST_TEXT])
    return bool(said) and said == LETTERS.sub("", first.text[:LONGEST_TEXT])


def _chosen(found: Sequence[Passage | None]) -> Passage | None:
    """The plain one, unless it is empty or only says that one's program should show the other."""
    there = [passage for passage in found if passage and passage.text.strip()]
    plain = next((passage for passage in there if passage.kind == "text/plain"), None)
    other = next((passage for passage in there if passage.kind != "text/plain"), None)
    if plain and other and _is_stub(plain.text.strip(), other.text):
        return other
    return plain or other or next(filter(None, found), None)


def _is_stub(plain: str, other: str) -> bool:
    return (
        len(plain) < LONGEST_STUB
        and bool(STUB.search(plain))
        and len(other) > 2 * len(plain)
        and plain[:40] not in other
    )


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def _name(part: Message) -> str:
    inner = part.get_payload()
    if (
        part.get_content_type() == "message/rfc822"
        and isinstance(inner, list)
        and inner
        and isinstance(inner[0], Message)
    ):
        return decoded(str(inner[0].get("subject") or ""))[:200] or "message"
    name = " ".join(file_name(part).replace("\x00", "").split())
    return name.replace("\\", "/").rpartition("/")[2][:200] or part.get_content_type()[:100]


def _size(part: Message) -> int:
    inner = part.get_payload()
    if not isinstance(inner, str):
        return 0
    encoded = str(part.get("content-transfer-encoding") or "").strip().lower() == "base64"
    return (len(inner) - inner.count("\n")) * 3 // 4 if encoded else len(inner)


def _decoded_text(part: Message) -> str:
    try:
        raw = part.get_payload(decode=True)
    except Exception:
        raw = None
    if not isinstance(raw, bytes):  # what claims to have parts has a text all the same
        raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    page = [META.search(raw[:2048])] if part.get_content_type() == "text/html" else []
    said = [found[1].decode("ascii", "replace") for found in page if found]
    text = characters(raw, next(iter(hints_of(part)), ""), said)
    return joined(text, part) if is_flowed(part) else text
