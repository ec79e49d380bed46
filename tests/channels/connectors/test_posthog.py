"""PostHog: its own SDK over real HTTP, and exact drafts of what its SDKs send."""

import base64
import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import brotli
import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from posthog import Posthog

from apps.channels.connectors.posthog import PostHog, lz_string
from apps.channels.contract import Nameless, Push, Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope
from apps.channels.toolkit.compression import Damaged
from apps.customers.drafts import Handle, ProfileKey
from apps.customers.models import Customer
from apps.interactions.models import Channel, Interaction
from tests.channels import vendors

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHOP = SourceFacts(pk=1, slug="shop", kind="posthog", region="GB", settings={"currency": "EUR"})
BROWSER = {"$lib": "web", "$device_id": "a1", "$current_url": "https://anna@shop.example/cups?token=x#y"}


def read(event, properties=None, distinct_id="u1", **more):
    payload = {"event": event, "distinct_id": distinct_id, "properties": properties or {}, **more}
    return PostHog().normalise(StoredEvent("event-1", NOON, payload), SHOP)


def split(body, call="batch", **more):
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return PostHog().split(Push(call, more.pop("headers", {}), raw, raw=raw, **more), SHOP)


# a real SDK
@pytest.fixture
def shop(server):
    return vendors.make("posthog", vendors.fresh_slug())


@pytest.fixture
def sdk(server, shop):
    """A client of the SDK; what it cannot send fails the test."""
    clients = []

    def make(key="phc_sample", **options):
        failures = []
        client = Posthog(
            key, host=f"{server.url}/in/{shop.slug}", max_retries=1,
            on_error=lambda error, _items: failures.append(error),
            disable_geoip=True, **options,
        )  # fmt: skip
        clients.append(client)
        return client, failures

    yield make
    for client in clients:
        client.shutdown()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"gzip": True},
        {"capture_mode": "v1"},
        *({"capture_mode": "v1", "capture_compression": name} for name in ("gzip", "deflate", "zstd")),
    ],
    ids=["batch", "gzipped", "newest", "newest and gzipped", "newest and deflated", "newest in zstd"],
)
def test_a_server_tells_who_somebody_is_and_what_they_did(sdk, process_all, options):
    client, failures = sdk(**options)
    client.set(distinct_id="u1", properties={"email": "anna@shop.example", "name": "Anna"})
    client.alias("old-1", "u1")
    client.capture("Order Completed", distinct_id="u1", properties={"order_id": "1043", "total": 12.5})
    client.capture("Nobody Did This")
    client.flush()
    assert failures == []
    assert process_all()[1] == 0
    customer = Customer.objects.get(merged_into=None)
    assert customer.name == "Anna"
    entry = Interaction.objects.get()
    assert (entry.channel, entry.title, entry.amount, entry.currency) == (
        Channel.ORDER, "Order 1043", Decimal("12.50"), "EUR"
    )  # fmt: skip


def test_a_wrong_key_is_told_to_the_sender_who_gives_up(sdk):
    client, failures = sdk(key="phc_wrong")
    client.capture("Signed Up", distinct_id="u1")
    client.flush()
    assert [failure.status for failure in failures] == [401]
    assert not Envelope.objects.exists()


# who
def test_a_visitor_becomes_a_user_when_identified():
    visitor = read("$pageview", {**BROWSER, "$is_identified": False}, "a1").claim
    assert visitor.key == ProfileKey("shop", "anonymous_id:a1")
    known = read("$identify", {**BROWSER, "$anon_distinct_id": "a1", "$set": {"email": "anna@shop.example"}}).claim
    assert known.key == ProfileKey("shop", "user:u1")
    assert set(known.handles) == {
        Handle("user_id", "u1", "shop"), Handle("anonymous_id", "a1", "shop"), Handle("email", "anna@shop.example")
    }  # fmt: skip


@pytest.mark.parametrize(
    "anonymous",
    [{"$is_identified": False}, {"$process_person_profile": False}, {"$device_id": "u1"}],
    ids=["not identified", "no profile", "its own device"],
)
def test_a_browser_says_that_it_knows_nobody(anonymous):
    assert read("Clicked", anonymous).claim.key == ProfileKey("shop", "anonymous_id:u1")
    assert read("Clicked", {**anonymous, "$is_identified": True}).claim.key == ProfileKey("shop", "user:u1")


def test_an_address_as_id_is_the_address_too():
    assert Handle("email", "anna@shop.example") in read("Clicked", {}, "anna@shop.example").claim.handles


@pytest.mark.parametrize("place", ["event", "properties"])
def test_what_is_said_of_the_person_is_kept_without_measurements(place):
    said = {"$set_once": {"city": "York", "$initial_url": "x"}, "$set": {"city": "Leeds", "phone": "020 7946 0958"}}
    claim = (read("$set", **said) if place == "event" else read("$set", said)).claim
    assert claim.traits["city"] == "Leeds"
    assert "$initial_url" not in claim.traits
    assert Handle("phone", "+442079460958") in claim.handles


