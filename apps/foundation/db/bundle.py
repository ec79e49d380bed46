"""Several small reads as one statement: written as querysets, composed once, planned once a connection.

    def compose(reader: User) -> Parts:
        return {
            "pins": Pin.objects.visible_to(reader).filter(profile__customer=Param("customer")).order_by("-at")[:10],
            "moments": Moment.objects.visible_to(reader).filter(profile__any=Param("profiles", many=True)),
        }

    SHEET = Bundle(compose)
    found = SHEET.read({"customer": 4711, "profiles": [1, 2]}, reader.role, reader)
    found["pins"][0].at

A page that asks twenty things of one customer spends most of its time on composing, sending and planning twenty
statements. Each part gives what iterating over its queryset would give: instances with what `select_related` brings,
or what `values` takes. What changes from one reading to the next is a `Param`; what changes the statement itself (the
role of who reads, say) is an argument of `compose`, and all that it depends on stands in `key`.

A composed statement is large: some hundred kilobytes, and tens of milliseconds to make. So few keys: a person's id is
no part of one. Where a queryset takes a plain value that expressions cannot stand in for, such as the reader's id, hand
it a number that no row has, and name what it stands for in `placeholders`.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from threading import Lock
from typing import Any, Generic, NamedTuple, ParamSpec
from uuid import UUID

import orjson
from cachetools import LRUCache
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from apps.foundation.db.server_cursor import bound, prepared_cursor

P = ParamSpec("P")
Parts = Mapping[str, QuerySet[Any, Any]]
Reading = Callable[[Any], Any]  # from JSON to the value the queryset would have given

MOST_ARGUMENTS = 100  # that PostgreSQL passes to a function
REMEMBERED = 32  # statements of one bundle: there are as many as roles, or a few times that
READINGS: dict[type[Field[Any, Any]], Reading] = {
    models.DateTimeField: datetime.fromisoformat,
    models.DateField: date.fromisoformat,
    models.TimeField: time.fromisoformat,
    models.DecimalField: Decimal,
    models.UUIDField: UUID,
}


class Param(Expression):
    """A value that each reading gives by name; `kind` is its field, `many` stands for a list of such values:
    `filter(profile__any=Param("profiles", many=True))`."""

    def __init__(self, name: str, kind: Field[Any, Any] | None = None, *, many: bool = False) -> None:
        self.name, self.many = name, many
        super().__init__(output_field=kind or models.BigIntegerField())

    def as_sql(self, _compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"%s::{self.output_field.db_type(connection)}{'[]' if self.many else ''}", [self]

    def resolve_expression(self, *_words: Any, **_more: Any) -> "Param":
        return self


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup[Any]):
    """One of a list that is bound as an array: `filter(profile__any=Param("profiles", many=True))`."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, column_params = self.process_lhs(compiler, connection)
        values, value_params = compiler.compile(self.rhs)
        return f"{column} = ANY({values})", (*column_params, *value_params)


class Part(NamedTuple):
    """One queryset of a bundle, composed. `readings` are by the place of a column."""

    name: str
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: Sequence[Any]
    readings: Sequence[tuple[int, Reading]]


class Statement(NamedTuple):
    """All parts in one. `empty` has nothing for each of those that there are."""

    parts: Sequence[Part]
    sql: str
    params: Sequence[Any]
    empty: Mapping[str, list[Any]]


class Bundle(Generic[P]):
    """Named querysets that are read together."""

    def __init__(self, compose: Callable[P, Parts], placeholders: Mapping[int, str] | None = None) -> None:
        self.compose, self.placeholders = compose, placeholders or {}
        self._lock = Lock()
        self._statements: LRUCache[Hashable, Statement] = LRUCache(REMEMBERED)

    def read(self, values: Mapping[str, Any], key: Hashable, *args: P.args, **kwargs: P.kwargs) -> dict[str, list[Any]]:
        """What each part gives, by its name. Raises KeyError for a `Param` that `values` does not name."""
        with self._lock:
            statement = self._statements.get(key)
        if statement is None:
            statement = _statement(self.compose(*args, **kwargs), self.placeholders)
            with self._lock:
                self._statements[key] = statement
        params = [bound(_filled(param, values)) for param in statement.params]
        with prepared_cursor() as cursor:
            cursor.execute(statement.sql, params)
            texts: dict[str, str | None] = dict(cursor.fetchall())
        return {**statement.empty, **{part.name: _given(part, texts[part.name]) for part in statement.parts}}


