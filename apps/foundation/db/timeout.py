"""How long a statement may take."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from apps.foundation.db.rows import rows


class TooSlow(Exception):
    """The database had not answered in time."""


@contextmanager
def time_limit(milliseconds: int, **settings: str) -> Iterator[None]:
    """No statement in here takes longer; `settings` are other settings of PostgreSQL's that hold in here. Raises
    `TooSlow`, and what was done in here is undone. Four statements: the savepoint's two, one before and one after."""
    wanted = {"statement_timeout": str(max(1, milliseconds)), **settings}
    swap = ", ".join(["current_setting(%s), set_config(%s, %s, true)"] * len(wanted))
    put_back = ", ".join(["set_config(%s, %s, true)"] * len(wanted))
    try:
        with transaction.atomic():
            [found] = rows(f"SELECT {swap}", *(part for name, value in wanted.items() for part in (name, name, value)))
            yield
            before = zip(wanted, found[::2], strict=True)
            rows(f"SELECT {put_back}", *(part for pair in before for part in pair))
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise
