"""Bytes as text, in the charset they claim or in the one they are in. Pure functions.

Labels are read by the WHATWG's table, as browsers and mail programs do: iso-8859-1 means windows-1252, gb2312 means
GBK, ks_c_5601 means the code page 949. Which codec of Python's takes all that is written under such a name is `CODECS`.
What names no charset, or one the bytes are not in, is detected (`detection`).
"""

import codecs
import re
from collections.abc import Sequence

import webencodings

from apps.foundation.text.detection import detected

LONGEST_LABEL = 60
# What Python's codec of that name refuses, though everybody writes it: extensions of the vendors.
CODECS = {
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-jp": "euc_jis_2004",
    "big5": "big5hkscs",
    "utf-16le": "utf-16",
    "iso-2022-jp": "iso2022_jp_ext",
}
# Labels that the table of the web has not, but that mails and files have.
OTHERS = re.compile(
    r"(?:cp|ibm|dos)?-?(?:437|85[0-9]|86[0-9]|1125)|utf-?7|utf-?32(?:[lb]e)?|mac-?[a-z]{4,8}|koi8-?[rtu]"
)
UTF_8 = re.compile(r"(?:3d|x-)?(?:utf-?8(?:mb[34])?|unicode-1-1-utf-8|utf_8)(?:-sig)?")
JAPANESE = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\([BD@]|\([A-Z])")
DOUBLE = ("$@", "$B", "$(@", "$(B")
WIDE = {*CODECS.values(), "hz", "iso2022_kr", "utf-7", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}


def characters(raw: bytes, charset: str = "", hints: Sequence[str] = ()) -> str:
    """Text from bytes in the charset they claim; else in one of the hints (what the rest of the letter claims to be
    in), else in the one that they are probably in. Always some text: what nobody can read becomes U+FFFD."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw[3:].decode("utf-8", "replace")
    for name in (charset, *hints):
        codec = codec_of(name)
        read = _strictly(raw, codec) if codec else None
        if read is not None:
            return read
    return raw.decode(detected(raw), "replace").removeprefix("\ufeff")


def codec_of(label: str) -> str:
    """Python's codec for a charset's label, or nothing where it names none."""
    label = label.strip().strip("'\"").strip().lower()[:LONGEST_LABEL]
    if UTF_8.fullmatch(label):
        return "utf-8"
    found = webencodings.lookup(label) or webencodings.lookup(label.replace("_", "-"))
    if found:
        return CODECS.get(found.name, str(found.codec_info.name)) if found.name != "x-user-defined" else ""
    spelled = re.sub(r"^(?:dos|ibm|cp)?-?(?=\d)", "cp", label) if OTHERS.fullmatch(label) else ""
    try:
        return codecs.lookup(spelled).name if spelled else ""
    except LookupError:
        return ""


def _strictly(raw: bytes, codec: str) -> str | None:
    """The text if the bytes are of this charset; None where they are not. Charsets of single bytes take everything, and
    are claimed for what is not in them: where UTF-8 fits, that is no accident."""
    try:
        if codec == "iso2022_jp_ext" and b"\x1b" in raw:
            return _japanese(raw)
        if codec not in WIDE and not raw.isascii() and _is_utf_8(raw):
            return raw.decode()
        return raw.decode(codec).removeprefix("\ufeff")
    except ValueError:  # UnicodeDecodeError is one
        return None


def _is_utf_8(raw: bytes) -> bool:
    try:
        return bool(raw.decode())
    except UnicodeDecodeError:
        return False


def _japanese(raw: bytes) -> str:
    """ISO-2022-JP as Windows writes it (code page 50221): with NEC's circled numbers and IBM's letters, which the
    standard's set has not. Raises ValueError for what is none."""
    text, mode, at = "", "(B", 0
    for escape in JAPANESE.finditer(raw):
        text += _japanese_run(raw[at : escape.start()], mode)
        mode, at = escape[1].decode(), escape.end()
    return text + _japanese_run(raw[at:], mode)


def _japanese_run(run: bytes, mode: str) -> str:
    if mode == "(I":  # half-width katakana
        return bytes(byte | 0x80 for byte in run if byte > 0x20).decode("cp932")
    if mode == "$(D":
        return b"".join(b"\x8f" + _high(run[at : at + 2]) for at in range(0, len(run) - 1, 2)).decode("euc_jp")
    if mode not in DOUBLE:
        return run.decode("ascii")
    lines = run.split(b"\n")  # a line ends the double bytes, whether or not the sender said so
    return "\n".join(
        b"".join(_shifted(line[at : at + 2]) for at in range(0, len(line), 2)).decode("cp932") for line in lines
    )


def _high(pair: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in pair)


def _shifted(pair: bytes) -> bytes:
    """A pair of JIS X 0208 as Shift JIS has it."""
    if len(pair) < 2 or min(pair) < 0x21:
        return pair.strip(b"\r")
    row, cell = pair
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + 0x1F + (cell > 0x5F) if row % 2 else cell + 0x7E
    return bytes((lead, trail))
