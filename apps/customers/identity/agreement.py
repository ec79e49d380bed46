"""Whether what is said of two people lets them be one: first names and dates of birth. Pure functions.

Deliberately lenient about spelling and short forms ("Bill" is William) and strict about whom: a household shares its
surname, telephone and address, and what tells its members apart is the first name and the day they were born.
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from apps.customers.nicknames import may_be_called
from apps.customers.normalisation import unaccented

EARLIEST = "1500-01-01"
# Where systems begin to count, and what they put where they know no day: SQL Server, Windows, astronomers, Delphi and
# COM, Excel twice, and who wants to be left alone.
NO_DAYS = frozenset(
    {
        "1600-01-01", "1601-01-01", "1700-01-01", "1753-01-01", "1800-01-01", "1858-11-17", "1899-12-30", "1899-12-31",
        "1900-01-00", "1900-01-01", "1904-01-01", "1582-10-15", "1752-09-14", "1811-11-11",
    }
)  # fmt: skip
ALIKE = 0.75  # of the letters of two first names: "Anna" and "Anne" are, "Anna" and "Ben" are not
TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "don", "fr", "ing"),
        *("herr", "frau", "hr", "monsieur", "madame", "mme", "mlle", "mm", "sr", "sra", "srta", "signor", "signora"),
    }
)
WORDS = re.compile(r"[^\W\d_]+")

Name = tuple[str, ...]  # the words of a name, folded, the first name first


@lru_cache(maxsize=20_000)
def words_of(name: str) -> Name:
    """`Dr. Anna Weber` and `Weber, Anna`: ("anna", "weber")."""
    last, comma, first = name.partition(",")
    found = tuple(WORDS.findall(unaccented(f"{first} {last}" if comma else name).casefold()))
    return tuple(word for word in found if word not in TITLES) or found


def names_agree(some: Iterable[Name], others: Iterable[Name]) -> bool:
    """Whether any name of the one may be a name of the other. Nobody contradicts a person without a name."""
    ours, theirs = [name for name in some if name], [name for name in others if name]
    return not ours or not theirs or any(_may_be(one, other) for one in ours for other in theirs)


def births_agree(some: set[str], others: set[str]) -> bool:
    """ISO dates; day and month may have been swapped."""
    return not some or not others or not {_unordered(day) for day in some}.isdisjoint(map(_unordered, others))


def is_day(day: str) -> bool:
    """Whether an ISO date is a day somebody may have been born on, long ago too, and none that stands for no day."""
    return day[:10] >= EARLIEST and day[:10] not in NO_DAYS


def _unordered(day: str) -> tuple[str, ...]:
    year, *rest = day.split("-")
    return year, *sorted(rest)


def _may_be(one: Name, other: Name) -> bool:
    if len(one) == 1 or len(other) == 1:
        short, long = sorted((one, other), key=len)
        return any(_alike(short[0], word) for word in long)
    return _alike(one[0], other[0]) or (one[0] in other and other[0] in one)


@lru_cache(maxsize=20_000)
def _alike(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other or SequenceMatcher(None, one, other).ratio() >= ALIKE or may_be_called(one, other)
