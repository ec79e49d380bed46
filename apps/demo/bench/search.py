"""Looking a customer up by phone, e-mail and the beginning of a name, against the plain indexed query.

"as typed" is a whole look-up in a real browser, key by key: every request it makes until the list stands still.
"""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg

from apps.demo.bench.browser import Browser, browser, statements_of
from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import BenchReport, Effort, Step, Target, race, ratio
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
MOST_TYPED = 60  # look-ups in a browser: they take their time
FRAGMENT = {"HX-Request": "true", "HX-Target": "found"}


class KnownCustomer(NamedTuple):
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


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("search")
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
        with browser(stage) as person:
            report.figures |= _typed(person, meter, dataset, said)
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


def _typed(person: Browser, meter: Meter, dataset: Dataset, said: dict[str, list[str]]) -> dict[str, Any]:
    lanes: dict[str, list[Step]] = {
        f"as typed, {name}": [partial(_look_up, person, text) for text in said[name][:MOST_TYPED]]
        for name in ("phone", "name prefix")
    }
    figures: dict[str, Any] = {**race(lanes, meter=meter)}
    for name in ("phone", "name prefix"):
        asked = person.look_up(said[name][-1])
        figures[f"requests as typed, {name}"] = len(asked)
        figures[f"statements as typed, {name}"] = sum(statements_of(dataset, asked))
    return figures


def _look_up(person: Browser, text: str) -> None:
    person.look_up(text)


def _known(connection: psycopg.Connection[Any], dataset: Dataset, count: int) -> list[KnownCustomer]:
    chance = Random(count)
    # One in ten has no e-mail; more than enough are drawn.
    drawn = [chance.randrange(dataset.customers) + 1 for _ in range(count * 2)]
    known = [KnownCustomer(*row) for row in connection.execute(KNOWN, [dataset.customers, drawn])]
    return [known[place % len(known)] for place in range(count)]


def _said(known: Sequence[KnownCustomer]) -> dict[str, list[str]]:
    return {
        "phone": [customer.dialled for customer in known],
        "e-mail": [customer.email for customer in known],
        "name prefix": [customer.begun for customer in known],
        "family name prefix": [customer.word for customer in known],
    }


def _asking(visitor: Visitor, path: str, texts: Sequence[str]) -> list[Step]:
    def ask(text: str) -> float | None:
        return server_seconds(visitor.get(f"{path}{quote(text)}", FRAGMENT))

    return [partial(ask, text) for text in texts]


def _plain(connection: psycopg.Connection[Any], known: Sequence[KnownCustomer]) -> dict[str, list[Step]]:
    def read(query: str, *values: str) -> None:
        connection.execute(query, values).fetchall()

    return {
        "phone": [partial(read, BY_VALUE, "phone", customer.phone) for customer in known],
        "e-mail": [partial(read, BY_VALUE, "email", customer.email) for customer in known],
        "name prefix": [partial(read, BY_NAME, f"{customer.begun}%") for customer in known],
        "family name prefix": [partial(read, BY_NAME, f"% {customer.word}%") for customer in known],
    }
