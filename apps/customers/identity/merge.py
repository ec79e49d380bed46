"""Moving profiles from one customer to another, set-based, with the record that undoes it. Rules and people use it.

Every function runs in the caller's transaction, with the customers locked (`evidence.lock_customers`). Interactions
are never touched: they belong to profiles.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from apps.customers.models import Customer
from apps.foundation.db.rows import recordset, rows


class Merge(NamedTuple):
    """Two customers, by id, who are one from now on."""

    survivor: int
    absorbed: int


class Unmerge(NamedTuple):
    """Profiles that leave `survivor` for `absorbed`, who is a customer of their own (again)."""

    survivor: int
    absorbed: int
    profiles: Sequence[int]


def make_customers(born: Mapping[UUID, datetime]) -> dict[UUID, int]:
    """New customers without a name, by public id, known since these times; their ids."""
    if not born:
        return {}
    created = [{"public_id": public_id, "created_at": at} for public_id, at in born.items()]
    return dict(
        rows(
            """
            INSERT INTO customers_customer (public_id, name, tier, city, country, language, timezone, created_at)
            SELECT public_id, '', '', '', '', '', '', created_at
            FROM json_to_recordset(%s) AS c(public_id uuid, created_at timestamptz)
            RETURNING public_id, id
            """,
            recordset(created),
        )
    )


def merge(merges: Collection[Merge], *, rule: str, reason: str = "", actor: int | None = None) -> list[int]:
    """Move all profiles of the absorbed to the survivors. Ids of the records."""
    if not merges:
        return []
    wanted = recordset([pair._asdict() for pair in merges])
    records = rows(
        """
        WITH m AS (SELECT * FROM json_to_recordset(%s) AS m(survivor bigint, absorbed bigint)),
        moved AS (
            UPDATE customers_sourceprofile p SET customer_id = m.survivor FROM m WHERE p.customer_id = m.absorbed
            RETURNING p.id, m.absorbed
        ),
        gone AS (UPDATE customers_customer c SET merged_into_id = m.survivor FROM m WHERE c.id = m.absorbed)
        INSERT INTO customers_mergerecord (kind, survivor_id, absorbed_id, profiles, rule, reason, actor_id, at)
        SELECT 'merge', m.survivor, m.absorbed,
               COALESCE((SELECT array_agg(id ORDER BY id) FROM moved WHERE moved.absorbed = m.absorbed), '{}'),
               %s, %s, %s::bigint, now()
        FROM m RETURNING id
        """,
        wanted,
        rule,
        reason,
        actor,
    )
    _pass_on_suggestions(wanted)
    return [pk for (pk,) in records]


def take_out(unmerges: Collection[Unmerge], *, rule: str, reason: str = "", actor: int | None = None) -> list[int]:
    """Move these profiles out again, to a customer who thereby lives (again). Ids of the records."""
    if not unmerges:
        return []
    records = rows(
        """
        WITH m AS (
            SELECT * FROM json_to_recordset(%s) AS m(survivor bigint, absorbed bigint, profiles bigint[])
        ),
        moved AS (
            UPDATE customers_sourceprofile p SET customer_id = m.absorbed FROM m
            WHERE p.id = ANY(m.profiles) AND p.customer_id = m.survivor
            RETURNING p.id, m.absorbed
        ),
        back AS (
            UPDATE customers_customer c SET merged_into_id = NULL, compared_at = NULL FROM m WHERE c.id = m.absorbed
        )
        INSERT INTO customers_mergerecord (kind, survivor_id, absorbed_id, profiles, rule, reason, actor_id, at)
        SELECT 'unmerge', m.survivor, m.absorbed,
               COALESCE((SELECT array_agg(id ORDER BY id) FROM moved WHERE moved.absorbed = m.absorbed), '{}'),
               %s, %s, %s::bigint, now()
        FROM m RETURNING id
        """,
        recordset([unmerge._asdict() for unmerge in unmerges]),
        rule,
        reason,
        actor,
    )
    made = [pk for (pk,) in records]
    rows(
        """
        UPDATE customers_mergerecord merged SET undone_by_id = unmerged.id FROM customers_mergerecord unmerged
        WHERE unmerged.id = ANY(%s) AND merged.kind = 'merge' AND merged.undone_by_id IS NULL
          AND merged.absorbed_id = unmerged.absorbed_id
        """,
        made,
    )
    return made


def compare_again(customers: Iterable[int]) -> None:
    """Have these customers looked at for others who may be the same (`suggestions.py`)."""
    due = sorted(set(customers))
    if due:
        Customer.objects.filter(pk__in=due).exclude(compared_at=None).update(compared_at=None)


def _pass_on_suggestions(merges: str) -> None:
    """Whom the absorbed may be, the survivor may be; that the two may be one has come true. Who is taken out again is
    compared anew."""
    rows(
        """
        WITH m AS (SELECT * FROM json_to_recordset(%s) AS m(survivor bigint, absorbed bigint)),
        come_true AS (
            UPDATE customers_matchcandidate c SET status = 'matched', reviewed_at = now() FROM m
            WHERE (c.a_id, c.b_id) = (LEAST(m.survivor, m.absorbed), GREATEST(m.survivor, m.absorbed))
        ),
        gone AS (
            DELETE FROM customers_matchcandidate c USING m
            WHERE m.absorbed IN (c.a_id, c.b_id) AND m.survivor NOT IN (c.a_id, c.b_id)
              AND c.status IN ('open', 'later')
            RETURNING c.*, m.survivor, CASE WHEN c.a_id = m.absorbed THEN c.b_id ELSE c.a_id END AS other
        ),
        inherited AS (
            SELECT LEAST(survivor, other) AS a, GREATEST(survivor, other) AS b, gone.score, gone.features,
                   gone.origin, gone.model_id, gone.status, gone.created_at
            FROM gone JOIN customers_customer c ON c.id = gone.other AND c.merged_into_id IS NULL
            WHERE other NOT IN (SELECT absorbed FROM m)
        )
        INSERT INTO customers_matchcandidate (a_id, b_id, score, features, origin, model_id, status, created_at)
        SELECT DISTINCT ON (a, b) a, b, score, features, origin, model_id, status, created_at
        FROM inherited ORDER BY a, b, score DESC
        ON CONFLICT (a_id, b_id) DO NOTHING
        """,
        merges,
    )
