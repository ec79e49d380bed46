"""What is done about customers by people: make one, note consent, keep a page open, keep a draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import Consent, Customer, DeskTab, Purpose, SourceProfile
from apps.customers.resolution import resolve

# One statement for what every opened page does; `before` is read as it was when the statement began.
OPEN_TAB = """
    WITH before AS (SELECT read_until FROM customers_desktab WHERE user_id = %s AND customer_id = %s)
    INSERT INTO customers_desktab AS tab (user_id, customer_id, opened_at, read_until, draft)
    VALUES (%s, %s, now(), now(), '{}')
    ON CONFLICT (user_id, customer_id) DO UPDATE SET
        read_until = now(),
        opened_at = CASE WHEN tab.closed_at IS NULL THEN tab.opened_at ELSE now() END,
        closed_at = NULL
    RETURNING tab.draft::text, (SELECT read_until FROM before)
"""

DESK = "desk"  # the source of what people type here


@transaction.atomic
def add_customer(*, actor: User, name: str, handles: Sequence[Handle]) -> Customer:
    """A customer met for the first time, or the one these identifiers already name."""
    key = ProfileKey(DESK, str(uuid4()))
    traits = {"name": name} if name else {}
    found = resolve([Claim(key, now(), tuple(handles), traits=traits)])[key]
    audit(actor, "customer.add", subject=found.public_id, identifiers=len(handles))
    return Customer.objects.get(pk=found.customer)


@transaction.atomic
def note_consent(
    *,
    actor: User,
    customer: Customer,
    channel: str,
    status: str,
    origin: str,
    purpose: str = Purpose.MARKETING,
    notice: str = "",
) -> Consent:
    """Add a line to the consent ledger: what the customer just said. It holds at once.

    Holds the customer, so that whoever uses a permission (`moments.permission.use_permission`) does so before or after.
    """
    profile = desk_profile(held(customer.pk))
    line = Consent.objects.create(
        profile=profile,
        channel=channel,
        purpose=purpose,
        status=status,
        origin=origin,
        notice=notice,
        at=now(),
        actor=actor,
    )
    audit(actor, "consent.note", subject=customer.public_id, channel=channel, meant_for=purpose, status=status)
    return line


def desk_profile(customer: Customer, source: str = DESK) -> SourceProfile:
    """The profile under which `source` (the desk, the API) writes about a customer it found here."""
    found = SourceProfile.objects.filter(source=source, customer=customer).order_by("id").first()
    if found:
        return found
    owner = held(customer.pk)
    return SourceProfile.objects.get_or_create(
        source=source, external_id=str(owner.public_id), defaults={"customer": owner}
    )[0]


def held(pk: int) -> Customer:
    """The customer, or whoever absorbed them while we looked, kept from being merged until we are done."""
    owner = Customer.objects.select_for_update(no_key=True).get(pk=pk)
    return held(owner.merged_into_id) if owner.merged_into_id else owner


def owner_of(profile: int) -> Customer:
    """Whose the profile with this id is, kept from being merged and parted until we are done: it may have gone to
    somebody else while we waited for them, who is then let go again."""
    while True:
        before = transaction.savepoint()
        owner = held(_whose(profile))
        if _whose(profile) == owner.pk:
            transaction.savepoint_commit(before)
            return owner
        transaction.savepoint_rollback(before)


def _whose(profile: int) -> int:
    whose: int = SourceProfile.objects.values_list("customer_id", flat=True).get(pk=profile)
    return whose


def open_tab(*, user: User, customer: Customer) -> tuple[dict[str, Any], datetime | None]:
    """Put a customer on this person's rail. The kept draft, and until when they had read the story before."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_TAB, [user.pk, customer.pk] * 2)
        draft, read_before = cursor.fetchone()
    return orjson.loads(draft), read_before


def close_tab(*, user: User, public_id: UUID) -> None:
    """Take a customer off this person's rail. The draft stays."""
    DeskTab.objects.filter(user=user, customer__public_id=public_id).update(closed_at=now(), alive_at=None)


def keep_draft(*, user: User, customer: Customer, draft: Mapping[str, Any]) -> None:
    """Keep an unfinished note on the server: it survives errors, reloads and the end of the session."""
    DeskTab.objects.update_or_create(user=user, customer=customer, defaults={"draft": dict(draft)})
