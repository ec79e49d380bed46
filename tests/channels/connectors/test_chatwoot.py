"""What the Chatwoot connector makes of webhooks, and of the same conversations asked for over the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from apps.channels.actions import create_source, issue_key
from apps.channels.contract import Denied, ReadRange, Refused, StoredEvent, Throttled, Unavailable, Unintelligible
from apps.channels.facts import opened
from apps.channels.ingest.envelope import prepare
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from apps.channels.models import Envelope, Source, SyncRun, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync.run import sync
from apps.customers.drafts import Handle, ProfileKey
from apps.interactions.models import Interaction
from tests.channels.conftest import NOON
from tests.channels.connectors.loopback import Answer, serving
from tests.channels.samples import chatwoot as sample
from tests.channels.vendors import facts, pushed

ADDRESS = "http://testserver/in/chatwoot/"
SOURCE = facts("chatwoot")
ELEVEN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
CONNECTOR = CONNECTORS["chatwoot"]


@pytest.fixture
def events():
    return lambda body: CONNECTOR.split(pushed(sample.call(body), ADDRESS), SOURCE)


@pytest.fixture
def told(events):
    def read(body):
        (event,) = events(body)
        return CONNECTOR.normalise(StoredEvent(event.key, NOON, orjson.loads(prepare(event).payload)), SOURCE)

    return read


@dataclass
class Chatwoot:
    """An installation on loopback. `faults` is used up, one a request: a status, or `html`, `empty` or `object`."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[int | str] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    size: int = 2
    url: str = ""

    def answer(self, path: str, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, query))
        fault = self.faults.pop(0) if self.faults else ""
        if headers.get("api_access_token") != "a-token":
            return 401, {"errors": ["Invalid Access Token"]}, {}
        if isinstance(fault, int):
            return fault, {"error": "Retry later"}, {"Retry-After": "77"}
        if fault:
            return 200, {"html": "<html>Maintenance</html>", "object": {}, "empty": []}[fault], {}
        if not path.endswith("/messages"):
            return 200, self._conversations(int(query["page"])), {}
        said = sorted(self.messages[int(path.split("/")[6])], key=lambda one: one["id"])
        said = [one for one in said if "before" not in query or one["id"] < int(query["before"])]
        return 200, {"meta": {}, "payload": said[-self.size :]}, {}

    def _conversations(self, page: int) -> dict[str, Any]:
        latest = sorted(self.conversations, key=lambda one: -one["last_activity_at"])
        shown = latest[(page - 1) * self.size : page * self.size]
        return {"data": {"meta": {"all_count": len(latest)}, "payload": shown}}


