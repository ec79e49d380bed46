"""Learning from a base what agreement is worth in it.

`u` comes from strangers drawn at random, `m` from expectation maximisation over several ways in which people meet.
Whatever a base is too small or too odd to tell stays as assumed.
"""

from dataclasses import dataclass
from statistics import median
from typing import Any, Final, NamedTuple

from duckdb import DuckDBPyConnection

from apps.customers.matching.fields import FIELDS, Field, Level
from apps.customers.matching.linker import linker
from apps.customers.matching.parameters import Trained, assumed, per_pair

STRANGERS: Final = 1_000_000  # pairs drawn for `u`
MEETINGS: Final = 500_000  # pairs per way to meet, for `m`
WIDEST: Final = 100  # holders of a value by which people may meet
ENOUGH: Final = 25  # pairs of one person that a way must bring to be heard
DOUBT: Final = 50  # the assumed `m` counts as much as this many pairs seen,
TOLERATED: Final = 3  # times the assumed chance that one person differs from themselves
CAUTION: Final = 100_000  # and the assumed `u` as much as this many strangers

Chances = dict[str, dict[str, float]]  # field -> level -> probability


class Way(NamedTuple):
    """People meet by the columns; the fields then agree by necessity. None is by address alone: with two classes only,
    husband and wife would pass for one person."""

    columns: tuple[str, ...]
    fields: tuple[str, ...]


WAYS: Final = (
    Way(("born",), ("born",)),
    Way(("given", "family"), ("given", "family")),
    Way(("given", "place"), ("given", "address")),
)


@dataclass(frozen=True, slots=True)
class Lesson:
    matches: float  # pairs of one person among those who met
    duplicates: float  # such pairs per customer in the whole base, judging by this way
    m: Chances


def estimate(con: DuckDBPyConnection, customers: int, seed: int) -> Trained:
    trained = assumed(customers)
    known = _known(con, customers)
    link = linker(con, trained, customers)
    link.training.estimate_u_using_random_sampling(max_pairs=STRANGERS, seed=seed, min_count_per_level=None)
    strangers = _learned(link.misc.save_model_to_json(), "u_probability")
    for field in FIELDS:
        _settle_u(trained, field, strangers, customers, known[field.name])
    lessons = [lesson for way in WAYS if (lesson := _learn(con, trained, customers, way, known))]
    for field in FIELDS:
        _settle_m(trained, field, lessons, known[field.name])
    if lessons:
        trained["duplicates"] = min(5.0, median(lesson.duplicates for lesson in lessons))
        trained["measured"] = max(lesson.matches for lesson in lessons)
        for field in FIELDS:
            _without_duplicates(trained, field, customers)
    return trained


def _known(con: DuckDBPyConnection, customers: int) -> dict[str, float]:
    """The share of customers of whom each field is known."""
    counts = ", ".join(f"count(*) filter ({field.known})" for field in FIELDS)
    row = con.execute(f"select {counts} from people").fetchall()[0]  # noqa: S608
    return {field.name: count / customers for field, count in zip(FIELDS, row, strict=True)}


def _learn(
    con: DuckDBPyConnection, trained: Trained, customers: int, way: Way, known: dict[str, float]
) -> Lesson | None:
    pairs, share = _gather(con, way)
    if pairs < ENOUGH:
        return None
    link = linker(con, trained, customers, "gathered")
    rule = " and ".join(f"l.{column} = r.{column}" for column in ("met", *way.columns))
    session = link.training.estimate_parameters_using_expectation_maximisation(
        rule, estimate_without_term_frequencies=True
    )
    core = session.core_model_settings
    matches = pairs * core.probability_two_random_records_match
    agreeing = 1.0
    for field in way.fields:
        agreeing *= trained["levels"][field][_first(field)][0] * known[field] ** 2
    m = {
        comparison.output_column_name: {
            level.label_for_charts: level.m_probability for level in comparison._comparison_levels_excluding_null
        }
        for comparison in core.comparisons
    }
    if matches < ENOUGH:
        return None
    return Lesson(matches, matches / share / agreeing / customers, m)


