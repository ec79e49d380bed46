"""What the demo's shop has just reported."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.channels.models import Envelope, Health
from apps.demo import traffic, world
from apps.interactions.models import Interaction

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_dozen_customers_shop_and_three_events_make_no_sense():
    world.build(40, 7, NOW)
    before = set(Interaction.objects.values_list("pk", flat=True))
    traffic.send(7, timezone.now())
    told = Interaction.objects.exclude(pk__in=before)
    assert told.values("profile__customer").distinct().count() == traffic.VISITORS
    assert set(told.values_list("kind", flat=True)) >= {"product", "cart", "order"}
    assert Envelope.objects.quarantined().count() == len(traffic.SENSELESS)
    health = Health.objects.get(source__slug="demo-web")
    assert set(health.drift) == {"experiment"}
    assert len(health.outcomes) - health.outcomes.count(".") == len(traffic.SENSELESS)
