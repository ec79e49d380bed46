"""May we contact them, in the side panel: what is said, and what is done about it."""

import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.contact.models import ContactPolicy, Preference, Suppression
from apps.customers.models import Customer
from apps.desktop.customer.permission_panel import permission_panel
from apps.desktop.customer.queries import rows_of
from apps.interactions.models import Channel, Direction
from tests.desktop.html import html, triggers
from tests.factories.accounts import MarketerFactory, UserFactory
from tests.factories.customers import (
    ConsentFactory,
    EvidenceFactory,
    PreferenceFactory,
    SourceProfileFactory,
    SuppressionFactory,
)
from tests.factories.interactions import FollowUpFactory, InteractionFactory
from tests.factories.permission import ContactPolicyFactory, DeliveryFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_policies(db):
    ContactPolicy.objects.all().delete()


@pytest.fixture
def panel(customer, agent):
    return lambda user=agent: permission_panel(customer, user, rows_of(customer, user))


@pytest.fixture
def act(desk, customer):
    def post(name, *args, **fields):
        return desk.post(reverse(name, args=[customer.public_id, *args]), fields)

    return post


def sent(profile, days, title="Sale", **fields):
    about = {"channel": Channel.CAMPAIGN, "kind": "email_sent", "direction": Direction.OUTBOUND, **fields}
    return InteractionFactory(profile=profile, title=title, occurred_at=timezone.now() - days * DAY, **about)


# --- what is said -------------------------------------------------------------------------------------------------


def test_the_newest_word_on_consent_holds_whoever_heard_it(customer, profile, panel):
    day = timezone.now() - 9 * DAY
    ConsentFactory(profile=profile, channel="email", status="granted", at=day)
    ConsentFactory(profile=SourceProfileFactory(customer=customer), channel="email", status="withdrawn", at=day + DAY)
    ConsentFactory(profile=profile, channel="email", status="granted", at=day - DAY)
    ConsentFactory(profile=profile, channel="sms", status="granted", at=day)
    ConsentFactory(profile=profile, channel="voice", status="granted", purpose="survey")
    tones = {line.channel: (line.tone, line.allowed) for line in panel().channels}
    assert tones == {
        "email": ("out", False),
        "sms": ("in", True),
        "voice": ("unknown", False),
        "app": ("unknown", False),
        "post": ("unknown", False),
    }


def test_of_two_words_at_one_time_the_refusal_holds(profile, panel):
    for status in ("denied", "granted"):
        ConsentFactory(profile=profile, status=status)
    assert panel().channels[0].tone == "out"


def test_who_agreed_and_may_not_be_contacted_now_is_told_why(profile, panel):
    ConsentFactory(profile=profile)
    ContactPolicyFactory(name="E-mails", channel="email", cap=1, cap_days=7)
    sent(profile, 1)
    line = panel().channels[0]
    assert (line.tone, line.allowed, line.service) == ("in", False, False)
    assert [(note.words, note.scope) for note in panel().notes] == [
        ("E-mails: 1 in 7 days are used up.", "Service and marketing: E-mail")
    ]
    assert panel().left == [("E-mail", 0)]


def test_what_was_sent_and_will_be_and_is_open_is_named_once(customer, profile, panel):
    sent(profile, 2, thread="k1")
    sent(profile, 31, "Long ago")
    sent(profile, 1, "Opened", direction=Direction.INBOUND)
    sent(profile, 1, "Chat", channel=Channel.CHAT)
    DeliveryFactory(profile=profile, what="Spring letter", key="k2", at=timezone.now() - 3 * DAY)
    DeliveryFactory(profile=profile, what="Sale", key="k1", at=timezone.now() - 2 * DAY)
    DeliveryFactory(profile=profile, what="Summer", outcome="scheduled", at=timezone.now() + DAY)
    DeliveryFactory(profile=profile, what="Bounced", outcome="failed")
    FollowUpFactory(profile=profile, text="Send a new frother")
    messages = [("Scheduled", "Summer"), ("Sent", "Sale"), ("Sent", "Spring letter")]
    assert [(line.kind, line.text) for line in panel().said] == messages
    assert [(line.kind, line.text) for line in panel(MarketerFactory()).said] == [
        messages[0],
        ("Open promise", "by those who talk to them"),
        *messages[1:],
    ]


def test_the_panel_asks_the_same_number_of_questions_for_much_or_nothing(customer, profile, agent, panel):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            panel()
        return len(captured)

    questions()  # the policies are known from here on
    nothing = questions()
    for number in range(12):
        EvidenceFactory(profile=profile)
        sent(profile, number)
        DeliveryFactory(profile=profile)
        ConsentFactory(profile=profile, purpose=f"purpose-{number}")
        FollowUpFactory(profile=profile)
        SuppressionFactory(profile=SourceProfileFactory(customer=customer))
    assert nothing == questions() == 3


