"""Customers this person has open: listed, opened, closed, with the unfinished note about each.

A tab stays with the customer it was opened for. Where that customer was found to be somebody else it counts as one of
theirs, and an un-merge thereby gives it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.apps import PRESENCE
from apps.desktop.models import WRITING_FOR, OpenTab
from apps.foundation.db.server_cursor import bound, prepared_cursor
from apps.foundation.live import ring
from apps.interactions.models import Interaction

SHOWN = 30
NEWS = timedelta(days=1)

# One statement for what every opened page does; `mine` is read as it was when the statement began. Who has no note
# about this customer goes on with the latest about somebody absorbed into them.
OPEN = """
    WITH RECURSIVE family AS (
        SELECT %(customer)s::bigint AS id
        UNION ALL SELECT c.id FROM customers_customer c JOIN family ON c.merged_into_id = family.id
    ),
    mine AS (
        SELECT tab.id, customer_id, read_until, draft, opened_at FROM desktop_opentab tab JOIN family
        ON tab.customer_id = family.id WHERE user_id = %(user)s
    ),
    adopted AS (
        SELECT id, draft FROM mine
        WHERE draft <> '{}' AND NOT EXISTS (SELECT FROM mine WHERE customer_id = %(customer)s AND draft <> '{}')
        ORDER BY opened_at DESC, id DESC LIMIT 1
    ),
    given AS (UPDATE desktop_opentab tab SET draft = '{}' FROM adopted WHERE tab.id = adopted.id)
    INSERT INTO desktop_opentab AS tab (user_id, customer_id, opened_at, read_until, draft)
    VALUES (%(user)s, %(customer)s, now(), now(), COALESCE((SELECT draft FROM adopted), '{}'))
    ON CONFLICT (user_id, customer_id) DO UPDATE SET
        read_until = now(),
        opened_at = CASE WHEN tab.closed_at IS NULL THEN tab.opened_at ELSE now() END,
        closed_at = NULL,
        draft = CASE WHEN tab.draft = '{}' THEN EXCLUDED.draft ELSE tab.draft END
    RETURNING tab.draft::text, (
        SELECT read_until FROM mine ORDER BY customer_id = %(customer)s DESC, read_until DESC NULLS LAST LIMIT 1
    )
"""


# An unfinished note, and whether colleagues hear that somebody has begun or ceased to write.
KEEP = """
    WITH before AS (
        SELECT tab.writing_at FROM desktop_opentab tab WHERE user_id = %(user)s AND customer_id = %(customer)s
    )
    INSERT INTO desktop_opentab AS tab (user_id, customer_id, opened_at, draft, writing_at)
    VALUES (%(user)s, %(customer)s, now(), %(draft)s::jsonb, %(writing_at)s::timestamptz)
    ON CONFLICT (user_id, customer_id) DO UPDATE SET draft = EXCLUDED.draft, writing_at = EXCLUDED.writing_at
    RETURNING (SELECT writing_at FROM before)
