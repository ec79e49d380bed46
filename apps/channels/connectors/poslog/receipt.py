"""A receipt read line by line: what was bought, what was brought back, what was taken off, how it was paid.

Whether the amount of a line is before or after its discounts, and with tax or without, tills do not say and do not
agree on. The total tells: the reading is the one that adds up to it, and what no reading explains is said as a line of
its own. Pure functions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.channels.connectors.poslog.discounts import Discount, discounts_in, of_goods
from apps.channels.toolkit.xml import every, text
from apps.foundation.text.numbers import currency, decimal
from apps.foundation.text.values import mapping, words

LINES = 40  # that are listed
UNIT_PRICES = ("ActualSalesUnitPrice", "UnitPrice", "RegularSalesUnitPrice")
VOIDED = {"PostVoided", "Voided", "Canceled", "Cancelled", "Cancel"}
GRAND = ("TransactionGrandAmount", "TransactionNetAmount", "TransactionGrossAmount", "")
TENDERS = {
    "Cash": gettext_lazy("Cash"),
    "CreditDebit": gettext_lazy("Card"),
    "Credit": gettext_lazy("Card"),
    "Debit": gettext_lazy("Card"),
    "Check": gettext_lazy("Cheque"),
    "Cheque": gettext_lazy("Cheque"),
    "GiftCard": gettext_lazy("Gift card"),
    "GiftCertificate": gettext_lazy("Gift voucher"),
    "StoredValue": gettext_lazy("Gift card"),
    "Voucher": gettext_lazy("Voucher"),
    "Coupon": gettext_lazy("Coupon"),
    "ManufacturerCoupon": gettext_lazy("Coupon"),
    "AccountsReceivable": gettext_lazy("On account"),
    "CustomerAccount": gettext_lazy("On account"),
    "LoyaltyRedemption": gettext_lazy("Points"),
}


@dataclass(slots=True)
class Position:
    """A line of goods. `amount` is negative for what came back, None where there is none to read."""

    line: str
    amount: Decimal | None
    discounts: list[Discount] = field(default_factory=list)

    def taken_off(self) -> Decimal:
        off = sum((each.amount for each in self.discounts), Decimal(0))
        return -off if self.amount is not None and self.amount < 0 else off


@dataclass(slots=True)
class TillReceipt:
    """Numbers of pieces, and lines for people."""

    bought: int = 0
    returned: int = 0
    lines: list[str] = field(default_factory=list)
    voided: bool = False
    total: Decimal | None = None
    currency: str = ""


class Reading(NamedTuple):
    """Whether the discounts of lines and of the receipt are still to be taken off, and the tax to be added."""

    lines: bool
    receipt: bool
    tax: Decimal


def receipt(transaction: Any, sale: Any, fallback: str) -> TillReceipt:
    """`fallback` is the currency of a receipt that names none."""
    read = TillReceipt(voided=is_voided(transaction, sale))
    read.total, unit = _total(sale)
    read.currency = unit or currency(text(transaction, "CurrencyCode")) or currency(fallback)
    items = [item for item in every(sale, "LineItem") if isinstance(item, dict)]
    valid = [item for item in items if not _is_void(item)]
    positions = [position for item in items for position in _positions(item, read)]
    discounts = [*discounts_in(sale), *(each for item in valid for each in discounts_in(item))]
    lines = _goods_lines(positions, discounts, read, _tax(sale, valid))
    lines += [_tender(tender) for item in valid for tender in every(item, "Tender") if isinstance(tender, dict)]
    read.lines = (
        lines if len(lines) <= LINES else [*lines[:LINES], _("and %(count)d more") % {"count": len(lines) - LINES}]
    )
    return read


def _goods_lines(positions: list[Position], discounts: list[Discount], read: TillReceipt, tax: Decimal) -> list[str]:
    amounts = [position.amount for position in positions if position.amount is not None]
    goods, certain = sum(amounts, Decimal(0)), len(amounts) == len(positions) and bool(positions)
    total = -abs(read.total) if read.total is not None and goods < 0 else read.total
    off = (
        sum((position.taken_off() for position in positions), Decimal(0)),
        sum((d.amount for d in discounts), Decimal(0)),
    )
    reading = _reading(goods, off, tax, total if certain else None)
    lines = []
    for position in positions:
        back = position.amount is not None and position.amount < 0
        lines += [position.line, *(_discount(each, reading.lines, back=back) for each in position.discounts)]
    lines += [_discount(each, reading.receipt) for each in discounts]
    if reading.tax:
        lines.append(f"{_('Tax')}, {reading.tax}")
    if total is not None and certain and not read.voided and len(lines) <= LINES:
        rest = total - _sum(goods, off, reading)
        if rest:
            lines.append(f"{_('Discounts and other') if rest < 0 else _('Taxes and other')}, {rest}")
    return lines


def _sum(goods: Decimal, off: tuple[Decimal, Decimal], reading: Reading) -> Decimal:
    return goods - reading.lines * off[0] - reading.receipt * off[1] + reading.tax


def _reading(goods: Decimal, off: tuple[Decimal, Decimal], tax: Decimal, total: Decimal | None) -> Reading:
    """The one that adds up; without any, whatever is said to be taken off is."""
    signed = -tax if goods < 0 else tax
    tried = [
        Reading(lines, whole, added)
        for lines, whole in ((False, False), (False, True), (True, True), (True, False))
        for added in (Decimal(0), signed)
    ]
    return next((each for each in tried if _sum(goods, off, each) == total), Reading(True, True, Decimal(0)))


def _discount(discount: Discount, still: bool, *, back: bool = False) -> str:
    if not still:
        return _("Already taken off: %(discount)s") % {"discount": f"{discount.name}, {discount.amount}"}
    return f"{discount.name}, {discount.amount if back else -discount.amount}"


def _tax(sale: Any, valid: list[Any]) -> Decimal:
    for total in every(sale, "Total"):
        said = decimal(text(total)) if text(total, "@TotalType") == "TransactionTaxAmount" else None
        if said is not None:
            return abs(said)
    taxes = [tax for place in ((), ("Sale",), ("Return",)) for tax in every(valid, *place, "Tax")]
    return sum((abs(decimal(text(tax, "Amount")) or Decimal(0)) for tax in taxes), Decimal(0))


def is_voided(transaction: Any, sale: Any) -> bool:
    flags = (text(transaction, "@CancelFlag"), text(transaction, "@VoidFlag"), text(sale, "@VoidFlag"))
    statuses = {text(sale, "@TransactionStatus"), text(sale, "TransactionStatus")}
    links = {text(link, "@ReasonCode") for link in every(sale, "TransactionLink")}
    return any(map(_is_true, flags)) or bool((statuses | links) & VOIDED) or "PostVoid" in links


def _is_true(flag: str) -> bool:
    return flag.lower() in {"true", "1"}


def _is_void(item: Any) -> bool:
    return _is_true(text(item, "@VoidFlag")) or _is_true(text(item, "@CancelFlag"))


def _positions(item: Any, read: TillReceipt) -> Iterator[Position]:
    void = _is_void(item)
    for name in ("Sale", "Return"):
        for goods in every(item, name):
            if not isinstance(goods, dict):
                continue
            amount = _price(goods)
            credit = amount is not None and amount < 0
            back = name == "Return" or (credit and text(goods, "Quantity").startswith("-"))
            quantity = _quantity(goods, back=back)
            count = int(quantity) if quantity == int(quantity) else 1  # one of what is weighed
            if not void and back:
                read.returned += count
            elif not void and not credit:  # less than nothing is a discount or a deposit
                read.bought += count
            line = _goods(goods, quantity, amount, void=void, back=back)
            if void:
                yield Position(line, Decimal(0))
            else:
                signed = -abs(amount) if back and amount is not None else amount
                yield Position(line, signed, of_goods(goods))


def _quantity(goods: Any, *, back: bool = False) -> Decimal:
    """How many, or how much. What comes back may be less than nothing."""
    said = text(goods, "Quantity")
    quantity = decimal(said.removeprefix("-") if back else said)
    return quantity if quantity and 0 < quantity < 10_000 else Decimal(1)


def _price(goods: Any) -> Decimal | None:
    """Of the whole line."""
    extended = decimal(text(goods, "ExtendedAmount"))
    if extended is not None:
        return extended
    unit = next(filter(None, (decimal(text(goods, name)) for name in UNIT_PRICES)), None)
    return round(unit * _quantity(goods), 2) if unit is not None else None


def _goods(goods: Any, quantity: Decimal, amount: Decimal | None, *, void: bool, back: bool) -> str:
    named = text(goods, "Description") or text(goods, "ItemID") or text(goods, "POSIdentity", "POSItemID")
    much = int(quantity) if quantity == int(quantity) else quantity
    line = f"{much} \u00d7 {words(named, 80) or _('an item')}"
    if amount is not None:
        line += f", {abs(amount) if back or void else amount}"
    if void:
        return _("Taken off: %(line)s") % {"line": line}
    reason = words(text(goods, "Reason") or text(goods, "ReasonCode") or text(goods, "Disposal", "@Method"), 60)
    if back:
        line = _("Returned: %(line)s") % {"line": line}
        return f"{line} ({reason})" if reason else line
    return line


def _tender(tender: Any) -> str:
    kind = text(tender, "@TenderType")
    name = str(TENDERS.get(kind, "")) or words(text(tender, "@TenderDescription") or kind, 40) or _("Payment")
    card = mapping(next(iter(every(tender, "CreditDebit")), None))
    brand = words(text(card, "CreditCardCompanyCode") or text(card, "@CreditDescription") or text(card, "Brand"), 30)
    digits = "".join(filter(str.isdigit, _card_number(tender)))[-4:]
    paid = decimal(text(tender, "Amount"))
    said = f"{name} ({brand})" if brand else name
    if len(digits) == 4:
        said = _("%(card)s ending %(digits)s") % {"card": said, "digits": digits}
    if text(tender, "@TypeCode") == "Refund":
        said = _("Paid back: %(how)s") % {"how": said}
    return f"{said}, {abs(paid)}" if paid is not None else said


def _card_number(tender: Any) -> str:
    for name in ("PrimaryAccountNumber", "AccountNumber", "CardNumber", "MaskedAccountNumber"):
        for path in (("CreditDebit", name), ("Authorization", name), (name,)):
            if text(tender, *path):
                return text(tender, *path)
    return ""


def _total(sale: Any) -> tuple[Decimal | None, str]:
    totals = {text(total, "@TotalType"): total for total in reversed(every(sale, "Total"))}
    for kind in GRAND:
        if kind in totals:
            amount = decimal(text(totals[kind]))
            unit = currency(text(totals[kind], "@CurrencyCode") or text(totals[kind], "@Currency"))
            if amount is not None:
                return amount, unit
    return None, ""
