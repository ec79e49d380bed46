"""The doorbell: telling open pages that a customer's story has grown, and nothing more."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

LIVE = "klatsch_live"  # PostgreSQL's notification channel
BATCH = 150  # public ids a notification carries: its payload ends at 8,000 bytes


def announce(customers: Iterable[UUID], *, tab: str = "") -> None:
    """Ring for these customers when the transaction commits. Payload: `<tab>|<uuid>,<uuid>,...`.

    `tab` is the page that caused it, which need not be told.
    """
    ids = sorted({str(customer) for customer in customers})
    payloads = [f"{tab}|{','.join(ids[start : start + BATCH])}" for start in range(0, len(ids), BATCH)]
    if payloads:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [LIVE, payloads])
