"""Two verbs: learn what agreement is worth in a base, and say which of its customers may be one person."""

from math import log2
from typing import Any, Final

import pyarrow as pa

from apps.customers.matching import pairs, records
from apps.customers.matching.estimation import estimate
from apps.customers.matching.parameters import Trained, assumed, usable
from apps.customers.matching.weights import Scored, heaviest, weigh
from apps.customers.matching.workspace import Means, workspace

FEWEST: Final = 500  # customers below which nothing can be learned


def train(rows: pa.Table, *, seed: int = 1, means: Means | None = None) -> Trained:
    """What agreement is worth among these customers (columns: `records.SCHEMA`), to be kept as JSON. Where they are too
    few to tell, it is what is assumed of everybody."""
    if rows.num_rows < FEWEST:
        return assumed(rows.num_rows)
    with workspace(means or Means()) as con:
        return estimate(con, records.load(con, rows), seed)


def score(
    rows: pa.Table,
    trained: Any,
    threshold: float = 0.5,
    *,
    limit: int = 100_000,
    population: int | None = None,
    means: Means | None = None,
) -> list[Scored]:
    """Pairs of these customers who are one person with at least this probability, the likeliest first, `limit` at most.

    `trained` is what `train` gave, of this base or an older state of it; anything else counts as nothing known.
    `population`: these are only some, fetched since they are alike, of so many; without it they are everybody.
    """
    with workspace(means or Means()) as con:
        customers = max(records.load(con, rows), population or 0)
        if not pairs.meet(con):
            return []
        known = trained if usable(trained) else assumed(customers)
        weigh(con, known, customers, log2(threshold / (1 - threshold)))
        return list(heaviest(con, limit))