def test_an_alias_ties_two_ids_of_either_kind():
    claim = read("$create_alias", {"distinct_id": "old", "alias": "u1"}, "old").claim
    assert claim.key == ProfileKey("shop", "user:u1")
    assert {handle.value for handle in claim.handles} == {"old", "u1"}


@pytest.mark.parametrize("nobody", [None, "", "null", "guest", [], {}, True, 1.5])
def test_without_a_distinct_id_nobody_is_named(nobody):
    with pytest.raises(Unintelligible):
        read("Clicked", {}, nobody)


# what
def test_pages_and_screens_are_browsing():
    page = read("$pageview", {**BROWSER, "title": "Cups"}).touch
    assert (page.channel, page.title, page.page.url, page.touchpoint) == (
        Channel.WEB, "Cups", "https://shop.example/cups", "shop.example"
    )  # fmt: skip
    screen = read("$screen", {"$screen_name": "Basket", "$lib": "posthog-ios", "$app_name": "Shop"}).touch
    assert (screen.channel, screen.page.title, screen.touchpoint) == (Channel.APP, "Basket", "Shop")
    assert read("$pageview", {"$pathname": "/tea"}).touch.title == "/tea"
    assert read("$pageview").touch.title == "A page"


def test_trouble_on_the_page_is_told():
    assert read("$rageclick", {**BROWSER, "$el_text": "Pay"}).touch.title == "Clicked “Pay” again and again"
    error = read("$exception", {"$exception_list": [{"type": "TypeError", "value": "cart is undefined"}]}).touch
    assert error.title == "Met an error: TypeError: cart is undefined"
    assert read("$exception", {"$exception_list": "odd"}).touch.title == "Met an error"


def test_a_survey_is_told_with_its_questions_and_the_customers_own_words():
    said = {
        "$survey_name": "Delivery", "$survey_submission_id": "s-1",
        "$survey_questions": [{"id": "q1", "question": "How likely?"}, {"id": "q2", "question": "Why?"}],
        "$survey_response_q1": "9", "$survey_response_q2": "So kind.", "$survey_response": "9",
        "$survey_response_1": "x",
    }  # fmt: skip
    touch = read("survey sent", said).touch
    assert (touch.channel, touch.title, touch.thread) == (Channel.SURVEY, "Delivery", "survey:s-1")
    assert (touch.body, touch.verbatim) == ("How likely?: 9\nWhy?: So kind.", "So kind.")


def test_answers_under_their_former_names_find_their_questions():
    said = {"$survey_questions": [{"question": "A?"}, {"question": "B?"}], "$survey_response": "yes",
            "$survey_response_1": ["red", "blue"]}  # fmt: skip
    assert read("survey sent", said).touch.body == "A?: yes\nB?: red, blue"


def test_what_the_sdk_tells_itself_is_no_entry():
    assert read("$identify").touch is None
    assert read("$something_new").touch is None
    noise = [
        {"event": name, "distinct_id": "u1"} for name in ("$autocapture", "$snapshot", "$ai_generation", "survey shown")
    ]
    nobody = {"event": "A", "properties": {"$process_person_profile": False, "$lib": "posthog-python"}}
    kept = {"event": "A", "uuid": "e1", "properties": {"$process_person_profile": False, "$lib": "web"}}
    assert [event.key for event in split({"batch": [*noise, nobody, kept]})] == ["e1"]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ({}, NOON),
        ({"timestamp": "2026-03-02T11:00:00Z"}, NOON - timedelta(hours=1)),
        ({"timestamp": "2026-03-04T11:00:00Z", "sent_at": "2026-03-04T12:00:00Z"}, NOON - timedelta(hours=1)),
        ({"offset": 60_000}, NOON - timedelta(minutes=1)),
        ({"offset": -5}, NOON),
        ({"offset": 1e300}, NOON),
        ({"timestamp": "2050-01-01T00:00:00Z"}, NOON),
        ({"timestamp": []}, NOON),
    ],
    ids=["none", "plain", "a fast clock", "an offset", "a wrong offset", "an absurd one", "the future", "a list"],
)
def test_when_it_happened(stamps, expected):
    assert read("Clicked", **stamps).touch.occurred_at == expected


# the wire
def test_every_wrapping_is_undone():
    event = {"api_key": "k", "event": "Clicked", "distinct_id": "u1", "uuid": "e1"}
    plain = orjson.dumps(event)
    coded = base64.b64encode(plain)
    for body, headers in [
        (plain, {}),
        (gzip.compress(plain), {"content-type": "text/plain"}),
        (coded, {}),
        (b"data=" + coded.replace(b"+", b"%2B").replace(b"=", b"%3D"), {}),
        (b"data=" + coded, {"content-type": "application/x-www-form-urlencoded"}),
    ]:
        assert [one.key for one in split(body, "e", headers=headers)] == ["e1"]
    assert "api_key" not in split(plain, "e")[0].content


