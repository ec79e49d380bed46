"""CloudEvents: the standard's own Python package as the sender, over real HTTP, and exact drafts without a mapping."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
import requests
from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

from apps.channels.connectors.cloudevents import CloudEvents, handshake
from apps.channels.connectors.cloudevents.normalise import type_in_words
from apps.channels.contract import Push, Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope
from apps.customers.drafts import Handle, ProfileKey
from apps.customers.models import Customer
from apps.interactions.models import Channel, Direction, Interaction
from tests.channels import vendors
from tests.channels.samples.cloudevents import BATCH, TOKEN

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHOP = SourceFacts(pk=7, slug="shop", kind="cloudevents", region="GB", settings={"currency": "EUR"})
STRUCTURED = "application/cloudevents+json"
MINIMAL = {"specversion": "1.0", "id": "1", "source": "/orders", "type": "com.example.order.placed"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def push(body, content_type=STRUCTURED, **headers):
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Push("", {**({"content-type": content_type} if content_type else {}), **named}, raw, raw=raw, at=NOON)


def split(body, content_type=STRUCTURED, settings=None, **headers):
    return CloudEvents().split(push(body, content_type, **headers), replace(SHOP, settings=settings or {}))


def read(data, kind="com.example.thing.happened", settings=None, **attributes):
    payload = {**MINIMAL, "type": kind, "data": data, **attributes}
    source = replace(SHOP, settings={**SHOP.settings, **(settings or {})})
    return CloudEvents().normalise(StoredEvent("/orders 1", NOON, payload), source)


# a real sender
@pytest.fixture
def post(server):
    source = vendors.make("cloudevents", vendors.fresh_slug())

    def send(message, **headers):
        return requests.post(
            f"{server.url}/in/{source.slug}/",
            message.body,
            headers={**message.headers, **BEARER, **headers},
            timeout=10,
        )

    return send


@pytest.fixture
def order():
    attributes = {
        "type": "com.example.order.completed", "source": "https://shop.example/orders", "id": "ä 1",
        "time": datetime(2026, 1, 5, 9, tzinfo=UTC), "datacontenttype": "application/json", "subject": "Bestellung №1",
    }  # fmt: skip
    return CloudEvent(
        attributes, {"order_id": "1043", "total": 12.5, "customer": {"id": "c1", "email": "anna@shop.example"}}
    )


def test_the_same_event_in_every_mode_arrives_once(post, order, process_all):
    structured = http.to_structured_event(order)
    batch = http.HTTPMessage({"content-type": BATCH}, b"[%b]" % structured.body)
    for message in (http.to_binary_event(order), structured, batch):
        assert post(message).status_code == 200
    assert Envelope.objects.get().dedupe_key == "https://shop.example/orders ä 1"
    assert process_all() == (1, 0)
    entry = Interaction.objects.get()
    assert (entry.channel, entry.title, entry.amount, entry.currency, entry.occurred_at) == (
        Channel.ORDER, "Order 1043", Decimal("12.50"), "EUR", datetime(2026, 1, 5, 9, tzinfo=UTC)
    )  # fmt: skip
    assert Customer.objects.count() == 1


def test_a_sender_without_the_key_is_turned_away(post, order):
    assert post(http.to_structured_event(order), Authorization="Bearer wrong").status_code == 401
    assert not Envelope.objects.exists()


def test_a_type_of_content_we_do_not_read_is_named(post, order):
    message = http.to_structured_event(order)
    for kind in ("application/json", "application/cloudevents+avro", "text/plain"):
        answer = post(replace(message, headers={"content-type": kind}))
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


# the wire
def test_data_in_base64_is_unwrapped():
    def data(kind, body, **more):
        coded = base64.b64encode(body).decode()
        return split({**MINIMAL, "datacontenttype": kind, "data_base64": coded, **more})[0].content.get("data")

    assert data("application/json", b'{"a": 1}') == {"a": 1}
    assert data("application/vnd.shop+json", b'{"a": 1}') == {"a": 1}
    assert data("text/plain", "grüß".encode()) == "grüß"
    assert data("image/png", b"\x89PNG\xff") is None
    assert data("application/json", b"{") is None
    former = {
        **MINIMAL,
        "specversion": "0.3",
        "datacontentencoding": "base64",
        "data": base64.b64encode(b"{}").decode(),
    }
    assert split(former)[0].content["data"] == {}


def test_a_header_makes_it_binary_whatever_the_content_is():
    (event,) = split(b'{"specversion": "0.3"}', "application/json", ce_id="caf%C3%A9", ce_source="/a", ce_type="t",
                     ce_specversion="1.0", ce_traceparent="00-1")  # fmt: skip
    assert (event.key, event.content["data"], event.meta) == (
        "/a café",
        {"specversion": "0.3"},
        {"traceparent": "00-1"},
    )
    (text,) = split(b"hello", "text/plain; charset=utf-8", ce_id="1", ce_source="/a", ce_type="t", ce_specversion="1.0")
    assert (text.content["data"], text.content["datacontenttype"]) == ("hello", "text/plain")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[]", STRUCTURED, 400), (b"{}", BATCH, 400), (b"{", STRUCTURED, 400), (b"{}", "application/json", 415),
        (b"{}", "", 415), (b"<a/>", "application/cloudevents+xml", 415), (orjson.dumps([0] * 5001), BATCH, 413),
    ],
    ids=["a list alone", "no list", "cut off", "plain JSON", "no type", "XML", "too many"],
)  # fmt: skip
def test_a_request_that_is_not_what_it_says_is_refused(body, kind, status):
    with pytest.raises(Refused) as refusal:
        split(body, kind)
    assert refusal.value.status == status


@pytest.mark.parametrize(
    "bad",
    [
        7, None, {}, {**MINIMAL, "id": ""}, {**MINIMAL, "id": 7}, {**MINIMAL, "source": None}, {**MINIMAL, "type": " "},
        {**MINIMAL, "specversion": "2.0"}, {**MINIMAL, "specversion": []},
    ],
    ids=["number", "null", "empty", "no id", "a number as id", "no source", "no type", "another version", "a list"],
)  # fmt: skip
def test_one_bad_event_never_fails_its_batch(bad):
    events = split([bad, MINIMAL], BATCH)
    assert [bool(event.refused) for event in events] == [True, False]


def test_unwanted_types_are_dropped():
    batch = [MINIMAL, {**MINIMAL, "type": "org.example.ping"}, {**MINIMAL, "type": "com.example"}]
    assert len(split(batch, BATCH, {"types": "com.example., org.other"})) == 1


# agreeing on who may send
def test_a_sender_that_asks_first_is_welcome(db, client):
    vendors.make("cloudevents", "shop")
    answer = client.options(
        "/in/shop/", headers={"WebHook-Request-Origin": "events.example", "WebHook-Request-Rate": "120"}
    )
    assert (answer.status_code, answer["WebHook-Allowed-Origin"], answer["WebHook-Allowed-Rate"]) == (
        200, "events.example", "120"
    )  # fmt: skip
    assert "WebHook-Allowed-Origin" not in client.options("/in/shop/")
    assert client.get("/in/shop/").status_code == 405


def test_whoever_sends_faster_than_agreed_is_told_to_wait():
    source = replace(SHOP, pk=8, settings={"rate": 3})
    handshake._latest.clear()
    for _time in range(3):
        handshake.count(source, NOON)
    with pytest.raises(Refused) as refusal:
        handshake.count(source, NOON + timedelta(seconds=59))
    assert refusal.value.status == 429
    handshake.count(source, NOON + timedelta(seconds=61))
    asked = Push("", {"webhook-request-origin": "a", "webhook-request-rate": "500"}, b"", method="OPTIONS")
    assert CloudEvents().reply(asked, source).headers["WebHook-Allowed-Rate"] == "3"


def test_the_answer_to_too_many_says_when_to_come_back(db, client):
    made = vendors.sample("cloudevents").SOURCE
    vendors.make("cloudevents", "shop", replace(made, settings={"rate": 1}))
    handshake._latest.clear()
    call = vendors.calls_of("cloudevents", "")[0]
    assert vendors.ring(client, "shop", call).status_code == 200
    answer = vendors.ring(client, "shop", call)
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)


# who
def test_a_person_is_found_under_their_usual_names():
    claim = read({"Customer": {"customerNumber": 42, "E-Mail": "anna@shop.example", "mobile_phone": "020 7946 0958",
                               "given_name": "Anna", "surname": "Client", "countryCode": "gb",
                               "City": "Leeds"}}).claim  # fmt: skip
    assert claim.key == ProfileKey("shop", "user:42")
    assert set(claim.handles) == {
        Handle("user_id", "42", "shop"), Handle("email", "anna@shop.example"), Handle("phone", "+442079460958")
    }  # fmt: skip
    assert claim.traits == {"name": "Anna Client", "country": "GB", "city": "Leeds"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"user_id": "u1"}, "user:u1"),
        ({"customer": "c1"}, "user:c1"),
        ({"order": {"customer": {"id": "c1"}}}, "user:c1"),
        ({"email": "anna@shop.example", "name": "Anna"}, "email:anna@shop.example"),
        ({"contact": {"phone": "+442079460958"}}, "phone:+442079460958"),
    ],
    ids=["an id", "a word for an object", "inside an order", "an address", "a number"],
)
def test_whoever_is_named_is_found(data, key):
    assert read(data).claim.key == ProfileKey("shop", key)


@pytest.mark.parametrize("data", [None, "text", 7, [], {}, {"name": "Teapot"}, {"customer": {}}, {"user_id": "guest"}])
def test_data_about_nobody_is_unintelligible(data):
    with pytest.raises(Unintelligible):
        read(data)


def test_the_name_of_a_thing_is_no_name_of_a_person():
    assert "name" not in read({"user_id": "u1", "name": "Teapot"}).claim.traits


# what
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("com.example.shop.order.created.v1", "order created"),
        ("com.example.OrderPlaced", "Order Placed"),
        ("com.example.billing.v2.invoice_paid", "invoice paid"),
        ("org.example.ATMWithdrawal", "ATM Withdrawal"),
        ("ticket.opened", "ticket opened"),
        ("deleted", "deleted"),
        ("urn:shop:booking/cancelled", "booking cancelled"),
        ("...", "event"),
        ("v1.0", "event"),
    ],
)
def test_a_type_is_read_as_words(kind, said):
    assert type_in_words(kind) == said


def test_an_order_is_told_as_any_other_shops():
    touch = read(
        {"user_id": "u1", "order_id": "1043", "total": 19.8, "products": [{"name": "Cups", "quantity": 2}]},
        "com.example.order.completed",
    ).touch
    assert (touch.title, touch.channel, touch.amount, touch.currency, touch.thread) == (
        "Order 1043 · 2 items", Channel.ORDER, Decimal("19.80"), "EUR", "order:1043"
    )  # fmt: skip


def test_everything_else_is_told_by_its_own_fields():
    touch = read(
        {
            "user_id": "u1", "ticket_id": 77, "title": "A cup\nis chipped", "message": "It came like that.",
            "description": "Opened in the app", "url": "https://desk.example/t/77?token=x", "branch": {"name": "Leeds"},
            "price": {"amount": "5,00", "currency": "gbp"}, "direction": "internal",
        },
        "com.example.ticket.opened", time="2026-03-02T13:00:00+02:00", subject="77",
    ).touch  # fmt: skip
    assert (touch.title, touch.verbatim, touch.body) == ("A cup is chipped", "It came like that.", "Opened in the app")
    assert (touch.channel, touch.kind, touch.direction) == (Channel.CHAT, "ticket_opened", Direction.INTERNAL)
    assert (touch.amount, touch.currency, touch.touchpoint) == (Decimal("5.00"), "GBP", "Leeds")
    assert (touch.reference, touch.thread, touch.link) == ("77", "ticket:77", "https://desk.example/t/77")
    assert touch.occurred_at == NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("com.example.payment.failed", Channel.PAYMENT), ("com.example.call.ended", Channel.VOICE),
        ("com.example.atm.withdrawal", Channel.ATM), ("com.example.survey.answered", Channel.SURVEY),
        ("com.example.thing.happened", Channel.WEB), ("com.example.orders.late", Channel.ORDER),
    ],
)  # fmt: skip
def test_a_word_of_the_type_says_where_it_happened(kind, channel):
    assert read({"user_id": "u1"}, kind).touch.channel == channel
    if kind != "com.example.survey.answered":
        assert read({"user_id": "u1"}, kind, {"channel": "store"}).touch.channel == Channel.STORE


def test_an_amount_of_no_known_currency_is_left_out():
    assert read({"user_id": "u1", "amount": 5}, settings={"currency": ""}).touch.amount is None


def test_a_mapping_has_the_last_word():
    mapping = {
        "who": {"user_id": "data.kunde"}, "title": "Vertrag {data.vertrag}", "channel": "store", "when": "time",
        "id": "id", "only": "data.vertrag",
    }  # fmt: skip
    touch = read({"kunde": "k1", "vertrag": "9"}, settings={"mapping": mapping}, time="2026-03-02T11:00:00Z").touch
    assert (touch.title, touch.channel, touch.occurred_at) == ("Vertrag 9", Channel.STORE, NOON - timedelta(hours=1))
    events = split([{**MINIMAL, "data": {}}, {**MINIMAL, "data": {"vertrag": "9"}}], BATCH, {"mapping": mapping})
    assert len(events) == 1
