"""Rows of a shop's orders, the mapping that reads them, and what became of their envelopes."""

from apps.channels.contract import RawEvent
from apps.channels.models import Envelope

HEADER = ["order_id", "created_at", "customer_id", "email", "product", "amount", "currency"]
MAPPING = {
    "id": "order_id",
    "when": "created_at",
    "who": {"user_id": "customer_id", "email": "email"},
    "channel": "order",
    "title": "Order {order_id} · {product}",
    "amount": "amount",
    "currency": "currency",
}


def order(number, customer=None, product="Cups", day=1):
    who = number % 7 if customer is None else customer
    at = f"2026-03-{day:02d} 10:00:00"
    return [f"O-{number}", at, f"C{who}", f"c{who}@orders.example", product, "12.50", "EUR"]


def events(*rows):
    return [RawEvent(row[0], dict(zip(HEADER, row, strict=True))) for row in rows]


def states():
    return dict(Envelope.objects.values_list("dedupe_key", "state"))
