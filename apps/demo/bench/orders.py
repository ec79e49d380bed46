"""A file of orders as a shop exports them, with a mapping: the same rows on every machine."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from apps.demo.bench import words

ORDERS_EACH = 5  # on average
BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
PLACES = (("London", "GB"), ("Berlin", "DE"), ("Paris", "FR"), ("Madrid", "ES"), ("Leeds", "GB"), ("Wien", "AT"))
PRODUCTS = (
    ("Espresso cups, set of 4", 3490), ("Moka pot 6 cups", 4290), ("Burr grinder", 12900), ("House blend 1 kg", 2190),
    ("Milk jug", 1890), ("Descaler", 990),
)  # fmt: skip
COLUMNS = (
    "order_id", "created_at", "customer_id", "email", "phone", "first_name", "last_name", "city", "country", "product",
    "quantity", "amount", "currency", "status",
)  # fmt: skip
MAPPING: dict[str, Any] = {
    "id": "order_id",
    "when": "created_at",
    "who": {"user_id": "customer_id", "email": "email", "unsure": {"phone": "phone"}},
    "traits": {name: name for name in ("first_name", "last_name", "city", "country")},
    "channel": "order",
    "kind": "order",
    "title": "Order {order_id} · {product}",
    "body": "{quantity} \u00d7 {product}",
    "amount": "amount",
    "currency": "currency",
    "reference": "order_id",
    "thread": "order:{order_id}",
}


def write(path: Path, rows: int) -> None:
    """Three years of orders in their order, by a fifth as many customers in no order."""
    chance, step = Random(rows), timedelta(days=3 * 365) / rows
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for number in range(rows):
            out.writerow(_order(number, BEGAN + number * step, chance.randrange(max(1, rows // ORDERS_EACH)), chance))


def _order(number: int, at: datetime, customer: int, chance: Random) -> tuple[Any, ...]:
    given = words.GIVEN[customer % len(words.GIVEN)]
    family = words.FAMILY[customer // len(words.GIVEN) % len(words.FAMILY)]
    product, price = chance.choice(PRODUCTS)
    pieces = chance.choice((1, 1, 1, 2, 3))
    return (
        f"SO-{number:07d}", at.isoformat(" ", "seconds"), f"C{customer:06d}", f"customer-{customer}@orders.example",
        f"+4479{customer:08d}", given, family, *PLACES[customer % len(PLACES)], product, pieces,
        f"{price * pieces / 100:.2f}", "EUR", "paid",
    )  # fmt: skip
