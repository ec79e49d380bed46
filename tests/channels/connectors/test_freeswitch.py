"""What the FreeSWITCH connector makes of call records."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from apps.channels.contract import Refused, StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle
from tests.channels.conftest import NOON
from tests.channels.samples import freeswitch as sample
from tests.channels.vendors import facts, pushed
from tests.luhn import luhn

ADDRESS = "http://testserver/in/freeswitch/"
SOURCE = facts("freeswitch")
BROKEN = {
    "null": None,
    "number": 7,
    "list": [],
    "object": {"a": 1},
    "long": "x" * 10_000,
    "nul": "\x00%00",
    "far": "9" * 30,
}


@pytest.fixture
def connector():
    return CONNECTORS["freeswitch"]


@pytest.fixture
def events(connector):
    """The events of a record, posted as JSON."""
    return lambda record: connector.split(pushed(sample.Call(orjson.dumps(record)), ADDRESS), SOURCE)


@pytest.fixture
def told(connector, events):
    def read(record):
        (event,) = events(record)
        return connector.normalise(StoredEvent(event.key, NOON, event.content), SOURCE)

    return read


def inbound(**variables):
    return sample.cdr("call-1", "+447700900123", "+442079460018", **variables)


# what is told
def test_a_call_through_a_queue_is_told_with_all_that_matters(told):
    draft = told(sample.QUEUED)
    touch = draft.touch
    assert (touch.title, touch.kind, touch.direction) == ("Call from customer, 3 min 37 s", "call", "inbound")
    assert touch.body == "Waited: 35 s\nAnswered by: desk-4\nHeld: 20 s"
    assert (touch.touchpoint, touch.staff_name) == ("billing", "desk-4")
    assert touch.link == "https://recordings.example/aaaa0001.wav"
    assert touch.occurred_at == datetime(2026, 3, 2, 11, 0, 0, 123, UTC)
    assert touch.ended_at == datetime(2026, 3, 2, 11, 4, 16, 123, UTC)
    assert (touch.external_id, touch.thread) == ("aaaa0001-call", "call:aaaa0001-call")
    assert draft.claim.traits == {"name": "Anna of the shop"}


def test_a_caller_id_may_be_spoofed_and_whom_we_dialled_is_sure(told):
    assert told(sample.QUEUED).claim.unverified == (Handle("phone", "+447700900123"),)
    assert told(sample.QUEUED).claim.handles == ()
    assert told(sample.DIALLED).claim.handles == (Handle("phone", "+447700900789"),)


def test_a_caller_who_gave_up_waiting(told):
    touch = told(sample.ABANDONED).touch
    assert touch.title == "Missed call after waiting 1 min 28 s: hung up before anybody answered"
    assert (touch.kind, touch.staff_name) == ("missed_call", "")


@pytest.mark.parametrize(
    ("cause", "title"),
    [
        ("USER_BUSY", "Call to customer, not answered: busy"),
        ("NO_ANSWER", "Call to customer, not answered: nobody answered"),
        ("UNALLOCATED_NUMBER", "Call to customer, not answered: the number does not exist"),
        ("SOMETHING_NEW", "Call to customer, not answered"),
    ],
)
def test_a_call_that_reached_nobody_says_why(told, cause, title):
    record = sample.cdr("c", "1001", "07700900789", answer_uepoch="0", billsec="0", hangup_cause=cause)
    assert told(record).touch.title == title


def test_an_answered_call_says_how_it_ended_only_if_somebody_did_not_just_hang_up(told):
    assert told(inbound()).touch.body == ""
    assert told(inbound(hangup_cause="MEDIA_TIMEOUT")).touch.body == "Ended: the connection broke"


def test_a_recording_on_the_switchs_own_disk_is_no_link(told):
    assert told(inbound(record_path="/var/lib/freeswitch/recordings")).touch.link == ""


def test_legs_of_one_call_share_a_thread(told):
    assert told(inbound(call_uuid="call-0")).touch.thread == "call:call-0"


# what is not
@pytest.mark.parametrize(
    "record",
    [
        sample.AGENT_LEG,
        sample.INTERNAL,
        inbound(call_direction="local"),
        inbound(originator="call-0"),
        sample.cdr("c", "anonymous", "+442079460018"),
        sample.cdr("c", "266696687", "+442079460018"),
        sample.cdr("c", "+442079460018", "1001"),
    ],
    ids=["agent's leg", "extensions", "local", "second leg", "anonymous", "withheld", "our own number"],
)
def test_other_legs_internal_calls_and_hidden_callers_are_dropped(events, record):
    assert events(record) == []


# how it arrives
def test_every_encoding_says_the_same(connector):
    form, encoded, *_rest = (call.body for call in sample.calls(ADDRESS))
    push = pushed(sample.Call(form, content_type="application/x-www-form-urlencoded"), ADDRESS)
    file = io.BytesIO(orjson.dumps(sample.QUEUED))
    assert connector.split(push, SOURCE) == list(connector.read(file, "a.cdr.json", SOURCE))
    push = pushed(sample.Call(encoded), ADDRESS)
    file = io.BytesIO(orjson.dumps(sample.ABANDONED))
    assert connector.split(push, SOURCE) == list(connector.read(file, "a.cdr.json", SOURCE))


@pytest.mark.parametrize("key", ["", "Basic eDp5", "Bearer wrong"])
def test_only_who_has_the_key_may_post(connector, key):
    call = replace(sample.calls(ADDRESS)[0], headers={"Authorization": key})
    with pytest.raises(Refused) as refusal:
        connector.verify(pushed(call, ADDRESS), SOURCE)
    assert refusal.value.status == 401


@pytest.mark.parametrize(
    "body", [b"", b"cdr=", b"cdr=!!!", b"cdr=%ff", b"[]", b'{"variables": 1}', b"\x00", b"cdr=e30="]
)
def test_what_is_no_record_is_a_400(connector, body):
    with pytest.raises(Refused) as refusal:
        connector.split(pushed(sample.Call(body), ADDRESS), SOURCE)
    assert refusal.value.status == 400


def test_a_number_of_thirteen_digits_is_not_taken_for_a_card(events):
    """A German mobile number without its plus sign begins like a Visa card; one in ten passes the Luhn check."""
    (event,) = events(sample.cdr("c", "4917612345604", "+442079460018"))
    assert luhn("4917612345604")
    assert orjson.loads(prepare(event).payload)["phone"] == "+4917612345604"


# what nobody should send
@pytest.mark.parametrize("name", sorted(sample.QUEUED["variables"]))
@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN)
def test_every_variable_may_be_broken(connector, events, name, value):
    record = {**sample.QUEUED, "variables": {**sample.QUEUED["variables"], name: value}}
    for event in events(record):
        draft = connector.normalise(StoredEvent(event.key, NOON, event.content), SOURCE)
        assert draft.touch.ended_at >= draft.touch.occurred_at


@pytest.mark.parametrize("payload", [None, [], {}, {"phone": 7}, {"phone": "1001"}], ids=repr)
def test_what_is_no_call_of_ours_makes_no_sense(connector, payload):
    with pytest.raises(Unintelligible):
        connector.normalise(StoredEvent("key", NOON, payload), SOURCE)


@pytest.mark.parametrize("flow", [None, [], [{}], [{"caller_profile": 7}], "x"], ids=repr)
def test_the_call_flow_may_be_missing(events, flow):
    record = {**sample.QUEUED, "callflow": flow}
    assert events(record) == []


# which way a call went
@pytest.mark.parametrize(
    "variables",
    [
        {"sip_from_user": "1001", "caller_id_number": "+442079460555"},
        {"sip_auth_username": "201"},
        {"user_name": "4001"},
        {"call_direction": "outbound"},
    ],
)
def test_a_call_out_that_shows_the_trunks_number_is_told_of_whom_we_called(told, variables):
    draft = told(sample.cdr("call-9", "+442079460555", "07700900789", **variables))
    assert draft.touch.direction == "outbound"
    assert draft.claim.handles == (Handle("phone", "+447700900789"),)


@pytest.mark.parametrize("variables", [{}, {"sip_from_user": "+447700900123"}, {"call_direction": "inbound"}])
def test_a_call_in_to_a_number_of_ours_in_nobodys_list_is_told_of_who_called(told, variables):
    draft = told(sample.cdr("call-9", "+447700900123", "+442079460555", **variables))
    assert draft.touch.direction == "inbound"
    assert draft.claim.unverified == (Handle("phone", "+447700900123"),)
