"""Two verbs: learn what agreement is worth in a base, and say which of its customers may be one person."""

from math import log2
from typing import Any, Final, NamedTuple

import pyarrow as pa

from apps.customers.matching import groups, pairs, records
from apps.customers.matching.estimation import estimate
from apps.customers.matching.parameters import Trained, assumed, usable
from apps.customers.matching.weights import Scored, count, heaviest, weigh
from apps.customers.matching.workspace import Means, workspace

FEWEST: Final = 500  # customers below which nothing can be learned
FEWEST_PAIRS: Final = 100_000
LIGHTEST: Final = -100.0  # bits: below any pair there is
PER_CUSTOMER: Final = 10  # pairs a customer: a person known five times has two


def train(rows: pa.Table, *, seed: int = 1, means: Means | None = None) -> Trained:
    """What agreement is worth among these customers (columns: `records.SCHEMA`), to be kept as JSON. Where they are too
    few to tell, it is what is assumed of everybody."""
    if rows.num_rows < FEWEST:
        return assumed(rows.num_rows)
    with workspace(means or Means()) as con:
        return estimate(con, records.load(con, rows), seed)


class Suggested(NamedTuple):
    """Pairs who may be one person, the likeliest first. `left_out` is how many more there were beyond the limit."""

    pairs: list[Scored]
    left_out: int = 0


def score(
    rows: pa.Table,
    trained: Any,
    threshold: float = 0.5,
    *,
    limit: int | None = None,
    population: int | None = None,
    means: Means | None = None,
) -> Suggested:
    """Pairs of these customers who are one person with at least this probability, `limit` at most (default:
    `PER_CUSTOMER` a customer, `FEWEST_PAIRS` in any base), and those that complete a group (`groups`).

    `trained` is what `train` gave, of this base or an older state of it; anything else counts as nothing known.
    `population`: these are only some, fetched since they are alike, of so many; without it they are everybody.
    """
    with workspace(means or Means()) as con:
        customers = max(records.load(con, rows), population or 0)
        if not pairs.meet(con):
            return Suggested([])
        known = trained if usable(trained) else assumed(customers)
        weigh(con, known, customers, log2(threshold / (1 - threshold)))
        most = limit or max(FEWEST_PAIRS, PER_CUSTOMER * customers)
        found = list(heaviest(con, most))
        left_out = count(con) - len(found)
        missing = groups.missing(found)
        if not missing:
            return Suggested(found, left_out)
        pairs.take(con, missing)
        weigh(con, known, customers, LIGHTEST)
        return Suggested(groups.completed(found, list(heaviest(con, len(missing)))), left_out)
