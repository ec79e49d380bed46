"""A token bucket for each source, in the database: all processes together ask it at most so often."""

from apps.foundation.db.rows import rows

BURST = 10.0  # requests at once after a quiet time

TAKE = """
    INSERT INTO channels_health AS h (source_id, outcomes, drift, tokens, tokens_at)
    VALUES (%(source)s, '', '{}', %(burst)s - 1, clock_timestamp())
    ON CONFLICT (source_id) DO UPDATE SET
        tokens = LEAST(%(burst)s, CASE WHEN h.tokens_at IS NULL THEN %(burst)s ELSE
            h.tokens + %(pace)s * extract(epoch FROM clock_timestamp() - h.tokens_at) END) - 1,
        tokens_at = clock_timestamp()
    RETURNING tokens
"""


def request_wait(source: int, pace: float) -> float:
    """Take the right to one request. The seconds to wait before making it: 0, or until the bucket has filled so far.

    `pace` is in requests a second. The bucket may go below zero: those who come next wait longer. A source that is
    only being tried out (0) has no bucket yet.
    """
    if not source:
        return 0.0
    pace = max(pace, 0.01)
    tokens = float(rows(TAKE, source=source, pace=pace, burst=BURST)[0][0])
    return max(0.0, -tokens / pace)
