"""The benchmark's customers and their history, made inside PostgreSQL from word lists and hashed row numbers.

The same size gives the same rows on every machine. Ids are arithmetic, so that nothing is looked up: of N
customers, customer c has the profiles c, N + c and 2N + c, the phone c, the e-mail N + c, the card 2N + c
and the user id 3N + c.
"""

import hashlib
from random import Random
from uuid import UUID

from psycopg import sql

from apps.demo.bench import words

LONGEST = 20_000  # rows of the longest histories
LONG = 2_000
SOURCES = ("shop", "crm", "till")  # of the first, second and third profile
EXTERNAL_IDS = (
    "user:u",
    "",
    "card-",
)  # before the customer's number; the first as the segment connector names users

# How many profiles a customer has: 1.2 on average.
PROFILES = sql.SQL("CASE WHEN c % 20 = 0 THEN 3 WHEN c % 20 IN (4, 5) THEN 2 ELSE 1 END")


NAME = sql.SQL(
    """bench.pick({given}, c, 1) || ' ' || bench.pick({family}, c, 2)
       || CASE WHEN bench.chance(c, 3, 5) < 2 THEN '-' || bench.pick({family}, c, 4) ELSE '' END"""
)

CUSTOMERS = sql.SQL(
    """
    INSERT INTO customers_customer
        (id, public_id, name, tier, city, country, language, timezone, since, created_at)
    SELECT c, md5('bench customer ' || c)::uuid, {name}, bench.pick({tiers}, c, 6),
           bench.pick({cities}, c, 7), 'GB', 'en', 'Europe/London', {made}::date, {made}
    FROM {everybody}
    """
)

THEIR_PROFILES = sql.SQL(
    """
    INSERT INTO customers_sourceprofile
        (id, source, external_id, customer_id, traits, first_seen, last_seen)
    SELECT place * {n} + c, ({sources}::text[])[place + 1], ({ids}::text[])[place + 1] || c, c,
           '{{}}', {made}, now()
    FROM {everybody}, generate_series(0, {profiles} - 1) AS place
    """
)

IDENTIFIERS = sql.SQL(
    """
    INSERT INTO customers_identifier (id, type, scope, value, status)
    SELECT c, 'phone', '', '+447' || lpad((c * 7919 % 1000000000)::text, 9, '0'), 'active'
    FROM {everybody}
    UNION ALL
    SELECT {n} + c, 'email', '', translate(klatsch_fold(split_part(name, ' ', 1) || '.'
               || split_part(name, ' ', 2)), '''', '') || c || '@example.org', 'active'
    FROM (SELECT id AS c, name FROM customers_customer WHERE id <= {n}) AS named WHERE c % 10 > 0
    UNION ALL
    SELECT 2 * {n} + c, 'loyalty', '', '30' || lpad((c * 104729 % 100000000)::text, 8, '0'),
           'active'
    FROM {everybody} WHERE c % 5 < 3
    UNION ALL
    SELECT 3 * {n} + c, 'user_id', {shop}, 'u' || c, 'active' FROM {everybody}
    """
)

EVIDENCE = sql.SQL(
    """
    INSERT INTO customers_evidence
        (profile_id, identifier_id, first_seen, last_seen, verified, active)
    SELECT p.id, i.id, p.first_seen, p.last_seen, true, true
    FROM customers_sourceprofile p
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN p.source <> 'till' THEN p.customer_id END),
        (CASE WHEN p.source <> 'till' THEN {n} + p.customer_id END),
        (CASE WHEN p.source <> 'crm' THEN 2 * {n} + p.customer_id END),
        (CASE WHEN p.source = 'shop' THEN 3 * {n} + p.customer_id END)
    ) AS wanted(identifier)
    JOIN customers_identifier i ON i.id = wanted.identifier
    """
)

