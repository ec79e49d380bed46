"""Events as a shop's own code sends them with a Segment client library."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson

NAMES = ("Product Added", "Coupon Applied", "Product Reviewed", "Order Completed", "Support Requested")
NEW_SHARE = 0.3  # of the events are by people we have not met


class Shop:
    """Makes events with ids that no other run has used. `views` is the share that are page views."""

    def __init__(self, run: str, customers: int, *, views: float = 0.0) -> None:
        self.run = run
        self.customers = customers
        self.views = views
        self.chance = Random(run)

    def person(self) -> str:
        if self.chance.random() < NEW_SHARE:
            return f"new-{self.run}-p{self.chance.randrange(10**9)}"  # a letter: digits in a row may be a card number
        return f"u{self.chance.randrange(self.customers) + 1}"

    def event(self, number: int, person: str | None = None, title: str = "") -> dict[str, Any]:
        at = datetime.now(UTC).isoformat()
        shared = {"messageId": f"{self.run}-{number}", "timestamp": at, "userId": person or self.person()}
        library = {"library": {"name": "bench", "version": "1"}}
        if not title and self.chance.random() < self.views:
            page = {"url": f"https://shop.example/p/{number % 40}", "title": "Trail jacket, blue"}
            return {
                **shared,
                "type": "page",
                "name": "Trail jacket, blue",
                "properties": page,
                "context": library,
            }
        bought: dict[str, Any] = {
            "sku": f"K{number % 5000}", "name": "Espresso maker, 6 cups", "price": 39.5, "quantity": 1,
            "currency": "EUR",
        }  # fmt: skip
        name = title or self.chance.choice(NAMES)
        if name == "Order Completed":
            bought = {
                "order_id": f"{self.run}-{number}",
                "total": 79.0,
                "currency": "EUR",
                "products": [bought],
            }
        return {**shared, "type": "track", "event": name, "properties": bought, "context": library}

    def batches(self, events: int, size: int) -> Iterator[bytes]:
        """Bodies for `/v1/batch`, numbered from 1 to `events`."""
        for first in range(1, events + 1, size):
            batch = [self.event(number) for number in range(first, min(first + size, events + 1))]
            yield orjson.dumps({"batch": batch, "sentAt": datetime.now(UTC).isoformat()})
