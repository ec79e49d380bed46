"""The comparisons as Splink wants them: settings, how often each value occurs, and a linker."""

from typing import Any, Final

from duckdb import DuckDBPyConnection
from splink import DuckDBAPI, Linker, SettingsCreator

from apps.customers.matching.fields import FIELDS, MACROS, UNKNOWN, Field, Level
from apps.customers.matching.parameters import DUPLICATES, Trained, chances, per_pair

# A value seen once is as rare as the base is large; before a base is large, this many others are imagined beside it.
IMAGINED: Final = 1000


def linker(con: DuckDBPyConnection, trained: Trained, customers: int, table: str = "people") -> Linker:
    con.execute(MACROS)
    database = DuckDBAPI(connection=con)
    found = Linker(
        database.register(table, table_name="base"),
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="customer",
            probability_two_random_records_match=per_pair(trained["duplicates"] or DUPLICATES, customers),
            comparisons=[_comparison(field, trained, customers) for field in FIELDS],
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=True,
            max_iterations=50,
        ),
        log_level=None,
        validate_settings=False,
    )
    for field in FIELDS:
        level = field.levels[0]
        if level.frequency:
            _count(con, level, customers)
            often = database.register(f"often_{level.frequency}", table_name=f"frequency_{level.frequency}")
            found.table_management.register_term_frequency_lookup(often, level.frequency)
    return found


def _count(con: DuckDBPyConnection, level: Level, customers: int) -> None:
    """How likely somebody else has the same value: two of its holders may be the pair itself, so they do not count."""
    column, imagined = level.frequency, IMAGINED * level.rarest
    con.execute(f"""
        create or replace table often_{column} as
        select {column}, (greatest(count(*) - 2, {level.others}) + {imagined}) / {customers + IMAGINED} as tf_{column}
        from people where {column} is not null group by {column}""")  # noqa: S608


def _comparison(field: Field, trained: Trained, customers: int) -> dict[str, Any]:
    unknown = {"sql_condition": field.unknown, "label_for_charts": UNKNOWN, "is_null_level": True}
    levels: list[dict[str, Any]] = [unknown]
    for level in field.levels:
        m, u = chances(trained, field.name, level, customers)
        levels.append(
            {"sql_condition": level.condition, "label_for_charts": level.name, "m_probability": m, "u_probability": u}
        )
        if level.slips:
            levels[-1]["fix_u_probability"] = True
        if level.frequency:
            levels[-1] |= {"tf_adjustment_column": level.frequency}
    return {"output_column_name": field.name, "comparison_levels": levels}
