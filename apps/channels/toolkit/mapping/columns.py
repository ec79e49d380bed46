"""Looking at a column: what its name says in four languages, and what its values look like. Pure functions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apps.channels.toolkit.mapping.expressions import NAME, PATH, as_text
from apps.customers.normalisation import unaccented
from apps.foundation.text import dates
from apps.foundation.text.characters import peeled
from apps.foundation.text.countries import CODES
from apps.foundation.text.numbers import MarkEvidence, mark_of, money

DEEPEST = 4  # levels of nested objects that are looked into
MOST = 300  # columns

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
PHONE = re.compile(r"(?:\+|00)?\(?\d[\d\s()./\-]{5,18}\d")
AMOUNT = re.compile(r"[-+(]?\s*(?:[A-Z]{3}|[€$£¥])?\s*[-+]?\d[\d.,'\u00a0\u202f ]*\s*(?:[A-Z]{3}|[€$£¥%])?\)?-?")
CURRENCY = re.compile(r"[A-Za-z]{3}")
URL = re.compile(r"https?://\S+")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,38}")
CLOCK = re.compile(r"(?:[01]?\d|2[0-4])[:.h][0-5]\d(?:[:.][0-5]\d)?(?:[.,]\d{1,6})?(?:\s?[AaPp]\.?[Mm]\.?)?")
NOTHING = frozenset({"", "nan", "null", "none", "n/a", "nil", "undefined", "(null)", "-", "--", "\\n"})  # no value
DATE = re.compile(
    r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}(?:[T ,].*)?|.*\d.*\b[^\W\d]{3,}.*\d.*|\d{1,2}[. ]+[^\W\d]{3,}\.? \d{4}"
)
MONEY = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
PAID_IN = (  # what people pay in most
    "EUR USD GBP CHF JPY SEK NOK DKK PLN CZK HUF RON BGN TRY CAD AUD NZD CNY INR BRL MXN ARS CLP COP ZAR ILS AED SAR "
    "HKD SGD THB KRW UAH ISK MAD PEN KWD BHD JOD OMR TND QAR EGP UGX KES NGN GHS PKR LKR BDT VND IDR MYR PHP TWD RSD"
)
CODES_OF_MONEY = frozenset(PAID_IN.split())


def plain(name: str) -> str:
    """A name in lower-case words without accents: `KundenNr.` is `kunden nr`, `createdAt` is `created at`."""
    split = re.sub(r"(?<=[a-zäöüß\d])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", unaccented(split.replace("ß", "ss").lower())))


@dataclass(frozen=True)
class SourceColumn:
    """A column and what stands in it. `path` is its name; in nested objects the way to it."""

    path: tuple[str, ...]
    values: tuple[Any, ...]  # those that say something
    rows: int

    @cached_property
    def words(self) -> str:
        return plain(self.path[-1])

    @cached_property
    def context(self) -> str:
        """Its words after those of the object it lies in: `customer id`."""
        return plain(" ".join(self.path[-2:]))

    @property
    def label(self) -> str:
        return ".".join(self.path)

    @cached_property
    def place(self) -> str:
        """How a mapping names it."""
        if len(self.path) == 1:
            return self.path[0]
        return ".".join(part if NAME.fullmatch(part) else '"' + part.replace('"', '\\"') + '"' for part in self.path)

    @property
    def fits_into_braces(self) -> bool:
        return not set(self.place) & set("{}") and (len(self.path) == 1 or bool(PATH.fullmatch(self.place)))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(as_text(value) for value in self.values)

    def share(self, pattern: re.Pattern[str]) -> float:
        """How many of its values look so, from 0 to 1."""
        return sum(bool(pattern.fullmatch(text)) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @cached_property
    def dated(self) -> float:
        """The share of dates and times: texts that look so and can be read, or seconds and milliseconds of our time."""
        found = 0
        for value, text in zip(self.values, self.texts, strict=True):
            stamp = re.fullmatch(r"1[0-9]{9}(?:\.\d+)?|1[0-9]{12}", text)
            looks = bool(stamp) or (not isinstance(value, int | float) and bool(DATE.fullmatch(text)))
            found += looks and len(text) < 80 and dates.instant(value) is not None
        return found / len(self.texts) if self.texts else 0.0

    @cached_property
    def filled(self) -> float:
        """In how many rows it says something, from 0 to 1."""
        return len(self.texts) / self.rows if self.rows else 0.0

    @cached_property
    def is_unique(self) -> bool:
        return len(self.texts) == self.rows and len(set(self.texts)) == self.rows

    @cached_property
    def distinct(self) -> int:
        return len(set(self.texts))

    @cached_property
    def length(self) -> float:
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def currencies(self) -> float:
        return sum(text.upper() in CODES_OF_MONEY for text in self.texts) / len(self.texts) if self.texts else 0.0

    @cached_property
    def countries(self) -> float:
        known = {*CODES.values(), "UK"}
        good = sum(text.upper() in known or text.casefold() in CODES for text in self.texts)
        return good / len(self.texts) if self.texts else 0.0

    @cached_property
    def numbers(self) -> float:
        return sum(map(_is_number, self.texts)) / max(1, len(self.texts))

    def decimal_mark(self) -> MarkEvidence:
        """What its values prove of the mark before decimals."""
        return mark_of(value for value in self.values if isinstance(value, str))


def _is_number(text: str) -> bool:
    return any(map(str.isdigit, text)) and (bool(AMOUNT.fullmatch(text)) or money(text).amount is not None)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[SourceColumn]:
    """The columns of these rows, objects inside taken apart."""
    found: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        for path, value in _leaves(row, ()):
            if len(found) < MOST or path in found:
                kept = found.setdefault(path, [])
                said = peeled(value)
                if said not in (None, "") and (not isinstance(said, str) or said.strip().lower() not in NOTHING):
                    kept.append(said)
    return [SourceColumn(path, tuple(values), len(rows)) for path, values in found.items()]


def _leaves(value: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    leaves: list[tuple[tuple[str, ...], Any]] = []
    for name, inner in value.items():
        here = (*path, str(name))
        if isinstance(inner, dict):
            leaves += _leaves(inner, here) if len(here) < DEEPEST else []
        elif not isinstance(inner, list):
            leaves.append((here, inner))
    return leaves