def test_not_even_service_is_said(profile, panel):
    assert panel().notes == []
    SuppressionFactory(profile=profile)
    assert [(line.allowed, line.service) for line in panel().channels] == [(False, False)] * 5
    assert panel().notes == []  # the stop itself says why
    assert len(panel().stops) == 1


def test_quiet_hours_are_said_once_for_all_they_stop(profile, panel):
    now = timezone.localtime(timezone.now())
    hours = {"hours_from": (now + timedelta(hours=2)).time(), "hours_to": (now + timedelta(hours=3)).time()}
    PreferenceFactory(profile=profile, **hours)
    (note,) = panel().notes
    assert note.words.startswith("They prefer other hours, until ")
    assert note.scope == "Service and marketing: SMS, Calls, App messages"


# --- stopping and lifting -----------------------------------------------------------------------------------------


def test_a_person_is_stopped_with_a_reason_and_it_is_taken_back(act, agent, customer):
    stopped = act("suppress", what="person", reason="Never again")
    assert "Never again (At the desk, " in html(stopped)
    stop = Suppression.objects.get()
    assert (stop.profile.customer, stop.added_by) == (customer, agent)
    undo = triggers(stopped)["toast"]
    assert undo["undo"] == reverse("lift", args=[customer.public_id, stop.pk])
    lifted = act("lift", stop.pk, **undo["values"])
    assert "Never again" not in html(lifted)
    back = triggers(lifted)["toast"]
    act("suppress", **back["values"])
    assert Suppression.objects.in_force().get().reason == "Never again"


def test_a_number_of_theirs_is_stopped_by_itself(act, profile):
    value = EvidenceFactory(profile=profile).identifier.value
    act("suppress", what=f"phone:{value}", reason="Wrong number")
    assert Suppression.objects.get().value == value


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "person"},
        {"what": "person", "reason": " "},
        {"what": "pigeon:1", "reason": "x"},
        {"what": "phone:+442079469999", "reason": "Not theirs"},
    ],
)
def test_a_stop_without_a_reason_or_of_something_else_is_refused(act, fields):
    assert act("suppress", **fields).status_code == 400
    assert Suppression.objects.count() == 0


def test_marketers_see_a_stop_and_do_not_lift_it(desk_of, customer, profile, panel):
    stop = SuppressionFactory(profile=profile)
    assert [line.pk for line in panel(MarketerFactory()).stops] == [stop.pk]
    desk = desk_of(Role.MARKETER)
    assert reverse("lift", args=[customer.public_id, stop.pk]) not in html(
        desk.get(reverse("aside", args=[customer.public_id]))
    )
    refused = desk.post(reverse("lift", args=[customer.public_id, stop.pk]), {"reason": "A campaign"})
    assert refused.status_code == 403
    assert Suppression.objects.in_force().exists()


def test_a_stop_of_somebody_else_is_not_lifted_here(act):
    assert act("lift", SuppressionFactory().pk, reason="x").status_code == 404


# --- preferences --------------------------------------------------------------------------------------------------


def test_preferences_are_shown_and_changed(act, profile):
    page = html(act("contact_preferences", channel="sms", hours_from="09:00", hours_to="17:30", language="fr"))
    assert "SMS, 09:00 to 17:30, French" in page
    assert re.search(r'name="hours_from" value="09:00"', page)
    one = Preference.objects.get()
    assert (one.hours_from, one.hours_to) == (time(9), time(17, 30))


@pytest.mark.parametrize(
    "fields",
    [{"hours_from": "09:00"}, {"hours_from": "09:00", "hours_to": "09:00"}, {"channel": "pigeon"}],
)
def test_half_a_span_is_no_preference(act, fields):
    assert act("contact_preferences", **fields).status_code == 400
    assert Preference.objects.count() == 0


def test_the_word_of_the_profile_that_spoke_last_counts(customer, profile, panel):
    PreferenceFactory(profile=profile, channel="sms", at=timezone.now() - DAY)
    PreferenceFactory(profile=SourceProfileFactory(customer=customer), channel="post")
    assert panel().preferred == "Letters"


def test_strangers_do_nothing(client, customer):
    for name, extra in (("suppress", ()), ("lift", (1,)), ("contact_preferences", ())):
        response = client.post(reverse(name, args=[customer.public_id, *extra]), {"what": "person", "reason": "x"})
        assert response.status_code == 302
    assert (Suppression.objects.count(), Customer.objects.count(), UserFactory.build().pk) == (0, 1, None)
