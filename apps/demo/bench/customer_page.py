"""Opening a customer in a real browser: everything it asks for until the page is at rest, in processor time of the
server and its database, requests and statements; beside the plain read of the newest fifty rows.

The live stream is a request, but stays open: its statements are not counted.
"""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any

import psycopg

from apps.demo.bench import fill
from apps.demo.bench.browser import STREAM, Browser, BrowserRequest, browser, statements_of
from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import BenchReport, Effort, Target, race, ratio
from apps.demo.bench.meter import Meter
from apps.demo.bench.stage import running
from apps.demo.bench.timeline import NEWEST, close_tabs

MOST = 120  # openings that are measured: a browser takes its time
LONGEST = 4


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("open")
    count = min(effort.requests, MOST)
    chance = Random(17)
    with dataset.connect() as connection, running(dataset, worker=False) as stage, browser(stage) as desk:
        anybody = [str(fill.public_id(chance.randrange(dataset.customers) + 1)) for _ in range(count)]
        longest = [str(fill.public_id(customer)) for customer in range(1, LONGEST + 1)]
        read = [partial(_read, connection, who) for who in anybody]
        report.limits |= race({"newest 50": read})
        lanes = {
            "open, any": [partial(_open, desk, who) for who in anybody],
            "open, long": [partial(_open, desk, longest[place % LONGEST]) for place in range(count)],
        }
        meter = Meter(stage.web, connection)
        report.figures |= race(lanes, meter=meter, between=partial(close_tabs, connection))
        asked = [request for request in desk.open(anybody[0]) if STREAM not in request.path]
        report.figures |= _counted(dataset, asked)
        close_tabs(connection)
    opened = report.figures["open, any"]
    report.ratios = {"processor time / limit": ratio(opened.processor_p50, report.limits["newest 50"].p50)}
    report.targets = [Target("statements of opening a customer", "<= 15", report.figures["statements"])]
    return report


def _read(connection: psycopg.Connection[Any], who: str) -> None:
    connection.execute(NEWEST, [who]).fetchall()


def _open(desk: Browser, who: str) -> None:
    desk.open(who)


def _counted(dataset: Dataset, asked: Sequence[BrowserRequest]) -> dict[str, float]:
    counts = statements_of(dataset, asked)
    paths = [request.path.split("?")[0] for request in asked]
    names = [path.strip("/").split("/")[3] if path.count("/") > 4 else "page" for path in paths]
    each = {f"statements, {name}": float(number) for name, number in zip(names, counts, strict=True)}
    return {"requests": float(len(asked)), "statements": float(sum(counts)), **each}
