"""May we contact this customer? Every reason why not, and none that is not one."""

import os
import random
from datetime import date, time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.contact.blocks import Blocking, replace_blocks
from apps.contact.models import Consent, ContactPolicy
from apps.contact.permission import Answer, Code, answers, may_contact, may_contact_all, side_by_side
from apps.customers.models import Customer, SourceProfile
from apps.interactions.models import Direction
from apps.moments import actions
from tests.contact.questions import DAY, NOW, asked, codes, sent
from tests.factories.customers import (
    ConsentFactory,
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
    SuppressionFactory,
)
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory
from tests.factories.moments import MomentFactory
from tests.factories.permission import ContactPolicyFactory

WORLDS = int(os.environ.get("KLATSCH_WORLDS", "15"))
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


# --- consent ------------------------------------------------------------------------------------------------------


def test_who_agreed_may_be_contacted_and_nothing_is_said_against_it(profile):
    assert asked(profile) == Answer(True, (), None)


@pytest.mark.parametrize(
    ("status", "purpose", "expected"),
    [
        (None, "marketing", ["not_asked"]),
        (None, "anything", ["not_asked"]),
        (None, "service", []),
        ("granted", "survey", []),
        ("denied", "marketing", ["denied"]),
        ("withdrawn", "marketing", ["withdrawn"]),
        ("denied", "service", ["denied"]),
        ("withdrawn", "service", ["withdrawn"]),
    ],
)
def test_marketing_needs_a_yes_and_service_only_the_absence_of_a_no(status, purpose, expected):
    profile = SourceProfileFactory()
    if status:
        ConsentFactory(profile=profile, purpose=purpose, status=status)
    assert codes(profile, purpose=purpose) == expected


def test_consent_is_for_one_channel_and_one_purpose(profile):
    assert (codes(profile, "app"), codes(profile, "post")) == (["not_asked"], ["not_asked"])
    assert codes(profile, purpose="survey") == ["not_asked"]


def test_what_any_profile_of_a_customer_said_counts_the_newest_first(profile):
    other = SourceProfileFactory(customer=profile.customer)
    ConsentFactory(profile=other, status="withdrawn", at=NOW - DAY)
    assert codes(profile) == ["withdrawn"]
    ConsentFactory(profile=profile, status="granted", at=NOW - DAY / 2)
    assert codes(profile) == []


line = st.tuples(
    st.integers(0, 1), st.sampled_from(("granted", "denied", "withdrawn")), st.integers(0, 4), st.booleans()
)


def by_the_book(history):
    """What the answer should be: nobody who never agreed; nobody whose newest word is a no."""
    if not history:
        return False
    last = max(day for _who, _status, day, _sms in history)
    return all(status == "granted" for _who, status, day, _sms in history if day == last)


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories=st.lists(st.lists(line, max_size=7), min_size=50, max_size=50), seed=st.integers())
def test_nobody_is_contacted_against_their_last_word_in_whatever_order_it_came(histories, seed):
    """`KLATSCH_WORLDS` times 50 histories, on two channels, each told in two orders; with 100 it is 5,000."""
    orders = [order for one in histories for order in (one, random.Random(seed).sample(one, len(one)))]
    people = Customer.objects.bulk_create(Customer() for _ in orders)
    pairs = [SourceProfileFactory.build_batch(2, customer=person) for person in people]
    SourceProfile.objects.bulk_create(profile for pair in pairs for profile in pair)
    Consent.objects.bulk_create(
        [
            Consent(
                profile=pair[who],
                channel="sms" if sms else "email",
                status=status,
                at=NOW - (9 - day) * DAY,
                origin="x",
            )
            for pair, order in zip(pairs, orders, strict=True)
            for who, status, day, sms in order
        ],
        ignore_conflicts=True,
    )
    for sms, channel in ((False, "email"), (True, "sms")):
        found = may_contact_all([one.pk for one in people], channel, "marketing", NOW)
        for told, again, history in zip(people[::2], people[1::2], histories, strict=True):
            assert found[told.pk] == found[again.pk]
            assert found[told.pk].allowed is by_the_book([one for one in history if one[3] is sms])


# --- stopping -----------------------------------------------------------------------------------------------------


def test_a_person_on_the_list_is_contacted_for_nothing(profile):
    SuppressionFactory(profile=SourceProfileFactory(customer=profile.customer))
    assert [codes(profile, channel, "service") for channel in Consent.Channel.values] == [["suppressed"]] * 5


