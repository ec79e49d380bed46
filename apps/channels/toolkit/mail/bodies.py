"""The text of a mail, and what is attached. Pure functions.

HTML never leaves here as HTML: it becomes text, whose quotations begin with `>` as they do in mails that were text
from the start.
"""

import html
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

import nh3

from apps.channels.toolkit.mail.headers import characters, decoded

LONGEST_TEXT = 100_000  # characters that are kept
LONGEST_HTML = 250_000  # characters that are looked at
MOST_PARTS = 200
MOST_ATTACHMENTS = 50
UNCLOSED = 2_000  # more open tags than these cost a real parser quadratic time: no mail program writes them

KEPT = {"p", "br", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"}
CELLS = frozenset({"td", "th"})
DEEPEST_QUOTATION = 5
GAP = re.compile(r"\n(?:[> ]*\n){2,}")
TAG = re.compile(r"<(/?)([a-z0-9]+)>")
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
OPENING = re.compile(r"<[a-zA-Z]")

Attached = dict[str, Any]


def text_of(message: Message) -> tuple[str, str]:
    """The text to read, and the content type it was written in (empty where there is none)."""
    bodies: dict[str, str] = {}
    for part in leaves(message):
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and kind not in bodies and not _is_attached(part):
            bodies[kind] = _decoded_text(part)
    plain = bodies.get("text/plain", "").strip()
    if plain or "text/html" not in bodies:
        return tidy(plain), "text/plain" if "text/plain" in bodies else ""
    return tidy(text_from_html(bodies["text/html"])), "text/html"


def tidy(text: str) -> str:
    """Lines ended one way, no character that is none, no more than `LONGEST_TEXT`."""
    lines = text[:LONGEST_TEXT].replace("\x00", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def attachments(message: Message) -> list[Attached]:
    """`{"name", "type", "size", "inline"}` of every part that is not the text; sizes are of the decoded bytes, near
    enough."""
    found = [
        attached(part)
        for part in leaves(message)
        if _is_attached(part) or part.get_content_maintype() not in {"text", "multipart"}
    ]
    return [part for part in found if part["type"] != "message/delivery-status"][:MOST_ATTACHMENTS]


def attached(part: Message) -> Attached:
    inline = part.get_content_disposition() == "inline" or bool(part.get("content-id"))
    return {
        "name": _name(part),
        "type": part.get_content_type()[:100],
        "size": _size(part),
        "inline": inline and part.get_content_maintype() == "image",
    }


def leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something, in their order. A mail within the mail is one part: what it says is not said by
    whoever sent it on."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting = [part for part in inner if isinstance(part, Message)] + waiting
        else:
            yield part


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except Exception:  # RFC 2231 in a form the standard library cannot read
        return "?"


def _name(part: Message) -> str:
    inner = part.get_payload()
    if (
        part.get_content_type() == "message/rfc822"
        and isinstance(inner, list)
        and inner
        and isinstance(inner[0], Message)
    ):
        return decoded(str(inner[0].get("subject") or ""))[:200] or "message"
    name = " ".join(decoded(_file_name(part)).replace("\x00", "").split())
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
        raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    try:
        charset = part.get_content_charset() or "utf-8"
    except Exception:
        charset = "utf-8"
    return characters(raw, charset) if isinstance(raw, bytes) else ""


def text_from_html(source: str) -> str:
    """Lines where blocks end, `>` before what stands in a blockquote, nothing that is markup, script or style."""
    source = source[:LONGEST_HTML].replace("\x00", "")
    if len(OPENING.findall(source)) - source.count("</") > UNCLOSED:
        return html.unescape(ANY_TAG.sub(" ", source))
    flat = " ".join(
        nh3.clean(source, tags=KEPT, attributes={}, clean_content_tags={"script", "style", "title"}).split()
    )
    lines, depth, at = [""], 0, 0
    for tag in TAG.finditer(flat):
        lines[-1] += html.unescape(flat[at : tag.start()])
        at, closing, name = tag.end(), tag[1] == "/", tag[2]
        if name in CELLS:
            lines[-1] += " " if closing else ""
            continue
        if name == "blockquote":
            depth = max(0, depth + (-1 if closing else 1))
        margin = "> " * min(depth, DEEPEST_QUOTATION)
        lines[-1] = lines[-1].rstrip()
        if name == "p" and closing:
            lines.append(margin.rstrip())
        if lines[-1].strip("> ") or name in {"br", "p"}:
            lines.append(margin)
        lines[-1] = margin if not lines[-1].strip("> ") else lines[-1]
    lines[-1] += html.unescape(flat[at:])
    return GAP.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()
