"""What browsers with an older SDK compress with: lz-string in its base64 form, a kind of LZ78 over UTF-16 units.

Codes are read from a stream of bits, the least significant first: 0 and 1 announce a new character of 8 or 16 bits, 2
ends the text, any other is a phrase that has been there. Phrases are numbered from 3 on, as they are met.
"""

from typing import NamedTuple

from apps.channels.toolkit.compression import CUT, UNREADABLE, Damaged

ALPHABET = {
    letter: f"{value:06b}"
    for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
}
NEW_BYTE, NEW_UNIT, END = 0, 1, 2
LARGEST_INPUT = 1024 * 1024  # characters: reading them takes a second at most


class _Bits(NamedTuple):
    text: str
    at: list[int]

    def take(self, count: int) -> int:
        start = self.at[0]
        if start + count > len(self.text):
            raise Damaged(CUT)
        self.at[0] = start + count
        return int(self.text[start : start + count][::-1], 2)


def unpack(body: bytes, largest: int) -> bytes:
    """As UTF-8. Raises Damaged; what is longer than `largest` comes back cut after it."""
    if len(body) > LARGEST_INPUT:
        return b" " * (largest + 1)
    try:
        bits = _Bits("".join(ALPHABET[letter] for letter in body.decode("ascii")), [0])
    except (KeyError, UnicodeDecodeError):
        raise Damaged(UNREADABLE) from None
    text = "".join(_phrases(bits, largest))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _phrases(bits: _Bits, largest: int) -> list[str]:
    code = bits.take(2)
    if code == END:
        return []
    known = ["", "", "", _character(bits, code)]
    found, length, last = [known[3]], 1, known[3]
    width, left = 3, 4  # bits of a code, and phrases until there is one more
    while length <= largest:
        code = bits.take(width)
        if code == END:
            break
        if code in {NEW_BYTE, NEW_UNIT}:
            known.append(_character(bits, code))
            code = len(known) - 1
            left -= 1
            width, left = (width + 1, 2**width) if not left else (width, left)
        if code > len(known):
            raise Damaged(UNREADABLE)
        phrase = known[code] if code < len(known) else last + last[0]
        found.append(phrase)
        length += len(phrase)
        known.append(last + phrase[0])
        last = phrase
        left -= 1
        width, left = (width + 1, 2**width) if not left else (width, left)
    return found


def _character(bits: _Bits, code: int) -> str:
    if code not in {NEW_BYTE, NEW_UNIT}:
        raise Damaged(UNREADABLE)
    return chr(bits.take(8 if code == NEW_BYTE else 16))
