"""Who else has this customer open right now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, F, QuerySet, UUIDField
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.customers.models import Customer
from apps.desktop.apps import PRESENCE
from apps.desktop.models import OpenTab
from apps.foundation.db.bundle import Bundle, Param, Parts
from apps.foundation.db.server_cursor import bound, prepared_cursor
from apps.foundation.live import ring
from apps.moments.present import Present

HEARTBEAT = timedelta(seconds=20)
GONE_AFTER = timedelta(seconds=50)  # two heartbeats missed
SHOWN = 8  # colleagues
# A sign of life, and whether it is news: the row is read as it was when the statement began.
HERE = """
    WITH mine AS (
        SELECT tab.id, tab.alive_at FROM desktop_opentab tab JOIN customers_customer c ON c.id = tab.customer_id
        WHERE tab.user_id = %s::bigint AND c.public_id = %s::uuid
    ),
    beat AS (UPDATE desktop_opentab tab SET alive_at = now() FROM mine WHERE tab.id = mine.id)
    SELECT bool_or(alive_at IS NULL OR alive_at <= %s::timestamptz) FROM mine
"""


def here(*, user: User, public_id: UUID, tab: str) -> None:
    """A page of this person's shows the customer: a sign of life, which colleagues hear of if it is news."""
    with prepared_cursor() as cursor:
        cursor.execute(HERE, [bound(user.pk), public_id, now() - GONE_AFTER])
        (news,) = cursor.fetchone()
    if news:
        ring(PRESENCE, [public_id], tab=tab)


def gone(*, user: User, public_id: UUID, tab: str) -> None:
    """The page was closed or left."""
    if OpenTab.objects.filter(user=user, customer__public_id=public_id).update(alive_at=None, writing_at=None):
        ring(PRESENCE, [public_id], tab=tab)


def colleagues(*, user: User, customer: Customer) -> list[OpenTab]:
    """Others on this customer: who is here, and who is writing."""
    return list(others(customer.pk, user, now() - GONE_AFTER))


def others(customer: int, user: User, alive_since: datetime) -> QuerySet[OpenTab]:
    """As `colleagues`, of a customer by their row's id."""
    return _others(Customer.objects.families_of([customer]), user, alive_since)


def _others(family: QuerySet[Customer], user: User | Param, alive_since: datetime | Param) -> QuerySet[OpenTab]:
    alive = OpenTab.objects.filter(customer__in=family, alive_at__gt=alive_since).exclude(user=user)
    names = (f"user__{name}" for name in ("first_name", "last_name", "username"))
    each_once = alive.order_by("user_id", F("writing_at").desc(nulls_last=True)).distinct("user_id")
    return each_once.select_related("user").only("writing_at", *names)[:SHOWN]


def names_of(tabs: Iterable[OpenTab]) -> str:
    """Whose tabs these are, and who of them is writing, as a page tells its stream whom it shows."""
    return ",".join(f"{tab.user_id}{'w' if tab.writing else ''}" for tab in tabs)


def enter(*, user: User, public_id: UUID, tab: str) -> str:
    """`here` for the first time; `names_of` the colleagues who are on this customer now."""
    here(user=user, public_id=public_id, tab=tab)
    values = {"customer": public_id, "alive": now() - GONE_AFTER, "reader": user.pk}
    return names_of(_colleagues.read(values, key=())["others"])


def _parts() -> Parts:
    family = Customer.objects.family_of(Param("customer", UUIDField()))  # type: ignore[arg-type]
    return {"others": _others(family, Param("reader"), Param("alive", DateTimeField()))}


_colleagues = Bundle(_parts)


def writing_about(customers: Iterable[Customer], *, but: User) -> list[User]:
    """Colleagues with an unfinished note about one of these."""
    tabs = OpenTab.objects.filter(customer__in=Customer.objects.families_of(one.pk for one in customers))
    unfinished = tabs.filter(closed_at=None).exclude(draft={}).exclude(user=but)
    return [tab.user for tab in unfinished.order_by("user_id").distinct("user_id").select_related("user")[:SHOWN]]


def present_with(customers: Sequence[int], at: datetime) -> list[Present]:
    """Who of those that talk to customers has one of these (by id) before them: asked by what proposes moments."""
    family = Customer.objects.families_of(customers)
    alive = OpenTab.objects.filter(customer__in=family, alive_at__gt=at - GONE_AFTER, user__is_active=True)
    tabs = list(alive.exclude(user__role=Role.MARKETER).select_related("user__team"))
    absorbed = {tab.customer_id for tab in tabs} - set(customers)
    living = Customer.objects.survivors_of(absorbed) if absorbed else {}
    return [
        Present(
            living[tab.customer_id].pk if tab.customer_id in living else tab.customer_id,
            tab.user,
            bool(tab.draft),
            tab.alive_at,
        )
        for tab in tabs
        if tab.alive_at
    ]
