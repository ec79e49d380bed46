"""What is compared: one row per customer as it comes from the database, and the table `people` made of it in DuckDB.

Nobody's name is trusted to be in order. Each word of a name leans to given names or to family names by where it stands
in the other names of the same base ("anna" nearly always first, "berger" nearly always last), so that "Berger Anna" and
"Anna Berger" fall into the same two columns without a list of names in any language.
"""

from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

from apps.customers.nicknames import pairs

SCHEMA: Final = pa.schema(
    [
        pa.field("customer", pa.int64(), nullable=False),
        ("name", pa.string()),  # free form, any order
        ("born", pa.string()),  # ISO date
        ("street", pa.string()),  # with the house number
        ("postcode", pa.string()),
        ("city", pa.string()),
        ("region", pa.string()),
        ("country", pa.string()),
        ("phones", pa.list_(pa.string())),  # E.164
        ("emails", pa.list_(pa.string())),
        ("numbers", pa.list_(pa.string())),  # account, loyalty, user numbers
        ("occupations", pa.list_(pa.string())),
        ("birth_places", pa.list_(pa.string())),
        ("official", pa.list_(pa.string())),  # "kind:value" of tax ids and the like, of which a person has one
    ]
)

# A telephone, address or number that more customers hold than this says nothing of who they are.
CROWD: Final = 10

TITLES: Final = (
    "mr", "mrs", "ms", "miss", "mx", "sir", "dr", "prof", "herr", "frau", "hr", "fr", "mme", "mlle", "monsieur",
    "madame", "sra", "srta", "don", "dona", "dott", "sig", "signora", "ing", "dipl", "mag", "pan", "pani",
)  # fmt: skip

# Words of streets that are written long or short; the German and Dutch ones also hang on the name itself.
SHORT: Final = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "court": "ct",
    "place": "pl", "platz": "pl", "plaza": "pl", "square": "sq", "crescent": "cres", "circuit": "cct", "close": "cl",
    "boulevard": "blvd", "bvd": "blvd", "terrace": "tce", "parade": "pde", "highway": "hwy", "rue": "r", "calle": "c",
    "apartment": "apt", "flat": "apt", "unit": "apt", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


