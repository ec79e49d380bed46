"""The timeline: the page, the fragment and the API, against the same newest fifty rows read by plain psycopg.

"any" are customers drawn from everybody, each met for the first time; "short" and "long" are four customers
with about 50 rows and four with the longest histories; "deep" is page 200 of the long ones.
"""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any

import psycopg

from apps.demo.bench import fill
from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import BenchReport, Effort, Step, Target, crowd, race, ratio
from apps.demo.bench.meter import Meter
from apps.demo.bench.stage import PERSON, running
from apps.demo.bench.visitor import HttpAnswer, Visitor, program, same_session, server_seconds, signed_in
from apps.foundation.db.keyset import Cursor
from apps.interactions.timeline import PAGE

DEEP = 200  # pages down
HTMX = {"HX-Request": "true", "HX-Target": "older"}

COLUMNS = """i.id, i.profile_id, i.occurred_at, i.recorded_at, i.ended_at, i.channel, i.kind, i.direction,
    i.title, i.body, i.verbatim, i.sentiment, i.amount, i.currency, i.touchpoint, i.staff_id, i.staff_name,
    i.disposition_id, i.reference, i.thread, i.source, i.external_id, i.payload"""
NEWEST = f"""
    SELECT {COLUMNS} FROM customers_customer c
    JOIN customers_sourceprofile p ON p.customer_id = c.id
    CROSS JOIN LATERAL (
        SELECT * FROM interactions_interaction i WHERE i.profile_id = p.id
        ORDER BY i.occurred_at DESC, i.id DESC LIMIT {PAGE}
    ) i
    WHERE c.public_id = %s ORDER BY i.occurred_at DESC, i.id DESC LIMIT {PAGE}
"""  # noqa: S608 - built from the constants above
AT_DEPTH = """
    SELECT i.occurred_at, i.id FROM interactions_interaction i
    JOIN customers_sourceprofile p ON p.id = i.profile_id JOIN customers_customer c ON c.id = p.customer_id
    WHERE c.public_id = %s ORDER BY i.occurred_at DESC, i.id DESC OFFSET %s LIMIT 1
"""


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("timeline")
    lengths = fill.rows_per_customer(dataset.customers, dataset.interactions)
    longest = [str(fill.public_id(customer)) for customer in range(1, 5)]
    short = [str(fill.public_id(customer)) for customer in _of_length(lengths, 50, count=4)]
    chance = Random(len(lengths))
    anybody = [str(fill.public_id(chance.randrange(len(lengths)) + 1)) for _ in range(effort.requests)]
    with dataset.connect() as connection, running(dataset, worker=False) as stage:
        _measure_limit(connection, report, effort, longest, anybody)
        cursors = {who: _cursor(connection, who, min(DEEP, lengths[0] // PAGE)) for who in longest}
        visitor, caller = signed_in(stage), program(stage)
        meter = Meter(stage.web, connection)
        ask = partial(_ask, visitor)
        lanes: dict[str, list[Step]] = {
            "page, any": [partial(ask, f"/desk/customers/{who}/") for who in anybody],
            "page, short": [partial(ask, f"/desk/customers/{who}/") for who in _again(short, effort)],
            "page, long": [partial(ask, f"/desk/customers/{who}/") for who in _again(longest, effort)],
            "fragment, page 1": [
                partial(ask, f"/desk/customers/{who}/timeline/", **HTMX) for who in _again(longest, effort)
            ],
            "fragment, deep": [
                partial(ask, f"/desk/customers/{who}/timeline/?before={cursors[who].token}", **HTMX)
                for who in _again(longest, effort)
            ],
        }
        report.figures |= race(lanes, meter=meter, between=partial(close_tabs, connection))
        ask = partial(_ask, caller)
        api = {
            "API, any": [partial(ask, f"/api/v1/customers/{who}/timeline?limit={PAGE}") for who in anybody],
            "API, long": [
                partial(ask, f"/api/v1/customers/{who}/timeline?limit={PAGE}") for who in _again(longest, effort)
            ],
            "API, deep": [
                partial(ask, f"/api/v1/customers/{who}/timeline?limit={PAGE}&before={cursors[who].token}")
                for who in _again(longest, effort)
            ],
        }
        report.figures |= race(api, meter=meter)
        _measure_crowd(report, visitor, effort, anybody)
        close_tabs(connection)
    return _judged(report)


def _of_length(lengths: Sequence[int], wanted: int, count: int) -> list[int]:
    nearest = sorted(range(len(lengths)), key=lambda place: (abs(lengths[place] - wanted), place))
    return [place + 1 for place in nearest[:count]]


def _again(few: Sequence[str], effort: Effort) -> list[str]:
    return [few[place % len(few)] for place in range(effort.requests)]


def _ask(visitor: Visitor, path: str, **headers: str) -> float | None:
    answer: HttpAnswer = visitor.get(path, headers)
    return server_seconds(answer)


def _cursor(connection: psycopg.Connection[Any], who: str, pages: int) -> Cursor[Any]:
    row = connection.execute(AT_DEPTH, [who, max(0, PAGE * (pages - 1) - 1)]).fetchone()
    if row is None:
        raise ValueError("The longest history is shorter than it was made.")
    return Cursor(*row)


def close_tabs(connection: psycopg.Connection[Any]) -> None:
    """Nobody has three hundred customers open: the list of open tabs stays as long as in life."""
    connection.execute(
        "DELETE FROM desktop_opentab t USING accounts_user u WHERE u.id = t.user_id AND u.username = %s",
        [PERSON],
    )


def _measure_limit(
    connection: psycopg.Connection[Any],
    report: BenchReport,
    effort: Effort,
    longest: Sequence[str],
    anybody: Sequence[str],
) -> None:
    def read(who: str) -> None:
        connection.execute(NEWEST, [who]).fetchall()

    lanes = {
        "newest 50, long": [partial(read, who) for who in _again(longest, effort)],
        "newest 50, any": [partial(read, who) for who in reversed(anybody)],
    }
    report.limits |= race(lanes)


def _measure_crowd(report: BenchReport, visitor: Visitor, effort: Effort, anybody: Sequence[str]) -> None:
    each = max(2, effort.requests // effort.clients)
    for name, path in (("pages", "/desk/customers/{}/"), ("fragments", "/desk/customers/{}/timeline/")):
        report.figures[f"{name} a second, {effort.clients} clients"] = crowd(
            [
                [partial(_ask, other, path.format(anybody[(place * 7 + step) % len(anybody)])) for step in range(each)]
                for place, other in enumerate(same_session(visitor) for _ in range(effort.clients))
            ]
        )


def _judged(report: BenchReport) -> BenchReport:
    found = report.figures
    report.ratios = {
        "page / limit, any": ratio(found["page, any"].p50, report.limits["newest 50, any"].p50),
        "API / limit, long": ratio(found["API, long"].p50, report.limits["newest 50, long"].p50),
        "long / short": ratio(found["page, long"].p50, found["page, short"].p50),
        "deep / page 1": ratio(found["fragment, deep"].p50, found["fragment, page 1"].p50),
        "deep / page 1, API": ratio(found["API, deep"].p50, found["API, long"].p50),
    }
    report.targets = [
        Target("page, any customer: p95 ms", "<= 25", found["page, any"].p95),
        Target("page, longest history: p95 ms", "<= 25", found["page, long"].p95),
        Target("fragment, page 200: p95 ms", "<= 25", found["fragment, deep"].p95),
        Target("longest history / 50 rows", "<= 1.3", report.ratios["long / short"]),
        Target("page 200 / page 1", "<= 1.3", report.ratios["deep / page 1"]),
    ]
    return report
