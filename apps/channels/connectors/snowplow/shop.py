"""Shopping, in each of the three ways Snowplow has had of telling it: transactions, actions, plain schemas."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.connectors.snowplow.wire import entities
from apps.channels.toolkit.tracking.story import StoryWriter, TrackedStory
from apps.channels.toolkit.tracking.titles import story_of
from apps.foundation.text.numbers import LARGEST, decimal, exact
from apps.foundation.text.numbers import currency as code_of
from apps.foundation.text.values import Event, mapping, words
from apps.interactions.models import Channel

# Types of `snowplow_ecommerce_action`, by the name the same has in the E-Commerce Spec that we can tell.
ACTIONS = {
    "product_view": "Product Viewed",
    "list_view": "Product List Viewed",
    "list_click": "Product Clicked",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "checkout_step": "Checkout Step Viewed",
    "transaction": "Order Completed",
    "refund": "Order Refunded",
    "promo_view": "Promotion Viewed",
    "promo_click": "Promotion Clicked",
}
WHOLE = {"transaction", "refund", "checkout_step"}  # what is told is an order, not one product


def transaction(content: Event, currency: str) -> TrackedStory:
    """The older `tr` event: an order, whose lines come as events of their own."""
    said = {"order_id": content.get("tr_id"), "total": content.get("tr_tt"), "currency": content.get("tr_cu")}
    return story_of("Order Completed", said, currency)


def line(content: Event, currency: str) -> TrackedStory:
    """One line of such an order."""
    order, name = words(content.get("ti_id"), 80), words(content.get("ti_nm") or content.get("ti_sk"))
    count = decimal(content.get("ti_qu")) or Decimal(1)
    price = decimal(content.get("ti_pr"))
    amount = exact(price * count) if price is not None and abs(price * count) < LARGEST else None
    unit = code_of(content.get("ti_cu")) or code_of(currency)
    return TrackedStory(
        kind="order_line",
        title=f"{count.normalize():f} \u00d7 {name or _('a product')}",
        channel=Channel.ORDER,
        amount=amount,
        currency=unit if amount is not None else "",
        reference=order,
        thread=f"order:{order}" if order else "",
    )


def action(content: Event, data: Event, currency: str) -> TrackedStory:
    """`snowplow_ecommerce_action`: the verb is in the event, the things are entities beside it."""
    kind = words(data.get("type"), 40)
    products = [_product(entity) for entity in entities(content, "product")]
    said: dict[str, Any] = {}
    for entity in ("cart", "checkout_step", "promotion", "transaction", "refund"):
        for found in entities(content, entity):
            said |= found
    said |= {
        "order_id": said.get("transaction_id"),
        "total": said.get("refund_amount") or said.get("revenue") or said.get("total_value"),
        "products": products,
    }
    if kind not in WHOLE and products:
        said |= products[0]
    if kind == "list_view":
        said["category"] = data.get("name")
    if kind == "transaction_error":
        return _failed(said)
    return story_of(ACTIONS.get(kind, kind or "shop"), said, currency)


def _product(entity: Event) -> dict[str, Any]:
    return {**entity, "product_id": entity.get("id"), "name": entity.get("name") or entity.get("id")}


def _failed(said: Event) -> TrackedStory:
    order = words(said.get("order_id"), 80)
    return TrackedStory(
        kind="order_failed",
        title=_("Order %(order)s did not go through") % {"order": order} if order else _("An order did not go through"),
        channel=Channel.ORDER,
        reference=order,
        thread=f"order:{order}" if order else "",
    )


def _put(data: Event, currency: str) -> TrackedStory:
    return story_of("Product Added", _plain(data), currency)


def _taken(data: Event, currency: str) -> TrackedStory:
    return story_of("Product Removed", _plain(data), currency)


def _plain(data: Event) -> dict[str, Any]:
    return {**data, "price": data.get("unitPrice"), "name": data.get("name") or data.get("sku")}


def _searched(data: Event, currency: str) -> TrackedStory:
    terms = data.get("terms")
    query = " ".join(filter(None, map(words, terms))) if isinstance(terms, list) else words(terms)
    return story_of("Products Searched", {"query": query}, currency)


def _sent(data: Event, _currency: str) -> TrackedStory:
    """A form's fields stay in the envelope: nobody knows what was typed into them."""
    form = words(mapping(data).get("formId"), 80)
    return TrackedStory(kind="form", title=_("Sent the form “%(form)s”") % {"form": form} if form else _("Sent a form"))


# Self-describing events with schemas of Snowplow's own, by the schema's name.
WRITERS: dict[str, StoryWriter] = {
    "add_to_cart": _put,
    "remove_from_cart": _taken,
    "site_search": _searched,
    "submit_form": _sent,
}