def _literal(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# ruff: noqa: RUF001 - the letters below are meant
_MACROS: Final = rf"""
create or replace macro fold(t) as trim(regexp_replace(regexp_replace(
    replace(replace(replace(replace(replace(replace(replace(lower(strip_accents(coalesce(t, ''))),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ø', 'o'), 'ł', 'l'), 'đ', 'd'), 'ı', 'i'),
    '[''’`´]', '', 'g'), '[^\p{{L}}\p{{N}}]+', ' ', 'g'));
create or replace macro words(t) as list_filter(string_split(t, ' '), lambda w: w <> '');
-- "Mueller" and "Müller": an e after a, o, u is dropped from every name alike.
create or replace macro spoken(t) as regexp_replace(fold(t), '([aou])e', '\1', 'g');
create or replace macro in_order(t) as regexp_replace(coalesce(t, ''), '^([^,]+),([^,]+)$', '\2 \1');
create or replace macro name_words(t) as
    list_filter(words(spoken(in_order(t))), lambda w: w not in ({_literal(TITLES)}));
create or replace macro street_words(t) as list_transform(
    words(regexp_replace(fold(t), '(strasse|straat|str|street)\b', ' st ', 'g')),
    lambda w: coalesce(MAP {{{", ".join(f"'{long}': '{short}'" for long, short in SHORT.items())}}}[w], w));
create or replace macro exact(t) as upper(regexp_replace(coalesce(t, ''), '[^\p{{L}}\p{{N}}]+', '', 'g'));
create or replace macro said(texts) as nullif(list_sort(list_distinct(list_filter(
    list_transform(coalesce(texts, []), lambda t: fold(t)), lambda t: t <> ''))), []);
create or replace macro skeleton(w) as left(w, 1) || left(regexp_replace(substr(w, 2), '[aeiouyh]', '', 'g'), 3);
"""

_LISTED: Final = """
create or replace table listed as
select 'phones' as field, customer, unnest(list_distinct(list_filter(phones, lambda v: len(v) > 5))) as value
from incoming
union all
select 'emails', customer, unnest(list_distinct(list_filter(
    list_transform(emails, lambda v: lower(trim(v))), lambda v: contains(v, '@')))) from incoming
union all
select 'numbers', customer, unnest(list_distinct(list_filter(
    list_transform(numbers, lambda v: exact(v)), lambda v: len(v) > 3))) from incoming
"""

_HELD_COLUMNS: Final = ", ".join(
    f"list(value) filter (field = '{field}') as {field}" for field in ("phones", "emails", "numbers")
)
_HELD: Final = f"""
create or replace table held as
select customer, {_HELD_COLUMNS}
from (select *, count(*) over (partition by field, value) as holders from listed)
where holders <= {CROWD} group by customer
"""  # noqa: S608 - our own constants

_NAMED: Final = """
create or replace table named as
with worded as (select customer, name_words(name) as parts from incoming),
placed as (
    select customer, unnest(parts) as word, unnest(range(1, len(parts) + 1)) as spot, len(parts) as total from worded
),
leaning as (
    select word, (count(*) filter (spot = 1) + 0.5) / (count(*) + 1.0) as lean from placed where total > 1 group by word
),
ranked as (
    select customer, list(word order by coalesce(lean, 0.5) desc, spot) as parts,
           string_agg(word, '' order by spot) as whole,
           count(*) filter (coalesce(lean, 0.5) >= 0.5) as first_names
    from placed left join leaning using (word) group by customer
)
select customer, parts, whole,
       case when len(parts) > 1 then greatest(1, least(len(parts) - 1, first_names)) else first_names end as cut
from ranked
"""

_NICKNAMED: Final = """
create or replace table nicknamed as
with known as (select distinct spoken(name) as word, spoken(full_name) as full_name from nicknames)
select customer, list(distinct full_name) as full_names
from (select customer, unnest(parts[:cut]) as word from named) join known using (word) group by customer
"""

_PEOPLE: Final = """
create or replace table people as
with folded as (
    select customer, try_cast(born as date) as birth, street_words(street) as way,
           nullif(exact(postcode), '') as postcode, nullif(replace(fold(city), ' ', ''), '') as city,
           said(occupations) as jobs, said(birth_places) as origins, coalesce(official, []) as ids
    from incoming
)
select folded.customer,
       coalesce(parts, []) as names, whole,
       nullif(array_to_string(list_sort(parts), ' '), '') as full_name,
       list_sort(parts[:cut]) as givens,
       nullif(array_to_string(list_sort(parts[:cut]), ' '), '') as given,
       coalesce(full_names, []) as full_names,
       list_sort(parts[cut + 1:]) as families,
       nullif(array_to_string(list_sort(parts[cut + 1:]), ' '), '') as family,
       strftime(birth, '%Y-%m-%d') as born,
       strftime(birth, '%Y-%d-%m') as turned,
       nullif(array_to_string(list_filter(way, lambda w: not regexp_matches(w, '^[0-9]')), ''), '') as route,
       list_filter(way, lambda w: len(w) > 2 and not regexp_matches(w, '^[0-9]')) as way,
       list_filter(way, lambda w: regexp_matches(w, '^[0-9]'))[1] as house,
       nullif(array_to_string(list_sort(way), ' '), '') || ' ' || coalesce(postcode, city) as place,
       postcode, city,
       coalesce(phones, []) as phones, coalesce(emails, []) as emails, coalesce(numbers, []) as numbers,
       list_distinct(list_transform(ids, lambda v: upper(split_part(v, ':', 1)) || ':' || exact(split_part(v, ':', 2))))
           as official, list_distinct(list_transform(ids, lambda v: upper(split_part(v, ':', 1)))) as official_kinds,
       jobs, array_to_string(jobs, ' / ') as occupation,
       origins, list_distinct(list_filter(flatten(list_transform(origins, lambda t: words(t))), lambda w: len(w) > 3))
           as origin_words, array_to_string(origins, ' / ') as birth_place
from folded left join named using (customer) left join held using (customer) left join nicknamed using (customer)
"""


def load(con: DuckDBPyConnection, rows: pa.Table) -> int:
    """Make `people` of these rows and answer how many they are; a column that is missing counts as unknown."""
    incoming = pa.table([_column(rows, field) for field in SCHEMA], schema=SCHEMA)
    con.register("incoming", incoming)
    con.register("nicknames", pa.table(dict(zip(("name", "full_name"), zip(*pairs(), strict=True), strict=True))))
    con.execute(_MACROS)
    for sql in (_LISTED, _HELD, _NAMED, _NICKNAMED, _PEOPLE):
        con.execute(sql)
    con.unregister("incoming")
    con.unregister("nicknames")
    con.execute("drop table listed; drop table held; drop table named; drop table nicknamed")
    return int(incoming.num_rows)


def _column(rows: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    if field.name in rows.column_names:
        return rows.column(field.name).cast(field.type)
    return pa.nulls(rows.num_rows, field.type)
