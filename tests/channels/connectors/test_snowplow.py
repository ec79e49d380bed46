"""Snowplow: its own tracker over real HTTP, and exact drafts of what trackers send."""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from snowplow_tracker import Emitter, PageView, SelfDescribing, SelfDescribingJson, StructuredEvent, Subject, Tracker

from apps.channels.connectors.snowplow import Snowplow, wire
from apps.channels.contract import Push, Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope
from apps.customers.drafts import Handle, ProfileKey
from apps.customers.models import Customer
from apps.interactions.models import VISIT, Channel, Interaction
from tests.channels import vendors
from tests.channels.samples.snowplow import CUPS, ECOMMERCE, KEY, contexts, described, wrapped

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHOP = SourceFacts(pk=1, slug="shop", kind="snowplow", region="GB", settings={"currency": "EUR"})
TP2 = "key/com.snowplowanalytics.snowplow/tp2"


def split(*events, method="POST", query=None, app_ids=""):
    body = orjson.dumps({"schema": "x", "data": list(events)})
    facts = SourceFacts(pk=1, slug="shop", kind="snowplow", settings={"app_ids": app_ids})
    return Snowplow().split(Push(TP2, {}, body, raw=body, method=method, query=query or {}), facts)


def read(kind="se", **fields):
    """What becomes of an event as a tracker sends it."""
    raw = {
        "e": kind,
        "eid": "event-1",
        "uid": "u1",
        **({"se_ca": "Video", "se_ac": "play"} if kind == "se" else {}),
        **fields,
    }
    (event,) = split(raw)
    assert not event.refused
    return Snowplow().normalise(StoredEvent(event.key, NOON, {**event.content, **event.meta}), SHOP)


def own(schema, data, vendor="iglu:example.shop", **fields):
    return read("ue", ue_px=wrapped(described(schema, data, vendor)), **fields)


def action(kind, *entities, name=""):
    data = {"type": kind, **({"name": name} if name else {})}
    return own("snowplow_ecommerce_action", data, ECOMMERCE, cx=wrapped(contexts(*entities))).touch


# a real tracker
@pytest.fixture
def shop(server):
    return vendors.make("snowplow", vendors.fresh_slug())


@pytest.mark.parametrize("method", ["post", "get"])
@pytest.mark.parametrize("coded", [True, False], ids=["base64", "plain"])
def test_a_tracker_tells_pages_events_and_orders(server, shop, process_all, method, coded):
    failed = []
    emitter = Emitter(
        f"{server.url}/in/{shop.slug}/{KEY}", protocol="http", method=method, batch_size=1 if method == "get" else 10,
        on_failure=lambda _count, events: failed.extend(events), custom_retry_codes={503: False},
    )  # fmt: skip
    subject = Subject().set_platform("web").set_user_id("u1").set_domain_user_id("d1").set_lang("en-GB")
    tracker = Tracker(namespace="t", emitters=emitter, subject=subject, app_id="shop-web", encode_base64=coded)
    tracker.track(PageView(page_url="https://shop.example/cups?q=1", page_title="Cups"))
    tracker.track(StructuredEvent(category="Video", action="play", label="How to brew"))
    data = SelfDescribingJson("iglu:example.shop/plan_changed/jsonschema/1-0-0", {"name": "Gold"})
    tracker.track(SelfDescribing(event_json=data))
    tracker.flush()
    assert failed == []
    assert process_all() == (3, 0)
    assert Customer.objects.get().language == "en"
    assert set(Interaction.objects.values_list("title", flat=True)) == {
        "Cups", "Video: play · How to brew", "Plan changed: Gold"
    }  # fmt: skip
    assert Interaction.objects.get(kind=VISIT).payload["pages"][0]["url"] == "https://shop.example/cups"


def test_a_wrong_key_is_told_to_the_tracker_who_gives_up(server, shop):
    failed = []
    emitter = Emitter(
        f"{server.url}/in/{shop.slug}/wrong", protocol="http", on_failure=lambda _n, events: failed.extend(events)
    )
    Tracker(namespace="t", emitters=emitter).track(PageView(page_url="https://shop.example"))
    emitter.flush()
    assert len(failed) == 1
    assert not emitter.retry_timer.is_active()
    assert not Envelope.objects.exists()


