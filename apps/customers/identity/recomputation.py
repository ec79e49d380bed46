"""Everybody drawn anew from the evidence: how far the customers are from it, and, if wanted, no further."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction

from apps.customers.identity.merge import Merge
from apps.customers.identity.repartition import Drift, drift_of, repartition
from apps.customers.models import Customer
from apps.foundation.db.rows import rows

RULE = "recomputed"
AT_ONCE = 500  # customers drawn in one transaction, more where they hang together
NAMED = 20  # of what would change are named one by one

# Customers who may not be whom the evidence makes of them: several who share something, or one of several profiles.
LINKS = """
    SELECT 'i' || e.identifier_id, p.customer_id FROM customers_evidence e
    JOIN customers_sourceprofile p ON p.id = e.profile_id
    JOIN customers_identifier i ON i.id = e.identifier_id AND i.status = 'active'
    WHERE e.active
    UNION ALL
    SELECT 'v' || v.id, p.customer_id FROM customers_verdict v
    JOIN customers_sourceprofile p ON p.id IN (v.a_id, v.b_id) WHERE v.same AND v.withdrawn_at IS NULL
"""
SEVERAL = "SELECT customer_id FROM customers_sourceprofile GROUP BY 1 HAVING count(*) > 1"


@dataclass(slots=True)
class Recomputed:
    """How many customers were looked at; pairs that are (or would be) joined, profiles that leave a customer, values
    found to be shared; the first `NAMED` changes by public id and value type."""

    customers: int = 0
    joined: int = 0
    left: int = 0
    shared: int = 0
    named: list[str] = field(default_factory=list)

    @property
    def drifted(self) -> bool:
        return bool(self.joined or self.left or self.shared)


def recompute(*, apply: bool, on_progress: Callable[[int, int], None] = lambda done, total: None) -> Recomputed:
    """Compare every customer with the evidence; with `apply`, make them what it says, a batch a transaction.

    `on_progress` hears how many customers are done, of how many.
    """
    batches = list(_batches())
    total, report = sum(map(len, batches)), Recomputed()
    for batch in batches:
        if apply:
            with transaction.atomic():
                drift = repartition(batch, rule=RULE, share=True)
        else:
            drift = drift_of(batch)
        _note(report, batch, drift)
        on_progress(report.customers, total)
    return report


def _note(report: Recomputed, batch: list[int], drift: Drift) -> None:
    report.customers += len(batch)
    report.joined += len(drift.merges)
    report.left += sum(len(move.profiles) for move in drift.moves)
    report.shared += len(drift.shared)
    room = NAMED - len(report.named)
    if room > 0 and drift.any():
        report.named += _named(drift)[:room]


def _named(drift: Drift) -> list[str]:
    wanted = {pk for pair in drift.merges for pk in pair} | {move.customer for move in drift.moves}
    known = dict(Customer.objects.filter(pk__in=wanted).values_list("pk", "public_id"))
    joined = [_joined(pair, known) for pair in drift.merges]
    left = [f"{known[move.customer]}: {len(move.profiles)} source profiles leave" for move in drift.moves]
    return joined + left + sorted(f"a shared {handle.type}" for handle in drift.shared)


def _joined(pair: Merge, known: Mapping[int, object]) -> str:
    return f"{known[pair.survivor]} is {known[pair.absorbed]} too"


def _batches() -> Iterator[list[int]]:
    """Customers to look at; those who hang together are in one batch."""
    batch: list[int] = []
    for component in _components():
        batch += component
        if len(batch) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _components() -> Iterator[list[int]]:
    parent: dict[int, int] = {}

    def find(customer: int) -> int:
        parent.setdefault(customer, customer)
        while parent[customer] != customer:
            parent[customer] = parent[parent[customer]]
            customer = parent[customer]
        return customer

    first: dict[str, int] = {}
    with transaction.atomic(), connection.cursor().connection.cursor(name="links") as cursor:
        cursor.itersize = 50_000
        for link, customer in cursor.execute(LINKS):
            other = find(first.setdefault(link, customer))
            parent[find(customer)] = other
    first.clear()
    several = {pk for (pk,) in rows(SEVERAL)}
    groups: dict[int, list[int]] = defaultdict(list)
    for customer in parent.keys() | several:
        groups[find(customer)].append(customer)
    yield from (sorted(group) for group in groups.values() if len(group) > 1 or group[0] in several)
