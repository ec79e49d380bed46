"""Who else has this customer open right now."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils.timezone import now

from apps.accounts.models import User
from apps.customers.models import Customer, DeskTab

PRESENCE = "klatsch_presence"  # PostgreSQL's notification channel; payload as in `interactions.live`
HEARTBEAT = timedelta(seconds=20)
GONE_AFTER = timedelta(seconds=50)  # two heartbeats missed


def here(*, user: User, public_id: UUID, tab: str) -> None:
    """A page of this person's shows the customer: a sign of life, told to colleagues if it is news."""
    mine = DeskTab.objects.filter(user=user, customer__public_id=public_id)
    news = mine.exclude(alive_at__gt=now() - GONE_AFTER).exists()
    mine.update(alive_at=now())
    if news:
        _tell(public_id, tab)


def gone(*, user: User, public_id: UUID, tab: str) -> None:
    """The page was closed or left."""
    if DeskTab.objects.filter(user=user, customer__public_id=public_id).update(alive_at=None):
        _tell(public_id, tab)


def colleagues(*, user: User, customer: Customer) -> list[DeskTab]:
    """Others on this customer, with their unfinished drafts: who is here, and who is writing."""
    alive = DeskTab.objects.filter(customer=customer, alive_at__gt=now() - GONE_AFTER).exclude(user=user)
    names = (f"user__{name}" for name in ("first_name", "last_name", "username"))
    return list(alive.select_related("user").only("draft", *names).order_by("user_id")[:8])


def _tell(public_id: UUID, tab: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [PRESENCE, f"{tab}|{public_id}"])
