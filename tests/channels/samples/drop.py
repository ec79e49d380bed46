"""Files as people export them: CSV in two dialects, JSON Lines, a JSON array and Parquet, all of one shop."""

import io

import pyarrow
from pyarrow import parquet

from tests.channels.samples import Made

MAPPING = {
    "id": "Order",
    "when": "Date",
    "format": "day first",
    "who": {"user_id": "Customer", "email": "E-mail"},
    "traits": {"first_name": "First name", "city": "City"},
    "channel": "order",
    "kind": "order",
    "title": "Order {Order} · {Item}",
    "amount": "Total",
    "currency": "EUR",
    "reference": "Order",
    "thread": "order:{Order}",
}
SOURCE = Made(settings={"mapping": MAPPING}, timezone="Europe/Paris")

COMMAS = b"""Order,Date,Customer,E-mail,First name,City,Item,Total
A-1,02/03/2026,C1,anna@shop.example,Anna,Leeds,"Cups, set of 4",34.90
A-2,23/03/2026 14:05,C2,ben@shop.example,Ben,York,Pot,42.90
"""
SEMICOLONS = """Order;Date;Customer;E-mail;First name;City;Item;Total
A-3;24.03.2026;C3;clara@shop.example;Clara;Köln;Mühle;1.299,00
A-2;23/03/2026 14:05;C2;ben@shop.example;Ben;York;Pot;42.90
"""
LINES = b"""{"Order": "A-4", "Date": "2026-03-25T10:00:00Z", "Customer": "C1", "Item": "Jug", "Total": 18.9}
{"Order": "A-5", "Date": "2026-03-26T10:00:00Z", "Customer": "C1", "Item": "Jug", "Total": 18.9}
"""
ARRAY = b"""[{"Order": "A-6", "Date": 1774605600, "Customer": "C2", "Item": "Pot", "Total": "42.90"}]"""


def _parquet() -> bytes:
    rows = {"Order": ["A-7"], "Date": ["2026-03-28"], "Customer": ["C3"], "Item": ["Filter"], "Total": [9.9]}
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(rows), file)
    return file.getvalue()


FILES: list[tuple[str, bytes]] = [
    ("orders.csv", COMMAS),
    ("auftraege.csv", SEMICOLONS.encode("cp1252")),
    ("orders.jsonl", LINES),
    ("orders.json", ARRAY),
    ("orders.parquet", _parquet()),
]
DRAFTS = 7
