"""Segment's E-Commerce Spec (version 2, and the names of version 1): shopping as it would be told."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.channels.toolkit.commerce import quantity
from apps.channels.toolkit.tracking.story import StoryWriter, TrackedStory, Words
from apps.foundation.text.numbers import currency as code_of
from apps.foundation.text.numbers import decimal, exact
from apps.foundation.text.numbers import money as read
from apps.foundation.text.values import Event, words
from apps.interactions.models import DELIVERED, Channel, Direction

LINES = 30  # products of an order that are listed


def money(properties: Event, currency: str, *names: str) -> tuple[Decimal | None, str]:
    """The first amount among `names` (default: total, revenue, value), to the cent, with its ISO 4217 currency."""
    for name in names or ("total", "revenue", "value"):
        amount, beside = read(properties.get(name), otherwise=code_of(currency))
        if amount is not None:
            return amount, beside or code_of(properties.get("currency") or currency)
    return None, ""


def _order(kind: str, named: Words, nameless: Words, direction: str = Direction.INBOUND) -> StoryWriter:
    """An order's life. `named` holds `%(order)s`, `nameless` is said where the order has no number."""

    def writer(properties: Event, currency: str) -> TrackedStory:
        order = words(properties.get("order_id") or properties.get("orderId") or properties.get("transaction_id"), 80)
        amount, unit = money(properties, currency)
        title = str(named) % {"order": order} if order else str(nameless)
        count = _pieces(properties)
        if count:
            title = f"{title} · " + ngettext("%(count)d item", "%(count)d items", count) % {"count": count}
        return TrackedStory(
            kind=kind,
            title=title,
            channel=Channel.ORDER,
            direction=direction,
            body="\n".join(_lines(properties)),
            amount=amount,
            currency=unit,
            reference=order,
            thread=f"order:{order}" if order else "",
        )

    return writer


def _products(properties: Event) -> list[Mapping[str, Any]]:
    products = properties.get("products")
    return [product for product in products if isinstance(product, dict)] if isinstance(products, list) else []


def _pieces(properties: Event) -> int:
    return sum(quantity(product.get("quantity")) for product in _products(properties))


def _lines(properties: Event) -> Iterator[str]:
    products = _products(properties)
    for product in products[:LINES]:
        price = decimal(product.get("price"))
        yield f"{quantity(product.get('quantity'))} \u00d7 {_product(product)}" + (
            f", {exact(price)}" if price is not None else ""
        )
    if len(products) > LINES:
        yield _("and %(count)d more") % {"count": len(products) - LINES}
    if words(properties.get("coupon")):
        yield _("Coupon %(coupon)s") % {"coupon": words(properties["coupon"], 60)}


def _product(properties: Event) -> str:
    said = properties.get("name") or properties.get("product") or properties.get("sku") or properties.get("product_id")
    return words(said) or _("a product")


def _about(kind: str, sentence: Words, *names: str, empty: Words = "") -> StoryWriter:
    """A sentence around one property: `%(it)s` is the first of `names` that is there, a product by default."""

    def writer(properties: Event, currency: str) -> TrackedStory:
        it = next((words(properties[name]) for name in names if words(properties.get(name))), "")
        if not names:
            it = _product(properties)
        amount, unit = money(properties, currency, "price", "value")
        return TrackedStory(
            kind=kind,
            title=str(sentence) % {"it": it} if it else str(empty or str(sentence) % {"it": "…"}),
            amount=amount if not names else None,
            currency=unit if not names else "",
        )

    return writer


def _basket(kind: str, title: Words) -> StoryWriter:
    """The cart as a whole, with what lies in it."""

    def writer(properties: Event, currency: str) -> TrackedStory:
        amount, unit = money(properties, currency)
        count = _pieces(properties)
        inside = " · " + ngettext("%(count)d item", "%(count)d items", count) % {"count": count} if count else ""
        return TrackedStory(
            kind=kind,
            title=f"{title}{inside}",
            body="\n".join(_lines(properties)),
            amount=amount,
            currency=unit,
            reference=words(properties.get("order_id"), 80),
        )

    return writer


