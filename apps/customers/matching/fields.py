"""What is compared of two people, how alike each thing may be, and what that is worth until a base has been measured.

Every level carries three chances: that it is seen of one person known twice (`m`), of two strangers (`u`), and of two
people of one household (`home`): husband and wife, father and son, twins.
"""

from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness; `condition` is SQL over `<column>_l` and `<column>_r` of `people`.

    `frequency` names the column whose rarity counts: sharing "Zbigniew" says more than sharing "Anna".
    `slips` is for things only one person should have: how many others wrongly have them, per customer. Their `u` then
    falls as the base grows.
    """

    name: str
    condition: str
    m: float
    u: float
    home: float
    frequency: str | None = None
    rarest: float = 0.0  # how often a value occurs that has not been seen yet,
    others: float = 0.5  # and how many others may have one that was seen once
    slips: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    known: str  # SQL over a row of `people`
    unknown: str  # SQL over a pair: nothing can be compared
    levels: tuple[Level, ...]  # the first that is true counts


# Counting edits is slow, Jaro's likeness is quick: the one is asked only where the other does not rule it out.
MACROS: Final = """
create or replace macro one_edit(a, b) as jaro_similarity(a, b) > 0.82 and damerau_levenshtein(a, b) <= 1;
create or replace macro nearly(a, b) as
    jaro_winkler_similarity(a, b) >= 0.9 or (least(len(a), len(b)) > 2 and one_edit(a, b));
create or replace macro begins(a, b) as starts_with(a, b) or starts_with(b, a);
create or replace macro crossed(given_a, family_a, given_b, family_b) as
    coalesce(jaro_winkler_similarity(given_a, family_b) >= 0.92 and
             (family_a is null or given_b is null or jaro_winkler_similarity(family_a, given_b) >= 0.92), false);
create or replace macro swapped(given_a, family_a, given_b, family_b) as
    crossed(given_a, family_a, given_b, family_b) or crossed(given_b, family_b, given_a, family_a);
create or replace macro any_nearly(a, b) as len(list_filter(a, lambda x:
    len(list_filter(b, lambda y: len(x) > 5 and x <> y and one_edit(x, y))) > 0)) > 0;
-- "anna.lind72" and "anna.lind73" are two people; "anna.lind" and "ana.lind" may be one.
create or replace macro digits(t) as regexp_replace(t, '[^0-9]', '', 'g');
create or replace macro any_slip(a, b) as len(list_filter(a, lambda x:
    len(list_filter(b, lambda y: len(x) > 5 and x <> y and digits(x) = digits(y) and one_edit(x, y))) > 0)) > 0;
create or replace macro any_local(a, b) as len(list_filter(a, lambda x:
    len(list_filter(b, lambda y: strpos(x, '@') > 6 and split_part(x, '@', 1) = split_part(y, '@', 1))) > 0)) > 0;
create or replace macro parts_agree(a, b) as
    (left(a, 4) = left(b, 4))::int + (substr(a, 6, 2) = substr(b, 6, 2))::int + (right(a, 2) = right(b, 2))::int;
