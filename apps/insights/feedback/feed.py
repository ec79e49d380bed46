"""Verbatims in the order of a list, a page at a time: the newest, or the loudest. By keyset, within a period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.foundation.db.keyset import Cursor, instant
from apps.insights.calendar import beginning, today
from apps.insights.models import Feedback, FeedbackTheme
from apps.insights.models.feedback import LOUDEST

PERIODS = (7, 28, 90)  # days
OFFERED = 300  # places and products that a list can be narrowed to


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """What a list is narrowed to; empty: everything. `days` is one of `PERIODS`, today among them."""

    days: int = 28
    theme: int | None = None
    product: str = ""
    channel: str = ""
    place: str = ""
    sentiment: str = ""

    @property
    def since(self) -> datetime:
        return beginning(today() - timedelta(days=self.days - 1))

    def equalities(self) -> dict[str, str]:
        """On the verbatim itself."""
        named = {name: getattr(self, name) for name in ("product", "channel", "place", "sentiment")}
        return {name: value for name, value in named.items() if value}


FeedCursor = Cursor[tuple[int, datetime]]  # by loudness, and by when it was said


def cursor_of(text: str) -> FeedCursor | None:
    """Where to go on; None for anything we did not write."""
    return Cursor.parse_as(_loudness_and_instant, text)


def _loudness_and_instant(text: str) -> tuple[int, datetime]:
    loudness, _slash, said_at = text.partition("/")
    if not (loudness.isdecimal() and len(loudness) < 3):
        raise ValueError(text)
    return int(loudness), instant(said_at)


def newest(choice: FeedbackFilter, after: FeedCursor | None, limit: int) -> list[FeedCursor]:
    """The places of the newest verbatims after this one. One query."""
    rows = _of(choice)
    if after:
        rows = rows.older_than(after.at[1], after.pk)
    return [_cursor(row) for row in _ordered(rows)[:limit]]


def loudest(choice: FeedbackFilter, after: FeedCursor | None, limit: int) -> list[FeedCursor]:
    """The places of the loudest after this one, the newest first among equals. One query.

    Each loudness is a range of the index of its own: so many short reads cost what they bring, however much is there.
    """
    top = after.at[0] if after else LOUDEST
    levels = [_ordered(_of(choice).filter(loudness=level))[:limit] for level in range(top, -1, -1)]
    if after:
        levels[0] = _ordered(_of(choice).filter(loudness=top).older_than(after.at[1], after.pk))[:limit]
    first, *others = levels
    key = "id" if choice.theme is None else "feedback_id"
    if others:
        first = first.union(*others, all=True).order_by("-loudness", "-said_at", f"-{key}")[:limit]
    return [_cursor(row) for row in first]


def _cursor(row: tuple[int, datetime, int]) -> FeedCursor:
    loudness, said_at, pk = row
    return Cursor((loudness, said_at), pk)


def _of(choice: FeedbackFilter) -> Any:
    """Rows of Feedback or, for a theme, of FeedbackTheme, which knows when and how loud by itself."""
    if choice.theme is None:
        return Feedback.objects.since(choice.since).filter(**choice.equalities())
    equal = {f"feedback__{name}": value for name, value in choice.equalities().items()}
    return FeedbackTheme.objects.standing().filter(theme=choice.theme, said_at__gte=choice.since, **equal)


def _ordered(rows: Any) -> QuerySet[Any, Any]:
    key = "id" if rows.model is Feedback else "feedback_id"
    ordered: QuerySet[Any, Any] = rows.order_by("-said_at", f"-{key}").values_list("loudness", "said_at", key)
    return ordered


OFFERS = """
    WITH RECURSIVE found(value, number) AS (
        (SELECT {field}, 1 FROM insights_feedback WHERE {field} <> '' ORDER BY {field} LIMIT 1)
        UNION ALL
        SELECT (SELECT {field} FROM insights_feedback WHERE {field} <> '' AND {field} > found.value
                ORDER BY {field} LIMIT 1), number + 1
        FROM found WHERE found.value IS NOT NULL AND number < %s
    ) SELECT value FROM found WHERE value IS NOT NULL
"""


def offered(field: str) -> list[str]:
    """The first `OFFERED` values of `place` or `product`, each found by one step through its index."""
    if field not in {"place", "product"}:
        raise ValueError(field)
    with connection.cursor() as cursor:
        cursor.execute(OFFERS.format(field=field), [OFFERED])
        return [value for (value,) in cursor.fetchall()]
