"""The rail: customers this person has open, newest first, with a dot where the story has grown since they looked."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from apps.accounts.models import User
from apps.customers.models import DeskTab
from apps.interactions.models import Interaction

SHOWN = 12


@dataclass(frozen=True, slots=True)
class RailLine:
    public_id: UUID
    name: str
    opened: str
    unread: bool
    draft: bool
    current: bool


def rail(user: User, current: UUID | str | None = None) -> list[RailLine]:
    """One query; "unread" looks at the last day of each story only, which the timeline index answers."""
    recent = Interaction.objects.filter(
        profile__customer=OuterRef("customer"),
        occurred_at__gt=timezone.now() - timedelta(days=1),
        recorded_at__gt=OuterRef("read_until"),
    )
    tabs = (
        DeskTab.objects.filter(user=user, closed_at=None)
        .select_related("customer")
        .only("opened_at", "draft", "customer__public_id", "customer__name")
        .annotate(unread=Exists(recent))
        .order_by(F("opened_at").desc())[:SHOWN]
    )
    return [
        RailLine(
            tab.customer.public_id,
            str(tab.customer),
            tab.opened_at.isoformat(),
            tab.unread and str(tab.customer.public_id) != str(current),
            bool(tab.draft),
            str(tab.customer.public_id) == str(current),
        )
        for tab in tabs
    ]