def test_a_value_stops_the_channels_that_would_use_it_for_everybody_who_has_it(profile):
    shared = IdentifierFactory(type="email", value="both@lindwell.example")
    other = EvidenceFactory(identifier=shared, profile__customer__timezone="UTC").profile
    EvidenceFactory(identifier=shared, profile=profile)
    SuppressionFactory(profile=None, type="email", value=shared.value)
    for one in (profile, other):
        assert codes(one, "email", "service") == ["address_suppressed"]
        assert codes(one, "sms", "service") == []
    third = EvidenceFactory(identifier=IdentifierFactory(type="email", value="third@lindwell.example")).profile
    assert codes(third, "email", "service") == []


def test_a_phone_stops_calls_and_messages(profile):
    evidence = EvidenceFactory(profile=profile)
    SuppressionFactory(profile=None, type="phone", value=evidence.identifier.value)
    assert [codes(profile, channel) for channel in ("voice", "sms", "email")] == [
        ["address_suppressed"],
        ["address_suppressed"],
        [],
    ]


def test_what_was_lifted_or_is_no_longer_theirs_stops_nobody(profile):
    SuppressionFactory(profile=profile, lifted_at=NOW - DAY)
    old = EvidenceFactory(profile=profile, active=False)
    SuppressionFactory(profile=None, type="phone", value=old.identifier.value)
    assert codes(profile, "sms") == []


def test_one_found_to_be_somebody_else_is_asked_about_as_whoever_they_are_now(profile):
    once = CustomerFactory(merged_into=CustomerFactory(merged_into=profile.customer))
    assert may_contact(once.pk, "email", "marketing", NOW).allowed
    SuppressionFactory(profile=profile)
    assert [one.code for one in may_contact(once.pk, "email", "service", NOW).reasons] == [Code.SUPPRESSED]


def test_nobody_who_is_not_there_is_contacted(profile):
    found = may_contact_all([profile.customer_id, 2**40], "email", "service", NOW)
    assert [found[profile.customer_id].allowed, found[2**40].reasons[0].code] == [True, Code.UNKNOWN]
    with pytest.raises(ValueError, match="no such channel"):
        may_contact(profile.customer_id, "pigeon", "service")


# --- the wrong time -----------------------------------------------------------------------------------------------


@pytest.fixture
def complaint(profile):
    return InteractionFactory(
        profile=profile, occurred_at=NOW - 3 * DAY, disposition=DispositionFactory(code="complaint")
    )


def test_nothing_is_offered_while_a_complaint_is_open(profile, complaint):
    (reason,) = asked(profile).reasons
    assert (reason.code, reason.words) == (Code.COMPLAINT, "A complaint of 7 Jun 2026 is open.")
    assert codes(profile, purpose="service") == []


def test_a_complaint_grows_old(profile, complaint):
    assert codes(profile, at=NOW + 12 * DAY) == []


def test_somebody_angry_has_complained(profile):
    InteractionFactory(profile=profile, occurred_at=NOW - DAY, sentiment="negative")
    assert codes(profile) == ["complaint"]


def test_what_we_say_ourselves_is_no_complaint(profile):
    InteractionFactory(profile=profile, occurred_at=NOW - DAY, sentiment="negative", direction=Direction.OUTBOUND)
    assert codes(profile) == []


@pytest.mark.parametrize("relief", ["praise", "positive", "kept"])
def test_a_complaint_ends_with_praise_or_a_kept_promise(profile, complaint, relief):
    FollowUpFactory(profile=profile, state="kept", closed_at=NOW - 5 * DAY)
    assert codes(profile) == ["complaint"]
    if relief == "praise":
        InteractionFactory(profile=profile, occurred_at=NOW - DAY, disposition=DispositionFactory(code="praise"))
    elif relief == "positive":
        InteractionFactory(profile=profile, occurred_at=NOW - DAY, sentiment="positive")
    else:
        FollowUpFactory(profile=profile, state="kept", closed_at=NOW - DAY)
    assert codes(profile) == []


@pytest.mark.parametrize("tags", [["Health", "vip"], "vip, health"])
def test_tags_that_block_keep_offers_away_and_not_service(profile, tags):
    SourceProfileFactory(customer=profile.customer, traits={"tags": tags})
    assert codes(profile) == ["tag"]
    assert codes(profile, purpose="service") == []


