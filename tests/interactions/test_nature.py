"""What counts as a contact, and what as news of an order, kind by kind."""

import pytest
from django.db import connection

from apps.interactions.models import Channel, Direction, Interaction
from apps.interactions.nature import Nature
from tests.factories.accounts import UserFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
IN, OUT, AMONG_US = Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL


def nature(channel, kind, direction=IN, **fields):
    entry = InteractionFactory(channel=channel, kind=kind, direction=direction, **fields)
    entry.refresh_from_db()
    return entry.nature


@pytest.mark.parametrize(
    ("channel", "kind", "direction"),
    [
        (Channel.VOICE, "call", IN),
        (Channel.VOICE, "call", OUT),
        (Channel.VOICE, "voicemail", IN),
        (Channel.EMAIL, "email", IN),
        (Channel.EMAIL, "email", OUT),
        (Channel.CHAT, "message", OUT),
        (Channel.SMS, "message", IN),
        (Channel.SOCIAL, "post", IN),
        (Channel.SOCIAL, "direct_message", OUT),
        (Channel.STORE, "store_visit", IN),
        (Channel.SURVEY, "survey", IN),
        (Channel.WEB, "form", IN),
        (Channel.WEB, "ticket", IN),
        (Channel.APP, "message", IN),
    ],
)
def test_words_that_passed_between_us_are_a_contact(channel, kind, direction):
    assert nature(channel, kind, direction) == "contact"


@pytest.mark.parametrize(
    ("channel", "kind", "direction"),
    [
        (Channel.WEB, "visit", IN),
        (Channel.APP, "event", IN),
        (Channel.WEB, "product", IN),
        (Channel.VOICE, "missed_call", IN),
        (Channel.EMAIL, "bounce", IN),
        (Channel.EMAIL, "auto_reply", AMONG_US),
        (Channel.CHAT, "bot_message", OUT),
        (Channel.CHAT, "conversation", AMONG_US),
        (Channel.CHAT, "note", AMONG_US),
        (Channel.SOCIAL, "favourite", IN),
        (Channel.CAMPAIGN, "email_sent", OUT),
        (Channel.CAMPAIGN, "message", OUT),
        (Channel.SURVEY, "survey", OUT),
        (Channel.NOTE, "note", AMONG_US),
        (Channel.PAYMENT, "payment", IN),
        (Channel.ATM, "withdrawal", IN),
        (Channel.ORDER, "cart", IN),
        (Channel.STORE, "purchase", IN),
        (Channel.STORE, "order", IN),
    ],
)
def test_what_nobody_said_to_anybody_is_none(channel, kind, direction):
    assert nature(channel, kind, direction) is None


def test_a_message_about_an_order_that_nobody_signed_is_a_notice():
    assert nature(Channel.EMAIL, "email", OUT, reference="LW-1") is None
    assert nature(Channel.SMS, "sms", OUT, reference="LW-1") is None
    assert nature(Channel.EMAIL, "email", OUT, reference="LW-1", staff_name="Priti") == "contact"
    assert nature(Channel.SMS, "sms", OUT, reference="LW-1", staff=UserFactory()) == "contact"
    assert nature(Channel.EMAIL, "email", IN, reference="LW-1") == "contact"


@pytest.mark.parametrize("kind", ["order", "order_update", "delivery", "cancellation", "return", "refund"])
def test_what_is_told_of_an_order_is_trade(kind):
    assert nature(Channel.ORDER, kind) == "trade"


def test_of_a_store_only_the_refund_takes_its_time():
    assert nature(Channel.STORE, "refund", OUT) == "trade"
    assert nature(Channel.STORE, "return") is None


def test_the_newest_contact_is_found_by_an_index_however_long_the_story():
    profile = InteractionFactory().profile
    newest = Interaction.objects.of_nature(Nature.CONTACT).filter(profile=profile).newest_first()[:1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "interaction_nature" in newest.values("pk").explain()
