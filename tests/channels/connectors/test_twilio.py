"""What the Twilio connector makes of calls and messages. Requests are signed by Twilio's own library."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from apps.channels.contract import Push, Refused, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle
from apps.interactions.drafts import ConsentLine
from tests.channels.conftest import NOON
from tests.channels.samples import twilio as sample
from tests.channels.vendors import facts, pushed

ADDRESS = "http://testserver/in/twilio/"
SOURCE = facts("twilio")
BROKEN = {"null": None, "number": 7, "list": [], "object": {"a": 1}, "long": "x" * 10_000, "nul": "\x00"}


@pytest.fixture
def connector():
    return CONNECTORS["twilio"]


@pytest.fixture
def told(connector):
    """The draft of one request, as it would be stored."""

    def read(fields, path="", source=SOURCE):
        push = pushed(sample.form(ADDRESS, fields, path), ADDRESS)
        (event,) = connector.split(push, source)
        return connector.normalise(StoredEvent(event.key, NOON, {**event.content, **event.meta}), source)

    return read


# calls
def test_a_call_is_told_with_its_length_queue_and_recording(told):
    draft = told(sample.INBOUND, "?queue=Billing")
    touch = draft.touch
    assert (touch.title, touch.kind, touch.direction) == ("Call from customer, 4 min 12 s", "call", "inbound")
    assert (touch.occurred_at, touch.ended_at) == (
        datetime(2026, 3, 2, 11, 0, tzinfo=UTC), datetime(2026, 3, 2, 11, 4, 12, tzinfo=UTC)
    )  # fmt: skip
    assert touch.link == "https://api.twilio.example/2010-04-01/Accounts/ACsample/Recordings/REsample"
    assert (touch.touchpoint, touch.external_id) == ("Billing", sample.INBOUND["CallSid"])
    assert touch.thread == f"call:{sample.INBOUND['CallSid']}"
    assert draft.claim.traits == {"name": "ANNA"}


def test_a_caller_id_may_be_spoofed_unless_the_network_vouches_for_it(told):
    anna = Handle("phone", sample.ANNA)
    assert (told(sample.INBOUND).claim.handles, told(sample.INBOUND).claim.unverified) == ((), (anna,))
    assert (told(sample.MISSED).claim.handles, told(sample.MISSED).claim.unverified) == ((anna,), ())


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("completed", "Call from customer, 0 s"),
        ("no-answer", "Missed call: nobody answered"),
        ("canceled", "Missed call: hung up before anybody answered"),
        ("failed", "Missed call: the call failed"),
    ],
)
def test_how_a_call_ended(told, status, title):
    assert told({**sample.MISSED, "CallStatus": status}).touch.title == title


def test_of_a_call_we_make_the_customer_is_whom_we_called(told):
    draft = told(sample.OUTBOUND)
    assert draft.touch.title == "Call to customer, not answered: busy"
    assert (draft.touch.direction, draft.touch.touchpoint) == ("outbound", sample.OURS)
    assert draft.claim.handles == (Handle("phone", sample.BEN),)


def test_a_leg_dialled_from_our_number_reaches_a_customer(told):
    leg = {**sample.OUTBOUND, "Direction": "outbound-dial", "ParentCallSid": "CAparent"}
    draft = told(leg)
    assert draft.claim.handles == (Handle("phone", sample.BEN),)
    assert draft.touch.thread == "call:CAparent"


@pytest.mark.parametrize("number", range(len(sample.IGNORED)), ids=str)
def test_states_on_the_way_and_parties_that_are_no_customer_are_dropped(connector, number):
    assert connector.split(pushed(sample.form(ADDRESS, sample.IGNORED[number]), ADDRESS), SOURCE) == []


@pytest.mark.parametrize("way", ["inbound", "outbound-api", "outbound-dial"])
def test_our_own_number_never_becomes_a_customer(connector, way):
    fields = {**sample.INBOUND, "From": sample.OURS, "To": "+442079460019", "Direction": way}
    assert connector.split(pushed(sample.form(ADDRESS, fields), ADDRESS), SOURCE) == []


@pytest.mark.parametrize("stamp", ["", "yesterday", "Mon, 02 Mar 2099 11:04:12 +0000", "Thu, 01 Jan 1970 00:00 GMT"])
def test_a_call_without_a_usable_time_ended_when_we_heard_of_it(told, stamp):
    assert told({**sample.INBOUND, "Timestamp": stamp}).touch.ended_at == NOON


# messages
def test_a_message_is_told_in_the_customers_own_words(told):
    draft = told(sample.SMS)
    assert (draft.touch.title, draft.touch.verbatim) == ("SMS from customer", "Where is my parcel? ☕")
    assert (draft.touch.channel, draft.touch.body) == ("sms", "Attachment: image/jpeg")
    assert draft.claim.handles == (Handle("phone", sample.ANNA),)
    assert draft.touch.thread == f"sms:{sample.OURS}:{sample.ANNA}"


def test_whatsapp_is_a_chat_with_a_name(told):
    draft = told(sample.WHATSAPP)
    assert (draft.touch.title, draft.touch.channel) == ("WhatsApp from customer", "chat")
    assert (draft.claim.handles, draft.claim.traits) == ((Handle("phone", sample.ANNA),), {"name": "Anna"})


def test_messenger_knows_people_by_an_id_of_the_page(told):
    fields = {**sample.SMS, "From": "messenger:person-7", "To": "messenger:page-1"}
    assert told(fields).claim.handles == (Handle("social", "person-7", "messenger:page-1"),)


def test_stop_withdraws_the_consent(told):
    assert told(sample.STOP).consents == (ConsentLine("sms", "withdrawn", "SMS STOP"),)
    assert told(sample.SMS).consents == ()


def test_sent_and_delivered_are_one_message(told):
    sent, delivered = told(sample.ANSWER).touch, told(sample.DELIVERED).touch
    assert sent.external_id == delivered.external_id
    assert (sent.title, sent.direction) == (delivered.title, delivered.direction) == ("SMS to customer", "outbound")


def test_a_message_that_did_not_arrive_says_why(told):
    touch = told(sample.FAILED).touch
    assert (touch.title, touch.kind) == ("SMS could not be delivered: the number does not exist", "message_failed")
    assert told({**sample.FAILED, "ErrorCode": "30999"}).touch.title.endswith(": error 30999")


# who may call
def test_twilios_own_library_signs_what_we_accept(connector):
    for call in sample.calls(ADDRESS):
        connector.verify(pushed(call, ADDRESS), SOURCE)


def test_the_newer_signature_is_accepted(connector):
    signature = RequestValidator(sample.SOURCE.secret).compute_signature(ADDRESS, sample.SMS, "HMAC_SHA256")
    headers = {"X-Twilio-Signature": signature, "X-Twilio-Webhooks-Signature-Settings": "key=k1,algorithm=HMAC_SHA256"}
    call = replace(sample.form(ADDRESS, sample.SMS), headers=headers)
    connector.verify(pushed(call, ADDRESS), SOURCE)


def test_the_outer_address_may_be_another_one(connector):
    call = sample.form("https://klatsch.example/in/twilio/", sample.SMS)
    outer = replace(SOURCE, settings={**SOURCE.settings, "public_url": "https://klatsch.example"})
    connector.verify(pushed(call, ADDRESS), outer)
    with pytest.raises(Refused):
        connector.verify(pushed(call, ADDRESS), SOURCE)


@pytest.mark.parametrize("port", ["", ":80"])
def test_the_port_may_be_part_of_what_is_signed(connector, port):
    call = sample.form(f"http://testserver{port}/in/twilio/", sample.SMS)
    connector.verify(pushed(call, ADDRESS), SOURCE)


@pytest.mark.parametrize(
    "body",
    [
        urlencode({**sample.SMS, "From": sample.BEN}).encode(),
        urlencode(sample.SMS).encode() + b"&Extra=1",
        urlencode(sample.SMS).encode().replace(b"SmsStatus=received", b"SmsStatusreceived"),
    ],
    ids=["changed", "longer", "no-equals"],
)
def test_a_changed_form_is_refused(connector, body):
    push = pushed(replace(sample.form(ADDRESS, sample.SMS), body=body), ADDRESS)
    with pytest.raises((Refused, ValueError)):
        connector.verify(push, SOURCE)


def test_json_with_another_body_is_refused(connector):
    call = sample.as_json(ADDRESS, sample.SMS)
    with pytest.raises(Refused):
        connector.verify(pushed(replace(call, body=call.body + b" "), ADDRESS), SOURCE)


def test_the_answer_is_twiml_that_does_nothing(connector):
    reply = connector.reply(pushed(sample.form(ADDRESS, sample.SMS), ADDRESS), SOURCE)
    assert (reply.status, reply.body, reply.content_type) == (200, "<Response/>", "text/xml")
    with pytest.raises(Refused):
        connector.reply(Push("", {}, b"", method="GET"), SOURCE)


# what nobody should send
@pytest.mark.parametrize(
    "payload", [None, [], "call", {}, {"CallSid": {}}, {"CallStatus": "completed", "From": [1]}], ids=repr
)
def test_what_is_no_event_of_twilios_makes_no_sense(connector, payload):
    with pytest.raises(Unintelligible):
        connector.normalise(StoredEvent("key", NOON, payload), SOURCE)


@pytest.mark.parametrize("name", sorted(sample.INBOUND | sample.SMS))
@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN)
def test_every_field_may_be_broken(connector, name, value):
    for fields in (sample.INBOUND, sample.SMS):
        try:
            draft = connector.normalise(StoredEvent("key", NOON, {**fields, name: value}), SOURCE)
        except Unintelligible:
            continue
        assert draft.touch.title
        assert draft.touch.external_id


@pytest.mark.parametrize("sender", ["whatsapp:+99912345678", "+2105550123456", "whatsapp:+80055501", "rcs:+999123456"])
def test_a_message_from_a_number_no_plan_knows_is_somebodys_all_the_same(told, sender):
    draft = told({**sample.SMS, "From": sender})
    assert draft.touch.direction == "inbound"
    (handle,) = draft.claim.handles
    assert (handle.type, handle.value) == ("social", sender.rpartition(":")[2])


@pytest.mark.parametrize(
    ("number", "kept"),
    [("+5215512345678", "+525512345678"), ("+551187654321", "+5511987654321"), ("+5491123456789", "+541123456789")],
)
def test_a_number_of_whatsapp_is_the_number_of_the_shop(told, number, kept):
    assert told({**sample.WHATSAPP, "From": f"whatsapp:{number}"}).claim.handles == (Handle("phone", kept),)