def _filled(param: Any, values: Mapping[str, Any]) -> Any:
    """What is bound in the place of a parameter: the value that a `Param`, or a list with one in it, stands for."""
    if isinstance(param, list):
        return [_filled(each, values) for each in param]
    return values[param.name] if isinstance(param, Param) else param


def _statement(parts: Parts, placeholders: Mapping[int, str]) -> Statement:
    composed = [part for name, queryset in parts.items() if (part := _part(name, queryset))]
    return Statement(
        composed,
        " UNION ALL ".join(part.sql for part in composed),
        [_named(param, placeholders) for part in composed for param in part.params],
        {name: [] for name in parts},
    )


def _named(param: Any, placeholders: Mapping[int, str]) -> Any:
    return Param(placeholders[param]) if isinstance(param, int) and param in placeholders else param


def _part(name: str, queryset: QuerySet[Any, Any]) -> Part | None:
    """None for a queryset that can find nothing."""
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    fields = [column[0].output_field for column in compiler.select]
    places = [f"c{place}" for place in range(len(fields))]
    columns = [
        f"{place}::text" if isinstance(field, models.DecimalField) else place  # JSON's numbers would lose cents
        for place, field in zip(places, fields, strict=True)
    ]
    groups = [columns[start : start + MOST_ARGUMENTS] for start in range(0, len(columns), MOST_ARGUMENTS)]
    arrays = ", ".join(f"json_build_array({', '.join(group)})" for group in groups)
    rows = f"({sql}) AS part({', '.join(places)})"
    aggregate = f"(SELECT json_agg(json_build_array({arrays})) FROM {rows})::text"  # noqa: S608 - Django's own
    readings = [(place, reading) for place, field in enumerate(fields) if (reading := _reading(field))]
    return Part(name, queryset, compiler, f"SELECT '{name}', {aggregate}", params, readings)


def _reading(field: Any) -> Reading | None:
    if isinstance(field, ArrayField):
        each = _reading(field.base_field)
        return (lambda values: [each(value) for value in values]) if each else None
    return next((reading for kind, reading in READINGS.items() if isinstance(field, kind)), None)


def _given(part: Part, text: str | None) -> list[Any]:
    """What the queryset makes of these rows."""
    rows: list[list[Any]] = [list(chain(*groups)) for groups in orjson.loads(text)] if text else []
    for place, reading in part.readings:
        for row in rows:
            if row[place] is not None:
                row[place] = reading(row[place])
    return answered(part.queryset, part.compiler, rows)


def answered(queryset: QuerySet[Any, Any], compiler: SQLCompiler, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """What a queryset makes of rows that its compiler's statement has given."""
    if not rows:
        return []
    found = queryset.all()  # a copy
    there = _Answered(compiler, rows)
    setattr(found.query, "get_compiler", lambda *_words, **_more: there)  # noqa: B010 - a method of this one alone
    return list(found)


class _Answered:
    """Stands where Django's compiler asks the database: the rows are there already."""

    def __init__(self, compiler: SQLCompiler, rows: Sequence[Sequence[Any]]) -> None:
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map, self.rows = compiler.annotation_col_map, rows

    def execute_sql(self, *_words: Any, **_more: Any) -> Sequence[Sequence[Any]]:
        return self.rows

    def results_iter(self, *_words: Any, **_more: Any) -> Any:
        return iter(self.rows)
