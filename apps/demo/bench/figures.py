"""What is measured, how it is summed up, and what it is held against."""

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

import django
import psycopg

from apps.demo.bench.meter import Meter, Spent

NOTHING = Spent(0.0, 0.0)
Step = Callable[[], float | None]  # does one piece of work; the seconds it took where the step itself knows better


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one client working through `count` pieces, one after another.

    `processor_*` are what the server's processes spent on a piece, database included, and `database` its mean
    share of that: on a machine that does nothing else the clock says little more. Zero where nobody measured.
    """

    p50: float
    p95: float
    per_second: float
    count: int
    processor_p50: float = 0.0
    processor_p95: float = 0.0
    database: float = 0.0


class Sample(NamedTuple):
    """One piece of work: seconds by the clock, and of processor time."""

    seconds: float
    web: float = 0.0
    database: float = 0.0


@dataclass(frozen=True)
class Target:
    """What was promised, and what was reached. `wanted` is "<=" or ">=" and a number."""

    name: str
    wanted: str
    reached: float

    @property
    def met(self) -> bool:
        relation, number = self.wanted.split()
        return self.reached <= float(number) if relation == "<=" else self.reached >= float(number)


@dataclass(frozen=True)
class Effort:
    """How much is done before a figure is believed."""

    requests: int = 300  # for each latency
    seconds: float = 20.0  # of live events
    events: int = 40_000  # to take in
    clients: int = 8
    rows: int = 100_000  # of the file that is read
    moments: int = 100_000  # that are open, and as many done


@dataclass
class BenchReport:
    """One benchmark's result. `figures` and `limits` hold `Latency` or plain numbers; `ratios` say how many
    times the limit the product takes, or how one figure grew into another."""

    benchmark: str
    figures: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self, **more: Any) -> dict[str, Any]:
        return {
            "benchmark": self.benchmark,
            **more,
            "figures": _plain(self.figures),
            "limits": _plain(self.limits),
            "ratios": self.ratios,
            "targets": [{**asdict(target), "met": target.met} for target in self.targets],
            "notes": self.notes,
        }


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: asdict(figure) if isinstance(figure, Latency) else figure for name, figure in figures.items()}


def race(
    lanes: Mapping[str, Sequence[Step]],
    *,
    meter: Meter | None = None,
    warm_up: int = 3,
    between: Step = lambda: None,
) -> dict[str, Latency]:
    """One client, one piece of work after another, taking turns between the lanes, so that whatever else the
    machine does meets all of them alike. The first `warm_up` of each lane are not counted; `between` runs off
    the clock."""
    samples: dict[str, list[Sample]] = {name: [] for name in lanes}
    for place in range(max(map(len, lanes.values()))):
        if place % 10 == 0:
            between()
            if meter:
                meter.refresh()
        for name, steps in lanes.items():
            if place < len(steps):
                samples[name].append(_timed(steps[place], meter))
    return {name: summed_up(taken[min(warm_up, len(taken) - 1) :]) for name, taken in samples.items()}


def _timed(step: Step, meter: Meter | None) -> Sample:
    before = meter.read() if meter else NOTHING
    started = perf_counter()
    measured = step()
    seconds = perf_counter() - started if measured is None else measured
    after = meter.read() if meter else NOTHING
    return Sample(seconds, after.web - before.web, after.database - before.database)


def summed_up(samples: Sequence[Sample]) -> Latency:
    """Raises ValueError where nothing was measured."""
    if not samples:
        raise ValueError("Nothing was measured.")
    seconds = sorted(sample.seconds for sample in samples)
    spent = sorted(sample.web + sample.database for sample in samples)
    return Latency(
        p50=_milliseconds(_percentile(seconds, 0.5)),
        p95=_milliseconds(_percentile(seconds, 0.95)),
        per_second=round(len(seconds) / max(sum(seconds), 1e-9), 1),
        count=len(seconds),
        processor_p50=_milliseconds(_percentile(spent, 0.5)),
        processor_p95=_milliseconds(_percentile(spent, 0.95)),
        database=_milliseconds(sum(sample.database for sample in samples) / len(samples)),
    )


def _percentile(ranked: Sequence[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def crowd(clients: Sequence[Sequence[Step]]) -> float:
    """Pieces of work a second when every client works through its own share at the same time."""

    def work(steps: Sequence[Step]) -> int:
        for step in steps:
            step()
        return len(steps)

    started = perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        done = sum(pool.map(work, clients))
    return round(done / (perf_counter() - started), 1)


def ratio(figure: float, limit: float) -> float:
    return round(figure / limit, 2) if limit else 0.0


def versions(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Of whatever the figures depend on."""
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "psycopg": psycopg.__version__,
        "postgresql": connection.info.parameter_status("server_version") or "",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "executable": sys.implementation.name,
    }


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
