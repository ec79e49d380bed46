"""What the side panel says about a customer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.customers.models import Customer, Identifier, IdentifierType
from apps.desktop.customer.profile import SHOWN, Aside, ago, local_time
from apps.desktop.customer.profile import aside as aside_of
from apps.desktop.customer.queries import rows_of
from apps.insights.models import PropensityScore
from tests.factories.accounts import UserFactory
from tests.factories.customers import EvidenceFactory, SourceProfileFactory
from tests.factories.interactions import FollowUpFactory

pytestmark = pytest.mark.django_db


def aside(customer: Customer) -> Aside:
    return aside_of(rows_of(customer, UserFactory()))


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
