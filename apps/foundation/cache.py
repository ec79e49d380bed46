"""What changes once a day, kept in every process: wrap-up codes, policies, kinds, rules, definitions, the reader.

    dispositions = Cached(_load_dispositions, name="dispositions", seconds=300)

    dispositions()                 # the value; loaded where it is not known
    invalidate("dispositions")     # in the action that writes, inside its transaction

`invalidate` holds at once for the rest of its transaction, and for every other process when that commits: each hears
of it on the doorbell (`foundation.live`), within milliseconds. If the transaction is rolled back nothing has happened.
While a process hears nothing (the connection is being made again, or something between us and PostgreSQL knows no
LISTEN) it keeps what it loads for `UNHEARD` seconds only.

Values are shared by every thread: nobody changes them. What a load takes as arguments is the key, and has to be
hashable: `reader = Cached(_load_reader, name="reader", seconds=60, most=500)`, then `reader(pk)`. Several caches may
bear one name, and fall together. A model whose rows are written one by one (the admin does) inherits from `CachedRows`
and names the cache: `save` and `delete` then invalidate it. Its querysets are `CachedQuerySet`, for what
is changed or removed at once; other statements call `invalidate` themselves.

Tests: `tests/conftest.py` empties every cache before each test.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar

from cachetools import TLRUCache
from django.db import connection, models, transaction

from apps.foundation.live import announce, doorbell, hear

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=models.Model)

CHANNEL = "klatsch_cache"  # PostgreSQL's notification channel; the payload is a cache's name
UNHEARD = 1.0  # seconds a value is kept while nothing is heard of what others change
_ABSENT = object()


class Cached(Generic[P, T]):
    """A function whose values are kept for `seconds`, the latest `most` of them, until `name` is invalidated."""

    def __init__(self, load: Callable[P, T], *, name: str, seconds: float, most: int = 1) -> None:
        self.name = name
        self._load = load
        self._lock = Lock()
        self._generation = 0  # how often it was emptied
        self._values: TLRUCache[Any, Any] = TLRUCache(
            most, lambda _key, _value, now: now + (seconds if doorbell.listen() else min(seconds, UNHEARD))
        )
        _caches[name].append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (*args, *kwargs.items())
        values = _values_of_transaction(self.name)
        if values is not None:
            if (self, key) not in values:
                values[self, key] = self._load(*args, **kwargs)
            seen: T = values[self, key]
            return seen
        doorbell.listen()  # before anything is loaded: what is changed afterwards is heard
        with self._lock:
            found, generation = self._values.get(key, _ABSENT), self._generation
        if found is not _ABSENT:
            value: T = found
            return value
        value = self._load(*args, **kwargs)
        with self._lock:
            if generation == self._generation:  # nobody changed it while it was loaded
                self._values[key] = value
        return value

    def clear(self) -> None:
        """Empty it, in this process."""
        with self._lock:
            self._generation += 1
            self._values.clear()


_caches: dict[str, list[Cached[..., Any]]] = defaultdict(list)


@dataclass(eq=False, slots=True)
class Clearance:
    """What is done when a transaction commits that has changed what a cache keeps. Until then `values` are what only
    this transaction sees."""

    name: str
    values: dict[Any, Any] = field(default_factory=dict)

    def __call__(self) -> None:
        clear(self.name)


def invalidate(*names: str) -> None:
    """What these caches keep has changed: load it anew, here at once and everywhere on commit."""
    found = {name: _clearance(name) for name in names}
    announce(CHANNEL, [name for name, already in found.items() if not already])
    for name, already in found.items():
        if already and already[0] == set(connection.savepoint_ids):
            already[1].values.clear()
        else:  # also where only a savepoint has begun since: it may be rolled back alone
            transaction.on_commit(Clearance(name))


def clear(name: str) -> None:
    """Empty the caches of this name, in this process."""
    for cached in _caches.get(name, ()):
        cached.clear()


def names() -> list[str]:
    """Of every cache there is."""
    return list(_caches)


def clear_all() -> None:
    """Empty every cache, in this process."""
    for name in names():
        clear(name)


def _clearance(name: str) -> tuple[set[str], Clearance] | None:
    """The last one this thread's transaction has asked for, with the savepoints it was asked for in."""
    for hook in reversed(connection.run_on_commit):
        if isinstance(hook[1], Clearance) and hook[1].name == name:
            return hook[0], hook[1]
    return None


def _values_of_transaction(name: str) -> dict[Any, Any] | None:
    """Where this thread's transaction keeps its own, having changed it; None where it has not."""
    found = _clearance(name) if connection.run_on_commit else None
    return found[1].values if found else None


class CachedQuerySet(models.QuerySet[M]):
    """Of models that inherit from `CachedRows`: what is changed or removed at once invalidates the cache, too."""

    def update(self, **values: Any) -> int:
        count = super().update(**values)
        self._invalidate()
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        gone = super().delete()
        self._invalidate()
        return gone

    # As on those of Django that they replace: not for templates, and a manager has no `delete`.
    update.alters_data = delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]

    def _invalidate(self) -> None:
        if issubclass(self.model, CachedRows):
            invalidate(self.model.cached_as)


class CachedRows(models.Model):
    """Rows that a cache keeps: saving or deleting one invalidates the cache `cached_as`."""

    cached_as: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        invalidate(self.cached_as)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        invalidate(self.cached_as)
        return gone


hear(CHANNEL, clear, after_gap=clear_all)
