"""Which pairs are looked at at all: those that share something, and never more than a base can bear.

A rule gives every customer keys; customers with an equal key meet. Two limits hold whatever the base is like:

- a key held by more than `WIDEST` customers brings nobody together ("anna schmidt", a date of birth that a system fills
  in where it knows none);
- per rule, keys with the fewest holders come first and the rest is dropped once `PER_CUSTOMER` pairs per customer are
  reached. With R rules a base of N customers is never more than N * R * `PER_CUSTOMER` pairs.
"""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

WIDEST: Final = 60
PER_CUSTOMER: Final = 6
LEAST: Final = 50_000  # pairs per rule that even a small base may have

# SQL lists of keys over a row of `people`; NULL among them is no key.
RULES: Final = {
    "number": "numbers",
    "phone": "phones",
    "email": "emails",
    "mailbox": "list_transform(emails, lambda v: case when strpos(v, '@') > 6 then split_part(v, '@', 1) end)",
    "number_end": "list_concat(list_transform(numbers, lambda v: left(v, len(v) // 2) || '<' || left(names[1], 1)),"
    " list_transform(numbers, lambda v: right(v, (len(v) + 1) // 2) || '>' || left(names[1], 1)))",
    "name": "[full_name]",
    "born_name": "list_transform(names, lambda w: least(born, turned) || left(w, 2))",
    "birth_year": "[left(born, 4) || skeleton(given) || skeleton(family), right(born, 5) || skeleton(given), "
    "right(born, 5) || skeleton(family)]",
    "town_name": "list_concat(list_transform(names, lambda w: skeleton(w) || postcode), "
    "list_transform(names, lambda w: skeleton(w) || left(city, 5)))",
    "born_town": "[born || postcode, born || left(city, 3), born || house]",
    "door_name": "list_transform(names, lambda w: left(w, 1) || house || '/' || coalesce(postcode, city))",
    "nickname": "list_transform(full_names, lambda w: w || '/' || skeleton(family))",
    "birth_place_name": "list_transform(names, lambda w: skeleton(w) || '/' || birth_place)",
    "occupation_name": "list_transform(names, lambda w: skeleton(w) || '/' || occupation)",
    "way_name": "list_transform(way, lambda w: case when len(w) > 4 then left(w, 4) || house || left(given, 2) end)",
}


def meet(con: DuckDBPyConnection, *, share: float = 1.0) -> int:
    """Make `pairs` (one, other), one < other, each once; answer how many.

    `share` below 1 keeps all pairs of that share of customers only, always the same ones, to measure without the whole.
    """
    con.execute("create or replace table met (one bigint, other bigint)")
    for keys in RULES.values():
        con.execute(f"""
            create or replace temp table keyed as select customer, hash(key) as key from (
                select distinct customer, unnest({keys}) as key from people) where key is not null""")  # noqa: S608
        con.execute(
            f"""
            insert into met select a.customer, b.customer
            from keyed a join keyed b using (key) join (
                select key, holders from (select key, count(*) as holders from keyed group by key)
                where holders between 2 and ?) few using (key)
            where a.customer < b.customer and hash(a.customer) % 1000 < {round(share * 1000)}""",  # noqa: S608
            [_widest(con)],
        )
    con.execute("""
        create or replace table pairs as select distinct one, other from met;
        drop table met; drop table keyed""")
    return int(con.execute("select count(*) from pairs").fetchall()[0][0])


def _widest(con: DuckDBPyConnection) -> int:
    """How many holders a key of `keyed` may have so that the rule stays within its bound."""
    found = con.execute(f"""
        with sizes as (select holders, count(*) * holders * (holders - 1) // 2 as pairs from (
            select count(*) as holders from keyed group by key) where holders between 2 and {WIDEST} group by holders),
        summed as (select holders, sum(pairs) over (order by holders) as pairs from sizes)
        select max(holders) from summed
        where pairs <= greatest({LEAST}, {PER_CUSTOMER} * (select count(*) from people))""").fetchall()  # noqa: S608
    return int(found[0][0] or 0)


def take(con: DuckDBPyConnection, chosen: Iterable[tuple[int, int]]) -> None:
    """Make `pairs` of these alone."""
    con.register("chosen", pa.table(dict(zip(("one", "other"), zip(*chosen, strict=True), strict=True))))
    con.execute("create or replace table pairs as select one::bigint as one, other::bigint as other from chosen")
    con.unregister("chosen")