LZ = (  # made with lz-string 1.5.0 (npm), from the event below
    "N4IgpgbmB2AuIC4QGUCWBzaYAmACAqgA4gA0I2qAzrKtAMawD6q2iIArgIykgCGhqRgGswATzaEAFnUaVeAW0IAbMD0IAnAPaEw6mmEqJ"
    "Qy3tDbpNS1mRPRGAIzAAzTetVILVntE2x3IAC1NAGvcOVFKXEAcAkkAS6UlTUBcAlxAPg3ANb2QAF8soA=="
)
ZOE = {
    "event": "Signed Up", "distinct_id": "u1", "api_key": "phc_sample",
    "properties": {"plan": "gold", "plan_before": "gold", "note": "Zoë says “héllo” 🫖"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "query", "form"),
    [
        (f"data={quote(LZ)}&compression=lz64&ip=1", {}, True),
        (f"compression=lz-string&data={quote(LZ)}", {}, True),
        (f"data={LZ}", {"compression": "lz64"}, True),
        (LZ, {"compression": "lz64"}, False),
    ],
    ids=["form", "compression first", "plus signs as they are", "bare"],
)
def test_lz_string_of_older_browsers_is_read(body, query, form):
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {}
    (event,) = split(body.encode(), "e", headers=headers, query=query)
    assert event.content["properties"] == ZOE["properties"]


@pytest.mark.parametrize(
    ("plain", "packed"),
    [("", "Q==="), ("a", "IZA="), ('[{"event":"A"}]', "NobwRApgbhB2AuYBcYCCYC+BdIA="), ("a" * 32, "IY18ZZA="),
     ("Łódź 東京 🫖🫖", "oKAGeCaF6AAEiO5oNXJUHwbg1vZUA===")],
)  # fmt: skip
def test_lz_string_comes_back_as_it_was(plain, packed):
    assert lz_string.unpack(packed.encode(), 1000) == plain.encode()


@given(st.text("ABCabc+/=019zQ", max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_lz_string_or_damaged_and_never_endless(text):
    with suppress(Damaged):
        assert len(lz_string.unpack(text.encode(), 100)) < 50_000


@pytest.mark.parametrize(
    ("body", "status"),
    [("N4IgpgbmB2AuIC4Q", 400), ("ä" * 9, 400), ("*" * 20, 400), ("A" * (1024 * 1024 + 1), 413)],
    ids=["cut", "no letters", "other letters", "endless"],
)
def test_what_is_no_lz_string_is_refused(body, status):
    with pytest.raises(Refused) as refusal:
        split(body.encode(), "e", query={"compression": "lz64"})
    assert refusal.value.status == status


CODED = base64.b64encode(orjson.dumps(ZOE)).decode()


@pytest.mark.parametrize(
    "query",
    [
        {"data": CODED},
        {"data": CODED.replace("+", " ")},
        {"data": base64.urlsafe_b64encode(orjson.dumps(ZOE)).decode().rstrip("=")},
        {"data": orjson.dumps(ZOE).decode(), "ip": "1"},
        {"data": base64.b64encode(gzip.compress(orjson.dumps(ZOE))).decode(), "compression": "gzip-js"},
        {"data": LZ, "compression": "lz64", "_": "1772449200000"},
        {"data": base64.encodebytes(orjson.dumps(ZOE)).decode(), "compression": "base64"},
    ],
    ids=["base64", "with spaces", "of addresses", "plain", "gzip", "lz-string", "in lines"],
)
def test_an_event_in_an_address_is_kept(db, client, query):
    vendors.make("posthog", "shop")
    response = client.get("/in/shop/e/", query)
    assert (response.status_code, response.content) == (200, b'{"status": 1}')
    assert Envelope.objects.get().payload["properties"] == ZOE["properties"]
    assert client.get("/in/shop/e/", {**query, "data": query["data"][:20]}).status_code == 400
    assert client.get("/in/shop/e/").status_code == 405


def test_an_event_in_an_address_needs_the_key_too(db, client):
    vendors.make("posthog", "shop")
    assert (
        client.get("/in/shop/e/", {"data": orjson.dumps({**ZOE, "api_key": "phc_other"}).decode()}).status_code == 401
    )
    assert not Envelope.objects.exists()


NEWEST = {
    "Authorization": "Bearer phc_sample", "PostHog-Sdk-Info": "posthog-rs/0.9", "PostHog-Attempt": "1",
    "PostHog-Request-Id": "0190f3a0-0000-7000-8000-0000000000ff", "Origin": "https://shop.example",
}  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("deflate", zlib.compress),
        ("deflate", lambda plain: zlib.compress(plain)[2:-4]),
        ("gzip", gzip.compress),
    ],
    ids=["br", "zstd", "deflate", "raw deflate", "gzip"],
)
def test_the_newest_call_is_read_in_each_of_its_encodings(db, client, encoding, pack):
    vendors.make("posthog", "shop")
    body = orjson.dumps({"created_at": "2026-03-02T12:00:00Z", "batch": [{**ZOE, "uuid": "e1", "options": {}}]})
    response = client.post(
        "/in/shop/i/v1/analytics/events", pack(body), content_type="application/json",
        headers={**NEWEST, "Content-Encoding": encoding},
    )  # fmt: skip
    assert response.json() == {"results": {"e1": {"result": "ok"}}}
    assert response["PostHog-Request-Id"] == NEWEST["PostHog-Request-Id"]
    assert Envelope.objects.get().payload["properties"]["$lib"] == "posthog-rs"


