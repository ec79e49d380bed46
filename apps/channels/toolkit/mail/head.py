"""The headers of a mail as bytes: where they end, and mended where a program broke them. Pure functions.

The standard library ends the headers at the first line that is none: everything below it, the sender too, would be
taken for the text. So a line above a header that everybody knows is mended: a name with spaces gets hyphens, a line
that lost its margin goes on where it stood, and the mark of an mbox file is left out.
"""

import re

LARGEST = 64 * 1024
NAMED = re.compile(rb"([!-9;-~]+(?:[ \t]+[!-9;-~]+){0,4})[ \t]*:(.*)", re.DOTALL)
PROPER = re.compile(rb"[!-9;-~]+:")
KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|sender|reply-to|received|return-path|delivered-to|mime-version|"
    rb"content-type|content-transfer-encoding|references|in-reply-to)[ \t]*:",
    re.IGNORECASE,
)
MBOX = re.compile(rb">?From [^:\n]*(?:[ \t:]\d\d){2}")
BLANK = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)+")


def without_start(raw: bytes) -> bytes:
    """Without what stands before the first header: a byte order mark, empty lines."""
    found = BLANK.match(raw) if raw[:1] in b" \t\r\n\xef" else None
    return raw[found.end() :] if found else raw.removeprefix(b"\xef\xbb\xbf")


def head_of(raw: bytes) -> bytes:
    """The headers of a mail, without the empty line after them."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if end >= 0]
    return raw[: min(ends)] if ends else raw


def mended(head: bytes) -> bytes:
    """The headers as a parser needs them; as they were from the first line on below which none is known."""
    lines = head[:LARGEST].splitlines(keepends=True)
    last = max((place for place, line in enumerate(lines) if KNOWN.match(line)), default=-1)
    kept: list[bytes] = []
    for place, line in enumerate(lines):
        margin = line[:1] in (b" ", b"\t")
        if place > last or (margin and kept) or PROPER.match(line):
            kept.append(line)
            continue
        named = NAMED.match(line)
        if MBOX.match(line) or (not kept and (margin or not named)):
            continue
        kept.append(b"-".join(named[1].split()) + b":" + named[2] if named else b" " + line)
    return b"".join(kept)
