"""Amounts as people, tills, banks and spreadsheets write them. Pure functions.

A lone mark before three digits can be read in two ways. Where nothing tells, `1.250` is one and a quarter, as programs
write it, and `1,250` is one thousand two hundred and fifty; whoever knows better says so with `mark`.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from apps.foundation.text.characters import folded, peeled
from apps.foundation.text.currencies import DECIMALS, currency, decimals, resolved
from apps.foundation.text.unread import unread

__all__ = [
    "COMMA", "LARGEST", "POINT", "Money", "currency", "decimal", "exact", "mark_of", "minor", "money", "unit_of",
]  # fmt: skip

COMMA, POINT = "comma", "point"
MARKS = {COMMA: ",", POINT: "."}
LARGEST = Decimal(10) ** 12  # what the column takes
CENT, FINEST = Decimal("0.01"), Decimal("0.001")
LONGEST = 60  # characters of an amount with its currency

EXPONENT = re.compile(r"[-+]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})[eE][-+]?\d{1,2}")
WRITTEN = re.compile(r"([^\d]*)(\d(?:[\d.,' ]*\d)?)([^\d]*)")
NO_CENTS = re.compile(r"([.,:])-{1,2}")  # 9.- francs, 12,-- euros, 9:- kronor
THOUSANDS = re.compile(r"\d{1,3}([.,' ])\d{3}(?:\1\d{3})*|\d{1,2}([.,' ])(?:\d{2}\2)+\d{3}")  # and lakhs
SIDES = {"CR": 1, "Cr": 1, "DR": -1, "Dr": -1, "H": 1, "S": -1}  # credit and debit, Haben and Soll


class Money(NamedTuple):
    """An amount, and the currency that stood beside it, as far as it could be read."""

    amount: Decimal | None = None
    currency: str = ""


def money(value: Any, mark: str = "", otherwise: str = "") -> Money:
    """An amount and its currency from a number or from text in any country's spelling; neither where it cannot be
    read. `mark` is `COMMA` or `POINT` where it is known what divides decimals. `otherwise` is the usual currency: it
    decides which dollar `$` is."""
    found = _read(value, mark, otherwise)
    if found is None:
        unread("amount", value)
        return Money()
    return found


def unit_of(value: Any, mark: str = "", otherwise: str = "") -> str:
    """The currency of `money`. It leaves no mark: that is for whoever reads the amount."""
    found = _read(value, mark, otherwise)
    return found.currency if found else ""


def decimal(value: Any, mark: str = "") -> Decimal | None:
    """The amount of `money`."""
    return money(value, mark).amount


def minor(value: Any, code: str, units: Mapping[str, int] = DECIMALS) -> Decimal | None:
    """An amount from a whole number of the currency's smallest unit: 1099 USD is 10.99, 1099 JPY is 1099. `units` has
    the decimals of currencies that do not have two, for senders who count otherwise than ISO 4217."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    amount = Decimal(value).scaleb(-units.get(code.upper(), 2)) if whole and abs(value) < 10**15 else None
    if amount is None or abs(amount) >= LARGEST:
        unread("amount", value)
        return None
    return _kept(amount)


def exact(amount: Decimal, code: str = "") -> Decimal:
    """With as many decimals as the currency has, and more only where they say something."""
    amount = _kept(amount)
    whole = amount == amount.to_integral_value()
    return amount.quantize(Decimal(1)) if whole and decimals(code) == 0 else _at_least(amount, decimals(code))


def _read(value: Any, mark: str, otherwise: str) -> Money | None:
    if isinstance(value, str):
        return _from_text(value[: LONGEST + 1], mark, otherwise)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return _money(value, "") if isinstance(value, Decimal) and value.is_finite() else None


def _at_least(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places)) if -int(amount.as_tuple().exponent) < places else amount


def _kept(amount: Decimal) -> Decimal:
    """To the cent, or to the thousandth where it has thousandths."""
    fine = amount.quantize(FINEST, ROUND_HALF_UP)
    cents = fine.quantize(CENT, ROUND_HALF_UP)
    return (cents if cents == fine else fine) + 0  # there is no -0.00


def _money(amount: Decimal, code: str) -> Money | None:
    return Money(_kept(amount), code) if abs(amount) < LARGEST else None


@lru_cache(maxsize=4096, typed=True)
def _from_number(value: float) -> Money | None:
    number = Decimal(value if isinstance(value, int) else str(value))
    return _money(number, "") if number.is_finite() else None