def _step(title: Words, nameless: Words) -> StoryWriter:
    def writer(properties: Event, _currency: str) -> TrackedStory:
        step = words(properties.get("step"), 20)
        return TrackedStory(
            kind="checkout",
            title=str(title) % {"step": step} if step else str(nameless),
            reference=words(properties.get("order_id"), 80),
        )

    return writer


_t = gettext_lazy

WRITERS: dict[str, StoryWriter] = {
    # looking around
    "products searched": _about("search", _t("Searched for “%(it)s”"), "query", empty=_t("Searched the shop")),
    "product list viewed": _about(
        "product", _t("Looked at %(it)s"), "category", "list_id", empty=_t("Looked at a list of products")
    ),
    "product list filtered": _about(
        "product", _t("Filtered %(it)s"), "category", "list_id", empty=_t("Filtered a list of products")
    ),
    "product clicked": _about("product", _t("Opened %(it)s")),
    "product viewed": _about("product", _t("Looked at %(it)s")),
    "product shared": _about("product", _t("Shared %(it)s")),
    # cart and wish list
    "product added": _about("cart", _t("Put %(it)s into the cart")),
    "product removed": _about("cart", _t("Took %(it)s out of the cart")),
    "cart viewed": _basket("cart", _t("Looked at the cart")),
    "cart shared": _basket("cart", _t("Shared the cart")),
    "cart abandoned": _basket("cart", _t("Left the cart behind")),
    "product added to wishlist": _about("wishlist", _t("Put %(it)s on the wish list")),
    "product removed from wishlist": _about("wishlist", _t("Took %(it)s off the wish list")),
    "wishlist product added to cart": _about("cart", _t("Put %(it)s from the wish list into the cart")),
    # checkout
    "checkout started": _basket("checkout", _t("Began to check out")),
    "checkout step viewed": _step(_t("Reached checkout step %(step)s"), _t("Reached a checkout step")),
    "checkout step completed": _step(_t("Completed checkout step %(step)s"), _t("Completed a checkout step")),
    "payment info entered": _about(
        "checkout", _t("Chose to pay by %(it)s"), "payment_method", empty=_t("Entered payment details")
    ),
    # orders
    "order completed": _order("order", _t("Order %(order)s"), _t("Order")),
    "order updated": _order("order_update", _t("Order %(order)s changed"), _t("Order changed")),
    "order refunded": _order("refund", _t("Order %(order)s refunded"), _t("Order refunded"), Direction.OUTBOUND),
    "order cancelled": _order("cancellation", _t("Order %(order)s cancelled"), _t("Order cancelled")),
    "order shipped": _order("delivery", _t("Order %(order)s sent"), _t("Order sent"), Direction.OUTBOUND),
    "order delivered": _order(DELIVERED, _t("Order %(order)s delivered"), _t("Order delivered"), Direction.OUTBOUND),
    "order returned": _order("return", _t("Order %(order)s returned"), _t("Order returned")),
    # coupons
    "coupon entered": _about("coupon", _t("Entered coupon %(it)s"), "coupon_id", "coupon_name", "coupon"),
    "coupon applied": _about("coupon", _t("Used coupon %(it)s"), "coupon_name", "coupon_id", "coupon"),
    "coupon denied": _about("coupon", _t("Coupon %(it)s was refused"), "coupon_name", "coupon_id", "coupon"),
    "coupon removed": _about("coupon", _t("Took back coupon %(it)s"), "coupon_name", "coupon_id", "coupon"),
}
_FORMER = {
    "viewed product category": "product list viewed",
    "viewed product": "product viewed",
    "added product": "product added",
    "removed product": "product removed",
    "viewed checkout step": "checkout step viewed",
    "completed checkout step": "checkout step completed",
    "completed order": "order completed",
    "order canceled": "order cancelled",
    "searched products": "products searched",
}
WRITERS |= {former: WRITERS[name] for former, name in _FORMER.items()}
