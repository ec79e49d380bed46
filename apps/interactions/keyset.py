"""Going on in a long list from the last row of a page, by its time and id: at any depth it costs the same."""

from datetime import datetime
from typing import NamedTuple, Self

from django.db import models
from django.db.models.lookups import GreaterThan, LessThan


class Cursor(NamedTuple):
    """The last row of a page, to go on from. Text form: `<ISO time>/<id>`."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}/{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for anything `str` did not write."""
        at, _slash, pk = text[:60].partition("/")
        try:
            read = datetime.fromisoformat(at)
        except ValueError:
            return None
        return None if read.tzinfo is None or not pk.isdecimal() or len(pk) > 18 else cls(read, int(pk))


def later(field: str, at: datetime, pk: int, key: str = "pk") -> GreaterThan:
    """Rows behind this one in a list that goes up by `field` and `key`."""
    return GreaterThan(_row(models.F(field), models.F(key)), _edge(at, pk))


def earlier(field: str, at: datetime, pk: int, key: str = "pk") -> LessThan:
    """Rows behind this one in a list that goes down by `field` and `key`."""
    return LessThan(_row(models.F(field), models.F(key)), _edge(at, pk))


def _edge(at: datetime, pk: int) -> models.Func:
    return _row(models.Value(at, models.DateTimeField()), models.Value(pk, models.BigIntegerField()))


def _row(*parts: models.F | models.Value) -> models.Func:
    """A row value, to be compared as a whole."""
    return models.Func(*parts, function="ROW", output_field=models.TextField())