# In the order of time, as a table grows in life: the rows of one customer lie far apart.
DATES = sql.SQL(
    """
    CREATE UNLOGGED TABLE bench.touch AS
    SELECT row_number() OVER (ORDER BY at) AS touch, c + {n} * (place % {profiles}) AS profile,
           ({sources}::text[])[1 + place % {profiles}] AS source, at
    FROM (
        SELECT customer AS c, place, timestamptz '2023-11-01Z'
               + bench.chance(customer * 65536 + place, 8, 94000000) * interval '1 second' AS at
        FROM bench.length, generate_series(0, rows - 1) AS place
    ) AS drawn;
    CREATE INDEX ON bench.touch (touch);
    ANALYZE bench.touch;
    """
)
STEPS = {
    "customers": CUSTOMERS,
    "profiles": THEIR_PROFILES,
    "identifiers": IDENTIFIERS,
    "evidence": EVIDENCE,
    "dates": DATES,
}
INTERACTIONS = sql.SQL(
    """
    INSERT INTO interactions_interaction (
        profile_id, occurred_at, recorded_at, ended_at, channel, kind, direction, title, body, verbatim,
        sentiment, amount, currency, touchpoint, staff_name, reference, thread, source, external_id,
        payload)
    SELECT profile, at, at + interval '2 seconds',
        CASE WHEN kind IN ('visit', 'call', 'chat')
             THEN at + bench.chance(t, 9, 1500) * interval '1 second' END,
        channel, kind, direction, replace(bench.pick(titles, t, 10), '#', number),
        CASE WHEN sentences > 0 AND kind <> 'nps' THEN said ELSE '' END,
        CASE WHEN kind = 'nps' THEN said ELSE '' END,
        CASE WHEN kind IN ('nps', 'email', 'mention')
             THEN (ARRAY['positive', 'neutral', 'negative'])[1 + bench.chance(t, 11, 3)] ELSE '' END,
        CASE WHEN kind IN ('order', 'payment', 'purchase')
             THEN 5 + bench.chance(t, 12, 30000) / 100.0 END,
        CASE WHEN kind IN ('order', 'payment', 'purchase') THEN 'EUR' ELSE '' END,
        CASE WHEN channel IN ('voice', 'store', 'atm') THEN bench.pick({places}, t, 13) ELSE '' END,
        CASE WHEN kind IN ('call', 'chat', 'email', 'note')
             THEN bench.pick({staff}, t, 14) ELSE '' END,
        CASE WHEN kind = 'order' THEN number ELSE '' END, '', source, 'bench:' || t,
        CASE kind
            WHEN 'visit' THEN jsonb_build_object('count', 3 + bench.chance(t, 15, 6), 'pages', (
                SELECT jsonb_agg(jsonb_build_object(
                    'title', bench.pick({pages}, t, 20 + place),
                    'url', 'https://shop.example/p/' || place,
                    'at', to_char(at + place * interval '40 s', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')))
                FROM generate_series(1, 3 + bench.chance(t, 15, 6)) AS place))
            WHEN 'order' THEN jsonb_build_object('items', 1 + bench.chance(t, 16, 5), 'shipping', 'post')
            ELSE '{{}}'
        END
    FROM (
        SELECT touch AS t, profile, source, at FROM bench.touch WHERE touch BETWEEN {first} AND {last}
    ) AS touches
    JOIN bench.recipe ON slot = bench.chance(t, 17, 100)
    CROSS JOIN LATERAL (
        SELECT 'A' || (100000 + t) AS number,
               (SELECT string_agg(bench.pick({sentences}, t, 30 + place), ' ')
                FROM generate_series(1, 1 + bench.chance(t, 18, greatest(sentences, 1))) AS place
                WHERE sentences > 0) AS said
    ) AS written
    ORDER BY t
    """
)


def public_id(customer: int) -> UUID:
    """The address of a customer, as `people` makes it."""
    return UUID(hashlib.md5(f"bench customer {customer}".encode(), usedforsecurity=False).hexdigest())


