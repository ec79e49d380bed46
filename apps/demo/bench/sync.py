"""Reading a file of orders with `manage.py sync`, twice, against COPY of the same interactions into their table."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import psutil
import psycopg
import yaml
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from apps.demo.bench import orders
from apps.demo.bench.dataset import Dataset, last_id
from apps.demo.bench.figures import BenchReport, Effort, Target, ratio
from apps.demo.bench.ingest import copied
from config.paths import ROOT

TABLE = "interactions_interaction"
MEGABYTE = 1024 * 1024


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("sync")
    with TemporaryDirectory() as folder, _copy_of(dataset) as url:
        file, mapped = Path(folder, "orders.csv"), Path(folder, "map.yaml")
        orders.write(file, effort.rows)
        mapped.write_text(yaml.safe_dump(orders.MAPPING, allow_unicode=True), encoding="utf-8")
        with psycopg.connect(url, autocommit=True) as connection:
            before = last_id(connection, TABLE)
            first, memory = _sync(url, file, mapped)
            after = last_id(connection, TABLE)
            second, _memory = _sync(url, file, mapped)
            report.limits |= copied(connection, before, after)
    if first["interactions"] != effort.rows or second["interactions"]:
        raise RuntimeError(f"Of {effort.rows} rows {first['interactions']} and {second['interactions']} were told.")
    report.figures = {
        "rows": effort.rows,
        "customers created": first["customers"]["created"],
        "rows a second": first["rows a second"],
        "rows a second, once more": second["rows a second"],
        "memory of all processes, MB": round(memory / MEGABYTE),
    }
    report.ratios = {
        "COPY / rows": ratio(report.limits["COPY, same table: rows a second"], first["rows a second"]),
        "once more / first": ratio(second["rows a second"], first["rows a second"]),
    }
    report.targets = [
        Target("rows a second", ">= 5000", first["rows a second"]),
        Target("memory, MB", "<= 500", round(memory / MEGABYTE)),
    ]
    report.notes.append("COPY writes the interactions alone: no customers, no identifiers, no envelopes.")
    return report


@contextmanager
def _copy_of(dataset: Dataset) -> Iterator[str]:
    """The benchmark's database once more, to be thrown away: a million rows are not taken out again one by one."""
    name = str(conninfo_to_dict(dataset.url)["dbname"])
    copy, server = f"{name}_sync", make_conninfo(dataset.url, dbname="postgres")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(make)
        try:
            yield make_conninfo(dataset.url, dbname=copy)
        finally:
            connection.execute(drop)


def _sync(url: str, file: Path, mapped: Path) -> tuple[dict[str, Any], int]:
    """What the command says, and the most memory its processes had together."""
    command = ["manage.py", "sync", str(file), "--source", "bench-orders", "--create", "--map", str(mapped), "--json"]
    env = {**os.environ, "DATABASE_URL": url, "KLATSCH_LOG_LEVEL": "WARNING"}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=sys.stderr
    ) as process:
        most = 0
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            sleep(0.2)
        said = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise RuntimeError(f"manage.py sync ended with {process.returncode}.")
    result: dict[str, Any] = json.loads(said)
    return result, most


def _memory(pid: int) -> int:
    try:
        parent = psutil.Process(pid)
        return sum(int(process.memory_info().rss) for process in (parent, *parent.children(recursive=True)))
    except psutil.Error:
        return 0
