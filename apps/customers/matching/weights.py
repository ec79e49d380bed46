"""From Splink's weights to how likely two customers are one person, with the people they live with taken into account.

Splink weighs "one person known twice" against "two strangers". Where a base holds households that is not enough: wife
and husband agree in family name, address and telephone, twins in the date of birth too, and no two strangers would. So
a third explanation is weighed against strangers as well, "two people of one household", and taken off:

    weight = log2(one person : strangers) - log2(1 + (one household : strangers))

All weights are in bits; a probability of 1/2 has weight 0, each bit doubles the odds.
"""

from collections.abc import Iterator
from math import log2
from typing import Any, Final, NamedTuple

from duckdb import DuckDBPyConnection

from apps.customers.matching.fields import FIELDS, UNKNOWN, Field
from apps.customers.matching.linker import linker
from apps.customers.matching.parameters import HOUSEMATES, Trained, chances, per_pair

CHUNK: Final = 1_000_000  # pairs compared at once
HOUSEHOLD: Final = "household"


class Scored(NamedTuple):
    """Two customers, `a` < `b`. `features`: field -> {"level": ..., "weight": bits for (+) or against (-)}.

    `weight` is the sum of the features' weights and of how rare such pairs are in the base at all.
    """

    a: int
    b: int
    probability: float
    weight: float
    features: dict[str, dict[str, Any]]


def weigh(con: DuckDBPyConnection, trained: Trained, customers: int, least: float) -> None:
    """Make `weighed` of `pairs`: those whose weight is at least `least` bits."""
    link = linker(con, trained, customers)
    con.execute("drop table if exists weighed")
    total = int(con.execute("select count(*) from pairs").fetchall()[0][0])
    for start in range(0, total, CHUNK):
        con.execute(
            """create or replace table some_pairs as
            select one as join_key_l, other as join_key_r, '0' as match_key
            from pairs where rowid >= ? and rowid < ?""",
            [start, start + CHUNK],
        )
        table = link._db_api.register("some_pairs", table_name=f"pairs_{start}")
        link.table_management.register_blocked_pairs_for_predict(table)
        predicted = link.inference.predict(threshold_match_weight=least, warning_mode="never")
        chosen = f"{_selection(trained, customers)} from {predicted.physical_name}) where weight >= {least}"
        if start:
            con.execute(f"insert into weighed {chosen}")
        else:
            con.execute(f"create table weighed as {chosen}")
        predicted.drop_table_from_database_and_remove_from_cache()


def _selection(trained: Trained, customers: int) -> str:
    bits = ", ".join(f"gamma_{f.name}, {_bits(f)} as bits_{f.name}" for f in FIELDS)
    home = " + ".join([str(log2(per_pair(HOUSEMATES, customers))), *(_home(f, trained, customers) for f in FIELDS)])
    return f"""
        select *, match_weight + bits_household as weight from (
        select customer_l as one, customer_r as other, match_weight, {bits}, -log2(1 + pow(2, {home})) as bits_household
    """  # noqa: S608


def _bits(field: Field) -> str:
    own = f"mw_{field.name}"
    return f"({own} + mw_tf_adj_{field.name})" if field.levels[0].frequency else own


def _home(field: Field, trained: Trained, customers: int) -> str:
    """SQL: bits for "one household" against "strangers" that this field gives."""
    cases = []
    for gamma, level in enumerate(reversed(field.levels)):
        m, _u = chances(trained, field.name, level, customers)
        cases.append(f"when {gamma} then {_bits(field)} + {log2(level.home / m)}")
    return f"case gamma_{field.name} {' '.join(cases)} else 0 end"


def count(con: DuckDBPyConnection) -> int:
    """How many pairs of `weighed` there are."""
    return int(con.execute("select count(*) from weighed").fetchall()[0][0])


def heaviest(con: DuckDBPyConnection, limit: int) -> Iterator[Scored]:
    columns = ", ".join(f"gamma_{f.name}, bits_{f.name}" for f in FIELDS)
    found = con.execute(
        f"select one, other, weight, bits_household, {columns} from weighed order by weight desc, one, other limit ?",  # noqa: S608
        [limit],
    ).fetchall()
    for one, other, weight, household, *compared in found:
        yield Scored(one, other, 1 / (1 + 2**-weight), round(weight, 2), _features(household, compared))


def _features(household: float, compared: list[Any]) -> dict[str, dict[str, Any]]:
    pairs = zip(FIELDS, compared[::2], compared[1::2], strict=True)
    features = {field.name: {"level": _level(field, gamma), "weight": round(bits, 2)} for field, gamma, bits in pairs}
    if household < -0.5:
        features[HOUSEHOLD] = {"level": "likely", "weight": round(household, 2)}
    return features


def _level(field: Field, gamma: int) -> str:
    return UNKNOWN if gamma < 0 else field.levels[len(field.levels) - 1 - gamma].name
