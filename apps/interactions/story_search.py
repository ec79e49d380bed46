"""What somebody looks for in a customer's story: how the text index is asked for it, and what of a text is marked.

Words are found by how they begin, also those of the name of whoever logged an entry. Amounts are found in any
spelling, whole ones with any cents; order numbers and other codes with and without what parts them. As in a web
search `"these words"` stand beside each other, `-word` is not there, and `or` stands between what may be either.

Beside the words of an entry its index (migration 0001) has `@` before each name of the colleague, `#` before the
reference and its parts, `=` before the amount with three decimals.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from apps.foundation.text.currencies import CODES, resolved
from apps.foundation.text.numbers import COMMA, POINT, decimal

CONFIG = "klatsch"  # the text search configuration of migration 0001
LONGEST, MOST = 200, 12  # characters that are read, words that are looked for
USUAL = frozenset({"eur", "usd", "gbp", "chf"})  # currencies that people write in small letters, too
CODE = 3  # letters and digits of a code: fewer are a number among others

TERM = re.compile(r'(?P<without>-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
CENTS = re.compile(r"[.,]\d{1,2}\D*$")
PARTS = re.compile(r"[^\W_]+")
APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02bc\u02bb\u2019\u2018"))
# Letters that the database writes as others though they are not made of them.
SPELT = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is looked for; `phrase` is words beside each other, as they stand."""

    text: str
    phrase: bool = False
    without: bool = False

    @property
    def parts(self) -> list[str]:
        return PARTS.findall(folded(self.text.translate(APOSTROPHES)))

    @property
    def code(self) -> str:
        """Its letters and digits, if there may be a code in it."""
        joined = "".join(self.parts)
        return joined if len(joined) >= CODE and any(map(str.isdigit, joined)) else ""

    @property
    def amounts(self) -> list[Decimal]:
        """The amounts that it may be: a mark before three digits can be read in two ways."""
        if self.phrase or not any(map(str.isdigit, self.text)):
            return []
        read = (decimal(self.text, mark) for mark in ("", COMMA, POINT))
        return list(dict.fromkeys(abs(amount) for amount in read if amount is not None))

    @property
    def has_cents(self) -> bool:
        return CENTS.search(self.text) is not None


def folded(text: str) -> str:
    """Lower case, without accents."""
    plain = (letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))
    return "".join(plain).translate(SPELT)


def alternatives(text: str) -> list[list[Term]]:
    """What is looked for: all terms of one of these."""
    found: list[list[Term]] = [[]]
    for match in list(TERM.finditer(text.replace("\0", "")[:LONGEST]))[:MOST]:
        phrase, without = match["phrase"], bool(match["without"])
        if phrase is None and match["word"].lower() == "or":
            found.append([])
        elif phrase is None or phrase.strip():
            found[-1].append(Term(match["word"] if phrase is None else phrase, phrase is not None, without))
    return [terms for terms in map(_without_currencies, found) if terms]


def _without_currencies(terms: list[Term]) -> list[Term]:
    """`49,90 EUR` is an amount: the currency beside it is no word of its own."""
    beside = {at + step for at, term in enumerate(terms) if term.amounts for step in (-1, 1)}
    return [term for at, term in enumerate(terms) if at not in beside or not _is_currency(term.text)]


def _is_currency(word: str) -> bool:
    """Codes are written in capitals: in small letters some are words (`all`, `top`, `try`)."""
    return resolved(word) is not None and (word.isupper() or word in USUAL or word.upper() not in CODES)


# --- as the index is asked ----------------------------------------------------------------------------------------


def matching(text: str) -> RawSQL:
    """The condition of an interaction that is looked for."""
    params: list[Any] = []
    ways = []
    for terms in alternatives(text):
        asked = " && ".join(_asked(term, params) for term in terms)
        joined = _together(terms)
        if joined:
            asked = f"({asked}) || %s::tsquery"
            params.append(f"#{joined}:* | {joined}:*")
        ways.append(f"({asked})")
    query = " || ".join(ways) or "''::tsquery"
    return RawSQL(f'"interactions_interaction"."search" @@ ({query})', params, BooleanField())  # noqa: S611 - bound


