"""What has been learned of a base, as JSON, and what is assumed where nothing has."""

from typing import Any, Final, TypedDict

from apps.customers.matching.fields import FIELDS, Level

VERSION: Final = 1

# Pairs of one person known twice, and pairs of people of one household, per customer.
DUPLICATES: Final = 0.02
HOUSEMATES: Final = 0.5


class Trained(TypedDict):
    """`levels`: field -> level -> [m, u]; `measured`: how many pairs of one person were seen to learn it (0: none)."""

    version: int
    customers: int
    duplicates: float
    measured: float
    levels: dict[str, dict[str, list[float]]]


def assumed(customers: int) -> Trained:
    return Trained(
        version=VERSION,
        customers=customers,
        duplicates=DUPLICATES,
        measured=0.0,
        levels={field.name: {level.name: [level.m, level.u] for level in field.levels} for field in FIELDS},
    )


def usable(trained: Any) -> bool:
    """Whether these parameters fit the fields that are compared now."""
    if not isinstance(trained, dict) or trained.get("version") != VERSION:
        return False
    known = {field: set(levels) for field, levels in trained.get("levels", {}).items()}
    return known == {field.name: {level.name for level in field.levels} for field in FIELDS}


def per_pair(per_customer: float, customers: int) -> float:
    """The chance that two of `customers` are such a pair when each belongs to `per_customer` of them."""
    return min(0.5, 2 * per_customer / max(1, customers - 1))


def chances(trained: Trained, field: str, level: Level, customers: int) -> tuple[float, float]:
    """(m, u) of a level in a base of this size."""
    m, u = trained["levels"][field][level.name]
    return m, per_pair(level.slips, customers) if level.slips else u
