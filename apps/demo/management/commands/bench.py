"""`manage.py bench NAME`: how fast this machine runs Klatsch, beside what its database could do at best."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from apps.demo.bench import (
    customer_page,
    dataset,
    display,
    identity,
    ingest,
    live,
    log,
    merge,
    moments,
    permission,
    resolve,
    search,
    sync,
    timeline,
)
from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import BenchReport, Effort, processors, versions
from apps.demo.bench.stage import WEB_PROCESSES, WORKER_PROCESSES
from apps.demo.bench.truth import FEBRL, NoDataset

BENCHMARKS: dict[str, Callable[[Dataset, Effort], BenchReport]] = {
    "open": customer_page.measure,
    "timeline": timeline.measure,
    "search": search.measure,
    "ingest": ingest.measure,
    "log": log.measure,
    "live": live.measure,
    "sync": sync.measure,
    "resolve": resolve.measure,
    "merge": merge.measure,
    "moments": moments.measure,
    "permission": permission.measure,
}
IDENTITY = "identity"


class Command(BaseCommand):
    help = "Measure Klatsch over HTTP, and the physical limit of the same work in the same run."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=[*BENCHMARKS, IDENTITY])
        parser.add_argument("--dataset", default="febrl4", help=f"for identity: {', '.join(FEBRL)} or a CSV file")
        parser.add_argument("--customers", type=int, default=20_000)
        parser.add_argument("--interactions", type=int, default=500_000)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--rebuild", action="store_true", help="make the data set again")
        parser.add_argument("--requests", type=int, default=Effort.requests, help="for each latency")
        parser.add_argument("--seconds", type=float, default=Effort.seconds, help="of live events")
        parser.add_argument("--events", type=int, default=Effort.events, help="to take in")
        parser.add_argument("--rows", type=int, default=Effort.rows, help="of the file that is read")
        parser.add_argument("--moments", type=int, default=Effort.moments, help="that are open at one desk")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] == IDENTITY:
            self._identity(options)
            return
        effort = Effort(**{name: options[name] for name in ("requests", "seconds", "events", "rows", "moments")})
        with display.progress() as on_progress:
            data = dataset.provide(
                options["customers"], options["interactions"], rebuild=options["rebuild"], on_progress=on_progress
            )
            on_progress(f"measuring {options['name']}", 0)
            started = perf_counter()
            before = data.rows()
            report = BENCHMARKS[options["name"]](data, effort)
        if not options["json"]:
            rows = f"{data.customers:,} customers, {data.interactions:,} interactions, {processors()} processors"
            Console().print(display.table(report, f"bench {report.benchmark}: {rows}"))
            return
        with data.connect() as connection:
            about = {
                "rows": {"before": before, "after": data.rows()},
                "customers": data.customers,
                "interactions": data.interactions,
                "seconds": round(perf_counter() - started, 1),
                "machine": {"processors": processors()},
                "processes": {"web": WEB_PROCESSES, "worker": WORKER_PROCESSES},
                "versions": versions(connection),
            }
        self.stdout.write(json.dumps(report.as_json(**about), indent=1))

    def _identity(self, options: dict[str, Any]) -> None:
        started = perf_counter()
        try:
            report = identity.measure(options["dataset"])
        except NoDataset as error:
            raise CommandError(str(error)) from None
        if not options["json"]:
            Console().print(display.table(report, f"bench identity: {options['dataset']}"))
            return
        about = {"seconds": round(perf_counter() - started, 1), "machine": {"processors": processors()}}
        self.stdout.write(json.dumps(report.as_json(dataset=options["dataset"], **about), indent=1))
