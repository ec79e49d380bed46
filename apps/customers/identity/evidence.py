"""What the database knows about who holds what: read, and locked, for a whole batch at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from apps.customers.drafts import Handle
from apps.customers.identity.partition import Facts, Holding
from apps.customers.identity.rules import identity_rules
from apps.customers.models import Identifier
from apps.foundation.db.rows import recordset, rows


class Known(NamedTuple):
    """An identifier's row: its id, and whether it joins people (neither blocked nor shared)."""

    pk: int
    usable: bool


def lock_identifiers(handles: Iterable[Handle]) -> dict[Handle, Known]:
    """The row of each handle's identifier, made where missing, held against other batches."""
    wanted = {*handles}
    if not wanted:
        return {}
    made = rows(
        """
        INSERT INTO customers_identifier (type, scope, value, status)
        SELECT type, scope, value, 'active' FROM json_to_recordset(%s) AS h(type text, value text, scope text)
        WHERE NOT EXISTS (
            SELECT 1 FROM customers_identifier i WHERE (i.type, i.value, i.scope) = (h.type, h.value, h.scope)
        )
        ORDER BY type, value, scope
        ON CONFLICT DO NOTHING
        RETURNING type, value, scope, id, status
        """,
        _handles(wanted),
    )
    met = rows(  # what was made just now is held already
        """
        SELECT i.type, i.value, i.scope, i.id, i.status FROM customers_identifier i
        JOIN json_to_recordset(%s) AS h(type text, value text, scope text) USING (type, value, scope)
        ORDER BY i.type, i.value, i.scope FOR UPDATE OF i
        """,
        _handles(wanted - {Handle(*row[:3]) for row in made}),
    )
    return {
        Handle(kind, value, scope): Known(pk, status == Identifier.Status.ACTIVE)
        for kind, value, scope, pk, status in made + met
    }


def _handles(handles: Iterable[Handle]) -> str:
    """As a record set of (type, value, scope)."""
    return recordset([handle._asdict() for handle in handles])


def lock_customers(customers: Iterable[int]) -> None:
    rows("SELECT 1 FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", sorted(customers))


def holders(identifiers: Collection[int]) -> dict[int, dict[int, Holding]]:
    """For each identifier the customers who have it, since when, until when, whether it was verified, and whether a
    colleague typed it."""
    held: dict[int, dict[int, Holding]] = defaultdict(dict)
    if not identifiers:
        return held
    for identifier, customer, verified, first, last, typed in rows(
        """
        SELECT e.identifier_id, p.customer_id, bool_or(e.verified), min(e.first_seen), max(e.last_seen),
               bool_or(e.typed_by_id IS NOT NULL)
        FROM customers_evidence e JOIN customers_sourceprofile p ON p.id = e.profile_id
        WHERE e.active AND e.identifier_id = ANY(%s) GROUP BY 1, 2
        """,
        list(identifiers),
    ):
        held[identifier][customer] = Holding(verified, first, last, typed)
    return held


def facts_of(customers: Collection[int]) -> dict[int, Facts]:
    """What tells each of these customers from others: names, dates of birth, verified identifiers."""
    known: dict[int, Facts] = {customer: Facts(housed=True) for customer in customers}
    if not known:
        return known
    for customer, name, born in rows(
        """
        SELECT DISTINCT customer_id, traits->>'name', traits->>'born' FROM customers_sourceprofile
        WHERE customer_id = ANY(%s) AND (traits ? 'name' OR traits ? 'born')
        """,
        list(known),
    ):
        known[customer].hear(name, born)
    rules = identity_rules()
    for customer, kind, scope, value in rows(
        """
        SELECT DISTINCT p.customer_id, i.type, i.scope, i.value FROM customers_sourceprofile p
        JOIN customers_evidence e ON e.profile_id = p.id AND e.active AND e.verified
        JOIN customers_identifier i ON i.id = e.identifier_id AND NOT i.type = ANY(%s)
        WHERE p.customer_id = ANY(%s)
        """,
        [kind for kind, rule in rules.items() if rule.weak],
        list(known),
    ):
        known[customer].hold(Handle(kind, value, scope), rules.get(kind))
    return known


def kept_apart(customers: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of customers, at least one of them given, of whom somebody said that they are not the same."""
    if not customers:
        return []
    return rows(
        """
        WITH mine AS MATERIALIZED (SELECT id, customer_id FROM customers_sourceprofile WHERE customer_id = ANY(%s))
        SELECT mine.customer_id, o.customer_id FROM mine
        JOIN customers_verdict v ON v.a_id = mine.id AND NOT v.same AND v.withdrawn_at IS NULL
        JOIN customers_sourceprofile o ON o.id = v.b_id
        UNION
        SELECT o.customer_id, mine.customer_id FROM mine
        JOIN customers_verdict v ON v.b_id = mine.id AND NOT v.same AND v.withdrawn_at IS NULL
        JOIN customers_sourceprofile o ON o.id = v.a_id
        """,
        list(customers),
    )
