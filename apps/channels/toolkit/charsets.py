"""Files in whatever charset a sender wrote them, whatever they say of that, read piece by piece. Pure functions."""

import codecs
import re
from typing import IO

from apps.foundation.text.charsets import codec_of

WESTERN = "cp1252"
HEAD = 65536  # bytes that decide
DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
WIDE = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"), (b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))  # fmt: skip
# Control characters that no XML may hold, and a byte order mark wherever it strayed to.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFEFF, 0xFFFE, 0xFFFF])


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 among such as are: Windows-1252, byte by byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(WESTERN, "replace"), error.end


codecs.register_error("as-western", _as_western)


def decoder_of(codec: str) -> codecs.IncrementalDecoder:
    """What is said to be UTF-8 or Windows-1252 may be either, or both by turns."""
    if codec in {"utf-8", WESTERN}:
        return codecs.getincrementaldecoder("utf-8")("as-western")
    return codecs.getincrementaldecoder(codec)("replace")


class XmlText:
    """An XML file as UTF-8, without what stands before its declaration, and without what no XML may hold.

    A declaration is believed where the bytes can be what it says. Programs declare UTF-16 of what they then write as
    UTF-8, Latin-1 of what is UTF-8, and UTF-8 of what is Windows-1252. Whoever parses it must be told that it is UTF-8.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.begun = file, False
        head = b""
        while len(head) < HEAD and (part := file.read(HEAD - len(head))):
            head += part
        self.head = head
        self.decoder = decoder_of(_codec(head))

    def read(self, size: int = -1) -> bytes:
        """At least a byte, but at the end."""
        while True:
            part, self.head = self.head or self.file.read(size), b""
            text = self.decoder.decode(part, final=not part).translate(FORBIDDEN)
            if not self.begun:
                text = text.lstrip()
                self.begun = bool(text)
            if text or not part:
                return text.encode("utf-8", "replace")


def _codec(head: bytes) -> str:
    for mark, codec in WIDE:
        if head.startswith(mark):
            return codec
    declared = DECLARED.match(head.lstrip(b"\xef\xbb\xbf \t\r\n\x00"))
    codec = codec_of(declared[1].decode()) if declared else ""
    return "utf-8" if not codec or codec.startswith("utf-") or is_utf_8(head) else codec


def is_utf_8(head: bytes) -> bool:
    """Whether letters beyond ASCII are there, and UTF-8 every one of them. The last may be cut."""
    try:
        return not codecs.getincrementaldecoder("utf-8")("strict").decode(head).isascii()
    except UnicodeDecodeError:
        return False
