"""How long a rule may look."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

LIMIT = "SELECT set_config('statement_timeout', %s, true)"


class TooSlow(Exception):
    """The database had not answered in time."""


@contextmanager
def patience(milliseconds: int) -> Iterator[None]:
    """No statement in here takes longer. Raises `TooSlow`, and what was done in here is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute(LIMIT, [str(max(1, milliseconds))])
            yield
            cursor.execute(LIMIT, [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise
