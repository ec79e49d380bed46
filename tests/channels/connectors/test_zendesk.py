"""What the Zendesk connector makes of tickets and people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from apps.channels.contract import Refused, StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle, ProfileKey
from tests.channels.conftest import NOON
from tests.channels.samples import zendesk as sample
from tests.channels.vendors import facts, pushed
from tests.luhn import luhn

ADDRESS = "http://testserver/in/zendesk/"
SOURCE = facts("zendesk")
LATER = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def connector():
    return CONNECTORS["zendesk"]


@pytest.fixture
def events(connector):
    return lambda body: connector.split(pushed(sample.call(body), ADDRESS), SOURCE)


@pytest.fixture
def told(connector, events):
    def read(body, source=SOURCE):
        (event,) = events(body)
        return connector.normalise(StoredEvent(event.key, LATER, orjson.loads(prepare(event).payload)), source)

    return read


def shown(draft):
    return draft.touch.title, draft.touch.direction, draft.touch.verbatim, draft.touch.body


# tickets
def test_a_ticket_is_told_in_the_customers_own_words(told):
    draft = told(sample.CREATED)
    assert shown(draft) == ("Ticket 5158 opened: Cannot log in", "inbound", "I cannot log in.", "")
    assert (draft.touch.channel, draft.touch.reference, draft.touch.thread) == ("email", "5158", "ticket:5158")
    assert draft.touch.link == "https://shop.zendesk.com/agent/tickets/5158"
    assert draft.touch.occurred_at == datetime(2026, 3, 2, 11, 0, 0, 123456, UTC)
    assert draft.claim.key == ProfileKey("zendesk", f"user:{sample.ANNA}")


def test_a_ticket_opened_by_our_side_is_ours(told):
    draft = told({**sample.CREATED, "detail": {**sample.DETAIL, "submitter_id": sample.STAFF}})
    assert shown(draft) == ("Ticket 5158 opened: Cannot log in", "outbound", "", "I cannot log in.")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (sample.ANSWER, ("Answer on ticket 5158: Cannot log in", "outbound", "", "Please try again.")),
        (sample.NOTE, ("Note on ticket 5158: Cannot log in", "internal", "", "Seems to be the new app.")),
        (sample.REPLY, ("Wrote on ticket 5158: Cannot log in", "inbound", "It works, thank you!", "")),
        (sample.SOLVED, ("Ticket 5158 solved", "internal", "", "")),
        (sample.RATED, ("Rated ticket 5158: good", "inbound", "Quick.", "")),
    ],
    ids=["answer", "note", "reply", "solved", "rated"],
)
def test_what_happens_to_a_ticket(told, body, expected):
    draft = told(body)
    assert shown(draft) == expected
    assert draft.touch.thread == "ticket:5158"
    assert draft.claim.handles == (Handle("user_id", sample.ANNA, "zendesk"),)


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 2 Mar 2026 at 11:00, Shop <help@shop.example> wrote:\n> Please try again.",
        "Am 02.03.2026 um 11:00 schrieb Shop:\n\nBitte noch einmal.",
        "##- Please type your reply above this line -##\nPlease try again.",
        "From: Shop <help@shop.example>\nSent: 2 March 2026 11:00\nTo: Anna\nSubject: x\n\nPlease try again.",
    ],
)
def test_what_a_mail_to_a_ticket_answers_is_not_the_customers_words(told, quoted):
    body = sample.comment("21", f"It works.\n\n{quoted}", author=str(sample.ANNA))
    assert told(body).touch.verbatim == "It works."


def test_who_answered_is_named(told):
    assert (told(sample.ANSWER).touch.staff_name, told(sample.REPLY).touch.staff_name) == ("Desk", "")
    assert told(sample.REPLY).claim.traits == {"name": "Anna"}


def test_the_comment_a_ticket_begins_with_is_not_told_twice(told):
    assert told(sample.FIRST).touch is None


def test_a_comment_by_somebody_else_in_copy_is_theirs(told):
    assert told(sample.comment("20", "Me too", author="77")).claim.key == ProfileKey("zendesk", "user:77")


def test_a_rating_sounds_as_zendesk_says(told):
    assert told(sample.RATED).touch.sentiment == "positive"
    bad = {**sample.RATED, "event": {"satisfaction_score": {"score": "BAD"}}}
    assert (told(bad).touch.sentiment, told(bad).touch.title) == ("negative", "Rated ticket 5158: bad")
    assert told({**sample.RATED, "event": {"satisfaction_score": {"score": "OFFERED"}}}).touch is None


@pytest.mark.parametrize(
    "status", ["NEW", "OPEN", "PENDING", "HOLD", "CLOSED", "DELETED", "SOMETHING", None, 7, []], ids=str
)
def test_every_status_has_words(told, status):
    assert told({**sample.SOLVED, "event": {"current": status}}).touch.title.startswith("Ticket 5158 ")


# people
def test_an_address_of_a_user_may_come_from_anybodys_from_line(told):
    draft = told(sample.KNOWN)
    assert (draft.touch, draft.claim.unverified) == (None, (Handle("email", "anna@shop.example"),))


def test_a_verified_identity_is_sure(told):
    draft = told(sample.IDENTIFIED)
    assert Handle("phone", "+447700900123") in draft.claim.handles
    unverified = {"identity": {"type": "email", "value": "a@shop.example", "is_verified": False}}
    assert Handle("email", "a@shop.example") in told({**sample.IDENTIFIED, "event": unverified}).claim.unverified


def test_an_id_that_looks_like_a_card_number_stays_whole(told):
    person = next(number for number in map(str, range(30064117810500, 30064117810600)) if luhn(number))
    draft = told({**sample.CREATED, "detail": {**sample.DETAIL, "requester_id": person, "submitter_id": person}})
    assert draft.claim.key == ProfileKey("zendesk", f"user:{person}")


# triggers
def test_a_trigger_tells_the_same_as_an_event(told):
    draft = told(sample.TRIGGER)
    assert shown(draft) == ("Wrote on ticket 6001: Parcel lost", "inbound", "Where is it?", "")
    assert (draft.touch.thread, draft.touch.channel) == ("ticket:6001", "email")
    assert draft.touch.occurred_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert draft.claim.unverified == (Handle("email", "anna@shop.example"), Handle("phone", "+447700900123"))
    assert draft.claim.traits == {"name": "Anna"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"about": "status", "ticket": {"id": "6001", "status": "Solved"}}, ("Ticket 6001 solved", "internal")),
        ({"about": "created"}, ("Ticket 6001 opened: Parcel lost", "inbound")),
        ({"comment": {"text": "Sorry", "author": {"id": "9"}}}, ("Answer on ticket 6001: Parcel lost", "outbound")),
        ({"comment": {"text": "Odd", "is_public": "false"}}, ("Note on ticket 6001: Parcel lost", "internal")),
        ({"about": "satisfaction", "satisfaction": {"rating": "Bad"}}, ("Rated ticket 6001: bad", "inbound")),
    ],
    ids=["status", "created", "answer", "note", "rating"],
)  # fmt: skip
def test_what_a_trigger_may_be_about(told, changes, expected):
    assert shown(told({**sample.TRIGGER, **changes}))[:2] == expected


def test_a_trigger_that_tries_again_is_the_same_event(events):
    assert events(sample.TRIGGER)[0].key == events(dict(reversed(sample.TRIGGER.items())))[0].key
    assert events({**sample.TRIGGER, "comment": {"text": "?"}})[0].key != events(sample.TRIGGER)[0].key


def test_without_a_subdomain_the_tickets_own_address_is_the_link(told):
    assert (
        told(sample.TRIGGER, replace(SOURCE, settings={})).touch.link == "https://shop.zendesk.com/agent/tickets/6001"
    )
    assert told(sample.CREATED, replace(SOURCE, settings={})).touch.link == ""


# who may call
@pytest.mark.parametrize("minutes", [-6, 6], ids=["late", "early"])
def test_an_old_signature_is_a_replay(connector, minutes):
    push = pushed(sample.call(sample.CREATED, datetime.now(UTC) + timedelta(minutes=minutes)), ADDRESS)
    with pytest.raises(Refused):
        connector.verify(push, SOURCE)


@pytest.mark.parametrize("name", ["X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"])
@pytest.mark.parametrize("value", ["", "zzz", "\u00e9", "AAAA"], ids=["empty", "word", "accent", "short"])
def test_a_forged_header_is_refused(connector, name, value):
    call = sample.call(sample.CREATED)
    with pytest.raises(Refused):
        connector.verify(pushed(replace(call, headers={**call.headers, name: value}), ADDRESS), SOURCE)


# what is not told, and what nobody should send
@pytest.mark.parametrize(
    "body", [sample.TAGGED, sample.COLLEAGUE, {**sample.CREATED, "id": ""}], ids=["tags", "staff", "no id"]
)
def test_changes_of_tags_and_colleagues_are_dropped(events, body):
    assert events(body) == []


@pytest.mark.parametrize(
    "body", [[], {}, {"type": "order"}, {"about": "comment"}, {"about": "x", "ticket": {"id": 1}}], ids=repr
)
def test_what_is_neither_event_nor_trigger_is_a_400(events, body):
    with pytest.raises(Refused) as refusal:
        events(body)
    assert refusal.value.status == 400


@pytest.mark.parametrize("payload", [None, [], {}, {"about": "x"}, {"type": "zen:event-type:ticket.created"}], ids=repr)
def test_what_is_about_no_ticket_makes_no_sense(connector, payload):
    with pytest.raises(Unintelligible):
        connector.normalise(StoredEvent("key", NOON, payload), SOURCE)
