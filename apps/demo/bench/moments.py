"""A desk with as many open moments as was asked, and as many that are done: the first page of each tab, and one 200
pages down, against the same rows read by plain psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from apps.demo.bench.dataset import Dataset
from apps.demo.bench.figures import BenchReport, Effort, Step, Target, race, ratio
from apps.demo.bench.meter import Meter
from apps.demo.bench.stage import PERSON, running
from apps.demo.bench.visitor import Visitor, server_seconds, signed_in
from apps.desktop.moments.page import PAGE

DEEP = 200
TEAM = "Bench moments"
HTMX = {"HX-Request": "true", "HX-Target": "moments-list"}
FILL = """
    INSERT INTO moments_moment (
        public_id, profile_id, kind, reason, suggestion, category, tags, currency, happened_at, due_at, purpose,
        channel, disclose_words, state, owner_user_id, act_by, offered_to_team_id, handoff, offered_at, answer_by,
        snoozed_until, queue_id, outcome, line, done_at, marked_by_id, sender_id, rule, key, created_at, changed_at,
        version
    )
    SELECT gen_random_uuid(), 1 + (n * 7919) %% %(customers)s, (ARRAY['praise', 'wish', 'cart'])[1 + n %% 3],
           'The grinder is the best thing in my kitchen', 'Thank them', 'Mills', '{}', '', now(),
           now() + (n %% 10000) * interval '1 minute', 'marketing', '', true,
           CASE WHEN n > %(open)s THEN 'done' WHEN offered THEN 'offered' ELSE 'open' END, %(person)s,
           now() + interval '9 days', CASE WHEN offered THEN %(team)s END,
           CASE WHEN offered THEN 'transfer' ELSE '' END,
           CASE WHEN offered THEN now() END, CASE WHEN offered THEN now() + interval '9 days' END,
           CASE WHEN snoozed THEN now() + n * interval '1 minute' END, %(team)s,
           CASE WHEN n > %(open)s THEN 'thanked' ELSE '' END, '',
           CASE WHEN n > %(open)s THEN now() - n * interval '1 minute' END, %(person)s, %(person)s, '', 'bench:' || n,
           now(), now(), 1
    FROM generate_series(1, %(all)s) AS n,
         LATERAL (SELECT n <= %(open)s AND n %% 2 = 0 AS offered, n <= %(open)s AND n %% 22 = 1 AS snoozed) AS way
"""
LIVE = "state IN ('open', 'offered')"
TABS = {
    "mine": f"holder = %(person)s AND {LIVE} AND snoozed_until IS NULL ORDER BY deadline, id",
    "unclaimed": f"queue_id = %(team)s AND {LIVE} AND snoozed_until IS NULL AND holder IS NULL ORDER BY deadline, id",
    "today": f"queue_id = %(team)s AND {LIVE} AND snoozed_until IS NULL ORDER BY due_at, id",
    "snoozed": f"queue_id = %(team)s AND {LIVE} AND snoozed_until IS NOT NULL ORDER BY snoozed_until, id",
    "done": "queue_id = %(team)s AND state IN ('done', 'expired') ORDER BY done_at DESC, id DESC",
}
ROWS = """
    SELECT m.*, c.public_id, c.name FROM (SELECT * FROM moments_moment WHERE {}) m
    JOIN customers_sourceprofile p ON p.id = m.profile_id JOIN customers_customer c ON c.id = p.customer_id LIMIT {}
"""
AT_DEPTH = "SELECT deadline, id FROM moments_moment WHERE {} OFFSET %(deep)s LIMIT 1"


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("moments")
    with (
        dataset.connect() as connection,
        running(dataset, worker=False) as stage,
        _filled(connection, dataset, effort) as who,
    ):
        visitor, meter = signed_in(stage), Meter(stage.web, connection)
        limits: dict[str, list[Step]] = {
            f"{tab}: {PAGE} rows, psycopg": [partial(_read, connection, condition, who)] * effort.requests
            for tab, condition in TABS.items()
        }
        report.limits |= race(limits)
        lanes: dict[str, list[Step]] = {
            f"{tab}, first page": [partial(_ask, visitor, f"?tab={tab}")] * effort.requests for tab in TABS
        }
        deep = connection.execute(AT_DEPTH.format(TABS["mine"]), {**who, "deep": DEEP * PAGE}).fetchone()
        if deep:
            at, pk = deep
            address = f"?tab=mine&after={at.isoformat().replace('+', '%2B')}/{pk}"
            lanes["mine, 200 pages down"] = [partial(_ask, visitor, address)] * effort.requests
        report.figures |= race(lanes, meter=meter)
    report.notes.append(f"{effort.moments:,} moments open, as many done, at one desk; permissions as people see them.")
    return _judged(report)


@contextmanager
def _filled(connection: psycopg.Connection[Any], dataset: Dataset, effort: Effort) -> Iterator[dict[str, int]]:
    """The moments, and the person who signs in as a member of the team whose desk they lie on; gone afterwards."""
    _empty(connection)
    team = connection.execute(
        "INSERT INTO accounts_team (name, kind, place, region, timezone, business_days)"
        " VALUES (%s, 'department', '', 'GB', 'UTC', '{}')"
        " RETURNING id",
        [TEAM],
    ).fetchone()
    person = connection.execute("SELECT id FROM accounts_user WHERE username = %s", [PERSON]).fetchone()
    if team is None or person is None:
        raise RuntimeError("nobody to sit at the desk")
    who = {"team": team[0], "person": person[0]}
    size = {"open": effort.moments, "all": 2 * effort.moments, "customers": dataset.customers}
    try:
        connection.execute("UPDATE accounts_user SET team_id = %s WHERE id = %s", [team[0], person[0]])
        connection.execute(FILL, {**who, **size})
        connection.execute("VACUUM ANALYZE moments_moment")
        yield who
    finally:
        _empty(connection)


def _empty(connection: psycopg.Connection[Any]) -> None:
    connection.execute("DELETE FROM moments_moment WHERE key LIKE 'bench:%'")
    connection.execute(
        "UPDATE accounts_user SET team_id = NULL WHERE team_id IN (SELECT id FROM accounts_team WHERE name = %s)",
        [TEAM],
    )
    connection.execute("DELETE FROM accounts_team WHERE name = %s", [TEAM])


def _read(connection: psycopg.Connection[Any], condition: str, who: dict[str, int]) -> None:
    connection.execute(ROWS.format(condition, PAGE), who).fetchall()


def _ask(visitor: Visitor, query: str) -> float | None:
    return server_seconds(visitor.get(f"/desk/moments/{query}", HTMX))


def _judged(report: BenchReport) -> BenchReport:
    for tab in TABS:
        page = report.figures[f"{tab}, first page"]
        report.ratios[f"{tab} / psycopg"] = ratio(page.p50, report.limits[f"{tab}: {PAGE} rows, psycopg"].p50)
        report.targets.append(Target(f"{tab}, first page, p95 ms", "<= 50", page.p95))
    if deep := report.figures.get("mine, 200 pages down"):
        report.ratios["200 pages down / first"] = ratio(deep.p50, report.figures["mine, first page"].p50)
    return report
