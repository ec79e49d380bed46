"""The demo's moments are in every state, and none is late when somebody looks for the first time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.demo import moments, rules, world
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.models import Moment, MomentRule, RuleWatch, State, Step
from tests.moments.rules.watches import FIRST_RULES

pytestmark = pytest.mark.django_db


def test_rules_have_seen_something_in_the_last_days():
    now = timezone.now()
    world.build(300, 7, now)
    for values in FIRST_RULES:  # they are gone where a test before this one has emptied the database
        if not MomentRule.objects.filter(code=values["code"]).exists():
            actions.keep_rule(actor=None, rule=MomentRule(**{"active": True, **values}))
    assert rules.watch(now) == Moment.objects.exclude(rule="").count() > 0
    assert MomentRule.objects.get(code="first-big-order").version > 1
    assert not RuleWatch.objects.filter(stopped_at__isnull=False).exists()


def test_screens_are_not_empty():
    now = timezone.now()
    world.build(400, 7, now)
    told = moments.seize(now)
    assert told == Moment.objects.count() > 10
    assert set(Moment.objects.values_list("state", flat=True)) == {State.OPEN, State.OFFERED, State.DONE}
    assert Moment.objects.filter(snoozed_until__isnull=False).exists()
    assert Moment.objects.filter(owner_user__username="marketer", state=State.OPEN).exists()
    assert Moment.objects.filter(owner_user__username="agent", state=State.OPEN, steps__act="decline").exists()
    assert Moment.objects.filter(marked_by__username="agent", state=State.DONE).exists()
    assert Step.objects.count() == sum(Moment.objects.values_list("version", flat=True))
    assert not Moment.objects.filter(owner_user__role=Role.MARKETER, disclosed=None).exists()
    assert not Interaction.objects.filter(kind="moment", occurred_at__gt=now).exists()
    assert actions.sweep(at=now + timedelta(minutes=30)) == {"woken": 0, "expired": 0, "late": 0}