create or replace macro one_way(route_a, route_b, way_a, way_b) as
    jaro_winkler_similarity(route_a, route_b) >= 0.9
    or (list_has_any(way_a, way_b)
        and len(list_intersect(way_a, way_b)) >= greatest(2, (least(len(way_a), len(way_b)) + 1) // 2));
-- The same delivery area: all but the end of a postcode, or a slip in it.
create or replace macro near(postcode_a, postcode_b) as
    (len(postcode_a) > 4 and left(postcode_a, len(postcode_a) - 3) = left(postcode_b, len(postcode_b) - 3)
     and len(postcode_a) = len(postcode_b)) or one_edit(postcode_a, postcode_b);
create or replace macro one_town(postcode_a, postcode_b, city_a, city_b) as
    coalesce(postcode_a = postcode_b, false) or coalesce(city_a = city_b, false)
    or coalesce(jaro_winkler_similarity(city_a, city_b) >= 0.92, false)
    or coalesce(one_edit(postcode_a, postcode_b), false);
"""

_NICKNAME: Final = "list_has_any(full_names_l, full_names_r)"
_SWAPPED: Final = "swapped(given_l, family_l, given_r, family_r)"
_ONE_WAY: Final = "one_way(route_l, route_r, way_l, way_r)"
_ONE_TOWN: Final = "one_town(postcode_l, postcode_r, city_l, city_r)"


def _name(
    column: str, words: str, *others: Level, home: tuple[float, ...], m: tuple[float, ...], rarest: float
) -> tuple[Level, ...]:
    left, right = f"{column}_l", f"{column}_r"
    return (
        Level("same", f"{left} = {right}", m[0], 3e-3, home[0], frequency=column, rarest=rarest),
        Level("close", f"nearly({left}, {right}) or one_edit(whole_l, whole_r)", m[1], 6e-3, home[1]),
        Level("swapped", _SWAPPED, m[2], 1e-5, home[2]),
        *others,
        Level("part", f"list_has_any({words}_l, {words}_r) or begins({left}, {right})", m[3], 5e-3, home[3]),
        Level("differs", "ELSE", m[4], 0.98, home[4]),
    )


def _held(column: str, *, same: Level, close: Level, differs: Level) -> Field:
    return Field(column, f"len({column}) > 0", f"len({column}_l) = 0 or len({column}_r) = 0", (same, close, differs))


FIELDS: Final = (
    Field(
        "given",
        "given is not null",
        "(given_l is null or given_r is null) and not coalesce(" + _SWAPPED + ", false)",
        _name(
            "given",
            "givens",
            Level("nickname", _NICKNAME, 0.02, 2e-3, 0.005),
            home=(0.02, 0.02, 0.001, 0.02, 0.935),
            m=(0.82, 0.07, 0.01, 0.05, 0.03),
            rarest=5e-4,
        ),
    ),
    Field(
        "family",
        "family is not null",
        "(family_l is null or family_r is null) and not coalesce(" + _SWAPPED + ", false)",
        _name(
            "family", "families", home=(0.75, 0.03, 0.001, 0.05, 0.17), m=(0.83, 0.08, 0.01, 0.04, 0.04), rarest=1e-4
        ),
    ),
    Field(
        "born",
        "born is not null",
        "born_l is null or born_r is null",
        (
            Level("same", "born_l = born_r", 0.9, 5e-5, 0.01, frequency="born", rarest=4e-5, others=0.1),
            Level("turned", "born_l = turned_r", 0.01, 1e-5, 0.001),
            Level("close", "hamming(born_l, born_r) <= 2 and one_edit(born_l, born_r)", 0.04, 1e-3, 0.009),
            Level("part", "parts_agree(born_l, born_r) = 2", 0.02, 3e-3, 0.01),
            Level("differs", "ELSE", 0.03, 0.996, 0.97),
        ),
    ),
    Field(
        "address",
        "coalesce(route, postcode, city) is not null",
        "(route_l is null or route_r is null) and (postcode_l is null or postcode_r is null)"
        " and (city_l is null or city_r is null)",
        (
            Level("same", "place_l = place_r", 0.5, 2e-5, 0.8, frequency="place", rarest=1e-6, others=0.05),
            Level("close", f"coalesce(house_l = house_r, true) and {_ONE_TOWN} and {_ONE_WAY}", 0.2, 1e-5, 0.18),
            Level("street", f"({_ONE_TOWN} or house_l = house_r) and {_ONE_WAY}", 0.03, 2e-5, 0.005),
            Level("postcode", "postcode_l = postcode_r", 0.05, 5e-3, 0.005),
            Level("city", "city_l = city_r", 0.05, 2e-2, 0.005),
            Level("near", "near(postcode_l, postcode_r)", 0.03, 5e-3, 0.001),
            Level("differs", "ELSE", 0.14, 0.965, 0.004),
        ),
    ),
    _held(
        "phones",
        same=Level("same", "list_has_any(phones_l, phones_r)", 0.6, 1e-6, 0.4, slips=0.05),
        close=Level("close", "any_nearly(phones_l, phones_r)", 0.03, 1e-5, 0.02),
        differs=Level("differs", "ELSE", 0.37, 0.99, 0.58),
    ),
    _held(
        "emails",
        same=Level("same", "list_has_any(emails_l, emails_r)", 0.5, 1e-6, 0.1, slips=0.02),
        close=Level("close", "any_slip(emails_l, emails_r) or any_local(emails_l, emails_r)", 0.1, 2e-5, 0.01),
        differs=Level("differs", "ELSE", 0.4, 0.99, 0.89),
    ),
    _held(
        "numbers",
        same=Level("same", "list_has_any(numbers_l, numbers_r)", 0.6, 1e-6, 0.02, slips=0.01),
        close=Level("close", "any_nearly(numbers_l, numbers_r)", 0.05, 2e-5, 0.01),
        differs=Level("differs", "ELSE", 0.35, 0.99, 0.97),
    ),
    Field(
        "official",
        "len(official) > 0",
        "not list_has_any(official_kinds_l, official_kinds_r)",
        (
            Level("same", "list_has_any(official_l, official_r)", 0.9, 1e-6, 0.001, slips=0.005),
            Level("close", "any_nearly(official_l, official_r)", 0.06, 1e-5, 0.001),
            Level("differs", "ELSE", 0.04, 0.999, 0.998),
        ),
    ),
    Field(
        "occupation",
        "occupation is not null",
        "occupation_l is null or occupation_r is null",
        (
            Level("same", "occupation_l = occupation_r", 0.7, 2e-2, 0.05, frequency="occupation", rarest=1e-3),
            Level(
                "close",
                "list_has_any(jobs_l, jobs_r) or begins(occupation_l, occupation_r)"
                " or jaro_winkler_similarity(occupation_l, occupation_r) >= 0.92",
                0.05,
                1e-2,
                0.02,
            ),
            Level("differs", "ELSE", 0.25, 0.97, 0.93),
        ),
    ),
    Field(
        "birth_place",
        "birth_place is not null",
        "birth_place_l is null or birth_place_r is null",
        (
            Level("same", "birth_place_l = birth_place_r", 0.75, 1e-2, 0.4, frequency="birth_place", rarest=5e-4),
            Level(
                "close",
                "list_has_any(origins_l, origins_r) or list_has_any(origin_words_l, origin_words_r)"
                " or nearly(birth_place_l, birth_place_r)",
                0.1,
                1e-2,
                0.05,
            ),
            Level("differs", "ELSE", 0.15, 0.98, 0.55),
        ),
    ),
)
