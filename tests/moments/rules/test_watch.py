"""Nothing is missed, nothing is seen twice, and nothing runs wild."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.foundation.db.watermark import watermark
from apps.interactions.actions import Row, insert
from apps.interactions.drafts import InteractionDraft
from apps.moments import tasks
from apps.moments.actions import detect, let_run
from apps.moments.models import Moment, MomentRule, RuleDay, RuleWatch
from apps.moments.rules import watch as proposing
from apps.moments.rules.detectors import Find, entries, rested
from apps.moments.rules.watch import PAGE
from tests.customers.identity.people import in_a_transaction, uncommitted
from tests.factories.accounts import TeamFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentRuleFactory, a_moment
from tests.moments.rules.watches import happens, look, look_from, proposed

HOUR = timedelta(hours=1)


@pytest.fixture
def rule(db, care):
    """It proposes every chat recorded in the last hour and from now on."""
    MomentRule.objects.update(active=False)
    made = MomentRuleFactory(code="chats", quiet_days=0)
    look_from(made, timezone.now() - HOUR)
    return made


@pytest.mark.django_db
def test_run_twice_it_proposes_once(rule, profile):
    entry = happens(profile)
    assert (look(), look()) == ({"chats": 1}, {"chats": 0})
    look_from(rule, timezone.now() - HOUR)  # as if what was done had not been kept
    assert look() == {"chats": 0}
    assert [one.key for one in proposed()] == [f"rule:chats:{entry.pk}"]


@pytest.mark.django_db
def test_what_a_source_tells_late_sets_off_nothing(rule, profile):
    happens(profile, ago=timedelta(hours=49))
    happens(profile, ago=timedelta(hours=47), title="Fresh enough")
    assert look() == {"chats": 1}


@pytest.mark.django_db
def test_after_an_outage_it_does_not_dig_up_what_is_stale(rule, profile):
    look_from(rule, timezone.now() - timedelta(days=9))
    old = happens(profile)
    old.recorded_at = old.occurred_at = timezone.now() - timedelta(days=3)
    old.save()
    assert look() == {"chats": 0}


@pytest.mark.django_db
def test_browsing_and_what_moments_write_are_left_out(rule, profile):
    MomentRule.objects.filter(pk=rule.pk).update(channels=["web", "note"], daily_ceiling=5)
    InteractionFactory(profile=profile, visit=True, occurred_at=timezone.now())
    InteractionFactory(profile=profile, channel="note", kind="moment", occurred_at=timezone.now())
    assert look() == {"chats": 0}
    look_from(rule, timezone.now() - HOUR)
    MomentRule.objects.filter(pk=rule.pk).update(kinds=["visit", "moment"])
    assert look() == {"chats": 1}  # what is asked for by name; never our own notes
    assert proposed()[0].origins.get().kind == "visit"


@pytest.mark.django_db
def test_a_customer_is_left_alone_for_the_quiet_period(rule, profile):
    MomentRule.objects.filter(pk=rule.pk).update(quiet_days=7)
    for _number in range(2):
        happens(profile)
    happens(SourceProfileFactory(customer=profile.customer, source="till"))
    happens(SourceProfileFactory())
    assert look() == {"chats": 2}
    happens(profile)
    assert look() == {"chats": 0}
    Moment.objects.update(created_at=timezone.now() - timedelta(days=8))
    happens(profile)
    assert look() == {"chats": 0}, "it is still in somebody's hand"
    Moment.objects.update(state="done", outcome="thanked", done_at=timezone.now())
    happens(profile)
    assert look() == {"chats": 1}


def test_the_quiet_period_counts_from_what_is_left():
    day = timedelta(days=1)
    start = timezone.now()
    finds = [Find(1, start + number * day, number + 1) for number in range(6)]
    assert [find.entry for find in rested(finds, {}, 3 * day)] == [1, 4]
    assert [find.entry for find in rested(finds, {1: start - 2 * day}, 3 * day)] == [2, 5]


@pytest.mark.django_db
def test_at_its_ceiling_it_stops_itself_and_says_so(rule, lead):
    MomentRule.objects.filter(pk=rule.pk).update(daily_ceiling=2)
    for _number in range(2):
        happens(SourceProfileFactory())
    assert look() == {"chats": 2}
    assert RuleWatch.objects.get(rule=rule).stopped_at is None  # so many it may
    happens(SourceProfileFactory())
    assert look() == {"chats": 0}
    watch = RuleWatch.objects.get(rule=rule)
    assert (watch.stopped_for, watch.stopped_at is None) == ("ceiling", False)
    assert AuditEntry.objects.get(action="moment_rule.stop").detail["why"] == "ceiling"
    assert look() == {}  # it looks no longer

    RuleDay.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert let_run(actor=lead, rule=rule)
    assert look() == {"chats": 0}  # what happened meanwhile is not caught up with
    happens(SourceProfileFactory())
    assert look() == {"chats": 1}


@pytest.mark.django_db
def test_looking_that_takes_too_long_stops_the_rule_and_no_other(rule, profile, monkeypatch):
    slow = MomentRuleFactory(code="slow", words="anything")
    look_from(slow, timezone.now() - HOUR)
    monkeypatch.setattr(
        proposing,
        "entries",
        lambda rule, *args, **more: sleepy() if rule.code == "slow" else entries(rule, *args, **more),
    )
    monkeypatch.setattr(proposing, "PATIENCE", 30)
    happens(profile)
    assert look()["chats"] == 1
    assert RuleWatch.objects.get(rule=slow).stopped_for == "slow"


def sleepy():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


@pytest.mark.django_db
def test_what_people_have_marked_themselves_is_not_proposed_again(rule, agent, profile):
    entry = happens(profile)
    a_moment(agent, profile.customer, origins=(entry.pk,))
    assert look() == {"chats": 0}


@pytest.mark.django_db
def test_what_people_have_in_hand_is_not_proposed_beside_it(rule, agent, profile):
    MomentRule.objects.filter(pk=rule.pk).update(quiet_days=7)
    a_moment(agent, profile.customer, kind=rule.kind)
    happens(SourceProfileFactory(customer=profile.customer, source="till"))
    assert look() == {"chats": 0}
    Moment.objects.update(kind="birthday")
    happens(profile)
    assert look() == {"chats": 1}


@pytest.mark.django_db
def test_pages_follow_each_other_without_a_gap(rule, monkeypatch):
    monkeypatch.setattr(proposing, "PAGE", 3)
    assert PAGE > 3
    at = timezone.now()
    profile = SourceProfileFactory()
    for number in range(8):  # some recorded in one and the same instant
        InteractionFactory(profile=profile, occurred_at=at, recorded_at=at + timedelta(milliseconds=number // 4))
    assert look(at + timedelta(seconds=1)) == {"chats": 8}


@pytest.mark.django_db
def test_a_rule_switched_on_looks_from_now_on(profile, care):
    happens(profile)
    MomentRule.objects.update(active=False)
    MomentRuleFactory(code="new")
    assert look() == {"new": 0}


@pytest.mark.django_db
def test_watching_costs_the_same_however_much_is_nothing(rule, profile, django_assert_num_queries):
    rule.words = "nonesuch"
    rule.save()
    for number in (1, 10):
        for _entry in range(number):
            happens(profile)
        with django_assert_num_queries(11):
            look()


@pytest.mark.django_db(transaction=True)
class TestOthersAtTheSameTime:
    @pytest.fixture
    def rule(self):
        TeamFactory()
        MomentRule.objects.update(active=False)
        return MomentRuleFactory(code="chats", quiet_days=0)

    def chat(self, profile, key):
        touch = InteractionDraft(external_id=key, occurred_at=timezone.now(), channel="chat", kind="chat", title=key)
        return insert([Row(profile.pk, profile.source, touch)])

    def test_a_transaction_that_commits_late_is_not_lost(self, rule, monkeypatch):
        monkeypatch.setattr("apps.foundation.db.watermark.MARGIN", timedelta())
        early, late = SourceProfileFactory(), SourceProfileFactory()
        with uncommitted(lambda: self.chat(late, "late")):
            self.chat(early, "early")
            assert tasks.detect_moments() == {"chats": 0}  # both are behind the beginning of what is under way
            assert RuleWatch.objects.get(rule=rule).until == watermark()
        assert tasks.detect_moments() == {"chats": 2}
        assert [one.profile_id for one in proposed()] == [late.pk, early.pk]

    def test_two_that_run_at_once_propose_once(self, rule):
        for number in range(3):
            self.chat(ConsentFactory().profile, f"chat {number}")
        until = timezone.now() + timedelta(seconds=1)
        with ThreadPoolExecutor(2) as threads:
            runs = [threads.submit(in_a_transaction, lambda: detect(until=until)) for _run in range(2)]
            counts = [run.result(20).get("chats", 0) for run in runs]
        assert (sum(counts), len(proposed())) == (3, 3)
