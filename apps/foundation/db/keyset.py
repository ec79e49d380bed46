"""Going on in a long list from the last row of a page, by what it is sorted by: at any depth it costs the same."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import models
from django.db.models.lookups import GreaterThan, LessThan

V = TypeVar("V")
LONGEST = 120  # characters of a cursor in any of its forms


class Cursor(NamedTuple, Generic[V]):
    """The last row of a page, to go on from: what the list is sorted by at that row, and the row's id.

    `at` is a time, a number, or several of them. Text form: `<at>/<id>`, times in ISO 8601; `token` is the same for
    addresses, in url-safe base64.
    """

    at: V
    pk: int

    def __str__(self) -> str:
        parts = self.at if isinstance(self.at, tuple) else (self.at,)
        return "/".join([*map(_text, parts), str(self.pk)])

    @property
    def token(self) -> str:
        return base64.urlsafe_b64encode(str(self).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor[datetime] | None":
        """Of a list sorted by time, in either form. None for anything we did not write."""
        return cls.parse_as(instant, text)  # type: ignore[arg-type, return-value]

    @classmethod
    def parse_as(cls, read: Callable[[str], V], text: str) -> "Cursor[V] | None":
        """Of a list sorted by what `read` makes of a text, or raises ValueError for."""
        try:
            at, _slash, pk = (text[:LONGEST] if "/" in text else _untoken(text[:LONGEST])).rpartition("/")
            return Cursor(read(at), int(pk)) if pk.isdecimal() and 0 < int(pk) < 2**63 else None
        except (ValueError, OverflowError):
            return None


def instant(text: str) -> datetime:
    """A time that says in which zone. Raises ValueError."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read


def later(field: str, at: datetime, pk: int, key: str = "pk") -> GreaterThan:
    """Rows behind this one in a list that goes up by `field` and `key`."""
    return GreaterThan(_row(models.F(field), models.F(key)), _edge(at, pk))


def earlier(field: str, at: datetime, pk: int, key: str = "pk") -> LessThan:
    """Rows behind this one in a list that goes down by `field` and `key`."""
    return LessThan(_row(models.F(field), models.F(key)), _edge(at, pk))


def _text(part: Any) -> str:
    return part.isoformat() if isinstance(part, datetime) else repr(part)


def _untoken(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeError) as error:
        raise ValueError(token) from error


def _edge(at: datetime, pk: int) -> models.Func:
    return _row(models.Value(at, models.DateTimeField()), models.Value(pk, models.BigIntegerField()))


def _row(*parts: models.F | models.Value) -> models.Func:
    """A row value, to be compared as a whole."""
    return models.Func(*parts, function="ROW", output_field=models.TextField())
