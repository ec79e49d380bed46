"""Whose a proposed moment is, who is asked first, and when nothing is proposed at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry, Team
from apps.contact.models import Avoided
from apps.desktop.customer.presence import here
from apps.desktop.shell.open_tabs import open_tab
from apps.moments.actions import accept, decline, escalate_overdue
from apps.moments.models import Moment, MomentKind, MomentRule, RuleDay, State, Step
from apps.moments.visibility import history
from tests.factories.accounts import SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory, SuppressionFactory
from tests.factories.moments import MomentRuleFactory
from tests.moments.rules.watches import happens, look, look_from, proposed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rule(db):
    MomentRule.objects.update(active=False)
    made = MomentRuleFactory(code="chats", kind="praise", answer_minutes=10)
    look_from(made, timezone.now() - timedelta(hours=1))
    return made


def told():
    look()
    (one,) = proposed()
    return Moment.objects.select_related("profile__customer", "owner_team", "offered_to_user").get(pk=one.pk)


def looks_at(user, customer):
    open_tab(user=user, customer=customer)
    here(user=user, public_id=customer.public_id, tab="t")


def test_it_lies_in_the_queue_of_its_kind_from_the_first_instant(rule, profile, customer, care, marketing, sofia):
    happens(profile, verbatim="Best coffee in town, says Anna Weber, +44 20 7946 0001")
    one = told()
    assert (one.owner_team, one.queue, one.state, one.holder) == (marketing, marketing, State.OPEN, None)
    assert one.disclosed["who"] == "Anna W."
    assert one.disclosed["verbatim"] == ""  # only a person lets words travel
    (step,) = one.steps.all()
    assert (step.act, step.actor, step.to_team, step.note) == (Step.Act.MARK, None, marketing, "Chats")
    assert list(history(sofia, one)) == [step]


def test_a_kind_of_our_own_goes_to_its_own_team(profile, care):
    MomentRule.objects.update(active=False)
    MomentKind.objects.create(code="returns", label="Many returns", team=care, purpose="service")
    rule = MomentRuleFactory(kind="returns", tags=["dispute"], category="Kettles", suggestion="Ask why", due_minutes=30)
    look_from(rule, timezone.now() - MINUTE)
    happens(profile)
    one = told()
    assert (one.owner_team, one.disclosed, one.tags, one.category, one.suggestion) == (
        care, None, ["dispute"], "Kettles", "Ask why",
    )  # fmt: skip
    assert timedelta(minutes=29) < one.due_at - timezone.now() < timedelta(minutes=31)


def test_what_must_stay_inside_goes_to_a_team_that_talks_to_customers(rule, profile, customer, marketing, care):
    MomentRule.objects.filter(pk=rule.pk).update(tags=["health"])
    happens(profile)
    one = told()
    assert (one.owner_team, one.disclosed) == (care, None)


def test_whom_nobody_has_asked_stays_with_those_who_may_ask(rule, profile, marketing, care):
    happens(profile)
    assert told().owner_team == care


def test_where_there_is_no_team_at_all_a_lead_answers_for_it(rule, profile):
    happens(profile)
    assert look() == {"chats": 0}  # nobody works here yet
    ruth = SupervisorFactory()
    UserFactory()
    happens(profile)
    assert told().owner_user == ruth


@pytest.mark.parametrize("status", ["denied", "withdrawn"])
def test_who_has_refused_is_left_alone_and_that_is_counted(rule, profile, marketing, care, status):
    ConsentFactory(profile=profile, status=status)
    happens(profile)
    assert look() == {"chats": 0}
    assert (proposed(), RuleDay.objects.get().avoided, Avoided.objects.get().where) == ([], 1, "rule")
    assert MomentRule.objects.tallies(timezone.now() - timedelta(days=30))["chats"].avoided == 1


def test_who_is_on_the_suppression_list_is_left_alone(rule, profile, customer, marketing):
    SuppressionFactory(profile=profile)
    happens(profile)
    assert look() == {"chats": 0}
    assert Avoided.objects.get().codes[0] == "suppressed"


def test_who_agreed_to_one_channel_and_refused_another_may_be_proposed(rule, profile, customer, marketing):
    ConsentFactory(profile=profile, channel="sms", status="withdrawn")
    happens(profile)
    assert told().owner_team == marketing


def test_a_matter_of_service_is_proposed_whatever_they_refuse(rule, profile, care):
    MomentRule.objects.filter(pk=rule.pk).update(kind="leaving")
    SuppressionFactory(profile=profile)
    happens(profile)
    assert told().owner_team == care


def test_whoever_has_the_customer_before_them_is_asked_first(rule, profile, customer, marketing, agent):
    looks_at(agent, customer)
    happens(profile)
    one = told()
    assert (one.state, one.owner_team, one.offered_to_user, one.holder) == (State.OFFERED, marketing, agent, agent.pk)
    assert one.queue == agent.team
    assert timedelta(minutes=9) < one.answer_by - timezone.now() <= timedelta(minutes=10)
    assert list(Moment.objects.held_by(agent)) == [one]
    assert list(one.steps.order_by("version").values_list("act", flat=True)) == ["mark", "offer"]

    escalate_overdue(at=timezone.now() + 9 * MINUTE)
    one.refresh_from_db()
    assert one.state == State.OFFERED
    escalate_overdue(at=timezone.now() + 11 * MINUTE)
    one.refresh_from_db()
    assert (one.state, one.owner_team, one.queue, one.holder) == (State.OPEN, marketing, marketing, None)
    assert one.act_by > timezone.now() + timedelta(hours=3)


def test_they_may_take_it_or_say_no(rule, customer, profile, marketing, agent):
    looks_at(agent, customer)
    happens(profile)
    taken = accept(actor=agent, moment=told())
    assert (taken.owner_user, taken.owner_team) == (agent, None)

    other = ConsentFactory().profile
    looks_at(agent, other.customer)
    happens(other)
    look()
    declined = decline(actor=agent, moment=proposed()[-1], reason="They were joking")
    assert (declined.owner_team, declined.queue, declined.state) == (marketing, marketing, State.OPEN)


def test_whoever_led_the_conversation_minutes_ago_comes_before_who_only_looks(
    rule, profile, customer, marketing, agent
):
    looks_at(UserFactory(team=agent.team), customer)
    happens(profile, ago=5 * MINUTE, staff_id=agent.pk)
    assert told().offered_to_user == agent


def test_whoever_led_it_this_morning_is_not_asked(rule, profile, customer, marketing, agent):
    happens(profile, ago=timedelta(hours=3), staff_id=agent.pk)
    assert told().offered_to_user is None


def test_a_marketer_who_looks_is_not_in_the_conversation(rule, profile, customer, marketing, sofia, agent):
    looks_at(sofia, customer)
    agent.is_active = False
    agent.save()
    looks_at(agent, customer)
    happens(profile)
    assert told().offered_to_user is None


def test_what_is_read_is_read_for_all_of_them_at_once(rule, care, marketing, django_assert_max_num_queries):
    """Moments are rare and few; what is looked at for each must not be its history."""
    for _number in range(3):
        happens(ConsentFactory().profile)
    with django_assert_max_num_queries(30 + 3 * 16):
        assert look() == {"chats": 3}


def test_the_trail_says_which_rule_it_was(rule, profile, customer, care, marketing, agent):
    looks_at(agent, customer)
    happens(profile)
    told()
    rows = AuditEntry.objects.filter(action__startswith="moment.", subject=customer.public_id)
    assert set(rows.values_list("actor_label", flat=True)) == {"chats@1"}


def test_a_customer_found_to_be_somebody_else_is_met_as_who_they_are(rule, care):
    gone = SourceProfileFactory()
    happens(gone)
    who = SourceProfileFactory().customer
    was = gone.customer
    gone.customer = who
    gone.save()
    was.merged_into = who
    was.save()
    assert told().profile.customer == who


def test_a_team_that_is_a_department_is_not_fallen_back_on(rule, profile):
    TeamFactory(kind=Team.Kind.DEPARTMENT)
    lead = SupervisorFactory()
    happens(profile)
    assert told().owner_user == lead


def test_at_the_desk_it_says_that_a_rule_has_seen_it(rule, client, profile, customer, marketing, sofia, agent):
    happens(profile, verbatim="Best coffee in town")
    one = told()
    for reader, words in ((agent, True), (sofia, False)):
        client.force_login(reader)
        page = client.get(f"/desk/moments/{one.public_id}/").text
        assert ("Seen by a rule" in page, "Best coffee in town" in page) == (True, words)
