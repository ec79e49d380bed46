"""Taking out of a text what would tell whose it is: the parts of names, numbers, addresses, handles.

Pure functions; who is called what is the caller's to know. Names of other people in free text are not recognised.
"""

import re
from collections.abc import Iterable, Iterator

from apps.foundation.masking import mask, storable

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HANDLE = re.compile(r"(?<!\w)@\w{2,}")
NUMBER = re.compile(r"\+?\d(?:[\s()/.\-\u2013]{0,2}\d){6,}")  # telephones, accounts, orders
HIDDEN = "***"
SHORTEST = 2  # letters of a name that is looked for
# Parts of many names that are words of every day: without them a text is still nobody's.
EVERYDAY = "al bin das de del den der di dos dr du el frau herr la le les mme mr mrs ms of the van von y zu"
PARTICLES = frozenset(EVERYDAY.split())


def name_parts(name: str) -> Iterator[str]:
    """The parts of a name as they might stand in a text: `Thandiwe Nkosi-Williams`: Thandiwe, Nkosi, Williams."""
    parts = (part for part in re.split(r"[\s,.\-\u2010-\u2015]+", name) if len(part) >= SHORTEST)
    yield from (part for part in parts if part.lower() not in PARTICLES)


def without_numbers(text: str) -> str:
    """The text without card numbers, addresses, handles and long numbers."""
    text = mask(storable(text))
    for pattern in (ADDRESS, HANDLE, NUMBER):
        text = pattern.sub(HIDDEN, text)
    return text


def without_phrases(text: str, phrases: Iterable[str]) -> str:
    """The text without these words, whatever their case, and as one says them of whose something is."""
    for phrase in phrases:
        ending = "(?:['\u2019]?s|n)?" if len(phrase) > 3 else ""
        text = re.sub(rf"(?<!\w){re.escape(phrase)}{ending}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text


def without_surname(text: str, name: str = "") -> str:
    """The text without numbers, addresses, handles, and without the surname in the name of its customer."""
    first, *rest = name.split() or [""]
    surnames = {" ".join(rest), *name_parts(" ".join(rest))} - {first, ""}
    return redacted(text, sorted(surnames, key=len, reverse=True))


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without numbers, addresses and handles, and without these phrases: what its customer is known by."""
    return without_phrases(without_numbers(text), secrets)


def short_name(name: str) -> str:
    """`Anna Weber`: “Anna W.” Where an address or a number stands for the name, that is taken out too."""
    first, *rest = without_numbers(name).split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first


def hinted(kind: str, value: str) -> str:
    """Enough of an address or number to know one's own by: `a•••@l•••.example`, `•••• 18`."""
    if kind == "email":
        name, _at, domain = value.partition("@")
        host, _dot, last = domain.rpartition(".")
        return f"{name[:1]}•••@{host[:1]}•••.{last}"
    return f"•••• {value[-2:]}"
