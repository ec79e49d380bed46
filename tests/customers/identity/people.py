"""Two transactions that meet."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connection, transaction

PATIENCE = 20  # seconds


def in_a_transaction(work, before_commit=lambda: None):
    """Run `work` in a transaction on this thread's own connection, which is given back."""
    try:
        with transaction.atomic():
            result = work()
            before_commit()
            return result
    finally:
        connection.close()


@contextmanager
def uncommitted(work):
    """What `work` does on another connection is done but not committed inside the block, and committed after it."""
    done, go = Event(), Event()

    def hold():
        done.set()
        assert go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(in_a_transaction, work, hold)
        try:
            while not done.wait(0.01) and not future.done():
                pass
            if future.done():
                future.result()
            yield
        finally:
            go.set()
        future.result(PATIENCE)


def somebody_waits():
    """Whether a connection to this database waits for a lock right now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity
                           WHERE datname = current_database() AND wait_event_type = 'Lock')
            """
        )
        return cursor.fetchone()[0]
