"""Looking a customer up by phone, e-mail and the beginning of a name, against the plain indexed query."""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg

from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import Effort, Report, Step, Target, race, ratio
from apps.demo.bench.meter import Meter
from apps.demo.bench.stage import running
from apps.demo.bench.visitor import Visitor, program, server_seconds, signed_in

KNOWN = """
    SELECT p.value AS phone, e.value AS email, c.name_key FROM customers_customer c
    JOIN customers_identifier p ON p.id = c.id JOIN customers_identifier e ON e.id = %s + c.id
    WHERE c.id = ANY(%s) AND p.type = 'phone' AND e.type = 'email' ORDER BY c.id
"""
BY_VALUE = """
    SELECT c.* FROM customers_identifier i JOIN customers_evidence e ON e.identifier_id = i.id
    JOIN customers_sourceprofile p ON p.id = e.profile_id JOIN customers_customer c ON c.id = p.customer_id
    WHERE i.type = %s AND i.value = %s AND i.scope = ''
"""
BY_NAME = "SELECT * FROM customers_customer WHERE name_key LIKE %s LIMIT 8"
PARAMETERS = {"phone": "phone", "e-mail": "email"}  # of the API; names are asked for with `q`
FRAGMENT = {"HX-Request": "true", "HX-Target": "found"}


class Known(NamedTuple):
    """What somebody at the phone might say of a customer."""

    phone: str  # E.164
    email: str
    name: str  # folded

    @property
    def dialled(self) -> str:
        """The number as people in the country write it."""
        digits = "0" + self.phone.removeprefix("+44")
        return f"{digits[:5]} {digits[5:8]} {digits[8:]}"

    @property
    def begun(self) -> str:
        """A first name and the start of a second: what has been typed when the right one shows."""
        first, _space, second = self.name.partition(" ")
        return f"{first} {second[:3]}"

    @property
    def word(self) -> str:
        """The start of a family name alone: hundreds of matches."""
        return self.name.partition(" ")[2][:4]


def measure(dataset: Dataset, effort: Effort) -> Report:
    report = Report("search")
    with dataset.connect() as connection, running(dataset, worker=False) as stage:
        known = _known(connection, dataset, effort.requests)
        report.limits |= race(_plain(connection, known))
        desk, api = signed_in(stage), program(stage)
        said, meter = _said(known), Meter(stage.web, connection)
        typed = {f"desk, {name}": _asking(desk, "/desk/lookup/?q=", texts) for name, texts in said.items()}
        asked = {
            f"API, {name}": _asking(api, f"/api/v1/customers/lookup?{PARAMETERS.get(name, 'q')}=", texts)
            for name, texts in said.items()
        }
        report.figures |= race(typed, meter=meter) | race(asked, meter=meter)
    found = report.figures
    report.ratios = {
        f"{name} / limit": ratio(found[f"desk, {name}"].p50, report.limits[name].p50) for name in report.limits
    }
    report.targets = [
        Target("phone: p95 ms", "<= 10", found["desk, phone"].p95),
        Target("e-mail: p95 ms", "<= 10", found["desk, e-mail"].p95),
        Target("name prefix: p95 ms", "<= 25", found["desk, name prefix"].p95),
        Target("family name prefix: p95 ms", "<= 25", found["desk, family name prefix"].p95),
    ]
    return report


def _known(connection: psycopg.Connection[Any], dataset: Dataset, count: int) -> list[Known]:
    chance = Random(count)
    # One in ten has no e-mail; more than enough are drawn.
    drawn = [chance.randrange(dataset.customers) + 1 for _ in range(count * 2)]
    known = [Known(*row) for row in connection.execute(KNOWN, [dataset.customers, drawn])]
    return [known[place % len(known)] for place in range(count)]


def _said(known: Sequence[Known]) -> dict[str, list[str]]:
    return {
        "phone": [one.dialled for one in known],
        "e-mail": [one.email for one in known],
        "name prefix": [one.begun for one in known],
        "family name prefix": [one.word for one in known],
    }


def _asking(visitor: Visitor, path: str, texts: Sequence[str]) -> list[Step]:
    def ask(text: str) -> float | None:
        return server_seconds(visitor.get(f"{path}{quote(text)}", FRAGMENT))

    return [partial(ask, text) for text in texts]


def _plain(connection: psycopg.Connection[Any], known: Sequence[Known]) -> dict[str, list[Step]]:
    def read(query: str, *values: str) -> None:
        connection.execute(query, values).fetchall()

    return {
        "phone": [partial(read, BY_VALUE, "phone", one.phone) for one in known],
        "e-mail": [partial(read, BY_VALUE, "email", one.email) for one in known],
        "name prefix": [partial(read, BY_NAME, f"{one.begun}%") for one in known],
        "family name prefix": [partial(read, BY_NAME, f"% {one.word}%") for one in known],
    }
