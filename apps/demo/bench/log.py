"""Logging a conversation through the desk's form, against one INSERT with its commit."""

from datetime import UTC, datetime
from functools import partial
from random import Random
from uuid import uuid4

import orjson

from apps.demo.bench import fill
from apps.demo.bench.dataset import Dataset, unchanged
from apps.demo.bench.figures import BenchReport, Effort, Step, Target, crowd, race, ratio
from apps.demo.bench.meter import Meter
from apps.demo.bench.stage import running
from apps.demo.bench.visitor import Visitor, program, same_session, server_seconds, signed_in

BODY = "The parcel was shown as delivered but nobody has seen it. We send another one by courier today."
INSERT = """
    INSERT INTO interactions_interaction (
        profile_id, occurred_at, recorded_at, channel, kind, direction, title, body, verbatim, sentiment,
        currency, touchpoint, staff_name, reference, thread, source, external_id, payload)
    VALUES (%s, now(), now(), 'voice', 'call', 'inbound', 'Call from the customer', %s, '', '',
            '', '', '', '', '', 'desk', %s, '{}')
"""
HTMX = {"HX-Request": "true", "HX-Target": "composer"}


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("log")
    chance = Random(dataset.customers)
    customers = [chance.randrange(dataset.customers) + 1 for _ in range(effort.requests)]
    with unchanged(dataset), dataset.connect() as connection, running(dataset, worker=False) as stage:

        def insert(customer: int) -> None:
            connection.execute(INSERT, [customer, BODY, str(uuid4())])

        desk, api = signed_in(stage), program(stage)
        report.limits |= race({"INSERT with commit": [partial(insert, customer) for customer in customers]})
        report.figures |= race(
            {
                "desk form": [partial(_log, desk, customer) for customer in customers],
                "API": [partial(_log_by_api, api, customer) for customer in customers],
            },
            meter=Meter(stage.web, connection),
        )
        each: list[list[Step]] = [
            [partial(_log, same_session(desk), customer) for customer in customers[place :: effort.clients]]
            for place in range(effort.clients)
        ]
        report.figures[f"desk forms a second, {effort.clients} clients"] = crowd(each)
    limit = report.limits["INSERT with commit"]
    report.ratios = {"desk form / limit": ratio(report.figures["desk form"].p50, limit.p50)}
    report.targets = [Target("desk form: p95 ms", "<= 20", report.figures["desk form"].p95)]
    return report


def _log(visitor: Visitor, customer: int) -> float | None:
    form = {
        "mode": "call", "direction": "inbound", "body": BODY, "key": str(uuid4()), "tab": uuid4().hex,
        "started": datetime.now(UTC).isoformat(), "disposition": "", "verbatim": "", "sentiment": "",
        "promise": "", "due": "",
    }  # fmt: skip
    return server_seconds(visitor.submit(f"/desk/customers/{fill.public_id(customer)}/log/", form, HTMX))


def _log_by_api(visitor: Visitor, customer: int) -> float | None:
    said = {"customer": fill.public_id(customer), "channel": "voice", "title": "Call", "body": BODY}
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    return server_seconds(visitor.post("/api/v1/interactions", orjson.dumps(said), headers, expect=201))
