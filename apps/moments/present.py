"""Who has a customer before them right now. A room above knows: it registers how to find out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from apps.accounts.models import User


class Present(NamedTuple):
    """A person whose page shows a customer (by id), whether they are writing, and their page's last sign of life."""

    customer: int
    user: User
    writing: bool
    alive_at: datetime


Finder = Callable[[Sequence[int], datetime], Iterable[Present]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Ask this, too. A finder takes customers by id, and now."""
    if finder not in _finders:
        _finders.append(finder)


def present(customers: Sequence[int], now: datetime) -> list[Present]:
    """Everybody who has one of these customers before them."""
    return [found for finder in _finders for found in finder(customers, now)]
