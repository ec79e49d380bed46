"""How the demo's sources are doing: counted from what they sent, as the workers would have counted it."""

from datetime import datetime, timedelta

from django.db import connection

CHARTED = timedelta(hours=48)

TALLIES = """
    INSERT INTO channels_hourlytally (source_id, hour, understood, refused)
    SELECT s.id, date_trunc('hour', i.recorded_at, 'UTC'), count(*), 0
    FROM interactions_interaction i JOIN channels_source s ON s.slug = i.source
    WHERE i.recorded_at > %s GROUP BY 1, 2
"""
HEALTH = """
    INSERT INTO channels_health (source_id, outcomes, heard_at, happened_until, drift, tokens)
    SELECT s.id, repeat('.', LEAST(100, count(*))::int), max(i.recorded_at), max(i.occurred_at), '{}', 0
    FROM interactions_interaction i JOIN channels_source s ON s.slug = i.source
    GROUP BY s.id
"""


def take(now: datetime) -> None:
    """Write the counts of the last two days, and each source's latest sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(TALLIES, [now - CHARTED])
        cursor.execute(HEALTH)
