"""What stands above the story: the last contact whatever its channel, what is open, what is pinned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.desktop.customer.last_time import CONTACTS, last_time
from apps.desktop.customer.queries import rows_of
from apps.interactions.models import Channel, Direction
from tests.factories.accounts import UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory, PinFactory
from tests.factories.moments import MomentFactory

pytestmark = pytest.mark.django_db
OUT = Direction.OUTBOUND


@pytest.fixture
def happened(profile):
    def some_hours_ago(hours, channel=Channel.VOICE, kind="call", **fields):
        at = timezone.now() - timedelta(hours=hours)
        return InteractionFactory(**{"profile": profile, "occurred_at": at, "channel": channel, "kind": kind, **fields})

    return some_hours_ago


@pytest.fixture
def glance(customer):
    return lambda **role: last_time(reader := UserFactory(**role), rows_of(customer, reader))


def mail(happened, hours, **fields):
    return happened(hours, Channel.EMAIL, "email", **fields)


# --- the last contact ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "kind", "where"),
    [
        (Channel.EMAIL, "email", "E-mail · From the customer"),
        (Channel.VOICE, "voicemail", "Call · From the customer"),
        (Channel.SOCIAL, "post", "Social · From the customer"),
        (Channel.STORE, "store_visit", "Store · From the customer"),
        (Channel.SURVEY, "survey", "Survey · From the customer"),
    ],
)
def test_the_last_contact_is_the_last_whatever_its_channel(happened, glance, channel, kind, where):
    happened(9, title="Call of the morning", verbatim="Forty people and no hook")
    latest = happened(2, channel, kind, title="The latest")
    happened(1, Channel.WEB, "visit")
    happened(1, Channel.ORDER, "delivery", direction=OUT)
    happened(1, Channel.CAMPAIGN, "email_sent", direction=OUT)
    happened(1, Channel.SMS, "sms", direction=OUT, reference="LW-1", title="Your parcel")
    shown = glance()
    assert (shown.contact.pk, shown.contact.where) == (latest.pk, where)
    assert shown.said.words == "Forty people and no hook"


def test_it_is_of_us_as_well_as_of_them(happened, glance):
    mail(happened, 5, title="Where is it")
    ours = mail(happened, 2, title="Re: Where is it", direction=OUT, staff_name="Mina")
    shown = glance()
    assert (shown.contact.pk, shown.contact.where, shown.waiting) == (ours.pk, "E-mail with Mina", "")


def test_it_is_of_any_profile_and_of_what_the_role_reads(customer, happened, glance):
    other = SourceProfileFactory(customer=customer, source="mail")
    latest = happened(1, profile=other)
    happened(3)
    assert glance().contact.pk == latest.pk
    assert glance(role=Role.MARKETER) is None


def test_words_of_the_last_contact_are_said_once(happened, glance):
    happened(2, verbatim="Never again", read_back="We mend it")
    shown = glance()
    assert (shown.contact.words, shown.contact.read_back, shown.said) == ("Never again", "We mend it", None)


# --- what is open -------------------------------------------------------------------------------------------------


def test_what_they_wrote_last_waits_for_an_answer(happened, glance):
    mail(happened, 30, direction=OUT, staff_name="Mina")
    mail(happened, 5)
    assert glance().waiting == "Not answered yet"
    happened(2, Channel.VOICE, "voicemail")
    assert glance().waiting == "2 not answered, the first 5\xa0hours ago"
    happened(1, staff_name="Mina", direction=OUT)
    assert glance().waiting == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": Channel.VOICE, "kind": "call"},
        {"channel": Channel.CHAT, "kind": "chat"},
        {"channel": Channel.STORE, "kind": "store_visit"},
        {"channel": Channel.SURVEY, "kind": "survey"},
        {"channel": Channel.SMS, "kind": "message", "sentiment": "positive"},
        {"channel": Channel.CHAT, "kind": "message", "staff_name": "Mina"},
        {"channel": Channel.EMAIL, "kind": "email", "hours": 24 * 31},
    ],
)
def test_nobody_waits_after_a_conversation_a_survey_or_thanks_nor_for_ever(happened, glance, fields):
    happened(fields.pop("hours", 1), **fields)
    assert glance().waiting == ""


def test_thanks_after_an_answer_leave_nothing_open(happened, glance):
    mail(happened, 30)
    happened(2, staff_name="Mina", sentiment="positive")
    assert glance().waiting == ""


def test_a_contact_that_ended_badly_is_said_until_one_does_not(happened, glance):
    bad = happened(9, sentiment="negative", title="Third delivery failed")
    mail(happened, 3, direction=OUT, staff_name="Mina")
    assert glance().unhappy.pk == bad.pk
    happened(1, sentiment="neutral")
    assert glance().unhappy is None


def test_an_open_complaint_is_named_and_a_settled_one_is_not(profile, glance):
    MomentFactory(profile=profile, kind="complaint", suggestion="Answer where they said it")
    MomentFactory(profile=profile, kind="praise")
    MomentFactory(profile=profile, kind="complaint", state="done", outcome="reached", done_at=timezone.now())
    assert [line.words for line in glance().complaints] == ["Answer where they said it"]


def test_late_promises_come_first(profile, glance):
    for name, hours in (("Next week", 150), ("Late", -5), ("Tomorrow", 20), ("Later", 300)):
        FollowUpFactory(profile=profile, text=name, due_at=timezone.now() + timedelta(hours=hours))
    shown = [(promise.text, promise.tone) for promise in glance().promises]
    assert [name for name, _tone in shown] == ["Late", "Tomorrow", "Next week"]
    assert shown[0][1] == "late"


# --- orders -------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(happened):
    def of_an_order(hours, kind, number="LW-1", **fields):
        about = {"channel": Channel.ORDER, "reference": number, "thread": number, "title": kind.capitalize()}
        return happened(hours, kind=kind, **{**about, **fields})

    return of_an_order


def trades(glance):
    shown = glance()
    return [(line.label, line.number, line.amount, line.words) for line in shown.trades] if shown else []


def test_an_open_order_stands_with_its_amount_and_what_was_heard_last(told, glance):
    told(90, "order", amount="774.30", currency="GBP")
    told(20, "delivery", title="Delivery failed")
    assert trades(glance) == [("Open order", "LW-1", "774.30\xa0GBP", "Delivery failed")]


def test_a_changed_sum_is_the_sum(told, glance):
    told(90, "order", amount="774.30", currency="GBP")
    told(80, "order_update", amount="700", currency="GBP")
    assert trades(glance)[0][2] == "700.00\xa0GBP"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("cancellation", {}),
        ("delivery", {"payload": {"status": "delivered"}}),
        ("delivery", {"payload": {"event": "Order Delivered"}}),
    ],
)
def test_an_order_that_is_over_is_not_open(told, glance, kind, fields):
    told(90, "order", amount="10", currency="GBP")
    told(20, kind, **fields)
    assert trades(glance) == []


def test_an_order_nobody_heard_of_for_long_is_not_called_open(told, glance):
    told(24 * 46, "order", amount="10", currency="GBP")
    assert trades(glance) == []


def test_a_refund_stands_with_its_amount_and_a_return_says_that_there_is_none(told, glance):
    told(90, "order", amount="774.30", currency="GBP")
    told(50, "delivery", payload={"status": "delivered"})
    told(20, "return", amount="74.30", currency="GBP")
    assert trades(glance) == [("Return, no refund yet", "LW-1", "74.30\xa0GBP", "Return")]
    told(2, "refund", channel=Channel.PAYMENT, direction=OUT, amount="74.30", currency="GBP")
    assert trades(glance) == [("Refund", "LW-1", "74.30\xa0GBP", "Refund")]
    in_a_store = glance(role=Role.STORE)  # where payments are not shown
    assert [line.label for line in in_a_store.trades] == ["Return, no refund yet"]


def test_the_two_heard_of_last_are_named(told, glance):
    for number in range(4):
        told(10 + number, "order", f"LW-{number}", amount="10", currency="GBP")
    assert [line[1] for line in trades(glance)] == ["LW-0", "LW-1"]


# --- pins, and what it costs --------------------------------------------------------------------------------------


def test_pinned_warnings_stand_in_full(happened, glance):
    entry = happened(900, Channel.NOTE, "note", title="Good to know", body="Ask for the first name. " * 30)
    PinFactory(interaction=entry)
    (pin,) = glance().pins
    assert (pin.pk, pin.title, pin.text) == (entry.pk, "Good to know", ("Ask for the first name. " * 30).strip())


def test_a_long_history_is_not_read_for_it(customer, happened, glance):
    for hours in range(CONTACTS + 3):
        happened(hours + 1)
        happened(hours + 1, Channel.WEB, "visit")
    rows = rows_of(customer, UserFactory())
    assert len(rows.contacts) == CONTACTS
    assert rows.contacts == sorted(rows.contacts, key=lambda row: row.occurred_at, reverse=True)
