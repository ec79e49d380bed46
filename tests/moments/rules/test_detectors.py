"""The rules that come with Klatsch: what happens, the task, and the moment that comes of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.interactions.models import Interaction
from apps.moments.actions import accept, expire, finish, keep_rule
from apps.moments.models import Moment, MomentRule, Outcome, RuleWatch
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.permission import DeliveryFactory
from tests.moments.rules.watches import FIRST_RULES, first_rule, happens, look, proposed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def promotion(profile, days=3, **about):
    return DeliveryFactory(
        profile=profile,
        at=timezone.now() + timedelta(days=days),
        recorded_at=timezone.now() - DAY,
        **{"outcome": "scheduled", **about},
    )


def test_a_complaint_in_public_while_a_promotion_is_scheduled(profile, customer, marketing):
    rule = first_rule("public-complaint")
    post = {"channel": "social", "kind": "post", "sentiment": "negative", "verbatim": "Nine days for an express parcel"}
    happens(profile, **post)
    look()
    assert proposed() == []  # nothing is scheduled: it is only a complaint

    promotion(profile)
    happens(profile, **post)
    assert look() == {"public-complaint": 1}
    (one,) = proposed()
    assert (one.kind, one.tags, one.reason) == ("complaint", ["complaint"], "Nine days for an express parcel")
    assert (one.rule, one.disclose_words, one.marked_by) == (f"public-complaint@{rule.version}", False, None)


@pytest.mark.parametrize("what", [{"outcome": "cancelled"}, {"purpose": "service"}, {"days": 40}, {"days": -1}])
def test_what_is_not_a_promotion_ahead_does_not_count(profile, customer, what):
    first_rule("public-complaint")
    promotion(profile, **what)
    happens(profile, channel="social", kind="post", sentiment="negative")
    look()
    assert proposed() == []


def test_angry_words_in_any_language_are_enough(profile, customer, marketing):
    first_rule("public-complaint-words")
    promotion(profile)
    happens(profile, channel="social", kind="post", verbatim="Plus jamais, quel service décevant")
    look()
    assert [one.kind for one in proposed()] == ["complaint"]


def test_one_post_makes_one_moment_though_two_rules_see_it(profile, customer, marketing):
    for code in ("public-complaint", "public-complaint-words"):
        first_rule(code)
    MomentRule.objects.filter(code__startswith="public-").update(active=True)
    promotion(profile)
    happens(profile, channel="social", kind="post", sentiment="negative", verbatim="Never again")
    look()
    assert len(proposed()) == 1


def test_a_first_big_order_is_the_first_that_is_big(profile, customer, marketing):
    first_rule("first-big-order")
    order = {"channel": "order", "kind": "order", "currency": "EUR"}
    happens(profile, amount=Decimal("49.90"), ago=DAY, **order)
    happens(profile, amount=Decimal("400.00"), **{**order, "currency": "JPY"})
    happens(profile, amount=Decimal("420.00"), **{**order, "kind": "order_update"})
    look()
    assert proposed() == []

    big = happens(profile, amount=Decimal("420.00"), **order)
    look()
    (one,) = proposed()
    assert (one.value, one.currency, list(one.origins.all())) == (Decimal("420.00"), "EUR", [big])
    assert one.suggestion == "Welcome them in person"


def test_the_second_big_order_is_not_the_first(profile, customer):
    first_rule("first-big-order")
    order = {"channel": "order", "kind": "order", "currency": "EUR", "amount": Decimal("420.00")}
    elsewhere = SourceProfileFactory(customer=customer, source="till")
    happens(elsewhere, ago=300 * DAY, **order)
    happens(profile, **order)
    look()
    assert proposed() == []


def test_praise_needs_words(profile, customer, marketing):
    first_rule("praise")
    happens(profile, channel="survey", kind="survey", sentiment="positive")
    happens(profile, channel="survey", kind="survey", sentiment="positive", verbatim="Best coffee in town")
    happens(SourceProfileFactory(), channel="survey", kind="survey", sentiment="negative", verbatim="Cold coffee")
    look()
    assert [one.reason for one in proposed()] == ["Best coffee in town"]


@pytest.mark.parametrize("words", ["I want to cancel my contract.", "Hiermit kündige ich", "Subscription ended"])
def test_a_cancelled_contract(profile, care, words):
    first_rule("leaving")
    happens(profile, channel="email", kind="email", title="Mail", body=words)
    happens(profile, channel="email", kind="email", direction="outbound", body="You may cancel my contract, he said")
    look()
    assert [(one.kind, one.reason) for one in proposed()] == [("leaving", words)]


def test_an_unmet_wish(profile, customer, marketing):
    first_rule("unmet-wish")
    happens(profile, channel="store", kind="store_visit", body="Asked for the green kettle: sold out.")
    look()
    assert [one.kind for one in proposed()] == ["wish"]


def test_a_cart_left_behind_before_a_call(profile, customer, marketing):
    first_rule("cart-then-call")
    cart = happens(profile, channel="web", kind="cart", title="Put a kettle into the cart", ago=timedelta(hours=3))
    call = happens(profile, channel="voice", kind="call", title="Call")
    look()
    (one,) = proposed()
    assert (one.kind, set(one.origins.all())) == ("cart", {cart, call})


@pytest.mark.parametrize("between", [{"kind": "order", "hours": 1}, {"kind": "cart", "hours": 30}])
def test_a_cart_that_was_bought_or_is_old_is_not_left_behind(profile, customer, between):
    first_rule("cart-then-call")
    if between["kind"] == "order":
        happens(profile, channel="web", kind="cart", ago=timedelta(hours=3))
    happens(profile, channel="web", kind=between["kind"], ago=timedelta(hours=between["hours"]))
    happens(profile, channel="voice", kind="call")
    look()
    assert proposed() == []


def test_a_birthday_is_seen_to_once_in_the_morning(profile, customer, marketing):
    rule = first_rule("birthday")
    today = timezone.localdate()
    customer.born = (today + timedelta(days=3)).replace(year=1988)
    customer.save()
    RuleWatch.objects.filter(rule=rule).update(until=timezone.now() - timedelta(days=1))
    night, morning = (
        timezone.make_aware(datetime.combine(today, datetime.min.time())) + timedelta(hours=h) for h in (3, 8)
    )
    look(night)
    assert proposed() == []
    look(morning)
    look(morning + timedelta(hours=1))
    (one,) = proposed()
    assert (one.kind, timezone.localdate(one.due_at)) == ("birthday", today + timedelta(days=3))
    assert one.key == f"rule:birthday:birthday:{customer.pk}:{one.due_at.year}"


def test_nobody_writes_out_of_the_blue_to_whom_nobody_has_asked(profile, marketing):
    rule = first_rule("birthday")
    profile.customer.born = (timezone.localdate() + timedelta(days=3)).replace(year=1988)
    profile.customer.save()
    RuleWatch.objects.filter(rule=rule).update(until=timezone.now() - timedelta(days=1))
    noon = timezone.localtime().replace(hour=12)
    assert look(noon) == {"birthday": 0}
    RuleWatch.objects.filter(rule=rule).update(until=timezone.now() - timedelta(days=1))
    ConsentFactory(profile=profile)
    assert look(noon) == {"birthday": 1}


def test_who_was_born_on_a_leap_day_has_it_on_the_last_of_february(profile, customer, marketing):
    rule = first_rule("birthday")
    customer.born = date(2004, 2, 29)
    customer.save()
    found = {}
    for year in (2027, 2028):
        RuleWatch.objects.filter(rule=rule).update(until=datetime(year, 2, 20, tzinfo=UTC))
        look(datetime(year, 2, 26, 9, tzinfo=UTC))
        found[year] = [timezone.localdate(one.due_at) for one in proposed() if one.due_at.year == year]
        Moment.objects.update(state="done", outcome="thanked", done_at=timezone.now())
    assert [str(day) for days in found.values() for day in days] == ["2027-02-28", "2028-02-29"]


def test_every_kind_of_the_design_has_a_rule_and_each_is_saved_with_its_first_version():
    kinds = {rule["kind"] for rule in FIRST_RULES}
    assert kinds == {"complaint", "big_order", "praise", "leaving", "wish", "birthday", "cart"}
    for code in {rule["code"] for rule in FIRST_RULES}:
        rule = first_rule(code)
        assert rule.versions.get(number=rule.version).settings == rule.settings()


def test_it_is_on_the_story_and_in_the_audit_trail_without_anybodys_words(profile, customer, marketing):
    first_rule("praise")
    happens(profile, sentiment="positive", verbatim="Best coffee in town")
    look()
    note = Interaction.objects.get(kind="moment")
    assert note.title == "Praise worth answering: a moment to seize"
    entry = AuditEntry.objects.get(action="moment.mark")
    assert (entry.actor, entry.subject, entry.actor_label) == (None, customer.public_id, proposed()[0].rule)
    assert "coffee" not in str(entry.detail)


def test_what_nobody_wanted_counts_against_the_rule(marketing, sofia, care, lead):
    rule = first_rule("praise")
    for _number in range(3):
        happens(ConsentFactory().profile, sentiment="positive", verbatim="Best coffee in town")
    look()
    wanted, none, ignored = (Moment.objects.select_related("profile__customer").get(pk=one.pk) for one in proposed())
    accept(actor=sofia, moment=wanted)
    finish(actor=lead, moment=none, outcome=Outcome.NOT_ONE, line="They were joking")
    expire(at=timezone.now() + 60 * DAY)
    keep_rule(actor=lead, rule=MomentRule.objects.get(pk=rule.pk))  # nothing has changed: no version
    tally = MomentRule.objects.tallies(timezone.now() - DAY)["praise"]
    assert (tally.proposed, tally.accepted, tally.declined, tally.expired) == (3, 1, 1, 2)
    assert ignored.rule == f"praise@{rule.version}"