@pytest.mark.parametrize("tags", [{"health": True}, 7, None, "vip", ["healthy"]])
def test_other_tags_block_nothing(profile, tags):
    SourceProfileFactory(customer=profile.customer, traits={"tags": tags})
    assert codes(profile) == []


def test_an_open_moment_that_touches_something_blocks_until_it_is_done(profile):
    moment = MomentFactory(profile=profile, tags=["complaint", "health"], happened_at=NOW - 40 * DAY)
    assert codes(profile) == ["tag", "complaint"]
    assert codes(profile, purpose="service") == []
    actions.finish(actor=moment.owner_user, moment=moment, outcome="reached")
    assert codes(profile) == []


def test_a_block_holds_for_its_person_until_its_subject_is_said_anew(profile):
    other = SourceProfileFactory(customer=profile.customer)
    complaint = Blocking(uuid4(), other.pk, NOW - 40 * DAY, frozenset({"complaint"}))
    replace_blocks([complaint])
    assert [reason.words for reason in asked(profile).reasons] == ["A complaint of 1 May 2026 is open."]
    replace_blocks([complaint._replace(tags=frozenset({"dispute"}))])
    assert (codes(profile), codes(profile, purpose="service")) == (["tag"], [])
    replace_blocks([complaint._replace(subject=uuid4(), tags=frozenset())])
    assert codes(profile) == ["tag"]
    replace_blocks([complaint._replace(tags=frozenset())])
    assert codes(profile) == []


@pytest.mark.parametrize(("born", "expected"), [(date(2008, 6, 11), ["tag"]), (date(2008, 6, 10), [])])
def test_minors_are_offered_nothing(profile, born, expected):
    Customer.objects.update(born=born)
    assert codes(profile) == expected


# --- cost ---------------------------------------------------------------------------------------------------------


def test_an_answer_takes_one_statement_for_one_customer_or_many():
    ContactPolicyFactory(cap=3, cap_days=7)
    ContactPolicyFactory(channel="email", quiet_from=time(21), quiet_to=time(8))
    profiles = [SourceProfileFactory() for _ in range(40)]
    for profile in profiles:
        ConsentFactory(profile=profile)
        sent(profile)
    may_contact(profiles[0].customer_id, "email", "marketing", NOW)  # what is remembered is remembered
    for asked_about in (profiles[:1], profiles):
        with CaptureQueriesContext(connection) as captured:
            found = may_contact_all([one.customer_id for one in asked_about], "email", "marketing", NOW)
        assert len(captured) == 1
        assert {(one.allowed, one.left) for one in found.values()} == {(True, 2)}


def test_all_channels_are_answered_at_once_and_as_each_alone(profile):
    ContactPolicyFactory(channel="email", purpose="marketing", cap=0, cap_days=1)
    together = answers([profile.customer_id], Consent.Channel.values, "marketing", NOW)[profile.customer_id]
    assert together == {channel: asked(profile, channel) for channel in Consent.Channel.values}


# --- service and the rest -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["denied", "withdrawn"])
def test_who_wants_not_even_service_over_a_channel_is_offered_nothing_there(profile, status):
    ConsentFactory(profile=profile, channel="email", purpose="service", status=status)
    assert codes(profile) == ["denied"]
    ConsentFactory(profile=profile, channel="email", purpose="service", status="granted", at=NOW)
    assert codes(profile) == []


def test_what_stops_service_for_now_stops_the_rest(profile):
    everything = ContactPolicyFactory(purpose="service", quiet_from=time(0), quiet_to=time(23, 59))
    assert codes(profile) == codes(profile, purpose="service") == ["quiet_hours"]
    everything.delete()
    ContactPolicyFactory(purpose="service", cap=0, cap_days=7)
    assert codes(profile) == codes(profile, purpose="service") == ["cap"]
    assert asked(profile).left is None


def test_side_by_side_they_are_one_answer_each_of_one_instant(profile):
    found = side_by_side(profile.customer_id, ["email", "voice"], ["service", "marketing"], NOW)
    assert found == {
        purpose: {channel: asked(profile, channel, purpose) for channel in ("email", "voice")}
        for purpose in ("service", "marketing")
    }
    for channel, answer in found["marketing"].items():
        assert found["service"][channel].allowed or not answer.allowed
