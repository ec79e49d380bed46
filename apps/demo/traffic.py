"""What the demo's web shop has just reported: real events that come the way of all events, three without any sense."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from apps.channels.contract import RawEvent
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from apps.channels.models import Source
from apps.customers.models import SourceProfile
from apps.demo.world.catalogue import PRODUCTS
from apps.demo.world.events import SHOP

VISITORS = 12
SENSELESS: tuple[dict[str, Any], ...] = (
    {"type": "track", "event": "Product Viewed", "properties": {"name": "Teapot"}},
    {"type": "track", "userId": "cust-000002", "event": ""},
    {"type": "carrier-pigeon", "userId": "cust-000002"},
)


def send(seed: int, now: datetime) -> None:
    """Receive and process what a dozen customers did in the last half hour."""
    rng, source = Random(seed), Source.objects.get(slug=SHOP)
    visitors = SourceProfile.objects.filter(source=SHOP, external_id__startswith="user:").order_by("id")
    users = [key.removeprefix("user:") for key in visitors.values_list("external_id", flat=True)[:VISITORS]]
    events = [event for place, user in enumerate(users) for event in _visit(rng, user, now - _ago(place))]
    receive(source, [_named(place, event) for place, event in enumerate([*events, *SENSELESS])])
    while process_due() != (0, 0):
        pass


def _ago(place: int) -> timedelta:
    return timedelta(minutes=2 + 2.5 * place)


def _visit(rng: Random, user: str, at: datetime) -> list[dict[str, Any]]:
    """Somebody looks at a product, and may buy it."""
    product = rng.choice(PRODUCTS)
    seen = {"name": product.name, "price": float(product.price), "currency": "GBP"}
    order = {
        "order_id": f"LW-{rng.randrange(10**5, 10**6)}",
        "total": float(product.price),
        "currency": "GBP",
        "products": [{**seen, "quantity": 1}],
    }
    steps = [("Product Viewed", seen), ("Product Added", seen), ("Order Completed", order)]
    return [
        {
            "type": "track",
            "userId": user,
            "event": name,
            "properties": properties,
            "timestamp": (at + timedelta(seconds=40 * step)).isoformat(),
            "experiment": "warm-colours",  # a field Segment's documents do not have: counted as drift
        }
        for step, (name, properties) in enumerate(steps[: rng.choice((1, 2, 2, 3))])
    ]


def _named(place: int, event: dict[str, Any]) -> RawEvent:
    return RawEvent(f"demo-visit-{place}", {"messageId": f"demo-visit-{place}", **event})
