"""Statements that the server plans once a connection, for what is asked with every page: planning them takes longer
than answering them. Parameters are bound by the server, so each needs its type: write `%s::bigint` in the statement."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.types.numeric import Int8


class PreparedCursor(psycopg.Cursor[Any]):
    """The driver's own cursor, which prepares what it executes and keeps it prepared for the connection's life."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: bool | None = None
    ) -> Any:
        super().execute(query, params, prepare=prepare, binary=binary)
        self._query = self._convert_query(query)  # for Django's log: the driver forgets what it prepared
        return self


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """A cursor of Django's connection, counted and logged like every other, whose statements are prepared."""
    connection.ensure_connection()
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(PreparedCursor(connection.connection)) as cursor:  # type: ignore[arg-type]
        yield cursor


def planned_rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """What a statement answers that the server plans once a connection: as `rows`, parameters `%s` with their types."""
    with prepared_cursor() as cursor:
        cursor.execute(sql, [bound(param) for param in params])
        return cursor.fetchall() if cursor.description else []


def bound(value: Any) -> Any:
    """The value as it is bound. Whole numbers are always bigint: by their size they would make other statements."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Int8(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [bound(each) for each in value]
    return value
