"""The parts of a mail, in their order. Pure functions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

MOST_PARTS = 200
BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,69})\r?\n(?=[a-z-]{4,40}:)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MailLeaf:
    """A part that holds something; `within` is the type of the part it stands in."""

    part: Message
    within: str = ""


def leaves(message: Message) -> Iterator[Message]:
    for leaf in leaves_of(message):
        yield leaf.part


def leaves_of(message: Message) -> Iterator[MailLeaf]:
    """Parts that hold something, in their order. A mail within the mail is one part: what it says is not said by
    whoever sent it on."""
    waiting, seen = [MailLeaf(message)], 0
    while waiting and seen < MOST_PARTS:
        leaf = waiting.pop(0)
        seen += 1
        inner = contents(leaf.part)
        if inner:
            waiting = [MailLeaf(part, leaf.part.get_content_type()) for part in inner] + waiting
        else:
            yield leaf


def contents(part: Message) -> list[Message]:
    """The parts within; none of what is a leaf, or claims to have parts and has none. A boundary that is not the one
    announced is found where it stands, and kept: the parts are the same ones when they are asked for again."""
    if part.get_content_maintype() != "multipart":
        return []
    inner = part.get_payload()
    if isinstance(inner, str):
        raw = part.get_payload(decode=True)  # with its bytes as they came, which the other loses
        boundary = BOUNDARY.search(raw) if isinstance(raw, bytes) else None
        if boundary is None or not isinstance(raw, bytes):
            return []
        inner = [*_parsed(raw[boundary.start() :], boundary[1].strip())]
        part.set_payload(inner)
    return [part for part in inner[:MOST_PARTS] if isinstance(part, Message)] if isinstance(inner, list) else []


def _parsed(raw: bytes, boundary: bytes) -> list[Message | str]:
    head = b'Content-Type: multipart/mixed; boundary="' + boundary.replace(b'"', b"") + b'"'
    inner = BytesParser().parsebytes(head + b"\n\n" + raw).get_payload()
    return [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else []
