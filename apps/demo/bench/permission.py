"""May these customers be contacted: one at a time, and all of them, when everybody has said something about it, every
tenth has been written to lately, and some are on the suppression list."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from typing import Any

import psycopg

from apps.demo.bench.dataset import Dataset, result_of
from apps.demo.bench.figures import BenchReport, Effort, Target

SAID = """
    INSERT INTO contact_consent (profile_id, channel, purpose, status, at, recorded_at, origin, notice)
    SELECT p.id, channel, 'marketing', (ARRAY['granted', 'granted', 'denied', 'withdrawn'])[1 + (p.id + line) % 4],
           now() - line * interval '100 days', now(), 'bench', ''
    FROM (SELECT DISTINCT ON (customer_id) id FROM customers_sourceprofile ORDER BY customer_id, id) p,
         unnest(ARRAY['email', 'sms', 'voice']) AS channel, generate_series(1, 3) AS line
    ON CONFLICT DO NOTHING
"""
SENT = """
    INSERT INTO contact_delivery (profile_id, channel, purpose, at, what, who, outcome, key, recorded_at)
    SELECT id, 'email', 'marketing', now() - interval '3 days', 'Letter', 'Bench', 'sent', 'bench:' || id, now()
    FROM customers_sourceprofile WHERE id % 10 = 0
"""
STOPPED = """
    INSERT INTO contact_suppression (profile_id, type, value, reason, source, at, lifted_why)
    SELECT id, '', '', 'Bench', 'bench', now(), '' FROM customers_sourceprofile WHERE id % 100 = 0
    ON CONFLICT DO NOTHING
"""


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("permission")
    with dataset.connect() as connection, _filled(connection):
        measured = result_of("apps.demo.bench.permission_job", dataset, effort.requests)
    cuts = quantiles(measured["one"], n=20)
    report.figures = {
        **{f"all of them, {name}: customers/s": round(per_second) for name, per_second in measured["all"].items()},
        "one customer, p50 ms": round(cuts[9], 2),
        "one customer, p95 ms": round(cuts[18], 2),
    }
    slowest = min(measured["all"].values())
    report.targets = [
        Target("all of them, the slowest: customers/s", ">= 20000", round(slowest)),
        Target("one customer, p95 ms", "<= 5", round(cuts[18], 2)),
    ]
    return report


@contextmanager
def _filled(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """What people said and were sent, taken away again: the ledger refuses that, but to the owner of its table."""
    try:
        for statement in (SAID, SENT, STOPPED):
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE contact_consent, contact_delivery, contact_suppression")
        yield
    finally:
        connection.execute("DELETE FROM contact_delivery WHERE key LIKE 'bench:%'")
        with connection.transaction():
            for table, mine in (("contact_suppression", "source"), ("contact_consent", "origin")):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                connection.execute(f"DELETE FROM {table} WHERE {mine} = 'bench'")  # noqa: S608 - names of ours
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