@pytest.fixture
def chatwoot(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    running = Chatwoot()
    with serving(running.answer) as running.url:
        yield running


@pytest.fixture
def source(db, chatwoot):
    made = create_source(
        actor=None,
        slug="chat",
        name="Chat",
        kind="chatwoot",
        address=chatwoot.url,
        account=3,
        api_access_token="a-token",
    )
    issue_key(actor=None, source=made, secret=sample.SOURCE.secret)
    Source.objects.filter(pk=made.pk).update(pace=5000, created_at=ELEVEN)
    made.refresh_from_db()
    return made


@pytest.fixture
def pulled(source):
    def read(cursor=None, *, since=ELEVEN, until=None):
        found, last = [], cursor
        for page in CONNECTOR.pull(opened(source), ReadRange("conversations", cursor, since, until)):
            found += page.events
            last = page.cursor or last
        return found, last

    return read


def keys(events):
    return {event.key for event in events}


# messages
@pytest.mark.parametrize(
    ("body", "title", "direction", "verbatim", "text", "staff"),
    [
        (sample.HELLO, "Chat: message from customer", "inbound", "Is it in stock?", "", ""),
        (sample.PICTURE, "Chat: message from customer", "inbound", "", "Attachment: image, cup.jpg", ""),
        (sample.ANSWER, "Chat: message to customer", "outbound", "", "Yes, it is.", "Desk"),
        (sample.NOTE, "Note in conversation 42", "internal", "", "Sold out tomorrow", "Desk"),
        (sample.HELPED, "Chat: the bot answered", "outbound", "", "Anything else?", "Helper"),
        (sample.GREETED, "Chat: automatic message to customer", "outbound", "", "We are closed", ""),
    ],
    ids=["customer", "picture", "answer", "note", "bot", "greeting"],
)
def test_what_is_said_in_a_conversation(told, body, title, direction, verbatim, text, staff):
    touch = told(body).touch
    assert (touch.title, touch.direction) == (title, direction)
    assert (touch.verbatim, touch.body, touch.staff_name) == (verbatim, text, staff)
    assert (touch.thread, touch.reference, touch.touchpoint) == ("conversation:42", "42", "Website")
    assert touch.link == "https://chat.example/app/accounts/3/conversations/42"


def test_a_visitor_types_what_they_like_about_themselves(told):
    claim = told(sample.HELLO).claim
    assert claim.key == ProfileKey("chatwoot", "user:70")
    assert claim.unverified == (Handle("email", "anna@shop.example"), Handle("phone", "+447700900123"))
    assert claim.traits == {"name": "Anna", "identifier": "c-1"}


def test_a_visitor_whom_the_site_signed_is_sure(told):
    verified = sample.conversation(meta={"sender": sample.CONTACT, "hmac_verified": True})
    assert Handle("email", "anna@shop.example") in told({**sample.HELLO, "conversation": verified}).claim.handles


def test_whatsapp_knows_the_number_but_not_the_address(told):
    draft = told(sample.WHATSAPP)
    assert Handle("phone", "+447700900123") in draft.claim.handles
    assert draft.claim.unverified == (Handle("email", "anna@shop.example"),)
    assert draft.touch.title == "WhatsApp: message from customer"


def test_what_a_mail_in_a_conversation_answers_is_not_the_customers_words(told):
    text = "In blue.\n\nOn Mon, 2 Mar 2026 at 11:00, Shop <help@shop.example> wrote:\n> Which colour?"
    over = {channel: told(sample.created(1009, text, conversation=sample.conversation(44, channel))) for channel in
            ("Channel::Email", "Channel::WebWidget")}  # fmt: skip
    assert [draft.touch.verbatim for draft in over.values()] == ["In blue.", text]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("Channel::Email", "email"), ("Channel::TwilioSms", "sms"), ("Channel::FacebookPage", "social"),
        ("Channel::Api", "chat"), ("Channel::New", "chat"), (None, "chat"), (7, "chat"),
    ],
    ids=str,
)  # fmt: skip
def test_where_it_was_said(told, channel, expected):
    assert told({**sample.HELLO, "conversation": sample.conversation(channel=channel)}).touch.channel == expected


# ratings, states, contacts
@pytest.mark.parametrize(("stars", "sentiment"), [(1, "negative"), (3, "neutral"), (5, "positive")])
def test_a_rating_sounds_by_its_stars(told, stars, sentiment):
    values = {"submitted_values": {"csat_survey_response": {"rating": stars, "feedback_message": "Fine"}}}
    touch = told({**sample.RATED, "content_attributes": values}).touch
    assert (touch.title, touch.verbatim, touch.sentiment) == (f"CSAT: {stars} of 5", "Fine", sentiment)
    assert touch.channel == "survey"


def test_a_resolution_is_told_and_a_pause_is_not(told):
    assert told(sample.RESOLVED).touch.title == "Conversation 42 resolved"
    assert told(sample.RESOLVED).touch.occurred_at == ELEVEN + timedelta(minutes=10)
    assert told({**sample.RESOLVED, "status": "snoozed"}).touch is None
    assert told(sample.OPENED).touch is None


def test_a_contact_only_says_who_somebody_is(told, events):
    draft = told(sample.RENAMED)
    assert (draft.touch, draft.claim.traits["name"]) == (None, "Anna B")
    assert events(sample.RENAMED)[0].key != events({**sample.RENAMED, "name": "Anna C"})[0].key


@pytest.mark.parametrize(
    "body",
    [
        sample.NOTICE, sample.TYPING, {"event": "webwidget_triggered"}, {**sample.ASKED, "event": "message_updated"},
        {**sample.HELLO, "content_attributes": {"deleted": True}}, {**sample.HELLO, "id": "x"},
        {**sample.ANSWER, "conversation": sample.conversation(meta={})},
    ],
    ids=["notice", "typing", "widget", "edit", "deleted", "no id", "nobody"],
)  # fmt: skip
def test_what_is_about_nobody_is_dropped(events, body):
    assert events(body) == []


