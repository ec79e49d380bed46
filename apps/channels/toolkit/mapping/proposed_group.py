"""Whether several rows make one order, and how they are put together. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.columns import SourceColumn
from apps.channels.toolkit.mapping.expressions import DOT, NAME, as_text, value
from apps.channels.toolkit.mapping.proposed_lines import ProposedLines

ARTICLES = re.compile(
    r"\b(?:sku|stock ?code|article|artikel\w*|produkt\w*|produit|producto|product|item|lineitem|line item|position|"
    r"pos nr|variant|ean|isbn|line)\b"
)
THINGS = re.compile(r"sku|stock|artic|artik|produ|variant|ean|isbn|^item|line ?item(?! id)")  # and no mere positions
PER_PIECE = re.compile(r"unit|each|single|per piece|einzel|stuck|unitaire|unitario")
PRICES = re.compile(r"\b(?:price|preis|prix|precio)\b")
FEW = 3  # orders of several rows; fewer prove little
CANCELLED = re.compile(r"[A-Za-z]{1,2}[-_ ]?(?=\d)")
Rows = Sequence[Mapping[str, Any]]


class OrderRows:
    """The rows of each number that people quote."""

    def __init__(self, rows: Rows, quoted: SourceColumn) -> None:
        read = value(quoted.place).read
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            found[as_text(read(row))].append(row)
        found.pop("", None)
        self.several = [group for group in found.values() if len(group) > 1]

    def share_varying(self, column: SourceColumn) -> float:
        """In what share of orders of several rows this column differs from row to row."""
        read = value(column.place).read
        varying = sum(len({as_text(read(row)) for row in group} - {""}) > 1 for group in self.several)
        return varying / len(self.several) if self.several else 0.0

    def is_once(self, column: SourceColumn) -> bool:
        """Whether it stands only in the first row of each."""
        read = value(column.place).read
        return all(not as_text(read(row)) for group in self.several for row in group[1:])


def say_group(lines: ProposedLines, quoted: SourceColumn | None, kind: str) -> bool:
    """The lines `group` and `refund`, if rows that share a number are the lines of one order. Whether they are."""
    if quoted is None or kind not in {"order", "receipt", "payment", "event"}:
        return False
    orders = OrderRows(lines.rows, quoted)
    articles = [column for column in lines.columns if _is_article(lines, column) and column is not quoted]
    varying = [column for column in articles if orders.share_varying(column) >= 0.5]
    person = next((lines.parts[name] for name in ("user_id", "email") if name in lines.parts), None)
    priced = {"quantity", "unit_price"} <= lines.parts.keys() and "amount" not in lines.parts  # even in a row alone
    if not (orders.several and varying) and not (priced and not orders.several):
        return False
    if person and orders.share_varying(person) > 0.1:
        return False
    few = (
        _("Only %(count)d numbers here have several rows.") % {"count": len(orders.several)}
        if 0 < len(orders.several) < FEW and len(lines.rows) > 20
        else ""
    )
    said = _("Rows with the same “%(it)s” are the lines of one order.")
    lines.put("group.by", quoted.place, said % {"it": quoted.label}, few)
    _say_cost(lines, orders)
    _say_line(lines, articles)
    return True


def _is_article(lines: ProposedLines, column: SourceColumn) -> bool:
    return column is lines.parts.get("product") or bool(ARTICLES.search(column.words))


def _say_cost(lines: ProposedLines, orders: OrderRows) -> None:
    """What an order costs: quantity times price, or the amounts of its lines; or what is said once for all of it."""
    quantity, unit, amount = (lines.parts.get(name) for name in ("quantity", "unit_price", "amount"))
    whole = amount and (orders.is_once(amount) or not orders.share_varying(amount)) and not PRICES.search(amount.words)
    if quantity:
        lines.put("group.quantity", quantity.place, _("“%(it)s” says how many.") % {"it": quantity.label})
    if whole:
        return
    if amount and not PRICES.search(amount.words):
        lines.put(
            "group.amount", amount.place, _("“%(it)s” is what a line costs; they are added up.") % {"it": amount.label}
        )
        lines.mapping["group"].pop("quantity", None)
        lines.why.pop("group.quantity", None)
        return
    price = unit or amount
    if price is None:
        return
    said = (
        _("The amount is quantity times “%(it)s”, added up.") if quantity else _("“%(it)s” of all lines is added up.")
    )
    is_one = quantity and (price is not unit or PER_PIECE.search(price.words))
    doubt = "" if is_one else _("Whether “%(it)s” is that of the line, or of one piece.") % {"it": price.label}
    lines.put("group.price", price.place, said % {"it": price.label}, doubt)


def _say_line(lines: ProposedLines, articles: Sequence[SourceColumn]) -> None:
    quantity, product = lines.parts.get("quantity"), lines.parts.get("product")
    costs = next((lines.mapping["group"][name] for name in ("price", "amount") if name in lines.mapping["group"]), "")
    cost = next((column for column in lines.columns if column.place == costs), None)
    named = product or next((column for column in articles if THINGS.search(column.words)), None)
    if named is None or not named.fits_into_braces:
        return
    said = f"{{{named.place}}}"
    if quantity and quantity.fits_into_braces:
        said = f"{{{quantity.place}}} \u00d7 {said}"
    if cost and cost.fits_into_braces:
        said += f"{DOT}{{{cost.place}}}"
    lines.put("group.line", said, _("How each row is listed."))


def say_refund(lines: ProposedLines, quoted: SourceColumn | None, kind: str) -> None:
    """What takes an order back is told as that: a negative amount, or a number of another series (`C1042`)."""
    priced = "amount" in lines.parts or {"price", "amount"} & lines.mapping.get("group", {}).keys()
    if kind not in {"order", "receipt"} or not priced:
        return
    number = f" {{{quoted.place}}}" if quoted and quoted.fits_into_braces else ""
    said = _("What a row with a negative amount or quantity is called.")
    lines.put("refund", _("Cancellation or refund") + number, said)
    series = _series(quoted) if quoted else ""
    if quoted and series and NAME.fullmatch(quoted.place):
        said = _("Numbers that begin with %(it)s take an order back.") % {"it": series}
        doubt = _("So it looks: all other numbers begin with a digit.")
        lines.put("cancels", f"starts_with({quoted.place}, '{series}')", said, doubt)


def _series(quoted: SourceColumn) -> str:
    """The letter of a small series of numbers beside plain ones: C536379 among 536365, 536366."""
    letters = [text[0] for text in quoted.texts if CANCELLED.match(text)]
    plain = sum(text[:1].isdigit() for text in quoted.texts)
    same = set(letters) <= {"C"} or set(letters) <= {"R"}
    return letters[0] if letters and same and plain > 4 * len(letters) else ""