# who
def test_the_user_is_the_sites_word_and_an_address_is_not():
    claim = own(
        "plan_changed", {}, duid="d1", tnuid="n1",
        cx=wrapped(contexts(
            ("user", {"id": "x", "email": "anna@shop.example"}), ("client_session", {"userId": "app-1"}),
        )),
    ).claim  # fmt: skip
    assert claim.key == ProfileKey("shop", "user:u1")
    assert {(one.type, one.value) for one in claim.handles} == {
        ("user_id", "u1"), ("anonymous_id", "d1"), ("anonymous_id", "n1"), ("anonymous_id", "app-1")
    }  # fmt: skip
    assert claim.unverified == (Handle("email", "anna@shop.example"),)


@pytest.mark.parametrize(("guest", "key"), [(False, "user:c1"), (True, "anonymous_id:d1")], ids=["member", "guest"])
def test_a_user_entity_names_the_user_unless_it_is_a_guest(guest, key):
    entity = ("user", {"id": "c1", "is_guest": guest})
    claim = own("plan_changed", {}, uid=None, duid="d1", cx=wrapped(contexts(entity))).claim
    assert claim.key == ProfileKey("shop", key)


@pytest.mark.parametrize("nobody", [None, "", "null", "guest", [], {}, True])
def test_without_any_id_nobody_is_named(nobody):
    with pytest.raises(Unintelligible):
        read(uid=nobody, duid=nobody)


# what
def test_pages_and_screens_are_browsing():
    page = read("pv", url="https://shop.example/cups?session=x", page="Cups", p="web").touch
    assert (page.channel, page.title, page.page.url, page.touchpoint) == (
        Channel.WEB, "Cups", "https://shop.example/cups", "shop.example"
    )  # fmt: skip
    screen = own("screen_view", {"name": "Basket"}, p="mob", aid="shop-app").touch
    assert (screen.channel, screen.page.title, screen.touchpoint) == (Channel.APP, "Basket", "shop-app")
    assert read("pv", url="https://shop.example/tea/").touch.title == "tea"
    assert read("pv").touch.title == "A page"


def test_an_order_and_its_lines_share_a_thread():
    order = read("tr", tr_id="1044", tr_tt="30.5", tr_cu="GBP").touch
    line = read("ti", tr_id=None, ti_id="1044", ti_nm="Teapot", ti_pr="15.25", ti_qu="2").touch
    assert (order.title, order.amount, order.currency) == ("Order 1044", Decimal("30.50"), "GBP")
    assert (line.title, line.amount, line.currency) == ("2 \u00d7 Teapot", Decimal("30.50"), "EUR")
    assert order.thread == line.thread == "order:1044"
    assert read("ti", ti_pr="1e11", ti_qu="1e11").touch.amount is None


def test_the_newer_actions_are_told_with_their_entities():
    order = ("transaction", {"transaction_id": "1043", "revenue": 19.8, "currency": "GBP"})
    bought = action("transaction", order, ("product", CUPS))
    assert (bought.title, bought.amount, bought.currency, bought.thread) == (
        "Order 1043 · 2 items", Decimal("19.80"), "GBP", "order:1043"
    )  # fmt: skip
    assert action("product_view", ("product", CUPS)).title == "Looked at Espresso cups"
    assert (
        action("add_to_cart", ("product", CUPS), ("cart", {"total_value": 5})).title
        == "Put Espresso cups into the cart"
    )
    assert action("list_view", ("product", CUPS), name="Cups").title == "Looked at Cups"
    assert action("checkout_step", ("checkout_step", {"step": 2})).title == "Reached checkout step 2"
    refund = action("refund", ("refund", {"transaction_id": "1043", "refund_amount": 5, "currency": "GBP"}))
    assert (refund.title, refund.amount) == ("Order 1043 refunded", Decimal("5.00"))
    assert action("transaction_error", order).title == "Order 1043 did not go through"
    assert action("something_new").title == "Something new"


