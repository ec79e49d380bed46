"""The demo's rules: those that come with Klatsch, as a supervisor changed them, and what they saw in two days."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.contact.models import Delivery
from apps.demo.world.events import MARKETING
from apps.interactions.models import Channel, Interaction
from apps.moments.actions import detect, keep_rule
from apps.moments.models import MomentRule, RuleWatch

WATCHED = timedelta(days=2)
PROMOTED = 30  # customers for whom the next letter is scheduled
CHANGES: dict[str, dict[str, Any]] = {
    "first-big-order": {"least_amount": Decimal("250.00"), "currency": "GBP"},
    "praise": {"quiet_days": 60, "category": "Coffee"},
    "birthday": {"active": True, "tiers": ["VIP", "Gold"]},
}


@transaction.atomic
def watch(now: datetime) -> int:
    """Change the rules, schedule a promotion, and let them look at the last two days; how many moments they propose."""
    supervisor = User.objects.get(username="supervisor")
    for rule in MomentRule.objects.filter(code__in=CHANGES):
        for name, value in CHANGES[rule.code].items():
            setattr(rule, name, value)
        keep_rule(actor=supervisor, rule=rule)
    _promote(now)
    RuleWatch.objects.filter(rule__active=True).update(until=now - WATCHED)
    return sum(detect(until=now).values())


def _promote(now: datetime) -> None:
    """The next letter, decided on before those who get it were unhappy in public."""
    unhappy = Interaction.objects.filter(
        channel=Channel.SOCIAL, sentiment="negative", occurred_at__gt=now - WATCHED, direction="inbound"
    )
    profiles = unhappy.order_by("-occurred_at").values_list("profile", flat=True)[:PROMOTED]
    Delivery.objects.bulk_create(
        Delivery(
            profile_id=profile,
            channel="email",
            at=now + timedelta(days=5),
            what="Advent letter",
            who="Marketing",
            outcome=Delivery.Outcome.SCHEDULED,
            key=f"demo:{MARKETING}:advent:{profile}",
            recorded_at=now - timedelta(days=6),
        )
        for profile in dict.fromkeys(profiles)
    )
