"""How PostHog's SDKs wrap what they send, and what they hear."""

import base64
import gzip
import zlib
from contextlib import suppress
from urllib.parse import quote

import brotli
import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.connectors.posthog import PostHog, lz_text
from apps.channels.contract import Refused, StoredEvent
from apps.channels.models import Envelope
from apps.channels.toolkit.compression import Damaged
from apps.customers.drafts import Handle
from tests.channels import vendors
from tests.channels.connectors.test_posthog import NOON, SHOP, split


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
    assert lz_text.unpack(packed.encode(), 1000) == plain.encode()


@given(st.text("ABCabc+/=019zQ", max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_lz_string_or_damaged_and_never_endless(text):
    with suppress(Damaged):
        assert len(lz_text.unpack(text.encode(), 100)) < 50_000


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
