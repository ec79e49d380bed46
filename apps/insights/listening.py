"""What counts as the customer's own words, how loud they are, which themes they touch, and how often by the day.

Everything is set-based SQL in the caller's transaction. Days are those of the company (`TIME_ZONE`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from apps.accounts.models import Role
from apps.interactions.models import Channel, Direction, Interaction
from apps.interactions.timeline import CONFIG

COUNTING = "insights.days"  # the advisory lock under which days are counted

# Words a person noted as the customer's or a source tells to be (`verbatim`), and what was said in public.
SAID = """(
    i.verbatim <> '' OR (i.channel = 'social' AND i.direction = 'inbound' AND i.body <> '')
)"""

# Loudness, 0 to 10: points that are added, then capped. docs/listening.md says the same in a table.
LOUDNESS = """least(10,
    CASE i.sentiment WHEN 'negative' THEN 4 WHEN 'positive' THEN 1 ELSE 0 END
    + CASE WHEN i.channel = 'social' THEN 2 ELSE 0 END
    + CASE WHEN reach.people >= 10000 THEN 2 WHEN reach.people >= 1000 THEN 1 ELSE 0 END
    + CASE WHEN stake.amount >= 1000 THEN 2 WHEN stake.amount >= 250 THEN 1 ELSE 0 END
    + CASE WHEN i.sentiment = 'negative' AND EXISTS (
          SELECT 1 FROM customers_sourceprofile other JOIN interactions_interaction before
              ON before.profile_id = other.id
          WHERE other.customer_id = p.customer_id AND before.sentiment = 'negative'
              AND before.occurred_at < i.occurred_at AND before.occurred_at >= i.occurred_at - interval '28 days'
      ) THEN 2 ELSE 0 END
    + CASE WHEN length(CASE WHEN i.verbatim <> '' THEN i.verbatim ELSE i.body END) >= 400 THEN 1 ELSE 0 END
)"""

# A product category, where a payload names one in words.
CATEGORY = "substring(coalesce({0} ->> 'category', {0} #>> '{{products,0,category}}') FROM '^[^{{\\[]+')"
# `stake`: the order the words refer to; its payload also names the product category where the words' own does not.
# `reach`: how many people a public post can reach, where its source says.
HEAR = f"""
    INSERT INTO insights_feedback (
        interaction_id, profile_id, heard_at, channel, place, product, sentiment, staff_id, team_id, loudness, noted_at
    )
    SELECT i.id, i.profile_id, i.occurred_at, i.channel, i.touchpoint,
           left(coalesce({CATEGORY.format("i.payload")}, stake.category, ''), 60),
           i.sentiment, i.staff_id, u.team_id, {LOUDNESS}, now()
    FROM interactions_interaction i
    JOIN customers_sourceprofile p ON p.id = i.profile_id
    LEFT JOIN accounts_user u ON u.id = i.staff_id
    LEFT JOIN LATERAL (
        SELECT max(o.amount) AS amount,
               max({CATEGORY.format("o.payload")}) AS category
        FROM (
            SELECT amount, payload FROM interactions_interaction
            WHERE reference = i.reference AND reference <> '' AND channel = 'order' LIMIT 20
        ) o
    ) stake ON i.reference <> ''
    CROSS JOIN LATERAL (
        SELECT left(substring(coalesce(
            i.payload ->> 'reach', i.payload ->> 'followers', i.payload #>> '{{account,followers_count}}'
        ) FROM '^[0-9]+'), 12)::bigint AS people
    ) reach
    WHERE i.recorded_at >= %(since)s AND i.recorded_at < %(until)s AND {SAID}
      AND NOT EXISTS (SELECT 1 FROM insights_feedback f WHERE f.interaction_id = i.id)
    ON CONFLICT (interaction_id) DO NOTHING
    RETURNING id, (heard_at AT TIME ZONE %(zone)s)::date
"""  # noqa: S608 - constants of ours

# A query without a word to look for (negations alone) would match everything: it matches nothing. `aloud`: whoever gave
# the theme its words is outside, so they are looked for in what the customer said and nowhere else: a theme of theirs
# would else tell what stands in notes that they may not read.
RULES = f"""
    WITH rules AS MATERIALIZED (
        SELECT t.id, t.channel, t.sentiment, websearch_to_tsquery('{CONFIG}', t.words) AS query,
               coalesce(u.role = '{Role.MARKETER}' AND NOT u.is_superuser, false) AS aloud
        FROM insights_theme t LEFT JOIN accounts_user u ON u.id = t.made_by_id
        WHERE t.active AND querytree(websearch_to_tsquery('{CONFIG}', t.words)) <> ALL (ARRAY['', 'T']) {{only}}
    )
