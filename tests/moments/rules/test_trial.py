"""Trying a rule out tells what watching would have found."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from apps.moments.models import Moment, MomentRule
from apps.moments.rules.detectors import SHOWN, entries, try_out
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import DispositionFactory, InteractionFactory
from tests.factories.moments import MomentRuleFactory
from tests.moments.rules.watches import look, look_from, proposed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def earlier(profile, days, **what):
    at = timezone.now() - days * DAY
    return InteractionFactory(profile=profile, occurred_at=at, recorded_at=at, **what)


RULES = (
    {"channels": ["chat"], "quiet_days": 0},
    {"channels": ["chat"], "quiet_days": 7},
    {"kinds": ["order"], "least_amount": Decimal(100), "currency": "EUR", "first": True},
    {"sentiment": "negative", "direction": "inbound", "spoken": True},
    {"words": "kettle -green"},
    {"touchpoint": "STORE 1"},
    {"dispositions": ["wish"]},
    {"preceded_by": ["order"], "preceded_hours": 48, "unless_kinds": ["refund"], "channels": ["chat"]},
    {"channels": ["chat", "order"], "tiers": ["gold"]},
)


@pytest.mark.parametrize("what", RULES, ids=str)
def test_it_is_what_watching_would_have_proposed(what, care):
    MomentRule.objects.update(active=False)
    gold = SourceProfileFactory(customer=CustomerFactory(tier="Gold"))
    profiles = [gold, SourceProfileFactory()]
    wish = DispositionFactory(code="wish")
    for profile in profiles:
        earlier(profile, 40)
        earlier(profile, 8, kind="order", channel="order", amount=Decimal(40), currency="EUR")
        earlier(profile, 7.5, kind="order", channel="order", amount=Decimal(140), currency="EUR")
        earlier(profile, 7, sentiment="negative", verbatim="Cold", touchpoint="Store 12, Lyon")
        earlier(profile, 6, kind="order", channel="order", amount=Decimal(340), currency="EUR", touchpoint="Store 2")
        earlier(profile, 5, title="A kettle", disposition=wish)
        earlier(profile, 4, title="A green kettle", body="or two", sentiment="negative", direction="internal")
    rule = MomentRuleFactory(**{"channels": [], "kind": "leaving", "fresh_hours": 720, "quiet_days": 0, **what})
    tried = try_out(rule, timezone.now())
    assert proposed() == []  # nothing comes of trying

    look_from(rule, timezone.now() - 29 * DAY)
    look()
    seen = [entry for one in proposed() for entry in one.origins.order_by("-id").values_list("pk", flat=True)[:1]]
    assert [find.entry for find in reversed(tried.finds)] == seen
    assert tried.total == len(tried.finds) > 0
    assert sum(day.count for day in tried.days) == tried.total


def test_days_and_their_sum(care):
    profile = SourceProfileFactory()
    for days in (0, 3, 3, 29, 31):
        earlier(profile, days)
    rule = MomentRuleFactory.build(quiet_days=0, daily_ceiling=1)
    tried = try_out(rule, timezone.now())
    counts = {(timezone.localdate() - day.date).days: day.count for day in tried.days if day.count}
    assert counts == {0: 1, 3: 2, 29: 1}
    assert (len(tried.days), tried.total, tried.over(1), tried.more, tried.unlooked) == (30, 4, 1, False, 0)


def test_more_than_can_be_shown_is_counted_and_bounded(monkeypatch, care):
    monkeypatch.setattr("apps.moments.rules.detectors.trial.MOST_A_DAY", 3)
    monkeypatch.setattr("apps.moments.rules.detectors.trial.SHOWN", 2)
    profile = SourceProfileFactory()
    rows = [earlier(profile, 1) for _number in range(5)]
    tried = try_out(MomentRuleFactory.build(quiet_days=0), timezone.now())
    assert (tried.total, tried.more, SHOWN) == (3, True, 200)
    assert [find.entry for find in tried.finds] == [rows[2].pk, rows[1].pk]


def test_what_takes_too_long_is_left_out_and_said_so(care):
    earlier(SourceProfileFactory(), 1)
    tried = try_out(MomentRuleFactory.build(), timezone.now(), seconds=0)
    assert (tried.total, tried.unlooked) == (0, 30)


def test_birthdays_of_the_last_days(care):
    today = timezone.localdate()
    for ahead in (3, 2, -20, 40):
        CustomerFactory(born=(today + timedelta(days=ahead)).replace(year=1987))
    rule = MomentRuleFactory.build(looks_at="birthday", birthday_days=3)
    tried = try_out(rule, timezone.now())
    assert [(find.day - today).days for find in tried.finds] == [3, 2, -20]
    assert Moment.objects.count() == 0


def test_the_newest_days_are_looked_at_first_and_what_is_left_is_told(monkeypatch, care):
    profile = SourceProfileFactory()
    for days in (0, 1, 5):
        earlier(profile, days)

    def slow(rule, since, until, **bounds):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [5 if since < timezone.now() - 3 * DAY else 0])
        return entries(rule, since, until, **bounds)

    monkeypatch.setattr("apps.moments.rules.detectors.trial.entries", slow)
    tried = try_out(MomentRuleFactory.build(quiet_days=0), timezone.now(), seconds=0.4)
    assert (tried.total, tried.unlooked, tried.days[-1].looked, tried.days[0].looked) == (2, 27, True, False)
