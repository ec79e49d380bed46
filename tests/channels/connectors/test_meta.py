"""What the Meta connector makes of Messenger, Instagram and WhatsApp."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from apps.channels.contract import Push, Refused, StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle
from tests.channels.conftest import NOON
from tests.channels.samples import meta as sample
from tests.channels.vendors import facts, make, pushed
from tests.luhn import luhn

ADDRESS = "http://testserver/in/meta/"
SOURCE = facts("meta")
ELEVEN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
ANNA, PHONE = Handle("social", "psid-111", "messenger:page-100"), Handle("phone", "+447700900123")


@pytest.fixture
def connector():
    return CONNECTORS["meta"]


@pytest.fixture
def events(connector):
    return lambda body: connector.split(pushed(sample.call(body), ADDRESS), SOURCE)


@pytest.fixture
def told(connector, events):
    def read(body):
        return [
            connector.normalise(StoredEvent(e.key, NOON, orjson.loads(prepare(e).payload)), SOURCE)
            for e in events(body)
        ]

    return read


# Messenger and Instagram
def test_one_request_tells_what_was_said_and_not_what_was_delivered_or_read(told):
    drafts = told(sample.BATCH)
    assert [(d.touch.external_id, d.touch.title, d.touch.direction) for d in drafts] == [
        ("m_1", "Messenger message from customer", "inbound"),
        ("m_2", "Messenger message from customer", "inbound"),
        ("m_3", "Messenger message to customer", "outbound"),
        ("reaction:psid-111:1772449380000:m_3:react", "Reacted with \u2764 on Messenger", "inbound"),
        ("m_4", "Chose “Track my order” on Messenger", "inbound"),
    ]
    assert {draft.claim.handles for draft in drafts} == {(ANNA,)}
    assert {draft.touch.thread for draft in drafts} == {"messenger:page-100:psid-111"}
    assert drafts[0].touch.occurred_at == ELEVEN


def test_the_customers_words_are_theirs_and_ours_are_not(told):
    first, second, third, *_rest = (draft.touch for draft in told(sample.BATCH))
    assert (first.verbatim, first.body) == ("Is it in stock?", "")
    assert (second.verbatim, second.body) == ("", "Attachment: picture")
    assert (third.verbatim, third.body) == ("", "Yes")


def test_the_same_person_on_instagram_is_somebody_else_until_proved(told):
    (draft,) = told(sample.DIRECT)
    assert draft.claim.handles == (Handle("social", "igsid-222", "instagram:gram-200"),)
    assert (draft.touch.channel, draft.touch.body) == ("social", "Attachment: mention in a story")


def test_comments_belong_to_their_post(told):
    (on_instagram,), (on_page,) = told(sample.COMMENT), told(sample.FEED)
    assert (on_instagram.touch.title, on_instagram.touch.verbatim) == ("Commented on Instagram", "Which size?")
    assert on_instagram.touch.thread == "instagram:post:media-9"
    assert (on_page.touch.link, on_page.claim.traits) == ("https://social.example/p/8", {"name": "Anna"})
    assert on_page.touch.thread == "messenger:post:post-8"


@pytest.mark.parametrize("own", [{"id": sample.PAGE}, {}, None])
def test_our_own_comments_and_likes_are_not_told(events, own):
    value = {**sample.FEED["entry"][0]["changes"][0]["value"], "from": own}
    assert events(sample.changed("feed", value)) == events(sample.LIKE) == []


# WhatsApp
def test_a_whatsapp_message_is_a_chat_with_a_telephone(told):
    (draft,) = told(sample.RECEIVED)
    assert (draft.touch.channel, draft.touch.title) == ("chat", "WhatsApp message from customer")
    assert (draft.touch.verbatim, draft.touch.touchpoint) == ("Where is my parcel?", "15550009999")
    assert draft.claim.handles == (PHONE, Handle("social", sample.BSUID.lower(), "whatsapp"))
    assert draft.claim.traits == {"name": "Anna"}


def test_a_person_without_a_number_is_known_by_the_companys_own_id(told):
    (draft,) = told(sample.NUMBERLESS)
    assert draft.claim.handles == (Handle("social", "de.person88", "whatsapp"),)
    assert (draft.touch.verbatim, draft.touch.body) == ("This one", "Attachment: picture")


def test_of_messages_sent_only_those_that_failed_are_told(told):
    (draft,) = told(sample.UNDELIVERED)
    assert draft.touch.title == "WhatsApp message could not be delivered: Not on WhatsApp."
    assert (draft.touch.external_id, draft.touch.direction) == ("wamid.3:failed", "outbound")
    assert draft.touch.occurred_at == ELEVEN + timedelta(minutes=1)


def test_what_was_answered_from_the_shops_telephone_goes_to_the_customer(told):
    (draft,) = told(sample.ECHO)
    assert (draft.touch.direction, draft.touch.body, draft.touch.verbatim) == ("outbound", "On its way", "")
    assert draft.claim.handles == (PHONE,)


@pytest.mark.parametrize(
    ("more", "verbatim", "body"),
    [
        ({"location": {"latitude": 51.5, "longitude": -0.1}}, "", "Place: 51.5, -0.1"),
        ({"location": {"latitude": 1, "name": "Shop", "address": "High Street"}}, "", "Place: Shop, High Street"),
        ({"document": {"filename": "a.pdf", "caption": "Is this right?"}}, "Is this right?", "Attachment: file, a.pdf"),
        ({"audio": {"id": "1", "voice": True}}, "", "Attachment: voice message"),
        ({"contacts": [{"name": {"formatted_name": "Ben"}}]}, "", "Contact: Ben"),
        ({"button": {"text": "Yes", "payload": "y"}}, "Yes", ""),
        ({"interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Tomorrow"}}}, "Tomorrow", ""),
        ({"order": {"text": "Please", "product_items": [{}, {}]}}, "Please", "Order: 2 items"),
        ({"referral": {"headline": "Spring sale"}, "text": {"body": "Hi"}}, "Hi", "Came from: Spring sale"),
    ],
    ids=["place", "named place", "document", "voice", "contact", "button", "list", "order", "advertisement"],
)  # fmt: skip
def test_what_a_message_contains(told, more, verbatim, body):
    (draft,) = told(sample.whatsapp(contacts=[sample.CONTACT], messages=[sample.message("9", "other", **more)]))
    assert (draft.touch.verbatim, draft.touch.body) == (verbatim, body)


def test_a_reaction_on_whatsapp(told):
    said = sample.message("9", "reaction", reaction={"message_id": "wamid.1", "emoji": "\U0001f44d"})
    assert told(sample.whatsapp(messages=[said]))[0].touch.title == "Reacted with \U0001f44d on WhatsApp"
    said["reaction"] = {"message_id": "wamid.1", "emoji": ""}
    assert told(sample.whatsapp(messages=[said]))[0].touch.title == "Took back a reaction on WhatsApp"


def test_changes_of_numbers_and_unsupported_messages_are_not_told(events):
    assert events(sample.SYSTEM) == events(sample.whatsapp(messages=[sample.message("9", "unsupported")])) == []


@pytest.mark.parametrize("digits", [13, 15, 16, 17], ids=str)
def test_ids_that_look_like_card_numbers_stay_whole(told, digits):
    """Ids of people are long numbers; every tenth that begins like a card number passes its check."""
    person = next(n for n in map(str, range(4 * 10 ** (digits - 1), 5 * 10 ** (digits - 1))) if luhn(n))
    (draft,) = told(sample.page(sample.messaging({"message": {"mid": "m_9", "text": "Hi"}}, sender=person)))
    assert draft.claim.handles == (Handle("social", person, "messenger:page-100"),)
    said = {**sample.message("9", text={"body": "Hi"}), "from": "4917612345604"}
    (draft,) = told(sample.whatsapp(messages=[said]))
    assert draft.claim.handles == (Handle("phone", "+4917612345604"),)


# who may call
def test_the_handshake_returns_the_challenge_to_who_knows_the_token(client, db):
    make("meta", "meta")
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "words-of-our-own"}
    response = client.get("/in/meta/", query)
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"1158201444", "text/plain")
    assert client.get("/in/meta/", {**query, "hub.verify_token": "others"}).status_code == 403
    assert client.get("/in/meta/", {**query, "hub.challenge": "<script>"}).status_code == 403
    assert client.get("/in/meta/").status_code == 405


def test_without_a_verify_token_there_is_no_handshake(connector):
    query = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}
    push = Push("", {}, b"", method="GET", query=query)
    with pytest.raises(Refused):
        connector.reply(push, replace(SOURCE, settings={}))


@pytest.mark.parametrize("header", ["", "sha256=", "sha1=00", "sha256=zz", "sha256=" + "0" * 64, "\u00e9"])
def test_a_wrong_signature_is_refused(connector, header):
    push = pushed(replace(sample.call(sample.BATCH), headers={"X-Hub-Signature-256": header}), ADDRESS)
    with pytest.raises(Refused):
        connector.verify(push, SOURCE)


# what nobody should send
@pytest.mark.parametrize("body", [{}, {"object": "user", "entry": []}, {"object": "page", "entry": {}}])
def test_what_is_no_webhook_of_theirs_is_a_400(events, body):
    with pytest.raises(Refused) as refusal:
        events(body)
    assert refusal.value.status == 400


def test_a_request_may_not_have_any_number_of_events(events):
    many = [sample.messaging({"message": {"mid": f"m_{n}", "text": "a"}}) for n in range(1001)]
    with pytest.raises(Refused) as refusal:
        events(sample.page(*many))
    assert refusal.value.status == 413


@pytest.mark.parametrize("payload", [None, [], {}, {"platform": "page"}, {"platform": "messenger"}], ids=repr)
def test_what_is_no_event_of_ours_makes_no_sense(connector, payload):
    with pytest.raises(Unintelligible):
        connector.normalise(StoredEvent("key", NOON, payload), SOURCE)


@pytest.mark.parametrize("at", [None, "", -1, 1e300, "9" * 30, "yesterday", 4102444800000], ids=str)
def test_impossible_times_become_the_time_of_arrival(told, at):
    said = sample.messaging({"message": {"mid": "m_9", "text": "Hi"}})
    assert told(sample.page({**said, "timestamp": at}))[0].touch.occurred_at == NOON


@pytest.mark.parametrize(
    ("digits", "kept"),
    [
        ("5215512345678", Handle("phone", "+525512345678")),
        ("551187654321", Handle("phone", "+5511987654321")),
        ("5491123456789", Handle("phone", "+541123456789")),
        ("22997123456", Handle("phone", "+2290197123456")),
        ("99912345678", Handle("social", "+99912345678", "whatsapp")),  # no plan of numbers knows it
    ],
)
def test_a_number_of_whatsapp_is_the_number_of_the_shop(told, digits, kept):
    (draft,) = told(sample.whatsapp(messages=[{**sample.message("9", text={"body": "Hello"}), "from": digits}]))
    assert draft.claim.handles == (kept,)
