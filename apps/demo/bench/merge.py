"""Merging two customers and taking it back, one of them with 50,000 interactions and once with ten: it must cost the
same, for no interaction is touched."""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from apps.demo.bench.dataset import Dataset, unchanged
from apps.demo.bench.figures import BenchReport, Effort, Target, ratio
from config.paths import ROOT

LONG, SHORT = 50_000, 10  # interactions
# Two people of the data set without anything in common, given as many interactions as wanted.
TELL = """
    INSERT INTO interactions_interaction
        (profile_id, occurred_at, recorded_at, channel, kind, direction, title, body, verbatim, sentiment, currency,
         touchpoint, staff_name, reference, thread, link, source, external_id, payload)
    SELECT p.id, now() - n * interval '1 hour', now(), 'chat', 'chat', 'inbound', 'Chat ' || n, 'About order ' || n,
           '', '', '', '', '', '', '', '', 'bench', 'merge-' || p.id || '-' || n, '{}'
    FROM customers_sourceprofile p, generate_series(1, %s) AS n WHERE p.source = 'shop' AND p.customer_id = %s
"""
UNTOUCHED = """
    SELECT count(*), coalesce(sum(hashtextextended(ctid::text || xmin::text, 0)), 0)
    FROM interactions_interaction WHERE source = 'bench'
"""


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("merge")
    with unchanged(dataset), dataset.connect() as connection:
        people = {LONG: (11, 13), SHORT: (17, 19)}
        for rows, (_survivor, absorbed) in people.items():
            connection.execute(TELL, [rows, absorbed])
        connection.execute("ANALYZE interactions_interaction")
        before = connection.execute(UNTOUCHED).fetchone()
        for rows, pair in people.items():
            measured = _merged(dataset, *pair)
            for verb in ("merge", "unmerge"):
                report.figures[f"{verb}, {rows:,} interactions: ms"] = round(median(measured[verb]), 1)
        _check(before, connection.execute(UNTOUCHED).fetchone())
    slowest = max(report.figures[f"{verb}, {LONG:,} interactions: ms"] for verb in ("merge", "unmerge"))
    report.ratios = {
        f"{verb}: {LONG:,} / {SHORT}": ratio(
            report.figures[f"{verb}, {LONG:,} interactions: ms"], report.figures[f"{verb}, {SHORT:,} interactions: ms"]
        )
        for verb in ("merge", "unmerge")
    }
    report.targets = [Target("merge and un-merge, ms", "<= 1000", slowest)]
    report.notes.append(
        "By the clock, commit included. No interaction's row was rewritten: its place and version stayed."
    )
    return report


def _check(before: Any, after: Any) -> None:
    if before != after or not before or before[0] != LONG + SHORT:
        raise RuntimeError(f"Interactions were rewritten: {before} became {after}.")


def _merged(dataset: Dataset, survivor: int, absorbed: int) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, "-m", "apps.demo.bench.merge_job", str(survivor), str(absorbed)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": dataset.url},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]