# who may call
@pytest.mark.parametrize("seconds", [-301, 310], ids=["late", "early"])
def test_an_old_signature_is_a_replay(seconds):
    call = sample.call(sample.HELLO, int(datetime.now(UTC).timestamp()) + seconds)
    with pytest.raises(Refused):
        CONNECTOR.verify(pushed(call, ADDRESS), SOURCE)


@pytest.mark.parametrize("path", ["", "?key=", "?key=wrong"])
def test_without_a_signature_the_key_must_be_in_the_address(path):
    call = sample.Call(orjson.dumps(sample.HELLO), path=path)
    with pytest.raises(Refused):
        CONNECTOR.verify(pushed(call, ADDRESS), SOURCE)
    CONNECTOR.verify(pushed(replace(call, path=f"?key={sample.SOURCE.secret}"), ADDRESS), SOURCE)


def test_a_wrong_signature_is_refused_whatever_the_key_says():
    call = sample.call(sample.HELLO)
    headers = {**call.headers, "X-Chatwoot-Signature": "sha256=" + "0" * 64}
    with pytest.raises(Refused):
        CONNECTOR.verify(pushed(replace(call, headers=headers, path=f"?key={sample.SOURCE.secret}"), ADDRESS), SOURCE)


# the API
def filled(chatwoot):
    chatwoot.conversations = [sample.listed(sample.conversation()), sample.listed(sample.WHATSAPP["conversation"])]
    rated = {**sample.asked(sample.ASKED), "content_attributes": sample.RATED["content_attributes"]}
    told = [one for one in map(sample.asked, sample.MESSAGES) if one["id"] != rated["id"]]
    chatwoot.messages = {42: [*told, rated], 43: [sample.asked(sample.WHATSAPP)]}


def test_the_api_gives_the_same_events_as_the_webhooks(chatwoot, pulled, events):
    filled(chatwoot)
    found, _cursor = pulled()
    by_key = {event.key: event for event in found}
    heard = [*sample.MESSAGES, sample.RATED, sample.WHATSAPP, sample.OPENED]
    hooked = {event.key: event for body in heard for event in events(body)}
    assert hooked.keys() <= by_key.keys()
    assert by_key.keys() - hooked.keys() == {"conversation:43:created"}
    for key, event in hooked.items():
        assert prepare(by_key[key]).digest == prepare(event).digest


def test_only_what_happened_since_is_read(chatwoot, pulled):
    filled(chatwoot)
    found, cursor = pulled(since=ELEVEN + timedelta(minutes=4))
    assert keys(found) == {"message:1005", "message:1006", "message:1007", "rating:1007:commented"}
    assert cursor["since"] <= timezone.now().timestamp() - 3500


def test_a_conversation_that_moved_to_the_front_while_we_read_is_found_by_the_next_reading(chatwoot, pulled):
    filled(chatwoot)
    _found, cursor = pulled()
    now = int(timezone.now().timestamp())
    chatwoot.conversations.append(sample.listed(sample.conversation(44, created_at=now, last_activity_at=now)))
    late = sample.asked(sample.created(3001, "Hello?", conversation=sample.conversation(44)))
    chatwoot.messages[44] = [{**late, "created_at": now - 4000}]
    assert "message:3001" in keys(pulled(cursor)[0]), "although it is older than the overlap"


def test_a_reading_that_was_interrupted_goes_on_with_the_next_page(chatwoot, source, pulled):
    chatwoot.conversations = [
        sample.listed(sample.conversation(number, last_activity_at=sample.ELEVEN + number)) for number in range(50, 57)
    ]
    chatwoot.messages = {number: [] for number in range(50, 57)}
    first = next(CONNECTOR.pull(opened(source), ReadRange("conversations", None, ELEVEN)))
    assert (first.cursor["page"], first.done, first.total) == (2, 1, 1)
    chatwoot.asked.clear()
    rest, _cursor = pulled(first.cursor)
    assert chatwoot.asked[0][1]["page"] == "2"
    assert {*keys(first.events), *keys(rest)} == {f"conversation:{number}:created" for number in range(50, 57)}


