"""Up to when everything that was recorded can be seen.

An interaction bears the time at which its transaction began (`recorded_at` is the database's `now()`), but is seen only
once that is committed. Whoever looks at what was recorded up to a time, and goes on from there, must not choose a time
at which something is still under way.
"""

from datetime import datetime, timedelta

from apps.foundation.db.rows import rows

MARGIN = timedelta(seconds=1)  # between a transaction's beginning and its being listed lie microseconds
READERS = timedelta(minutes=10)  # one that is as old and has written nothing is a reader: a backup, a report

UNDER_WAY = """
    SELECT LEAST(clock_timestamp() - make_interval(secs => %s), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND (backend_xid IS NOT NULL OR xact_start > clock_timestamp() - make_interval(secs => %s))
"""


def watermark() -> datetime:
    """Everything recorded before this can be seen now. Ask outside a transaction: within one the list stands still."""
    at: datetime = rows(UNDER_WAY, MARGIN.total_seconds(), READERS.total_seconds())[0][0]
    return at