"""  # noqa: S608 - constants of ours
ALOUD = f"to_tsvector('{CONFIG}', CASE WHEN i.verbatim <> '' THEN i.verbatim ELSE i.body END)"
TOUCHED = """(
    (r.channel = '' OR r.channel = f.channel) AND (r.sentiment = '' OR r.sentiment = f.sentiment)
    AND CASE WHEN r.aloud THEN said.words @@ r.query ELSE i.search @@ r.query END
)"""
# Taken apart once a verbatim, however many themes look there, and not at all where none does.
SAID_ALOUD = f"""LATERAL (
        SELECT CASE WHEN EXISTS (SELECT 1 FROM rules WHERE aloud) THEN {ALOUD} END AS words OFFSET 0
    ) said"""  # noqa: S608 - constants of ours
PUT = f"""
    INSERT INTO insights_feedbacktheme (feedback_id, theme_id, by, removed, heard_at, loudness, unhappy)
    SELECT f.id, r.id, 'rule', false, f.heard_at, f.loudness, f.sentiment = 'negative'
    FROM insights_feedback f JOIN interactions_interaction i ON i.id = f.interaction_id
    CROSS JOIN {SAID_ALOUD} JOIN rules r ON {TOUCHED}
    WHERE {{which}}
    ON CONFLICT (feedback_id, theme_id) DO NOTHING
"""  # noqa: S608 - constants of ours
OF_SPAN = "f.heard_at >= %(since)s AND f.heard_at < %(until)s"
ONE_RULE = RULES.format(only="AND t.id = %(theme)s")
PUT_NEW = RULES.format(only="") + PUT.format(which="f.id = ANY(%(ids)s)")
PUT_SPAN = ONE_RULE + PUT.format(which=OF_SPAN)
TAKE_SPAN = f"""
    {ONE_RULE}
    DELETE FROM insights_feedbacktheme ft USING insights_feedback f, interactions_interaction i
    WHERE ft.theme_id = %(theme)s AND ft.by = 'rule' AND ft.feedback_id = f.id AND i.id = f.interaction_id
      AND {OF_SPAN} AND ft.heard_at >= %(since)s AND ft.heard_at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM rules r CROSS JOIN {SAID_ALOUD} WHERE {TOUCHED})
"""  # noqa: S608 - constants of ours

COUNT_DAYS = """
    WITH days AS (
        SELECT day, day::timestamp AT TIME ZONE %(zone)s AS since, (day + 1)::timestamp AT TIME ZONE %(zone)s AS until
        FROM unnest(%(days)s::date[]) AS day
    ), gone AS (DELETE FROM insights_themeday WHERE day = ANY(%(days)s) RETURNING 1)
    SELECT NULL::bigint, day, count(*), count(*) FILTER (WHERE sentiment = 'negative')
    FROM days JOIN insights_feedback ON heard_at >= since AND heard_at < until GROUP BY day
    UNION ALL
    SELECT theme_id, day, count(*), count(*) FILTER (WHERE unhappy)
    FROM days JOIN insights_feedbacktheme ON NOT removed AND heard_at >= since AND heard_at < until
    GROUP BY theme_id, day
"""
KEEP_DAYS = """
    INSERT INTO insights_themeday (theme_id, day, heard, unhappy)
    SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[])
"""


class New(NamedTuple):
    """Verbatims that were not there, and the days on which they were said."""

    ids: list[int]
    days: set[date]


def words_of(interaction: Interaction) -> str:
    """The customer's own words in an interaction: what `SAID` finds."""
    public = interaction.channel == Channel.SOCIAL and interaction.direction == Direction.INBOUND
    return interaction.verbatim or (interaction.body if public else "")


def take_in(since: datetime, until: datetime) -> New:
    """Note what was recorded in this time and carries words; what is there already is left as it is."""
    with connection.cursor() as cursor:
        cursor.execute(HEAR, {"since": since, "until": until, "zone": settings.TIME_ZONE})
        found = cursor.fetchall()
    return New([pk for pk, _day in found], {day for _pk, day in found})


def put_into_themes(feedback: Sequence[int]) -> None:
    """By the rules of all active themes. What a person said of a verbatim stands."""
    _execute(PUT_NEW, {"ids": list(feedback)})


def read_span_again(theme: int, since: datetime, until: datetime) -> None:
    """The same for one theme and what was heard in this time, after what its rule no longer finds is taken out."""
    span = {"theme": theme, "since": since, "until": until}
    _execute(TAKE_SPAN, span)
    _execute(PUT_SPAN, span)


def count_days(days: Collection[date]) -> None:
    """Count these days again, for every theme and for all words together. One at a time, whoever counts."""
    if not days:
        return
    _execute("SELECT pg_advisory_xact_lock(hashtext(%(name)s))", {"name": COUNTING})
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DAYS, {"days": sorted(days), "zone": settings.TIME_ZONE})
        counted: Iterable[tuple[Any, ...]] = cursor.fetchall()
        columns = [list(column) for column in zip(*counted, strict=True)] or [[], [], [], []]
        cursor.execute(KEEP_DAYS, columns)


def _execute(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
