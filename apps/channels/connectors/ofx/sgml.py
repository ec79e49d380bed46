"""The tags of an OFX file, one after the other, whichever of its two dialects it is written in.

OFX 1 is SGML whose elements need no end tag and whose header lines say how it is encoded (section 2.2); OFX 2 is XML.
A parser of XML cannot read the first, and banks that write the second forget to escape: one reading does for both.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import IO

from apps.channels.contract import Refused
from apps.channels.toolkit.charsets import WESTERN, decoder_of, is_utf_8
from apps.foundation.text.charsets import codec_of

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})\s*/?>([^<]*)")
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
OPENING = "<![CDATA["
PART = 65536
LONGEST = 1024 * 1024  # characters without a tag: then it is something else
CHARSETS = {"1252": "cp1252", "1250": "cp1250", "1251": "cp1251", "8859-1": "latin-1", "NONE": ""}


def tags(file: IO[bytes]) -> Iterator[tuple[bool, str, str]]:
    """Whether it is an end tag, its name in capitals, and the text after it. Raises Refused for what is not OFX."""
    head = file.read(PART)
    decoder = decoder_of(_encoding(head))
    rest, begun = "", False
    while head:
        rest = CDATA.sub(lambda cdata: html.escape(cdata[1]), rest + decoder.decode(head))
        head = file.read(PART)
        ready, rest = _whole(rest) if head else (rest, "")
        for found in TAG.finditer(ready):
            begun = begun or found[2].upper() == "OFX"
            if begun:
                yield bool(found[1]), found[2].upper(), html.unescape(found[3]).strip()
        if len(rest) > LONGEST:
            raise Refused(400, "not_ofx", f"There is no tag in {LONGEST} characters.")
    if not begun:
        raise Refused(400, "not_ofx", "It is not an OFX file: there is no <OFX> in it.")


def _whole(text: str) -> tuple[str, str]:
    """Up to the last tag, of which the text may go on; and the rest. What may become CDATA stays with its tag."""
    end, begun = text.rfind("<"), text.find(OPENING)
    if begun < 0 <= end and OPENING.startswith(text[end:]):
        begun = end
    if begun >= 0:
        end = text.rfind("<", 0, begun)
    return (text[:end], text[end:]) if end > 0 else ("", text)


def _encoding(head: bytes) -> str:
    """What the header says, where that is an encoding there is; else Windows-1252, as banks have it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:1000].decode("latin-1").partition("<OFX>")[0].removeprefix("\xef\xbb\xbf")
    if start.lstrip().startswith("<?"):
        said = re.search(r"encoding=[\"']([\w.-]{1,40})", start)
        named = said[1] if said else "utf-8"
    else:
        encoding, charset = (re.search(rf"{name}:\s*([\w-]{{1,40}})", start) for name in ("ENCODING", "CHARSET"))
        unicode = encoding and encoding[1].upper() in {"UTF-8", "UTF8", "UNICODE"}
        named = "utf-8" if unicode else CHARSETS.get(charset[1].upper(), charset[1]) if charset else ""
    codec = codec_of(named) or WESTERN
    return "utf-8" if codec.startswith("utf-") or is_utf_8(head) else codec
