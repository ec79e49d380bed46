"""Verbatims in the order of a list, a page at a time: the newest, or the loudest. By keyset, within a period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db import connection
from django.db.models import QuerySet

from apps.insights.days import beginning, today
from apps.insights.models import Feedback, FeedbackTheme
from apps.insights.models.feedback import LOUDEST

PERIODS = (7, 28, 90)  # days
OFFERED = 300  # places and products that a list can be narrowed to


@dataclass(frozen=True, slots=True)
class Choice:
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

    def told(self) -> dict[str, str]:
        """Equalities on the verbatim itself."""
        named = {name: getattr(self, name) for name in ("product", "channel", "place", "sentiment")}
        return {name: value for name, value in named.items() if value}


class Cursor(NamedTuple):
    """The last verbatim of a page, to go on from. Text form: `<loudness>/<ISO time>/<id>`."""

    loudness: int
    heard_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.loudness}/{self.heard_at.isoformat()}/{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for anything `str` did not write."""
        loudness, _slash, rest = text[:80].partition("/")
        at, _slash, pk = rest.partition("/")
        if not (loudness.isdecimal() and pk.isdecimal() and len(loudness) < 3 and len(pk) < 19):
            return None
        try:
            read = datetime.fromisoformat(at)
        except ValueError:
            return None
        return None if read.tzinfo is None else cls(int(loudness), read, int(pk))


def newest(choice: Choice, after: Cursor | None, limit: int) -> list[Cursor]:
    """The places of the newest verbatims after this one. One query."""
    rows = _of(choice)
    if after:
        rows = rows.older_than(after.heard_at, after.pk)
    return [Cursor(*row) for row in _ordered(rows)[:limit]]


def loudest(choice: Choice, after: Cursor | None, limit: int) -> list[Cursor]:
    """The places of the loudest after this one, the newest first among equals. One query.

    Each loudness is a stretch of the index of its own: so many short reads cost what they bring, however much is there.
    """
    top = after.loudness if after else LOUDEST
    levels = [_ordered(_of(choice).filter(loudness=level))[:limit] for level in range(top, -1, -1)]
    if after:
        levels[0] = _ordered(_of(choice).filter(loudness=top).older_than(after.heard_at, after.pk))[:limit]
    first, *others = levels
    key = "id" if choice.theme is None else "feedback_id"
    if others:
        first = first.union(*others, all=True).order_by("-loudness", "-heard_at", f"-{key}")[:limit]
    return [Cursor(*row) for row in first]


def _of(choice: Choice) -> Any:
    """Rows of Feedback or, for a theme, of FeedbackTheme, which knows when and how loud by itself."""
    if choice.theme is None:
        return Feedback.objects.since(choice.since).filter(**choice.told())
    told = {f"feedback__{name}": value for name, value in choice.told().items()}
    return FeedbackTheme.objects.standing().filter(theme=choice.theme, heard_at__gte=choice.since, **told)


def _ordered(rows: Any) -> QuerySet[Any, Any]:
    key = "id" if rows.model is Feedback else "feedback_id"
    ordered: QuerySet[Any, Any] = rows.order_by("-heard_at", f"-{key}").values_list("loudness", "heard_at", key)
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
