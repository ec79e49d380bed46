"""What the Segment connector makes of an event: who, when, and in which words. No database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.channels.contract import Unintelligible
from apps.channels.toolkit.tracking import ecommerce
from apps.customers.drafts import Handle, ProfileKey
from apps.interactions.drafts import PageView
from tests.channels.conftest import NOON


def track(event, properties=None, **more):
    return {"type": "track", "event": event, "userId": "u1", "properties": properties or {}, **more}


def told(draft):
    return draft.touch.channel, draft.touch.kind, draft.touch.title


# who
def test_a_user_is_known_by_their_id_within_the_source(read):
    claim = read(track("A", userId=42, anonymousId="a1")).claim
    assert claim.key == ProfileKey("shop", "user:42")
    assert claim.handles == (Handle("user_id", "42", "shop"), Handle("anonymous_id", "a1", "shop"))


@pytest.mark.parametrize(
    "nobody", [None, "", "null", "guest", "0", "00000000-0000-0000-0000-000000000000", ["u1"], 1.5, True]
)
def test_a_placeholder_is_nobody(read, nobody):
    assert read(track("A", userId=nobody, anonymousId="a1")).claim.key == ProfileKey("shop", "anon:a1")
    with pytest.raises(Unintelligible):
        read(track("A", userId=nobody))


def test_a_masked_card_number_is_nobody(read):
    with pytest.raises(Unintelligible):
        read(track("A", userId="************1111"))


def test_very_long_ids_stay_apart(read):
    keys = {read(track("A", userId="x" * 10_000 + last)).claim.key for last in "12"}
    assert len(keys) == 2
    assert all(len(key.external_id) <= 200 for key in keys)


def test_traits_become_handles_and_what_the_customer_shows(read):
    traits = {
        "firstName": "A.", "lastName": "Customer", "email": "A@Shop.example", "phone": "020 7946 0958",
        "loyaltyNumber": "kl-12 34", "address": {"city": "Leeds", "country": "gb"}, "locale": "en-GB",
        "createdAt": "2024-05-06T10:00:00Z", "plan": "gold", "shoe": 43, "nothing": None,
    }  # fmt: skip
    draft = read({"type": "identify", "userId": "u1", "traits": traits})
    assert draft.touch is None
    assert set(draft.claim.handles) == {
        Handle("user_id", "u1", "shop"),
        Handle("email", "a@shop.example"),
        Handle("phone", "+442079460958"),
        Handle("loyalty", "KL1234"),
    }
    shown = {
        name: draft.claim.traits.get(name) for name in ("name", "city", "country", "language", "since", "tier", "shoe")
    }
    assert shown == {
        "name": "A. Customer", "city": "Leeds", "country": "GB", "language": "en", "since": "2024-05-06",
        "tier": "gold", "shoe": 43,
    }  # fmt: skip
    assert "nothing" not in draft.claim.traits


def test_traits_that_would_not_fit_are_cut_or_left_out(read):
    traits = {"name": "x" * 500, "tier": "y" * 50, "country": None, "createdAt": "infinity", "timezone": {"a": 1}}
    kept = read({"type": "identify", "userId": "u1", "traits": traits}).claim.traits
    assert kept == {"name": "x" * 200, "tier": "y" * 20, "createdAt": "infinity"}


def test_rudderstack_puts_traits_into_the_context(read):
    draft = read(
        {"type": "identify", "userId": "u1", "traits": None, "context": {"traits": {"email": "a@shop.example"}}}
    )
    assert Handle("email", "a@shop.example") in draft.claim.handles


def test_what_was_typed_at_a_checkout_is_unverified(read):
    claim = read(track("Order Completed", {"email": "a@shop.example"})).claim
    assert claim.unverified == (Handle("email", "a@shop.example"),)
    assert Handle("email", "a@shop.example") not in claim.handles


def test_an_alias_ties_the_former_id_to_the_user(read):
    draft = read({"type": "alias", "previousId": "a1", "userId": "u1"})
    assert draft.touch is None
    assert set(draft.claim.handles) == {
        Handle("user_id", "u1", "shop"), Handle("user_id", "a1", "shop"), Handle("anonymous_id", "a1", "shop")
    }  # fmt: skip


def test_a_group_says_nothing_of_the_person(read):
    draft = read(
        {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"name": "A Company", "email": "g@shop.example"}}
    )
    assert (draft.claim.traits, draft.touch) == ({}, None)
    assert draft.claim.handles == (Handle("user_id", "u1", "shop"),)


def test_a_device_may_stand_for_somebody_unknown(read):
    claim = read({"type": "screen", "name": "Start", "context": {"device": {"id": "d1"}}}).claim
    assert claim.key == ProfileKey("shop", "device:d1")


# when
@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ({}, NOON),
        ({"timestamp": "2026-03-02T11:00:00Z"}, NOON - timedelta(hours=1)),
        ({"timestamp": "2026-03-02T11:00:00.5+02:00"}, NOON - timedelta(hours=3) + timedelta(seconds=0.5)),
        ({"originalTimestamp": "2026-03-02T10:00:00Z", "timestamp": "2026-03-02T11:00:00Z"}, NOON - timedelta(hours=2)),
        # a clock two days fast, and one that was never set
        ({"timestamp": "2026-03-04T11:00:00Z", "sentAt": "2026-03-04T12:00:00Z"}, NOON - timedelta(hours=1)),
        ({"timestamp": "1970-01-01T00:10:00Z", "sentAt": "1970-01-01T01:10:00Z"}, NOON - timedelta(hours=1)),
        ({"timestamp": "1997-01-01T00:00:00Z"}, datetime(1997, 1, 1, tzinfo=UTC)),
        # seconds, milliseconds, microseconds, as number and as text
        ({"timestamp": 1772449200}, NOON - timedelta(hours=1)),
        ({"timestamp": 1772449200000}, NOON - timedelta(hours=1)),
        ({"timestamp": 1772449200000000}, NOON - timedelta(hours=1)),
        ({"timestamp": "1772449200000"}, NOON - timedelta(hours=1)),
        ({"timestamp": "1970-01-21T12:20:49.200Z"}, NOON - timedelta(hours=1)),  # seconds taken for milliseconds
        # without a zone: the source's
        ({"timestamp": "2026-03-02T11:00:00"}, NOON - timedelta(hours=2)),
        # impossible
        ({"timestamp": "2050-01-01T00:00:00Z"}, NOON),
        ({"timestamp": "1970-01-01T00:00:00Z"}, NOON),
        ({"timestamp": "infinity"}, NOON),
        ({"timestamp": "9999-12-31T23:59:59-12:00"}, NOON),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, NOON),
        ({"timestamp": 1e300}, NOON),
        ({"timestamp": {"at": 1}}, NOON),
        ({"timestamp": "2026-03-02T11:00:00Z", "sentAt": "yesterday"}, NOON - timedelta(hours=1)),
    ],
)  # fmt: skip
def test_when_it_happened(read, stamps, expected):
    assert read(track("A", **stamps), timezone="Europe/Paris").touch.occurred_at == expected


# what
def test_an_order_is_told_with_its_number_its_pieces_and_its_amount(read):
    touch = read(
        track(
            "Order Completed",
            {
                "order_id": 4711, "total": "27.50", "revenue": 25, "currency": "eur", "coupon": "SPRING",
                "products": [{"name": "Espresso cups", "quantity": 2, "price": 12.5}, {"sku": "K-9"}, "junk"],
            },
        )
    ).touch  # fmt: skip
    assert (touch.channel, touch.kind, touch.title) == ("order", "order", "Order 4711 · 3 items")
    assert (touch.amount, touch.currency, touch.reference) == (Decimal("27.50"), "EUR", "4711")
    assert touch.body == "2 \u00d7 Espresso cups, 12.50\n1 \u00d7 K-9\nCoupon SPRING"
    assert touch.external_id == "event-1"


@pytest.mark.parametrize(
    ("event", "properties", "expected"),
    [
        ("Order Refunded", {"order_id": "7"}, ("order", "refund", "Order 7 refunded")),
        ("order_cancelled", {"order_id": "7"}, ("order", "cancellation", "Order 7 cancelled")),
        ("OrderUpdated", {}, ("order", "order_update", "Order changed")),
        ("Completed Order", {"orderId": "7"}, ("order", "order", "Order 7")),
        ("Product Viewed", {"name": "Cups"}, ("web", "product", "Looked at Cups")),
        ("Product Viewed", {}, ("web", "product", "Looked at a product")),
        ("Product Added", {"product_id": "K-9"}, ("web", "cart", "Put K-9 into the cart")),
        ("Cart Viewed", {"products": [{}, {}]}, ("web", "cart", "Looked at the cart · 2 items")),
        ("Checkout Started", {"products": [{}]}, ("web", "checkout", "Began to check out · 1 item")),
        ("Checkout Step Viewed", {"step": 2}, ("web", "checkout", "Reached checkout step 2")),
        ("Products Searched", {"query": "blue 100% wool"}, ("web", "search", "Searched for “blue 100% wool”")),
        ("Coupon Applied", {"coupon_name": "SPRING"}, ("web", "coupon", "Used coupon SPRING")),
        ("Promotion Clicked", {"name": "Spring sale"}, ("campaign", "promotion", "Followed a promotion: Spring sale")),
        ("Email Opened", {"email_subject": "Hello"}, ("campaign", "email_opened", "Opened a campaign e-mail: Hello")),
        ("Email Bounced", {}, ("campaign", "email_bounced", "Campaign e-mail could not be delivered")),
        ("Survey Answered", {"metric": "nps", "score": 3}, ("survey", "survey", "NPS: 3 of 10")),
        ("trial_Started", {}, ("web", "event", "Trial started")),
        ("subscriptionPaused", {"label": "Coffee club"}, ("web", "event", "Subscription paused: Coffee club")),
        ("VIP upgrade", {}, ("web", "event", "VIP upgrade")),
    ],
)  # fmt: skip
def test_events_are_told_as_a_person_would(read, event, properties, expected):
    assert told(read(track(event, properties))) == expected


@pytest.mark.parametrize("event", ecommerce.WRITERS)
@pytest.mark.parametrize(
    "properties", [{}, {"products": "junk", "total": [], "order_id": {}, "query": 7, "name": None}]
)
def test_every_shopping_event_bears_missing_and_broken_properties(read, event, properties):
    assert read(track(event, properties)).touch.title


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (12.5, "12.50"), ("12.50", "12.50"), ("€ 1.234,50", "1234.50"), ("1,234.50 USD", "1234.50"), ("12,5", "12.50"),
        ("1,234", "1234.00"), (0, "0.00"), (-3, "-3.00"), (1e300, None), ("NaN", None), ("free", None), (True, None),
        ([], None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written, amount):
    assert ecommerce.decimal(written) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("properties", "sentiment"),
    [
        ({"metric": "nps", "score": 6}, "negative"),
        ({"metric": "nps", "score": 8}, "neutral"),
        ({"metric": "nps", "score": 9}, "positive"),
        ({"metric": "csat", "score": "2"}, "negative"),
        ({"metric": "csat", "score": 8, "scale": 10}, "positive"),
        ({"metric": "ces", "score": 5}, "neutral"),
        ({"metric": "csat", "score": "very good"}, ""),
        ({}, ""),
    ],
)
def test_how_a_survey_sounds_by_its_score(read, properties, sentiment):
    touch = read(track("Survey Answered", {**properties, "comment": " Too slow. "})).touch
    assert (touch.sentiment, touch.verbatim) == (sentiment, "Too slow.")


def test_a_page_is_part_of_a_visit_and_its_query_stays_out(read):
    context = {"page": {"url": "https://user:pw@shop.example/cups?token=secret#x", "title": "Cups"}}
    touch = read({"type": "page", "anonymousId": "a1", "context": context}).touch
    assert (touch.kind, touch.channel, touch.touchpoint) == ("visit", "web", "shop.example")
    assert touch.page == PageView("Cups", "https://shop.example/cups")


def test_an_address_that_is_no_web_address_is_dropped(read):
    touch = read({"type": "page", "anonymousId": "a1", "properties": {"url": "javascript:alert(1)"}}).touch
    assert touch.page == PageView("A page", "")


@pytest.mark.parametrize(
    ("context", "channel"),
    [
        ({}, "web"),
        ({"library": {"name": "analytics-python"}}, "web"),
        ({"library": {"name": "analytics-ios"}}, "app"),
        ({"device": {"type": "android"}}, "app"),
        ({"library": "junk", "device": 7, "page": [], "app": None}, "web"),
    ],
)
def test_where_it_happened(read, context, channel):
    assert read(track("A", context=context)).touch.channel == channel


def test_a_screen_is_of_the_app(read):
    assert told(read({"type": "screen", "userId": "u1", "name": "Basket"})) == ("app", "visit", "Basket")