@lru_cache(maxsize=16384)
def _from_text(written: str, mark: str, otherwise: str) -> Money | None:
    text = folded(peeled(written))
    if not text or len(text) > LONGEST:
        return None
    if EXPONENT.fullmatch(text):
        return _money(Decimal(text.replace(",", ".")), "")
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    before, digits, after = found.groups()
    if before.endswith((".", ",")) and not re.search(r"[^\W\d]/?\.$", before):  # the point of Rs. is none
        before, digits = before[:-1], before[-1] + digits  # .5
    round_sum = NO_CENTS.match(after)
    if round_sum:
        mark = next((name for name, char in MARKS.items() if char == round_sum[1]), mark)
        after = after[round_sum.end() :]
    elif after[:1] in {".", ","}:
        after = after[1:]  # 5.
    amount, sign = _number(digits, mark), _sign(before, after)
    side = SIDES.get(after.strip(" )").rstrip("."), 0)
    codes = _labels(f"{before} {'' if side else after}", otherwise)
    if amount is None or not sign or codes is None or (side and sign < 0):
        return None
    named = set(filter(None, codes))
    return _money(amount * sign * (side or 1), named.pop() if named else "") if len(named) < 2 else None


def _sign(before: str, after: str) -> int:
    """1 or -1, 0 where signs contradict. Brackets are how accountants write a minus."""
    around = before + after
    minus, plus = around.count("-"), around.count("+")
    brackets = (before.count("("), before.count(")"), after.count("("), after.count(")"))
    if minus + plus > 1 or brackets not in {(0, 0, 0, 0), (1, 0, 0, 1)}:
        return 0
    return -1 if minus or brackets[0] else 1


def _labels(written: str, otherwise: str) -> list[str] | None:
    """The currencies that stand beside a number; None where there is anything else. A code says more than a sign."""
    words = re.sub(r"[-+()]", " ", written).split()
    together = resolved(" ".join(words), otherwise) if len(words) == 2 else None
    found = [resolved(word, otherwise) for word in words] if together is None else [together]
    codes = [code for word, code in zip(words, found, strict=False) if code and word.upper() == code]
    if None in found:
        return None
    return codes or [code for code in found if code is not None]


def _number(written: str, mark: str) -> Decimal | None:
    """Digits with what divides them, as a number; None where thousands are no thousands."""
    points = [char for char in written if char in ".,"]
    last = points[-1] if points else ""
    if len(points) > 1 and len(set(points)) == 1:
        divides = False
    else:
        divides = bool(last) and (len(set(points)) == 2 or _divides(written, last, mark))
    if mark and divides != (last == MARKS[mark]):
        return None
    whole, _mark, fraction = written.rpartition(last) if divides else (written, "", "")
    if (fraction and not fraction.isdigit()) or not (whole.isdigit() or not whole or THOUSANDS.fullmatch(whole)):
        return None
    if divides and last in whole:
        return None
    return Decimal(f"{re.sub(r'[^0-9]', '', whole) or 0}.{fraction or 0}")


def _divides(written: str, char: str, mark: str) -> bool:
    """Whether a lone mark stands before decimals."""
    if mark:
        return char == MARKS[mark]
    whole, _mark, fraction = written.partition(char)
    return not _is_doubtful(whole, fraction) or char == "."


def _is_doubtful(whole: str, fraction: str) -> bool:
    """Whether what stands around a lone mark may be thousands as well as decimals."""
    return len(fraction) == 3 and whole.isdigit() and len(whole) < 4 and not whole.startswith("0")


class MarkEvidence(NamedTuple):
    """Which marks amounts prove to stand before their decimals, and the first amount that can be read in two ways."""

    proven: frozenset[str]
    doubtful: str

    @property
    def mark(self) -> str:
        """The one that is proven; none where nothing proves one, or some prove the other."""
        return next(iter(self.proven)) if len(self.proven) == 1 else ""


def mark_of(texts: Iterable[str]) -> MarkEvidence:
    """What divides decimals in these texts."""
    proven: set[str] = set()
    doubtful = ""
    for text in texts:
        found = WRITTEN.fullmatch(folded(peeled(text[:LONGEST])))
        if not found:
            continue
        written = found[2] + (round_sum[1] if (round_sum := NO_CENTS.match(found[3])) else "")
        marks = [char for char in written if char in ".,"]
        whole, _mark, fraction = written.partition(marks[-1]) if marks else (written, "", "")
        if len(marks) == 1 and _is_doubtful(whole, fraction):
            doubtful = doubtful or text
        elif marks and len(set(marks)) < len(marks):  # of thousands there may be several
            proven.add(POINT if (marks[-1] if len(set(marks)) == 1 else marks[0]) == "," else COMMA)
        elif marks:
            proven.add(COMMA if marks[-1] == "," else POINT)
    return MarkEvidence(frozenset(proven), doubtful)