def test_a_backfill_reads_what_lies_between_two_days(chatwoot, pulled):
    filled(chatwoot)
    found, _cursor = pulled(since=ELEVEN + timedelta(minutes=1), until=ELEVEN + timedelta(minutes=3))
    assert keys(found) == {"message:1002", "message:1003", "message:1004"}


def test_pages_given_again_and_again_come_to_an_end(chatwoot, pulled, monkeypatch):
    filled(chatwoot)
    monkeypatch.setattr(
        chatwoot, "_conversations", lambda _page: {"data": {"meta": {}, "payload": chatwoot.conversations}}
    )
    monkeypatch.setattr(chatwoot, "messages", {42: [sample.asked(sample.HELLO)] * 3, 43: []})
    found, _cursor = pulled()
    assert "message:1001" in keys(found)
    assert len(chatwoot.asked) < 10


@pytest.mark.parametrize("fault", ["html", "object", "empty", 500, 502])
def test_a_bad_answer_is_a_passing_fault(chatwoot, pulled, fault):
    filled(chatwoot)
    chatwoot.faults = [fault]
    with pytest.raises(Unavailable):
        pulled()


def test_too_many_requests_and_a_wrong_token(chatwoot, pulled, source):
    chatwoot.faults = [429]
    with pytest.raises(Throttled) as wait:
        pulled()
    assert wait.value.seconds == 77
    wrong = opened(source)
    wrong = wrong.with_secrets(settings={**wrong.settings, "api_access_token": "wrong"}, secrets=())
    with pytest.raises(Denied, match="Invalid Access Token"):
        CONNECTOR.check(wrong)


def test_without_a_token_nothing_is_asked(chatwoot, source):
    bare = replace(opened(source), settings={"address": chatwoot.url})
    assert CONNECTOR.streams(bare) == []
    assert "webhooks are heard" in str(CONNECTOR.check(bare))
    assert str(CONNECTOR.check(opened(source))) == "0 conversations."
    with pytest.raises(Denied):
        list(CONNECTOR.pull(bare, ReadRange("conversations", None, ELEVEN)))


@pytest.mark.parametrize(
    "broken", [None, 7, [], {}, {"id": None}, {"id": [], "created_at": {}}, {"id": "42", "meta": 7}], ids=repr
)
def test_broken_conversations_and_messages_hold_up_no_other(chatwoot, pulled, monkeypatch, broken):
    filled(chatwoot)
    chatwoot.size = 20
    fine = chatwoot._conversations(1)["data"]["payload"]
    answers = {"data": {"meta": 7, "payload": [broken, *fine]}}
    monkeypatch.setattr(chatwoot, "_conversations", lambda _page: answers)
    assert "message:1001" in keys(pulled()[0])


# through the engine
def test_what_webhooks_told_is_not_told_again_and_what_they_missed_is_found(chatwoot, source, events):
    filled(chatwoot)
    heard = [sample.HELLO, sample.ANSWER, sample.OPENED, sample.RESOLVED]
    receive(source, [event for body in heard for event in events(body)])
    for stream in ("", "conversations", "conversations"):
        assert sync(SyncState.objects.get(source=source, stream=stream).pk).state == SyncRun.State.DONE
    while process_due() != (0, 0):
        pass
    assert set(Envelope.objects.values_list("state", flat=True)) == {Envelope.State.DONE}, "no conflicts"
    assert Interaction.objects.count() == 10
    assert Interaction.objects.filter(direction="inbound", verbatim="Is it in stock?").count() == 1


# what nobody should send
@pytest.mark.parametrize("body", [[], {}, {"event": None}, {"event": []}, 7], ids=repr)
def test_what_names_no_event_is_a_400(events, body):
    with pytest.raises(Refused) as refusal:
        events(body)
    assert refusal.value.status == 400


@pytest.mark.parametrize("payload", [None, [], {}, {"event": "typing"}, {"event": "message"}], ids=repr)
def test_what_is_no_event_of_ours_makes_no_sense(payload):
    with pytest.raises(Unintelligible):
        CONNECTOR.normalise(StoredEvent("key", NOON, payload), SOURCE)
