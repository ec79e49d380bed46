"""The benchmark's database: made once for each size on the server we use anyway, and kept."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from psycopg.conninfo import make_conninfo

from apps.demo.bench import fill
from config.launch.database import provide_database
from config.paths import ROOT

COMPLETE = "complete, version 1"  # raise it when other rows are made: old databases are then made again
CHUNK = 50_000  # interactions a statement
FILLERS = 2  # connections that write at once
MADE = (  # what sources and people write, children first: a run removes what it added
    "interactions_pin", "interactions_followup", "interactions_attachment", "interactions_interaction",
    "channels_envelope", "customers_evidence", "customers_identifier", "contact_consent",
    "customers_attributechange", "customers_verdict", "customers_mergerecord", "desktop_opentab",
    "customers_sourceprofile", "insights_propensityscore", "customers_customer",
)  # fmt: skip

OnProgress = Callable[[str, float], None]  # what is going on, and how much of it is done: 0 to 1


@dataclass(frozen=True)
class Dataset:
    """A filled database and its size."""

    url: str
    customers: int
    interactions: int

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def rows(self) -> int:
        """Interactions that are there now."""
        with self.connect() as connection:
            row = connection.execute("SELECT count(*) FROM interactions_interaction").fetchone()
            return int(row[0]) if row else 0


def provide(customers: int, interactions: int, *, rebuild: bool, on_progress: OnProgress) -> Dataset:
    """The database of this size, made now unless a complete one is there; migrated to today's models."""
    server = provide_database()
    name = f"klatsch_bench_{customers}_{interactions}"
    dataset = Dataset(make_conninfo(server, dbname=name), customers, interactions)
    with psycopg.connect(server, autocommit=True) as connection:
        if rebuild or not _is_complete(connection, name):
            database = sql.Identifier(name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            _migrate(dataset.url, on_progress)
            _fill(dataset, on_progress)
            comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, sql.Literal(COMPLETE))
            connection.execute(comment)
            return dataset
    _migrate(dataset.url, on_progress)
    return dataset


def result_of(module: str, dataset: Dataset, *words: int | str) -> Any:
    """What a module prints as JSON, run in a process of its own on the data set: Django knows one database."""
    command = [sys.executable, "-m", module, *map(str, words)]
    env = {**os.environ, "DATABASE_URL": dataset.url, "KLATSCH_HTTPS": "false"}
    return json.loads(subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True).stdout)


@contextmanager
def unchanged(dataset: Dataset) -> Iterator[None]:
    """Take away whatever is written meanwhile, so that the next run meets the same data."""
    with dataset.connect() as connection:
        marks = {table: last_id(connection, table) for table in MADE}
        try:
            yield
        finally:
            for table in MADE:
                delete = sql.SQL("DELETE FROM {} WHERE id > {}").format(
                    sql.Identifier(table), sql.Literal(marks[table])
                )
                connection.execute(delete)


def last_id(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _is_complete(connection: psycopg.Connection[Any], name: str) -> bool:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row is not None and row[0] == COMPLETE


def _migrate(url: str, on_progress: OnProgress) -> None:
    if _has_all_tables(url):
        return
    on_progress("migrations", 0)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"], cwd=ROOT, check=True,
        env={**os.environ, "DATABASE_URL": url}, stdout=sys.stderr,
    )  # fmt: skip


def _has_all_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        begun = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
        if begun is None or begun[0] is None:
            return False
        applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    return set(MigrationLoader(None).disk_migrations) <= applied


def _fill(dataset: Dataset, on_progress: OnProgress) -> None:
    tables = ("customers_customer", "customers_sourceprofile", "customers_identifier", "customers_evidence")
    with dataset.connect() as connection:
        connection.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'")
        put_back = _strip(connection, [*tables, "interactions_interaction"])
        connection.execute(fill.preparation())
        _fill_people(connection, dataset, on_progress)
        _fill_interactions(dataset, on_progress)
        for done, (label, statement) in enumerate(put_back):
            on_progress(f"index {label}", done / len(put_back))
            connection.execute(statement)
        for table in tables:
            restart = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            connection.execute(restart.format(sql.Literal(table), sql.Identifier(table)))
        connection.execute("DROP SCHEMA bench CASCADE")
        on_progress("vacuum", 0)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _fill_people(connection: psycopg.Connection[Any], dataset: Dataset, on_progress: OnProgress) -> None:
    lengths = fill.rows_per_customer(dataset.customers, dataset.interactions)
    with connection.cursor().copy("COPY bench.length FROM STDIN") as copy:
        for customer, rows in enumerate(lengths, start=1):
            copy.write_row((customer, rows))
    steps = fill.people(dataset.customers)
    for done, (label, statement) in enumerate(steps):
        on_progress(label, done / len(steps))
        connection.execute(statement)


def _fill_interactions(dataset: Dataset, on_progress: OnProgress) -> None:
    on_progress("interactions", 0)

    def fill_chunk(first: int) -> None:
        with dataset.connect() as connection:
            connection.execute("SET synchronous_commit = off")
            connection.execute(fill.interactions(first, first + CHUNK - 1))

    with ThreadPoolExecutor(FILLERS) as fillers:
        for done, _none in enumerate(fillers.map(fill_chunk, range(1, dataset.interactions + 1, CHUNK)), start=1):
            on_progress("interactions", min(1, done * CHUNK / dataset.interactions))


def _strip(connection: psycopg.Connection[Any], tables: list[str]) -> list[tuple[str, str]]:
    """Drop every index and foreign key of these tables but the primary keys: loading without them, and making
    them anew from the full table, is several times quicker. Returns the statements that put them back."""
    constraints = connection.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint
        WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC, oid
        """,
        [tables],
    ).fetchall()
    for table, name, _definition, _type in constraints:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    indexes = connection.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary ORDER BY indexrelid
        """,
        [tables],
    ).fetchall()
    for name, _definition in indexes:
        connection.execute(f"DROP INDEX {name}")
    return [
        *indexes,
        *((name, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {what}') for table, name, what, _type in constraints),
    ]
