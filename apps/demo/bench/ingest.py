"""Taking events in, end to end: from the first byte of the first batch until the last event is readable in
its customer's timeline, against COPY of the same rows into the same table."""

import secrets
from collections.abc import Sequence
from functools import partial
from time import monotonic, perf_counter, sleep
from typing import Any

import orjson
import psycopg
from psycopg import sql

from apps.demo.bench.dataset import Dataset, unchanged
from apps.demo.bench.events import Shop
from apps.demo.bench.figures import BenchReport, Effort, Step, Target, crowd, ratio
from apps.demo.bench.stage import Stage, running
from apps.demo.bench.visitor import program, sender

BATCH = 100
SENDERS = 2  # more would only take the processor from the server
PATIENCE = 300  # seconds without any progress
TABLE = "interactions_interaction"
LEFT = "SELECT count(*) FROM channels_envelope WHERE state = 'received'"
TROUBLED = "SELECT count(*), min(error) FROM channels_envelope WHERE state IN ('quarantined', 'conflict')"
WRITTEN = f"SELECT coalesce(max(id), 0) FROM {TABLE}"  # noqa: S608 - a constant of ours


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("ingest")
    with unchanged(dataset), dataset.connect() as connection, running(dataset, worker=True) as stage:
        _send(stage, connection, Shop(secrets.token_hex(4), dataset.customers), max(BATCH, effort.events // 20))
        before = _one(connection, WRITTEN)
        tracks = Shop(secrets.token_hex(4), dataset.customers)
        report.figures |= _rates("track", effort.events, *_send(stage, connection, tracks, effort.events))
        last = _one(connection, WRITTEN)
        mixed = Shop(secrets.token_hex(4), dataset.customers, views=0.2)
        report.figures |= _rates("with 20 % page views", effort.events, *_send(stage, connection, mixed, effort.events))
        report.limits |= copied(connection, before, last)
    reached = report.figures["track: events a second, readable"]
    report.ratios = {
        "COPY / events": ratio(report.limits["COPY, same table: rows a second"], reached),
        "COPY into an empty table / events": ratio(report.limits["COPY, empty table: rows a second"], reached),
    }
    report.targets = [Target("events a second, end to end", ">= 4000", reached)]
    report.notes.append(f"{SENDERS} senders, batches of {BATCH}, 70 % known customers, 30 % new ones.")
    return report


def _rates(name: str, events: int, accepted: float, readable: float) -> dict[str, Any]:
    return {
        f"{name}: events": events,
        f"{name}: events a second, accepted": round(events / accepted),
        f"{name}: events a second, readable": round(events / readable),
    }


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _send(stage: Stage, connection: psycopg.Connection[Any], shop: Shop, events: int) -> tuple[float, float]:
    """Seconds until every batch was answered, and until the last event could be read."""
    witness = "u1"
    bodies = [
        *shop.batches(events - 1, BATCH),
        orjson.dumps({"batch": [shop.event(events, witness, "Bench finished")]}),
    ]
    shares: list[list[bytes]] = [bodies[place::SENDERS] for place in range(SENDERS)]
    started = perf_counter()
    crowd([_posting(stage, share) for share in shares])
    accepted = perf_counter() - started
    _await_empty(connection)
    _read_back(stage, connection, f"{shop.run}-{events}")
    readable = perf_counter() - started
    troubled = connection.execute(TROUBLED).fetchone()
    if troubled and troubled[0]:
        raise RuntimeError(f"{troubled[0]} events were not understood: {troubled[1]}")
    return accepted, readable


def _posting(stage: Stage, bodies: Sequence[bytes]) -> list[Step]:
    client = sender(stage)

    def post(body: bytes) -> None:
        client.post("/v1/batch", body)

    return [partial(post, body) for body in bodies]


def _await_empty(connection: psycopg.Connection[Any]) -> None:
    left, moved = None, monotonic()
    while (now := _one(connection, LEFT)) > 0:
        if now != left:
            left, moved = now, monotonic()
        if monotonic() - moved > PATIENCE:
            raise RuntimeError(f"{now} events are still waiting, and nothing has moved for {PATIENCE} seconds.")
        sleep(0.02)


def _read_back(stage: Stage, connection: psycopg.Connection[Any], message: str) -> None:
    """Read the last event as another system would: in the customer's timeline."""
    row = connection.execute(
        f"""
        SELECT c.public_id FROM {TABLE} i JOIN customers_sourceprofile p ON p.id = i.profile_id
        JOIN customers_customer c ON c.id = p.customer_id WHERE i.external_id = %s AND i.source = 'shop'
        """,  # noqa: S608 - a constant of ours
        [message],
    ).fetchone()
    if row is None:
        raise RuntimeError(f"The event {message} was accepted and is nowhere to be found.")
    story = program(stage).get(f"/api/v1/customers/{row[0]}/timeline?limit=50").body
    if b"Bench finished" not in story:
        raise RuntimeError(f"The event {message} is stored and not in the timeline.")


def copied(connection: psycopg.Connection[Any], first: int, last: int) -> dict[str, float]:
    """Rows a second when these rows are copied into an empty table like theirs, and into their own."""
    columns = [
        name
        for (name,) in connection.execute(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'external_id')
            """,
            [TABLE],
        )
    ]
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    out = sql.SQL("COPY (SELECT {}, 'copy:' || external_id FROM {} WHERE id > {} AND id <= {}) TO STDOUT").format(
        listed, sql.Identifier(TABLE), sql.Literal(first), sql.Literal(last)
    )
    with connection.cursor().copy(out) as copy:
        data = [bytes(block) for block in copy]
    connection.execute(f"CREATE TABLE bench_copy (LIKE {TABLE} INCLUDING ALL)")
    try:
        return {
            "COPY, empty table: rows a second": _copied(connection, "bench_copy", listed, data),
            "COPY, same table: rows a second": _copied(connection, TABLE, listed, data),
        }
    finally:
        connection.execute("DROP TABLE bench_copy")


def _copied(connection: psycopg.Connection[Any], table: str, listed: sql.Composable, data: Sequence[bytes]) -> float:
    into = sql.SQL("COPY {} ({}, external_id) FROM STDIN").format(sql.Identifier(table), listed)
    started = perf_counter()
    with connection.cursor().copy(into) as copy:
        for block in data:
            copy.write(block)
    return round(len(data) / (perf_counter() - started))
