"""Every benchmark at a tiny size says everything it promises. No time is asserted."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from apps.demo.bench import stage

SIZE = ["--customers", "200", "--interactions", "3000"]
EFFORT = ["--requests", "6", "--seconds", "1", "--events", "250", "--rows", "300", "--moments", "1000"]
LATENCY = {"p50", "p95", "per_second", "count", "processor_p50", "processor_p95", "database"}


@pytest.fixture(autouse=True)
def one_process_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "WEB_PROCESSES", 1)
    monkeypatch.setattr(stage, "WORKER_PROCESSES", 1)


def run(name: str, *options: str) -> dict[str, Any]:
    out = StringIO()
    # In a thread of its own: the browser of other tests keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(call_command, "bench", name, *SIZE, *EFFORT, "--json", *options, stdout=out).result()
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


@pytest.mark.parametrize(
    "name", ["timeline", "open", "search", "ingest", "log", "live", "sync", "moments", "permission"]
)
def test_a_benchmark_says_what_it_measured_on_what_and_against_which_targets(name: str) -> None:
    told = run(name)
    assert told["benchmark"] == name
    assert (told["customers"], told["interactions"]) == (200, 3000)
    assert told["rows"] == {"before": 3000, "after": 3000}, "what a run writes it takes away again"
    assert set(told["versions"]) >= {"python", "django", "postgresql", "psycopg"}
    assert told["machine"]["processors"] > 0
    assert told["figures"]
    assert all(set(target) == {"name", "wanted", "reached", "met"} for target in told["targets"])
    assert told["targets"]
    for figure in [*told["figures"].values(), *told["limits"].values()]:
        assert figure.keys() == LATENCY if isinstance(figure, dict) else isinstance(figure, int | float)
