"""PostHog: its own SDK over real HTTP, and exact drafts of what its SDKs send."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from posthog import Posthog

from apps.channels.connectors.posthog import PostHog
from apps.channels.contract import Nameless, Push, SourceFacts, StoredEvent, Unintelligible
from apps.channels.models import Envelope
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


@pytest.mark.parametrize("nobody", ["distinctid", "not_authenticated", "[object Object]", "guest", "0", "undefined"])
def test_a_placeholder_joins_nobody_and_is_told_of_its_device(nobody):
    draft = read("Looked", {"$device_id": "a1"}, distinct_id=nobody)
    assert draft.claim.handles == (Handle("anonymous_id", "a1", "shop"),)
    with pytest.raises(Nameless):
        read("Looked", distinct_id=nobody)
