"""Orders, cards and sums as a person would tell them; what the connectors of shops and payments share. Pure.

Shops name their events as they like, and no two alike: an order may first be heard of in an update. Hence one rule for
all of them: every event about an order that counts tells of the order itself (`seen`) besides what is new about it. The
first such telling stays, whatever its event is called; a later one with another sum is told as a change; others say
nothing new (`interactions.sights`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.foundation.text.numbers import decimal, exact
from apps.foundation.text.unread import unmarked
from apps.foundation.text.values import words
from apps.foundation.text.visible import isolated
from apps.interactions.drafts import InteractionDraft

LONGEST_LIST = 30  # lines of an order that are told

# How card brands are written, by what vendors call them (in lower case, without what is not a letter).
BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "americanexpress": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "discoverdiners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "chinaunionpay": "UnionPay",
    "interac": "Interac",
    "eftposau": "eftpos",
    "eftpos": "eftpos",
    "cartesbancaires": "Cartes Bancaires",
    "ebt": "EBT",
}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One position of an order. `price` is what the whole line costs."""

    name: str
    quantity: int = 1
    price: Decimal | None = None


def quantity(value: Any) -> int:
    """A number of pieces; 1 for what is none."""
    with unmarked():
        count = decimal(value)
    return int(count) if count is not None and 1 <= count < 1_000_000 else 1


def with_pieces(title: str, lines: Sequence[OrderLine]) -> str:
    """`Order 7 · 3 items`."""
    count = sum(line.quantity for line in lines)
    if not count:
        return title
    return f"{title} · " + ngettext("%(count)d item", "%(count)d items", count) % {"count": count}


def listed(lines: Sequence[OrderLine], *more: str) -> str:
    """The lines of an order one below the other, followed by whatever else is to be said of it."""
    shown = [
        f"{line.quantity} \u00d7 {isolated(line.name) or _('a product')}"
        + (f", {exact(line.price)}" if line.price is not None else "")
        for line in lines[:LONGEST_LIST]
    ]
    if len(lines) > LONGEST_LIST:
        shown.append(_("and %(count)d more") % {"count": len(lines) - LONGEST_LIST})
    return "\n".join([*shown, *filter(None, more)])


def seen(order: InteractionDraft, number: str, lines: Sequence[OrderLine], at: datetime) -> InteractionDraft:
    """An order as it stood at a moment. `number` is the one customers know."""
    title = _("Order %(order)s changed") % {"order": number} if number else _("Order changed")
    return order._replace(sight=at, changed=with_pieces(title, lines))


def card(brand: Any, last_four: Any) -> str:
    """`Visa ending 4242`, as far as it is known."""
    name = words(brand, 40)
    shown = BRANDS.get("".join(filter(str.isalpha, name.lower())), "")
    digits = words(last_four, 4)
    if not (len(digits) == 4 and digits.isascii() and digits.isdigit()):
        return shown
    return _("%(card)s ending %(digits)s") % {"card": shown or _("card"), "digits": digits}


def sum_of(amount: Decimal | None, currency: str) -> str:
    """`12.50 EUR`, or nothing."""
    return f"{exact(amount, currency)} {currency}".strip() if amount is not None else ""
