"""What was taken off a receipt: offers on a line, rewards of a loyalty programme, coupons. Pure functions.

The standard has many places for it (RetailPriceModifier, Discount, LoyaltyReward, PriceDerivationResult, …), and tills
have places of their own: an element counts by how its name ends and by the amount in it. Points alone are no discount.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.channels.toolkit.xml import every, text
from apps.foundation.text.numbers import decimal
from apps.foundation.text.values import words

PRICE_CUT = re.compile(r"(Discount|Reward|Modifier|Coupon|Promotion|PriceDerivationResult|Deal|Saving)s?$")
AMOUNTS = ("Amount", "DiscountAmount", "RewardAmount", "ExtendedDiscountAmount", "ExtendedAmount", "MonetaryAmount")
NAMED = ("Description", "PromotionDescription", "Name", "PromotionName", "Reason", "PromotionID", "ReasonCode")
OF_THE_LINE = ("ExtendedDiscountAmount", "DiscountAmount")
MOST = 200  # of one receipt


class Discount(NamedTuple):
    """`amount` is what was taken off; a surcharge is negative."""

    name: str
    amount: Decimal


def of_goods(goods: Any) -> list[Discount]:
    """Of one line. Its parts may be for one piece, the sum of the line is for all of them."""
    found = list(discounts_in(goods))
    whole = next(filter(None, (decimal(text(goods, name)) for name in OF_THE_LINE)), None)
    if whole is None or sum(each.amount for each in found) == abs(whole):
        return found
    return [Discount(found[0].name if len(found) == 1 else _("Discount"), abs(whole))]


def discounts_in(node: Any) -> Iterator[Discount]:
    """Of the parts of a line, or of the receipt as a whole."""
    parts = [(name, part) for name in (node if isinstance(node, dict) else {}) for part in every(node, name)]
    for name, part in parts[:MOST]:
        amount = _amount(part) if PRICE_CUT.search(name) and not _is_void(part) else None
        if amount:
            yield Discount(_name(name, part), amount)


def _is_void(part: Any) -> bool:
    return text(part, "@VoidFlag").lower() in {"true", "1"} or text(part, "@CancelFlag").lower() in {"true", "1"}


def _amount(part: Any) -> Decimal | None:
    if isinstance(part, str):
        said = decimal(part)
        return abs(said) if said is not None else None
    before, after = decimal(text(part, "PreviousPrice")), decimal(text(part, "NewPrice"))
    for name in AMOUNTS:
        said, action = decimal(text(part, name)), text(part, name, "@Action") or text(part, "@Action")
        if said is not None:
            if action == "Replace":
                return before - said if before is not None else None
            return -abs(said) if action == "Add" else abs(said)
    return before - after if before is not None and after is not None else None


def _name(element: str, part: Any) -> str:
    said = next(filter(None, (words(text(part, name), 60) for name in NAMED)), "")
    if said and not said.isdigit():
        return said
    if "Loyalty" in element or "Reward" in element:
        return _("Loyalty discount")
    return _("Coupon") if "Coupon" in element else _("Discount")