def _asked(term: Term, params: list[Any]) -> str:
    params += [" | ".join(_written(term)), " | ".join(_marked(term))]
    asked = f"(to_tsquery('{CONFIG}', %s) || %s::tsquery)"
    return f"(!! {asked})" if term.without else asked


def _together(terms: Sequence[Term]) -> str:
    """What was typed in groups may be one code: `1Z 999 AA1`."""
    if len(terms) < 2 or any(term.phrase or term.without for term in terms):
        return ""
    joined = Term("".join(term.text for term in terms)).code
    return joined if sum(map(str.isdigit, joined)) > CODE else ""


def _written(term: Term) -> Iterator[str]:
    """As it may stand in a text, for `to_tsquery`."""
    yield _quoted(term.text) if term.phrase else f"{_quoted(term.text)}:*"
    if term.phrase:
        return
    if term.has_cents:
        for amount in term.amounts:
            yield from map(_quoted, _spellings(amount))
    if term.code:  # the parser takes a hyphen before digits for a minus
        letters, digits = re.fullmatch(r"(\D*)(.*)", term.code).groups()  # type: ignore[union-attr]
        numbers = f"('-{digits}':* | '{digits}':*)" if digits.isalnum() and digits.isascii() else ""
        if numbers:
            yield f"({_quoted(letters)} <-> {numbers})" if letters else numbers
        yield f"{_quoted(term.code)}:*"


def _marked(term: Term) -> Iterator[str]:
    """As the index has what is no text: only letters, digits and our marks."""
    if term.phrase:
        return
    if term.parts and not term.text.isdigit():
        yield "(" + " & ".join(f"@{part}:*" for part in term.parts) + ")"
    if term.code:
        yield f"#{term.code}:*"
    elif term.text.isdecimal():
        yield f"#{''.join(term.parts)}"
    for amount in term.amounts:
        yield f"={amount:.3f}" if term.has_cents else f"={amount.to_integral_value():.0f}.:*"


def _quoted(text: str) -> str:
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _spellings(amount: Decimal) -> list[str]:
    plain, grouped = f"{amount:.2f}", f"{amount:,.2f}"
    turned = str.maketrans(",.", ".,")
    return list(dict.fromkeys([plain, plain.replace(".", ","), grouped, grouped.translate(turned)]))


# --- as it is marked ----------------------------------------------------------------------------------------------


class Marks:
    """Finds what was looked for in what is shown."""

    def __init__(self, terms: Iterable[Term]) -> None:
        wanted = sorted({pattern for term in terms for pattern in _patterns(term)}, key=len, reverse=True)
        self.pattern = re.compile("|".join(wanted))

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        plain, places = _with_places(str(text))
        pieces, done = [], 0
        for found in self.pattern.finditer(plain):
            start, end = places[found.start()], places[found.end() - 1] + 1
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
        return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]

    def only_beyond(self, lead: str, whole: str) -> bool:
        """Whether all that is marked in a text stands behind its beginning."""
        return self._finds(whole) and not self._finds(lead)

    def _finds(self, text: str) -> bool:
        return self.pattern.search(_with_places(text)[0]) is not None


def marks(text: str) -> Marks | None:
    """None where there is nothing to mark."""
    ways = alternatives(text)
    terms = [term for way in ways for term in way if not term.without and term.parts]
    joined = [Term(code) for code in map(_together, ways) if code]
    return Marks([*terms, *joined]) if terms else None


def _patterns(term: Term) -> Iterator[str]:
    start, between = r"(?<![^\W_])", r"[\W_]+"
    yield start + between.join(map(re.escape, term.parts))
    if term.phrase:
        return
    if term.code:
        yield (r"(?<!\d)" if term.code.isdigit() else start) + r"[\W_]?".join(map(re.escape, term.code))
    elif term.text.isdecimal():
        yield rf"(?<!\d)0*{re.escape(term.parts[0])}(?!\d)"
    if term.has_cents:
        for amount in term.amounts:
            yield from (rf"(?<!\d){re.escape(spelling)}(?!\d)" for spelling in _spellings(amount))


@lru_cache(maxsize=4096)
def _letters(letter: str) -> str:
    return folded(letter)


def _with_places(text: str) -> tuple[str, list[int]]:
    """The text folded, and for each of its letters where that stands in the text."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    plain = [_letters(letter) for letter in text]
    return "".join(plain), [place for place, letters in enumerate(plain) for _letter in letters]
