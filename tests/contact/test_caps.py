"""How often customers may be contacted, and who goes first."""

from datetime import timedelta

import pytest

from apps.contact.models import Consent, ContactPolicy
from apps.contact.permission import Code, answers
from apps.interactions.models import Channel, Direction
from tests.contact.questions import DAY, NOW, asked, codes, sent
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.permission import ContactPolicyFactory, DeliveryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_policies(db):
    ContactPolicy.objects.all().delete()


@pytest.fixture
def profile():
    """Somebody who agreed to marketing e-mails, SMS and calls."""
    profile = SourceProfileFactory(customer__timezone="Europe/London")
    for channel in ("email", "sms", "voice"):
        ConsentFactory(profile=profile, channel=channel)
    return profile


def test_campaigns_that_were_sent_use_up_the_cap(profile):
    ContactPolicyFactory(name="E-mails", purpose="marketing", channel="email", cap=2, cap_days=7)
    assert asked(profile).left == 2
    sent(profile, 6)
    sent(profile, 8)
    sent(profile, 2, kind="email_bounced")
    sent(profile, 2, kind="email_opened", direction=Direction.INBOUND)
    assert (asked(profile).allowed, asked(profile).left) == (True, 1)
    sent(profile, 1)
    answer = asked(profile)
    assert (answer.allowed, answer.left) == (False, 0)
    assert answer.reasons[0][:2] == (Code.CAP, "E-mails: 2 in 7 days are used up.")
    assert answer.reasons[0].until == NOW + DAY
    assert asked(profile, at=NOW + DAY + timedelta(seconds=1)).allowed
    assert asked(profile, "sms").left is None


def test_one_message_that_was_sent_and_delivered_and_told_by_two_systems_counts_once(profile):
    ContactPolicyFactory(channel="email", cap=9, cap_days=7)
    sent(profile, 1, thread="email:spring")
    sent(SourceProfileFactory(customer=profile.customer), 1, thread="email:spring")
    DeliveryFactory(profile=profile, at=NOW - DAY, key="email:spring")
    assert asked(profile).left == 8
    sent(profile, 3, thread="email:spring")
    assert asked(profile).left == 7


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"channel": Channel.CAMPAIGN, "kind": "push_sent"}, "app"),
        ({"channel": Channel.CAMPAIGN, "kind": "send"}, "email"),
        ({"channel": Channel.CAMPAIGN, "kind": "sms_sent"}, "sms"),
    ],
)
def test_a_campaign_counts_for_the_channel_it_went_over(profile, fields, channel):
    for one in Consent.Channel.values:
        ContactPolicyFactory(channel=one, purpose="marketing", cap=5, cap_days=7)
    sent(profile, **fields)
    by_channel = answers([profile.customer_id], Consent.Channel.values, "marketing", NOW)[profile.customer_id]
    assert {one: answer.left for one, answer in by_channel.items()} == dict.fromkeys(Consent.Channel.values, 5) | {
        channel: 4
    }


def test_conversations_count_for_service_and_not_for_marketing(profile):
    ContactPolicyFactory(purpose="marketing", cap=1, cap_days=7)
    everything = ContactPolicyFactory(cap=5, cap_days=7)
    sent(profile, channel=Channel.VOICE, kind="call")
    assert (asked(profile).left, asked(profile, purpose="service").left) == (1, 4)
    everything.cap = 1
    everything.save()
    assert codes(profile) == codes(profile, purpose="service") == ["cap"]


def test_a_policy_that_is_switched_off_or_for_something_else_says_nothing(profile):
    ContactPolicyFactory(cap=0, cap_days=7, active=False)
    ContactPolicyFactory(cap=0, cap_days=7, purpose="survey")
    assert codes(profile) == []
    ContactPolicyFactory(cap=0, cap_days=7, purpose="marketing", channel="email")
    assert codes(profile) == ["cap"]


def test_what_is_scheduled_counts_and_what_failed_does_not(profile):
    ContactPolicyFactory(channel="email", cap=1, cap_days=7)
    for outcome in ("failed", "cancelled"):
        DeliveryFactory(profile=profile, at=NOW - DAY, outcome=outcome)
    assert codes(profile) == []
    DeliveryFactory(profile=profile, at=NOW + 3 * DAY, outcome="scheduled")
    assert codes(profile) == ["cap"]


def test_what_matters_less_makes_way(profile):
    ContactPolicyFactory(purpose="service", priority=10)
    ContactPolicyFactory(purpose="marketing", priority=90)
    ContactPolicyFactory(cap=1, cap_days=7)
    promotion = DeliveryFactory(profile=profile, at=NOW + DAY, outcome="scheduled")
    assert codes(profile) == ["cap"]
    assert codes(profile, purpose="service") == []  # the promotion will have to give way
    promotion.delete()
    DeliveryFactory(profile=profile, at=NOW + DAY / 2, outcome="scheduled", purpose="service")
    assert codes(profile) == ["cap", "yields"]
    ContactPolicy.objects.filter(cap=1).delete()
    assert asked(profile).reasons[0].until == NOW + DAY * 1.5
    assert codes(profile, at=NOW + DAY * 1.5 + timedelta(seconds=1)) == []
