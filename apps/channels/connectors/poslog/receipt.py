"""A receipt read line by line: what was bought, what was brought back, how it was paid. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.channels.toolkit.xml import every, text
from apps.foundation.text.numbers import currency, decimal
from apps.foundation.text.values import mapping, words

LINES = 40  # that are listed
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
class TillReceipt:
    """Numbers of pieces, and lines for people. `kinds` are Sale and Return, as far as there are any."""

    bought: int = 0
    returned: int = 0
    lines: list[str] = field(default_factory=list)
    voided: bool = False
    total: Decimal | None = None
    currency: str = ""


def receipt(transaction: Any, sale: Any, fallback: str) -> TillReceipt:
    """`fallback` is the currency of a receipt that names none."""
    read = TillReceipt(voided=is_voided(transaction, sale))
    for item in every(sale, "LineItem"):
        if isinstance(item, dict):
            read.lines += _line(item, read)
    if len(read.lines) > LINES:
        more = len(read.lines) - LINES
        read.lines = [*read.lines[:LINES], _("and %(count)d more") % {"count": more}]
    read.total, unit = _total(sale)
    read.currency = unit or currency(text(transaction, "CurrencyCode")) or currency(fallback)
    return read


def is_voided(transaction: Any, sale: Any) -> bool:
    flags = (text(transaction, "@CancelFlag"), text(transaction, "@VoidFlag"), text(sale, "@VoidFlag"))
    statuses = {text(sale, "@TransactionStatus"), text(sale, "TransactionStatus")}
    links = {text(link, "@ReasonCode") for link in every(sale, "TransactionLink")}
    return any(map(_is_true, flags)) or bool((statuses | links) & VOIDED) or "PostVoid" in links


def _is_true(flag: str) -> bool:
    return flag.lower() in {"true", "1"}


def _line(item: Any, read: TillReceipt) -> Iterator[str]:
    void = _is_true(text(item, "@VoidFlag")) or _is_true(text(item, "@CancelFlag"))
    for name in ("Sale", "Return"):
        for goods in every(item, name):
            if isinstance(goods, dict):
                count = pieces(goods)
                if not void and name == "Sale":
                    read.bought += count
                elif not void:
                    read.returned += count
                yield _goods(goods, count, void=void, back=name == "Return")
    for tender in every(item, "Tender"):
        if isinstance(tender, dict) and not void:
            yield _tender(tender)


def pieces(goods: Any) -> int:
    """How many; one of what is weighed."""
    quantity = decimal(text(goods, "Quantity"))
    return int(quantity) if quantity and 0 < quantity < 10_000 and quantity == int(quantity) else 1


def _quantity(goods: Any, count: int) -> str:
    """How much, where it is weighed."""
    quantity = decimal(text(goods, "Quantity"))
    return str(quantity) if quantity and 0 < quantity < 10_000 and quantity != int(quantity) else str(count)


def _goods(goods: Any, count: int, *, void: bool, back: bool) -> str:
    named = text(goods, "Description") or text(goods, "ItemID") or text(goods, "POSIdentity", "POSItemID")
    price = next((text(goods, name) for name in ("ExtendedAmount", "ActualSalesUnitPrice") if text(goods, name)), "")
    amount = decimal(price)
    line = f"{_quantity(goods, count)} \u00d7 {words(named, 80) or _('an item')}" + (
        f", {abs(amount)}" if amount is not None else ""
    )
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