def rows_per_customer(customers: int, interactions: int) -> list[int]:
    """How long each history is: four very long ones, one in a thousand long, everybody else 5 to 50.

    Adds up to `interactions`; where that is too few or too many, the ordinary ones shrink or grow.
    """
    longest = [min(LONGEST, interactions // 20)] * min(4, customers)
    long = [min(LONG, interactions // 100)] * (customers // 1000)
    ordinary = customers - len(longest) - len(long)
    wanted = interactions - sum(longest) - sum(long)
    if ordinary < 1 or wanted < ordinary:
        raise ValueError("A benchmark needs five customers and ten interactions for each of them, or more.")
    chance = Random(ordinary)
    steep = max(0.2, 45 / max(1.0, wanted / ordinary - 5) - 1)
    drawn = [5 + int(46 * chance.random() ** steep) for _ in range(ordinary)]
    return longest + long + _adding_up_to(wanted, drawn)


def _adding_up_to(wanted: int, drawn: list[int]) -> list[int]:
    """The numbers drawn, each made a little larger or smaller (never under one) until their sum is right."""
    missing = wanted - sum(drawn)
    while missing:
        step = 1 if missing > 0 else -1
        for place, rows in enumerate(drawn):
            if missing and rows + step > 0:
                drawn[place] += step
                missing -= step
    return drawn


def preparation() -> sql.Composed:
    """Words and the functions that choose among them, in a schema of their own that is dropped at the end."""
    recipes = [recipe for recipe in words.RECIPES for _ in range(recipe.share)]
    return sql.SQL(
        """
        CREATE SCHEMA bench;
        CREATE FUNCTION bench.chance(row_number bigint, salt int, below int) RETURNS int
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN ((hashint8extended(row_number, salt) & 9223372036854775807) % below)::int;
        CREATE FUNCTION bench.pick(choice text[], row_number bigint, salt int) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN choice[1 + bench.chance(row_number, salt, cardinality(choice))];
        CREATE UNLOGGED TABLE bench.length (customer bigint PRIMARY KEY, rows int);
        CREATE UNLOGGED TABLE bench.recipe (
            slot int PRIMARY KEY, channel text, kind text, direction text, titles text[], sentences int);
        INSERT INTO bench.recipe VALUES {recipes};
        """
    ).format(
        recipes=sql.SQL(", ").join(
            sql.SQL("({})").format(
                sql.SQL(", ").join(
                    map(sql.Literal, [slot, r.channel, r.kind, r.direction, list(r.titles), r.sentences])
                )
            )
            for slot, r in enumerate(recipes)
        )
    )


def people(customers: int) -> list[tuple[str, sql.Composed]]:
    """What fills the tables of `apps.customers`, step by step, with what to call the step."""
    parts = {
        "n": sql.Literal(customers),
        "everybody": sql.SQL("generate_series(1::bigint, {}) AS c").format(sql.Literal(customers)),
        "name": NAME.format(given=sql.Literal(list(words.GIVEN)), family=sql.Literal(list(words.FAMILY))),
        "made": sql.SQL("(timestamptz '2023-01-01 09:00Z' + bench.chance(c, 5, 90000000) * interval '1 second')"),
        "tiers": sql.Literal(list(words.TIERS)),
        "cities": sql.Literal(list(words.CITIES)),
        "sources": sql.Literal(list(SOURCES)),
        "ids": sql.Literal(list(EXTERNAL_IDS)),
        "shop": sql.Literal(SOURCES[0]),
        "profiles": PROFILES,
    }
    return [(step, made.format(**parts)) for step, made in STEPS.items()]


def interactions(first: int, last: int) -> sql.Composed:
    """What writes the interactions of these touches (inclusive)."""
    return INTERACTIONS.format(
        first=sql.Literal(first),
        last=sql.Literal(last),
        places=sql.Literal(list(words.PLACES)),
        staff=sql.Literal(list(words.STAFF)),
        pages=sql.Literal(list(words.PAGES)),
        sentences=sql.Literal(list(words.SENTENCES)),
    )
