"""What counts as the customer's own words, and how loud they are. docs/listening.md has the points in a table."""

from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from apps.interactions.models import Channel, Direction, Interaction

# `own`: the words, and what the payload says of them: a product category, if it is a word, and how many people can read
# a public post. `stake`: the orders that the words refer to; they name the category where the payload does not.
INTAKE = r"""
    INSERT INTO insights_feedback (
        interaction_id, profile_id, said_at, channel, place, product, sentiment, staff_id, team_id, loudness, noted_at
    )
    SELECT
        i.id, i.profile_id, i.occurred_at, i.channel, i.touchpoint,
        left(coalesce(own.category, stake.category, ''), 60),
        i.sentiment, i.staff_id, agent.team_id,
        least(10,
            CASE i.sentiment WHEN 'negative' THEN 4 WHEN 'positive' THEN 1 ELSE 0 END
            + CASE WHEN i.channel = 'social' THEN 2 ELSE 0 END
            + CASE WHEN own.reach >= 10000 THEN 2 WHEN own.reach >= 1000 THEN 1 ELSE 0 END
            + CASE WHEN stake.amount >= 1000 THEN 2 WHEN stake.amount >= 250 THEN 1 ELSE 0 END
            + CASE WHEN i.sentiment = 'negative' AND EXISTS (
                  SELECT 1
                  FROM customers_sourceprofile other
                  JOIN interactions_interaction before ON before.profile_id = other.id
                  WHERE other.customer_id = p.customer_id AND before.sentiment = 'negative' AND before.withdrawn = ''
                    AND before.occurred_at < i.occurred_at
                    AND before.occurred_at >= i.occurred_at - interval '28 days'
              ) THEN 2 ELSE 0 END
            + CASE WHEN length(own.words) >= 400 THEN 1 ELSE 0 END
        ),
        now()
    FROM interactions_interaction i
    JOIN customers_sourceprofile p ON p.id = i.profile_id
    LEFT JOIN accounts_user agent ON agent.id = i.staff_id
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN i.verbatim <> '' THEN i.verbatim
                 WHEN i.channel = 'social' AND i.direction = 'inbound' THEN i.body ELSE '' END AS words,
            substring(
                coalesce(i.payload ->> 'category', i.payload #>> '{products,0,category}') FROM '^[^{\[]+'
            ) AS category,
            left(substring(coalesce(
                i.payload ->> 'reach', i.payload ->> 'followers', i.payload #>> '{account,followers_count}'
            ) FROM '^[0-9]+'), 12)::bigint AS reach
    ) own
    LEFT JOIN LATERAL (
        SELECT
            max(o.amount) AS amount,
            max(substring(
                coalesce(o.payload ->> 'category', o.payload #>> '{products,0,category}') FROM '^[^{\[]+'
            )) AS category
        FROM (
            SELECT amount, payload FROM interactions_interaction
            WHERE reference = i.reference AND reference <> '' AND channel = 'order' AND withdrawn = '' LIMIT 20
        ) o
    ) stake ON i.reference <> ''
    WHERE i.recorded_at >= %(since)s AND i.recorded_at < %(until)s AND own.words <> ''
      AND i.withdrawn = ''
      AND NOT EXISTS (SELECT 1 FROM insights_feedback f WHERE f.interaction_id = i.id)
    ON CONFLICT (interaction_id) DO NOTHING
    RETURNING id, (said_at AT TIME ZONE %(zone)s)::date
"""


class Intake(NamedTuple):
    """Verbatims that were not there before, and the days (of the company) on which they were said."""

    ids: list[int]
    days: set[date]


def words_of(interaction: Interaction) -> str:
    """The customer's own words: noted as theirs (`verbatim`), or said in public. `INTAKE` finds the same."""
    public = interaction.channel == Channel.SOCIAL and interaction.direction == Direction.INBOUND
    return interaction.verbatim or (interaction.body if public else "")


def intake(since: datetime, until: datetime) -> Intake:
    """Note what was recorded in this time and carries words; what is noted already is left as it is."""
    with connection.cursor() as cursor:
        cursor.execute(INTAKE, {"since": since, "until": until, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    return Intake([pk for pk, _day in rows], {day for _pk, day in rows})