"""


@dataclass(frozen=True, slots=True)
class OpenTabLine:
    """A customer who is open. `unread`: the story has grown since they were looked at."""

    public_id: UUID
    name: str
    opened: str
    unread: bool
    draft: bool
    current: bool


def tabs_of(user: User, current: UUID | str | None = None) -> list[OpenTabLine]:
    """The newest first. One query, two more where somebody was found to be somebody else."""
    return tab_lines(tab_rows(user, timezone.now() - NEWS), current)


def tab_rows(user: User, since: datetime) -> QuerySet[OpenTab]:
    """What this person has open, with whether the story has grown since they looked; how far back is looked for that
    is `since`."""
    fields = ("opened_at", "read_until", "draft", "customer__public_id", "customer__name", "customer__merged_into")
    return (
        OpenTab.objects.filter(user=user, closed_at=None)
        .select_related("customer")
        .only(*fields)
        .annotate(unread=Exists(_news(OuterRef("customer"), OuterRef("read_until"), since)))
        .order_by(F("opened_at").desc())[:SHOWN]
    )


def tab_lines(tabs: Iterable[OpenTab], current: UUID | str | None = None) -> list[OpenTabLine]:
    """As they are shown; `current` is the customer of the page."""
    by_customer: dict[Customer, list[OpenTab]] = {}
    for tab in _followed(list(tabs)):
        by_customer.setdefault(tab.customer, []).append(tab)
    return [_line(customer, theirs, str(current)) for customer, theirs in by_customer.items()]


def open_tab(*, user: User, customer: Customer) -> tuple[dict[str, Any], datetime | None]:
    """Put a customer among those this person has open. The unfinished note, and until when they had read the story."""
    with prepared_cursor() as cursor:
        cursor.execute(OPEN, {"user": bound(user.pk), "customer": bound(customer.pk)})
        draft, read_before = cursor.fetchone()
    return orjson.loads(draft), read_before


def close_tab(*, user: User, public_id: UUID) -> None:
    """This person has the customer, and whoever was found to be them, open no longer. The draft stays."""
    mine = OpenTab.objects.filter(user=user, customer__in=Customer.objects.family_of(public_id))
    mine.update(closed_at=timezone.now(), alive_at=None)


@transaction.atomic
def keep_draft(*, user: User, customer: Customer, draft: Mapping[str, Any], tab: str = "") -> None:
    """Keep an unfinished note on the server: it survives errors, reloads and the end of the session.

    Colleagues hear when somebody begins to write or has emptied the note, not of every word between.
    """
    at = timezone.now()
    words = {"draft": orjson.dumps(dict(draft)).decode(), "writing_at": at if draft else None}
    with prepared_cursor() as cursor:
        cursor.execute(KEEP, {"user": bound(user.pk), "customer": bound(customer.pk), **words})
        (before,) = cursor.fetchone()
    if bool(draft) != bool(before and at - before < WRITING_FOR):
        ring(PRESENCE, [customer.public_id], tab=tab)


def draft_of(*, user: User, customer: Customer) -> dict[str, Any]:
    """The unfinished note about this customer; empty where there is none."""
    mine = OpenTab.objects.filter(user=user, customer=customer)
    return mine.values_list("draft", flat=True).first() or {}


def clear_draft(*, user: User, customer: Customer, key: str) -> None:
    """The note with this key was logged: about this customer, or begun when they were still two."""
    mine = OpenTab.objects.filter(user=user, customer__in=Customer.objects.family_of(customer.public_id))
    mine.filter(Q(customer=customer) | Q(draft__key=key)).exclude(draft={}).update(draft={}, writing_at=None)


def _news(
    customer: OuterRef | Customer, read_until: OuterRef | datetime | None, since: datetime
) -> QuerySet[Interaction]:
    """What came after they looked; only the last day of the story is looked at, which the timeline index answers."""
    return Interaction.objects.filter(
        profile__customer=customer,
        occurred_at__gt=since,
        recorded_at__gt=read_until,
    )


def _followed(tabs: list[OpenTab]) -> list[OpenTab]:
    """The same tabs, each with whoever its customer is now."""
    absorbed = [tab for tab in tabs if tab.customer.merged_into_id]
    living = Customer.objects.survivors_of([tab.customer_id for tab in absorbed]) if absorbed else {}
    for tab in absorbed:
        tab.customer = living[tab.customer_id]
        tab.unread = bool(tab.read_until) and _news(tab.customer, tab.read_until, timezone.now() - NEWS).exists()  # type: ignore[attr-defined]
    return tabs


def _line(customer: Customer, tabs: Iterable[Any], current: str) -> OpenTabLine:
    tabs = list(tabs)
    shown = str(customer.public_id) == current
    return OpenTabLine(
        public_id=customer.public_id,
        name=str(customer),
        opened=tabs[0].opened_at.isoformat(),
        unread=all(tab.unread for tab in tabs) and not shown,
        draft=any(tab.draft for tab in tabs),
        current=shown,
    )