def test_what_was_typed_into_a_form_is_not_shown():
    form = own(
        "submit_form", {"formId": "contact", "elements": [{"name": "iban", "value": "secret"}]}, wire_vendor()
    ).touch
    assert form.title == "Sent the form “contact”"
    assert "secret" not in form.body


def wire_vendor():
    return "iglu:com.snowplowanalytics.snowplow"


def test_measurements_are_no_entries_and_pings_are_dropped():
    assert own("link_click", {}, wire_vendor()).touch is None
    assert own("play_event", {}, "iglu:com.snowplowanalytics.snowplow.media").touch is None
    assert own("link_click", {"label": "mine"}).touch.title == "Link click: mine"
    assert split({"e": "pp", "eid": "1"}, {"e": "ad", "eid": "2"}) == []


def test_only_wanted_apps_are_kept():
    kept = split(
        {"e": "pv", "eid": "1", "aid": "shop"}, {"e": "pv", "eid": "2", "aid": "x"}, {"e": "pv"}, app_ids="shop, app"
    )
    assert [event.key for event in kept] == ["1"]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ({}, NOON),
        ({"dtm": "1772449200000"}, NOON - timedelta(hours=1)),
        ({"dtm": "1772622000000", "stm": "1772625600000"}, NOON - timedelta(hours=1)),
        ({"ttm": "1772449200000", "dtm": "1772452800000", "stm": "x"}, NOON - timedelta(hours=1)),
        ({"dtm": "yesterday"}, NOON),
        ({"ttm": "9" * 30}, NOON),
        ({"ttm": []}, NOON),
    ],
    ids=["none", "the device's", "a fast clock", "the true one", "words", "absurd", "a list"],
)
def test_when_it_happened(stamps, expected):
    assert read(**stamps).touch.occurred_at == expected


# the wire
def test_wrapped_and_plain_data_are_stored_alike():
    data, entity = described("plan_changed", {"name": "Gold"}), contexts(("product", CUPS))
    base = {"e": "ue", "eid": "1"}
    first, second = split(
        {**base, "ue_px": wrapped(data), "cx": wrapped(entity)},
        {**base, "ue_pr": orjson.dumps(data).decode(), "co": orjson.dumps(entity).decode()},
    )
    assert first == second
    assert first.content["ue_pr"] == data


@pytest.mark.parametrize("odd", ["!!!", "", base64.b64encode(b"{").decode(), base64.b64encode(b"\xff").decode(), "é"])
def test_data_that_cannot_be_read_quarantines_its_event_alone(odd):
    bad, good = split({"e": "ue", "eid": "1", "ue_px": odd}, {"e": "se", "eid": "2", "cx": odd})
    assert bad.refused
    assert not good.refused
    assert good.content["co"] is None


def test_a_retry_differs_only_in_its_meta():
    once, again = split({"e": "pv", "eid": "1", "stm": "1"}, {"e": "pv", "eid": "1", "stm": "2"})
    assert once.content == again.content
    assert once.meta != again.meta


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"data": {}}', b'{"data": null}'])
def test_a_body_without_events_is_refused(body):
    with pytest.raises(Refused) as refusal:
        wire.split(Push(TP2, {}, body, raw=body))
    assert refusal.value.status == 400


def test_a_browser_is_answered_with_its_own_origin_and_a_picture(db, client):
    vendors.make("snowplow", "shop")
    asked = client.options(
        f"/in/shop/{KEY}/com.snowplowanalytics.snowplow/tp2", headers={"Origin": "https://shop.example"}
    )
    assert asked["Access-Control-Allow-Origin"] == "https://shop.example"
    assert asked["Access-Control-Allow-Credentials"] == "true"
    picture = client.get(f"/in/shop/{KEY}/i", {"e": "pv", "eid": "1", "aid": "shop-web", "duid": "d1"})
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert Envelope.objects.get().dedupe_key == "1"
    assert client.get("/in/shop/wrong/i", {"e": "pv"}).status_code == 401
