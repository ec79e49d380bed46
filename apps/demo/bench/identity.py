"""How well the same person is recognised: people of whom the truth is known go in by `manage.py sync`, as any list
would, and what becomes of them is held against the truth.

Twice, in databases made for it: once with identifiers that prove something, for what is merged automatically; once with
identifiers that are only claimed, so that nothing is merged and every duplicate is left to the suggestions.
"""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
import yaml
from psycopg import sql
from psycopg.conninfo import make_conninfo

from apps.demo.bench import truth
from apps.demo.bench.figures import BenchReport, Target
from apps.demo.bench.truth import KnownPerson
from config.launch.database import provide_database
from config.paths import ROOT

DATABASE = "klatsch_bench_identity"
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
DEFAULT = 0.5  # what the review queue shows
PEOPLE = "SELECT customer_id, source || ' ' || external_id FROM customers_sourceprofile"
PAIRS = "SELECT a_id, b_id, score FROM customers_matchcandidate"

Pair = tuple[int, int, float]


def measure(dataset: str) -> BenchReport:
    """Raises `truth.NoDataset`."""
    found = truth.records(dataset)
    report = BenchReport("identity")
    duplicates = _pairs(Counter(record.truth for record in found).values())
    people = len({record.truth for record in found})
    report.figures = {"records": len(found), "people": people, "true pairs": duplicates}
    with TemporaryDirectory() as folder, _databases() as make:
        for sure, name in ((True, "automatic"), (False, "suggested")):
            url = make(name)
            seconds = _take_in(url, found, Path(folder), sure=sure)
            report.figures[f"{name}: records a second, taken in"] = round(len(found) / seconds)
            if sure:
                report.figures |= _automatic(url, found, duplicates)
            else:
                report.figures |= _suggested(url, found, duplicates)
    report.targets = [
        Target("automatic merges: precision", ">= 1", report.figures["automatic: precision"]),
        Target("suggestions: precision", ">= 0.98", report.figures[f"suggested from {DEFAULT}: precision"]),
        Target("suggestions: recall", ">= 0.98", report.figures[f"suggested from {DEFAULT}: recall"]),
    ]
    report.notes.append(f"{dataset}; a pair of records is right if the truth names one person for both.")
    return report


def _take_in(url: str, found: Sequence[KnownPerson], folder: Path, *, sure: bool) -> float:
    """Seconds that `manage.py sync` took for all sources."""
    mapped = folder / "map.yaml"
    mapped.write_text(yaml.safe_dump(truth.mapping(found, sure=sure)), encoding="utf-8")
    seconds = 0.0
    for source, (path, rows) in truth.write(found, folder).items():
        begun = perf_counter()
        _manage(
            url, "sync", str(path), "--source", source, "--create", "--map", str(mapped), "--region", "AU", "--json"
        )
        seconds += perf_counter() - begun
        if rows == 0:
            raise RuntimeError(f"{source} has no records.")
    return seconds


def _automatic(url: str, found: Sequence[KnownPerson], duplicates: int) -> dict[str, float]:
    groups = _customers(url, found)
    merged = _pairs(map(len, groups.values()))
    right = sum(_pairs(Counter(group).values()) for group in groups.values())
    return _quality("automatic", right, merged, duplicates)


def _suggested(url: str, found: Sequence[KnownPerson], duplicates: int) -> dict[str, float]:
    begun = perf_counter()
    _manage(url, "suggest_matches", "--all")
    seconds = perf_counter() - begun
    groups = _customers(url, found)
    with psycopg.connect(url) as connection:
        pairs: list[Pair] = connection.execute(PAIRS).fetchall()
    quality: dict[str, float] = {
        "suggested: seconds": round(seconds, 1),
        "suggested: records a second": round(len(found) / seconds),
    }
    for least in THRESHOLDS:
        shown = [(groups[a], groups[b]) for a, b, score in pairs if score >= least]
        right = sum(record[0] == other[0] for record, other in shown)
        quality |= _quality(f"suggested from {least}", right, len(shown), duplicates)
    return quality


def _quality(name: str, right: int, found_pairs: int, duplicates: int) -> dict[str, float]:
    precision, recall = right / found_pairs if found_pairs else 1.0, right / duplicates if duplicates else 1.0
    total = precision + recall
    return {
        f"{name}: pairs": found_pairs,
        f"{name}: precision": round(precision, 4),
        f"{name}: recall": round(recall, 4),
        f"{name}: F1": round(2 * precision * recall / total if total else 0.0, 4),
    }


def _pairs(sizes: Any) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _customers(url: str, found: Sequence[KnownPerson]) -> dict[int, list[str]]:
    """By customer, the true person of each of their records."""
    who = {f"{record.source} user:{record.columns['id']}": record.truth for record in found}
    groups: dict[int, list[str]] = defaultdict(list)
    with psycopg.connect(url) as connection:
        for customer, record in connection.execute(PEOPLE):
            groups[customer].append(who[record])
    if sum(map(len, groups.values())) != len(found):
        raise RuntimeError(f"Of {len(found)} records {sum(map(len, groups.values()))} were taken in.")
    return groups


@contextmanager
def _databases() -> Iterator[Any]:
    """A function that makes an empty, migrated database by name; all of them are dropped at the end."""
    server = provide_database()
    made: list[str] = []

    def make(name: str, like: str = f"{DATABASE}_empty") -> str:
        database = f"{DATABASE}_{name}"
        made.append(database)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(sql.Identifier(database), sql.Identifier(like)))
        return make_conninfo(server, dbname=database)

    try:
        _manage(make("empty", "template1"), "migrate", "--verbosity=0", "--skip-checks")
        yield make
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            for database in made:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _manage(url: str, *words: str) -> str:
    env = {**os.environ, "DATABASE_URL": url, "KLATSCH_LOG_LEVEL": "WARNING"}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
