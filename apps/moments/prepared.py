"""A long statement that is asked often, planned once a connection: planning it takes longer than answering it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db.backends.utils import CursorWrapper

NAMED = re.compile(r"%\((\w+)\)s")

_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # names of statements by the driver's connection


class Statement(NamedTuple):
    """What PREPARE and EXECUTE say of it; `order` are the parameters' names as they are numbered."""

    name: str
    prepare: str
    execute: str
    order: tuple[str, ...]


def execute(cursor: CursorWrapper, sql: str, params: Mapping[str, Any], type_of: Callable[[str], str]) -> None:
    """Execute `sql` with named parameters; `type_of` gives the PostgreSQL type of each by its name."""
    one = _statement(sql, type_of)
    known = _planned.setdefault(cursor.connection, set())
    if one.name not in known:
        cursor.execute(one.prepare)
        known.add(one.name)  # it stays prepared even where this transaction is rolled back
    cursor.execute(one.execute, [params[name] for name in one.order])


@lru_cache(maxsize=64)
def _statement(sql: str, type_of: Callable[[str], str]) -> Statement:
    order = tuple(dict.fromkeys(NAMED.findall(sql)))
    numbers = {name: f"${number}" for number, name in enumerate(order, 1)}
    text = NAMED.sub(lambda found: numbers[found[1]], sql)
    types = ", ".join(map(type_of, order))
    name = f"klatsch_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    places = ", ".join(["%s"] * len(order))
    return Statement(name, f"PREPARE {name} ({types}) AS {text}", f"EXECUTE {name} ({places})", order)