def _first(name: str) -> str:
    return next(field.levels[0].name for field in FIELDS if field.name == name)


def _gather(con: DuckDBPyConnection, way: Way) -> tuple[int, float]:
    """Make `gathered` of people who meet this way: in how many pairs, and which share of all values was drawn."""
    met = "hash(" + ", ".join(way.columns) + ")"
    present = " and ".join(f"{column} is not null" for column in way.columns)
    con.execute(f"""
        create or replace table meetings as select met, holders from (
            select {met} as met, count(*) as holders from people where {present} group by met)
        where holders between 2 and {WIDEST}""")  # noqa: S608
    total = con.execute("select coalesce(sum(holders * (holders - 1) // 2), 0) from meetings").fetchall()[0][0]
    share = min(1.0, MEETINGS / max(1, total))
    con.execute(
        f"""
        create or replace table gathered as select people.*, met
        from people join meetings on met = {met} and {present} where met % 1000000 < ?""",  # noqa: S608
        [round(share * 1_000_000)],
    )
    pairs = con.execute("""
        select coalesce(sum(holders * (holders - 1) // 2), 0) from (
            select count(*) as holders from gathered group by met)""").fetchall()[0][0]
    return int(pairs), share


def _learned(model: dict[str, Any], what: str) -> Chances:
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: level.get(what, 0.0)
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        }
        for comparison in model["comparisons"]
    }


def _settle_u(trained: Trained, field: Field, strangers: Chances, customers: int, known: float) -> None:
    seen = min(STRANGERS, customers * (customers - 1) / 2) * known**2
    for level in field.levels:
        if not level.slips:
            u = (strangers[field.name][level.name] * seen + level.u * CAUTION) / (seen + CAUTION)
            trained["levels"][field.name][level.name][1] = u


def _settle_m(trained: Trained, field: Field, lessons: list[Lesson], known: float) -> None:
    heard = [lesson for lesson in lessons if _plausible(trained, field, lesson)]
    seen = sum(lesson.matches for lesson in heard) * known**2
    for level in field.levels:
        taught = sum(lesson.matches * lesson.m[field.name][level.name] for lesson in heard) * known**2
        trained["levels"][field.name][level.name][0] = (taught + level.m * DOUBT) / (seen + DOUBT)
    _no_more_differing(trained["levels"][field.name], field.levels[-1])


def _no_more_differing(chances: dict[str, list[float]], differs: Level) -> None:
    """Namesakes and families who met make it look as if one person differed from themselves more often than is likely:
    beyond `TOLERATED` times what is assumed, it is not believed."""
    most = min(0.9, TOLERATED * differs.m)
    excess = chances[differs.name][0] - most
    if excess > 0:
        others = sum(m for name, (m, _u) in chances.items() if name != differs.name)
        for name, both in chances.items():
            both[0] = most if name == differs.name else both[0] * (1 + excess / others)


def _plausible(trained: Trained, field: Field, lesson: Lesson) -> bool:
    """Whether, by this lesson, agreeing speaks for one person and differing against; if not, it took others for one."""
    m = lesson.m.get(field.name)
    if m is None:
        return False
    best, worst = field.levels[0].name, field.levels[-1].name
    u = {level: chance for level, (_m, chance) in trained["levels"][field.name].items()}
    return m[best] > 2 * u[best] and m[worst] < u[worst]


def _without_duplicates(trained: Trained, field: Field, customers: int) -> None:
    """Some of the strangers drawn were one person after all; in a small base full of duplicates that is felt."""
    rate = per_pair(trained["duplicates"], customers)
    for chances in trained["levels"][field.name].values():
        m, u = chances
        chances[1] = max(u - rate * m, u / 10)
