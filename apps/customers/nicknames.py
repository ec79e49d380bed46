"""Which first names one person may go by: "Bill" is William, "Babsi" Barbara, "Саша" Alexander or Alexandra.

The names are in `nicknames.txt`, common ones of English, German, French, Spanish, Portuguese, Italian, Dutch, Polish,
Russian and Turkish.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

from apps.customers.normalisation import unaccented

FILE: Final = Path(__file__).with_suffix(".txt")
LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i"})  # noqa: RUF001 - the Turkish letter is meant
NOBODY: Final[frozenset[str]] = frozenset()


def full_names(name: str) -> frozenset[str]:
    """What somebody who goes by this first name may be called in full, itself among it where it is a full name; empty
    for a name that is not in the list."""
    return _full_names().get(_folded(name), NOBODY)


def may_be_called(one: str, other: str) -> bool:
    """Whether the two may be names of one person: one short for the other, or both short for the same."""
    return not full_names(one).isdisjoint(full_names(other))


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """(name, full name) as they are spelt in the list, each full name with itself too."""
    found: dict[tuple[str, str], None] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        full, colon, shorter = line.partition(":")
        if colon and not line.startswith("#"):
            found |= dict.fromkeys((name, full) for name in (full, *shorter.split()))
    return tuple(found)


@cache
def _full_names() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for name, full in pairs():
        names[_folded(name)].add(_folded(full))
    return {name: frozenset(full) for name, full in names.items()}


def _folded(name: str) -> str:
    return unaccented(name).casefold().translate(LETTERS)