@pytest.mark.parametrize(
    ("change", "body", "status"),
    [
        ({"Authorization": "Bearer phc_other"}, b"{}", 401),
        ({}, b"[", 400),
        ({"Content-Encoding": "br"}, b"not brotli", 400),
        ({"Content-Encoding": "lz4"}, b"{}", 415),
    ],
    ids=["key", "json", "damaged", "encoding"],
)
def test_a_refused_request_is_named_to_its_sdk(db, client, change, body, status):
    vendors.make("posthog", "shop")
    response = client.post(
        "/in/shop/i/v1/analytics/events", body, content_type="application/json", headers={**NEWEST, **change}
    )
    assert (response.status_code, response["PostHog-Request-Id"]) == (status, NEWEST["PostHog-Request-Id"])


def test_what_is_sent_while_a_page_closes_is_kept_without_words(db, client):
    vendors.make("posthog", "shop")
    response = client.post("/in/shop/e/?beacon=1", orjson.dumps(ZOE), content_type="text/plain")
    assert (response.status_code, response.content) == (204, b"")
    assert Envelope.objects.count() == 1


def test_the_old_way_to_say_who_somebody_is():
    (event,) = split({"token": "k", "distinct_id": "u1", "$set": {"email": "anna@shop.example"}}, "engage")
    draft = PostHog().normalise(StoredEvent("e1", NOON, event.content), SHOP)
    assert draft.touch is None
    assert Handle("email", "anna@shop.example") in draft.claim.handles


@pytest.mark.parametrize("call", ["i/v1/metrics", "i/v1/traces", "i/v1/logs", "s", "ingest"])
def test_measurements_in_a_format_of_their_own_tell_nothing_and_are_thanked_for(db, client, call):
    vendors.make("posthog", "shop")
    response = client.post(f"/in/shop/{call}?token=phc_sample", b"\x0a\x93\x05", content_type="application/x-protobuf")
    assert response.status_code == 200
    assert not Envelope.objects.exists()


def test_a_retry_differs_only_in_its_meta():
    once, again = (
        split([{"event": "A", "uuid": "e1", "offset": offset, "properties": {"token": "k"}}], "e", query={"_": sent})[0]
        for offset, sent in ((10, "1772449200000"), (3000, "1772449203000"))
    )
    assert once.content == again.content
    assert once.meta != again.meta
    assert once.content["properties"] == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"7", 400), (b"null", 400), (b'{"batch": {}}', 400), (b"data=%ff", 400), (orjson.dumps([1] * 5001), 413)],
    ids=["a number", "null", "no list", "bad form", "too many"],
)
def test_a_body_that_is_no_event_is_refused(body, status):
    with pytest.raises(Refused) as refusal:
        split(body)
    assert refusal.value.status == status


def test_calls_for_flags_and_replays_have_no_events():
    assert split({"token": "k", "distinct_id": "u1"}, "flags") == []
    assert split(b"\x1f\x8b rubbish", "s") == []


def test_a_browser_may_ask_before_it_posts(db, client):
    vendors.make("posthog", "shop")
    response = client.options("/in/shop/e/", headers={"Origin": "https://shop.example"})
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "https://shop.example")
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "content-type, x-own"}
    assert client.options("/in/shop/e/", headers=asked)["Access-Control-Allow-Headers"] == "content-type, x-own"
    assert client.get("/in/shop/e/").status_code == 405


@pytest.mark.parametrize("nobody", ["distinctid", "not_authenticated", "[object Object]", "guest", "0", "undefined"])
def test_a_placeholder_joins_nobody_and_is_told_of_its_device(nobody):
    draft = read("Looked", {"$device_id": "a1"}, distinct_id=nobody)
    assert draft.claim.handles == (Handle("anonymous_id", "a1", "shop"),)
    with pytest.raises(Nameless):
        read("Looked", distinct_id=nobody)
