"""What the side panel says about a customer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.customers.models import Customer, Identifier, IdentifierType
from apps.desktop.profile import SHOWN, ago, aside, local_time
from apps.insights.models import PropensityScore
from apps.interactions.models import Channel, Direction
from tests.factories.customers import ConsentFactory, EvidenceFactory, SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db


def known_by(profile, kind, value, **fields):
    return EvidenceFactory(profile=profile, identifier__type=kind, identifier__value=value, **fields)


def test_people_are_known_by_their_phone_first_and_never_by_a_machine(profile):
    known_by(profile, IdentifierType.USER_ID, "u-1")
    known_by(profile, IdentifierType.ANONYMOUS_ID, "cookie")
    known_by(profile, IdentifierType.DEVICE, "device")
    known_by(profile, IdentifierType.EMAIL, "a@shop.example")
    known_by(profile, IdentifierType.PHONE, "+442079460018")
    known_by(profile, IdentifierType.LOYALTY, "L1", active=False)
    lines = aside(profile.customer).identifiers
    assert [(line.label, line.shown) for line in lines] == [
        ("Phone", "+44 20 7946 0018"),
        ("E-mail", "a@shop.example"),
        ("User id", "u-1"),
    ]
    assert lines[0].value == "+442079460018"  # what is copied


def test_a_value_said_by_two_sources_stands_once_verified_if_either_did(customer, profile):
    one = known_by(profile, IdentifierType.EMAIL, "a@shop.example", verified=False).identifier
    EvidenceFactory(profile=SourceProfileFactory(customer=customer), identifier=one, verified=True)
    assert [line.verified for line in aside(customer).identifiers] == [True]


def test_a_value_many_share_says_so(profile):
    known_by(profile, IdentifierType.PHONE, "+442079460018", identifier__status=Identifier.Status.SHARED)
    assert [line.shared for line in aside(profile.customer).identifiers] == [True]


def test_the_panel_has_an_end(profile):
    for _one in range(SHOWN + 1):
        EvidenceFactory(profile=profile)
        FollowUpFactory(profile=profile)
    panel = aside(profile.customer)
    assert (len(panel.identifiers), len(panel.promises)) == (SHOWN, SHOWN)


def test_the_newest_word_on_consent_holds_whoever_heard_it(customer, profile):
    day = timezone.now() - timedelta(days=9)
    ConsentFactory(profile=profile, channel="email", status="granted", at=day)
    ConsentFactory(
        profile=SourceProfileFactory(customer=customer), channel="email", status="withdrawn", at=day + timedelta(days=1)
    )
    ConsentFactory(profile=profile, channel="email", status="granted", at=day - timedelta(days=1))
    ConsentFactory(profile=profile, channel="sms", status="granted", at=day)
    ConsentFactory(profile=profile, channel="voice", status="granted", purpose="surveys")
    tones = {line.channel: line.tone for line in aside(customer).consents}
    assert tones == {"email": "out", "sms": "in", "voice": "unknown", "app": "unknown", "post": "unknown"}


def test_of_two_words_at_one_time_the_later_line_holds(profile):
    for status in ("granted", "denied"):
        ConsentFactory(profile=profile, status=status)
    assert aside(profile.customer).consents[0].tone == "out"


def test_what_was_sent_lately_is_named(customer, profile):
    sent = {"channel": Channel.CAMPAIGN, "direction": Direction.OUTBOUND}
    now = timezone.now()
    InteractionFactory(profile=profile, title="Sale", occurred_at=now - timedelta(days=2), **sent)
    InteractionFactory(profile=profile, title="Long ago", occurred_at=now - timedelta(days=31), **sent)
    InteractionFactory(
        profile=profile, title="Opened", occurred_at=now, channel=Channel.CAMPAIGN, direction=Direction.INBOUND
    )
    InteractionFactory(profile=profile, title="Chat", occurred_at=now, direction=Direction.OUTBOUND)
    assert aside(customer).being_said == [("Sale", "2\xa0days ago")]


def test_a_score_says_where_it_comes_from(customer):
    score = {"kind": "buy", "value": 72, "model": "buy-again 3", "reasons": ["Buys every month"]}
    PropensityScore.objects.create(
        customer=customer, computed_at=timezone.now().replace(year=2026, month=1, day=5), **score
    )
    [line] = aside(customer).scores
    assert (line.label, line.value, line.reasons) == ("Buy again", 72, ["Buys every month"])
    assert line.provenance == "buy-again 3, 5 Jan 2026"


def test_only_open_promises_are_listed_the_most_urgent_first(customer, profile):
    now = timezone.now()
    FollowUpFactory(profile=profile, text="Later", due_at=now + timedelta(days=2))
    FollowUpFactory(profile=profile, text="Sooner", due_at=now + timedelta(days=1))
    FollowUpFactory(profile=profile, text="Kept", state="kept")
    assert [promise.text for promise in aside(customer).promises] == ["Sooner", "Later"]


def test_of_two_sources_the_fresher_tells_an_attribute(customer):
    now = timezone.now()
    SourceProfileFactory(
        customer=customer, source="old", traits={"shoe_size": 41, "plan": "basic"}, last_seen=now - timedelta(days=9)
    )
    SourceProfileFactory(
        customer=customer, source="new", traits={"shoe_size": 42, "email": "x", "nested": {"a": 1}}, last_seen=now
    )
    assert aside(customer).attributes == [("Plan", "basic", "old"), ("Shoe size", "42", "new")]


@pytest.mark.parametrize("zone", ["", "Nowhere/Else", "../etc/passwd", "UTC"])
def test_the_hour_there_is_said_only_where_it_is_known_and_differs(zone):
    assert local_time(Customer(timezone=zone)) == ""


def test_the_hour_there_is_theirs():
    there = timezone.localtime(timezone=timezone.get_fixed_timezone(9 * 60))
    assert local_time(Customer(timezone="Asia/Tokyo")).split(":")[0] in {
        f"{there:%H}",
        f"{there + timedelta(minutes=1):%H}",
    }


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=5, seconds=10), "5\xa0minutes ago"),
        (timedelta(days=3, hours=5), "3\xa0days ago"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(span, words):
    assert ago(timezone.now() - span) == words
