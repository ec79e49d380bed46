"""What can be seen of a text, and which way it runs. Pure functions.

A character that nobody sees is no name; one that turns the direction of writing (Unicode Standard Annex 9) turns
everything after it, the price of an order included. Outside words are set apart from ours before they share a line.
"""

import re
import unicodedata

# Marks, embeddings, overrides and isolates of direction. None of them means anything by itself.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Letters and symbols by their category that show nothing: fillers of Hangul, the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})  # Unicode's general categories
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
ISOLATE, END = "\u2068", "\u2069"  # what stands between runs in its own direction, and moves nothing around it


def is_visible(text: str) -> bool:
    """Whether there is anything to see."""
    return any(unicodedata.category(char) not in UNSEEN and char not in BLANK for char in text)


def straight(text: str) -> str:
    """The text without characters that turn the direction of what follows."""
    return text if text.isascii() else TURNING.sub("", text)


def isolated(text: str) -> str:
    """Somebody else's words, to be put into a line of ours: they run as they like, and the line as it should."""
    plain = straight(text)
    if plain.isascii() or not any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in plain):
        return plain
    return f"{ISOLATE}{plain}{END}"
