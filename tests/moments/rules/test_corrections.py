"""A rule sees what stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.interactions.corrections import move, retract
from apps.moments.rules.detectors.entries import entries
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.moments import MomentRuleFactory
from tests.interactions.test_corrections import logged

pytestmark = pytest.mark.django_db


def found(rule):
    now = timezone.now()
    return [find.customer for find in entries(rule, now - timedelta(hours=1), now + timedelta(hours=1), limit=9)]


def test_a_rule_finds_neither_what_was_retracted_nor_what_was_moved_away():
    agent, here, there = UserFactory(), CustomerFactory(), CustomerFactory()
    rule = MomentRuleFactory(channels=["voice"], fresh_hours=24)
    now = timezone.now()
    one, other = (logged(agent, here, key=key, occurred_at=now) for key in ("k1", "k2"))
    assert found(rule) == [here.pk, here.pk]
    retract(actor=agent, entry=one, reason="No")
    move(actor=agent, entry=other, to=there, reason="")
    assert found(rule) == [there.pk]
