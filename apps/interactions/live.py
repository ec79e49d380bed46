"""Ringing the pages that have a customer open, when the customer's story has grown."""

from collections.abc import Iterable
from uuid import UUID

from apps.foundation.live import ring

LIVE = "klatsch_live"  # PostgreSQL's notification channel


def announce(customers: Iterable[UUID], *, tab: str = "") -> None:
    """Ring for these customers when the transaction commits. `tab` is the page that caused it."""
    ring(LIVE, customers, tab=tab)
