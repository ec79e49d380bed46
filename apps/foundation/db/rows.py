"""A statement of our own: its rows, and many rows given to it at once."""

import re
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def rows(sql: str, *params: Any, **named: Any) -> list[tuple[Any, ...]]:
    """What the statement answers, nothing where it answers nothing. Its parameters are `%s`, or `%(name)s` by name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, named or params)
        return cursor.fetchall() if cursor.description else []


def recordset(records: Sequence[dict[str, Any]]) -> str:
    """Rows as JSON for `json_to_recordset`, without the one character that PostgreSQL's text cannot hold."""
    text = orjson.dumps(records, default=str).decode()
    return ESCAPED_NUL.sub(r"\1", text) if "\\u0000" in text else text
