"""What is shown of a customer, made of what each of their profiles was told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson
from django.db import connection

from apps.customers.normalisation import recordset

# Traits that are columns of Customer too, with the longest text each takes.
SHOWN = {"name": 200, "tier": 20, "city": 80, "country": 2, "language": 10, "timezone": 40, "since": 10}
CUT = {"name", "city"}  # the beginning of these still says something; of the others it would be wrong

# The weakest first: what anybody may have claimed (profiles all of whose identifiers are unverified, such as a From
# address), what those absorbed were called, what the customer is called now, what the profiles were told in the order
# they were heard from.
SAID = """
    SELECT customer, traits::text FROM (
        SELECT merged_into_id AS customer, to_jsonb(c) AS traits, 0 AS rank, created_at AS at, id
        FROM customers_customer c WHERE merged_into_id = ANY(%(ids)s)
        UNION ALL
        SELECT id, to_jsonb(c), 1, created_at, id FROM customers_customer c WHERE id = ANY(%(ids)s)
        UNION ALL
        SELECT customer_id, traits, CASE WHEN (
            SELECT bool_or(e.verified) FROM customers_evidence e WHERE e.profile_id = p.id
        ) IS FALSE THEN -1 ELSE 2 END, last_seen, id
        FROM customers_sourceprofile p WHERE customer_id = ANY(%(ids)s)
    ) said ORDER BY rank, at, id
"""
_names = ", ".join(SHOWN)
SHOW = f"""
    UPDATE customers_customer c SET {", ".join(f"{name} = n.{name}" for name in SHOWN)}
    FROM json_to_recordset(%s) AS n(
        id bigint, name text, tier text, city text, country text, language text, timezone text, since date)
    WHERE c.id = n.id
      AND ({", ".join(f"c.{name}" for name in SHOWN)}) IS DISTINCT FROM ({", ".join(f"n.{name}" for name in SHOWN)})
"""  # noqa: S608 - the column names above


def show(customers: Iterable[int]) -> None:
    """Set the shown columns of these customers: for each the word of the profile heard from last that has one."""
    ids = sorted(customers)
    if not ids:
        return
    shown: dict[int, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(SHOWN, "") | {"since": None})
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"ids": ids})
        for customer, traits in cursor.fetchall():
            shown[customer] |= {"id": customer, **fitting(orjson.loads(traits))}
        cursor.execute(SHOW, [recordset(list(shown.values()))])


def of_several_profiles(customers: Iterable[int]) -> set[int]:
    """Those for whom it matters which profile was heard from last."""
    ids = sorted(customers)
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT customer_id FROM customers_sourceprofile WHERE customer_id = ANY(%s)
            GROUP BY customer_id HAVING count(*) > 1
            """,
            [ids],
        )
        return {customer for (customer,) in cursor.fetchall()}


def fitting(traits: Mapping[str, Any]) -> dict[str, str]:
    """The traits that are shown and fit, as text."""
    fitted = {name: _fitted(name, traits.get(name)) for name in SHOWN}
    return {name: text for name, text in fitted.items() if text}


def _fitted(name: str, value: Any) -> str:
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if name == "since":
        return _day(text)
    return text[: SHOWN[name]] if name in CUT or len(text) <= SHOWN[name] else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""
