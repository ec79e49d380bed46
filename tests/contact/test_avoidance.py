"""A contact that permission stopped is kept, once a day, though what was tried is rolled back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.contact.actions import note_consent
from apps.contact.avoidance import note_avoided
from apps.contact.deliveries import send_scheduled, use_permission
from apps.contact.models import Avoided, Delivery
from apps.contact.permission import Answer, NotPermitted, may_contact
from apps.moments import actions
from apps.moments.actions import StaysInside
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db
NO = "not_asked"


@pytest.fixture
def silent(db):
    """Nobody has asked them."""
    return SourceProfileFactory(customer__name="Grace Okafor").customer


def withdraw(agent, customer, channel="email"):
    note_consent(actor=agent, customer=customer, channel=channel, status="withdrawn", origin="On the phone")


def kept():
    return [(one.where, one.channel, one.codes, one.actor, one.about) for one in Avoided.objects.order_by("id")]


def refused(act, **given):
    with pytest.raises(NotPermitted):
        act(**given)


# where it is refused


def test_at_the_hand_off(agent, silent, marketing):
    moment = a_moment(agent, silent)
    refused(actions.offer, actor=agent, moment=moment, team=marketing)
    assert kept() == [("handoff", "", [NO], agent, moment.public_id)]
    one = Avoided.objects.get()
    assert (one.team, one.purpose, one.profile) == (agent.team, "marketing", moment.profile)


def test_by_a_rule_it_is_the_queues(silent, marketing, care, agent):
    moment = a_moment(agent, silent)
    refused(actions.offer, actor=None, moment=moment, team=marketing)
    assert (Avoided.objects.get().actor, Avoided.objects.get().team) == (None, care)


def test_when_it_is_taken_over(agent, sofia, customer, marketing):
    moment = a_moment(agent, customer, to=marketing, channel="email")
    withdraw(agent, customer)
    refused(actions.accept, actor=sofia, moment=moment)
    assert kept() == [("accept", "email", ["withdrawn"], sofia, moment.public_id)]


def test_when_it_is_given_to_somebody(agent, lead, sofia, customer, marketing):
    moment = a_moment(agent, customer, to=marketing)
    withdraw(agent, customer)
    refused(actions.reassign, actor=lead, moment=moment, user=sofia)
    assert [(where, actor) for where, _channel, _codes, actor, _moment in kept()] == [("accept", lead)]


@pytest.mark.parametrize("act", ["contact", "finish"])
def test_before_the_contact(agent, sofia, customer, marketing, act):
    moment = a_moment(agent, customer, to=marketing)
    actions.accept(actor=sofia, moment=moment)
    withdraw(agent, customer)
    more = {"outcome": "reached"} if act == "finish" else {}
    refused(getattr(actions, act), actor=sofia, moment=moment, channel="email", **more)
    assert kept() == [("contact", "email", ["withdrawn"], sofia, moment.public_id)]
    moment.refresh_from_db()
    assert moment.is_live


def test_when_what_was_scheduled_is_due(agent, customer):
    ahead = timezone.now() + timedelta(days=1)
    about = {"channel": "email", "purpose": "marketing", "what": "Letter", "who": "Marketing", "key": "letter"}
    made = use_permission(actor=None, customer=customer.pk, at=ahead, **about)
    withdraw(agent, customer)
    assert not send_scheduled(actor=None, delivery=made).allowed
    assert kept() == [("schedule", "email", ["withdrawn"], None, None)]
    assert Delivery.objects.get().outcome == Delivery.Outcome.CANCELLED
    assert not send_scheduled(actor=None, delivery=made).allowed  # nothing was about to be sent
    assert Avoided.objects.count() == 1


# what counts


def test_tried_ten_times_on_one_day_it_is_one(agent, silent, marketing):
    moment = a_moment(agent, silent)
    for _time in range(10):
        refused(actions.offer, actor=agent, moment=moment, team=marketing)
    assert Avoided.objects.count() == 1
    assert AuditEntry.objects.filter(action="contact.avoided").count() == 1


def test_the_next_day_it_is_another(agent, silent, marketing, monkeypatch):
    moment, now = a_moment(agent, silent), timezone.now()
    refused(actions.offer, actor=agent, moment=moment, team=marketing)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=1))
    refused(actions.offer, actor=agent, moment=moment, team=marketing)
    assert Avoided.objects.count() == 2


def test_another_channel_purpose_place_or_customer_is_another(agent, silent, profile):
    answer = may_contact(silent.pk, "email", "marketing")
    about = {"actor": agent, "profile": silent.profiles.get(), "channel": "email", "purpose": "marketing"}
    given = [{}, {}, {"channel": "sms"}, {"purpose": "survey"}, {"where": "outbox"}, {"profile": profile}]
    made = [note_avoided(**{"where": "contact", **about, **one}, answer=answer) for one in given]
    assert made == [True, False, True, True, True, True]


def test_two_profiles_of_one_customer_are_one(agent, silent):
    other = SourceProfileFactory(customer=silent, source="mail")
    answer = may_contact(silent.pk, "email", "marketing")
    about = {"actor": agent, "channel": "email", "purpose": "marketing", "where": "contact", "answer": answer}
    assert note_avoided(profile=silent.profiles.earliest("id"), **about)
    assert not note_avoided(profile=other, **about)


@pytest.mark.parametrize("answer", [Answer(True), Answer(False)])
def test_what_is_allowed_or_says_no_reason_is_none(agent, profile, answer):
    about = {"channel": "email", "purpose": "marketing", "where": "contact"}
    assert not note_avoided(actor=agent, profile=profile, answer=answer, **about)
    assert not Avoided.objects.exists()


def test_looking_is_no_attempt(silent):
    assert not may_contact(silent.pk, "email", "marketing").allowed
    assert not Avoided.objects.exists()


def test_what_stays_inside_was_no_contact(agent, customer, marketing):
    moment = a_moment(agent, customer, tags=["health"])
    with pytest.raises(StaysInside):
        actions.offer(actor=agent, moment=moment, team=marketing)
    assert not Avoided.objects.exists()


def test_it_is_audited_without_anybodys_words(agent, silent, marketing):
    moment = a_moment(agent, silent, reason="My divorce")
    refused(actions.offer, actor=agent, moment=moment, team=marketing)
    entry = AuditEntry.objects.get(action="contact.avoided")
    assert (entry.actor, entry.subject) == (agent, silent.public_id)
    assert entry.detail == {"channel": "", "meant_for": "marketing", "where": "handoff", "reasons": [NO]}


def test_what_is_rolled_back_around_it_takes_the_note_along(agent, silent, marketing):
    """Whoever acts within a larger transaction notes it themselves, as the view that marks does."""
    with pytest.raises(NotPermitted) as refusal, transaction.atomic():
        actions.offer(actor=agent, moment=a_moment(agent, silent), team=marketing)
    assert not Avoided.objects.exists()
    actions.note_refusal(agent, refusal.value, silent.profiles.get(), "handoff")
    assert kept() == [("handoff", "", [NO], agent, None)]


def test_the_reason_that_weighs_most_is_first(agent, silent, marketing):
    ConsentFactory(profile=silent.profiles.get(), channel="email", status="denied")
    moment = a_moment(UserFactory(team=agent.team), silent, channel="email")
    refused(actions.offer, actor=None, moment=moment, team=marketing)
    assert Avoided.objects.get().codes[0] == "denied"
