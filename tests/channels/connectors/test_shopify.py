"""What becomes of Shopify's webhooks: orders, parcels, refunds, tills, customers, consent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.channels.connectors.shopify.wire import number, sheltered
from apps.channels.contract import Refused, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.contact.models import Consent
from apps.customers.drafts import Handle, ProfileKey
from apps.customers.models import Customer
from apps.interactions.drafts import ConsentLine
from apps.interactions.models import Interaction
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained, kept
from tests.channels.samples import shopify as sample


def heard(topic, thing, **settings):
    return draft("shopify", sample.call(1, topic, thing), **settings)


def events(call):
    return CONNECTORS["shopify"].split(vendors.pushed(call, "http://testserver/in/shopify/"), vendors.facts("shopify"))


# who may call, and what is told apart
def test_the_body_must_be_signed_with_the_shops_secret():
    call = sample.call(1, "orders/create", sample.ORDER)
    assert accepted("shopify", call)
    assert accepted("shopify", call, secrets=("newer-secret", sample.SOURCE.secret))
    assert not accepted("shopify", call, secrets=("another-secret",))
    assert not accepted("shopify", replace(call, body=call.body.replace(b"30.00", b"03.00")))
    for signature in ("", "AAAA", "not base64", call.headers["X-Shopify-Hmac-Sha256"].rstrip("=")):
        assert not accepted("shopify", replace(call, headers={"X-Shopify-Hmac-Sha256": signature}))


def test_an_event_is_known_by_its_id_and_its_topic():
    (first,) = events(sample.call(1, "orders/create", sample.ORDER))
    (again,) = events(sample.call(1, "orders/create", sample.ORDER, **{"X-Shopify-Triggered-At": "later"}))
    (other,) = events(sample.call(1, "orders/paid", sample.ORDER))
    assert (first.key, first.content) == (again.key, again.content)
    assert first.meta != again.meta
    assert (first.key, other.key) == ("event-1:orders/create", "event-1:orders/paid")


def test_without_an_event_id_the_webhook_id_names_it():
    call = sample.call(7, "orders/create", sample.ORDER)
    headers = {name: value for name, value in call.headers.items() if name != "X-Shopify-Event-Id"}
    (event,) = events(replace(call, headers=headers))
    assert event.key == "webhook-7:orders/create"


def test_a_test_notification_makes_up_nobody():
    assert drafts("shopify", sample.call(1, "orders/create", sample.ORDER, **{"X-Shopify-Test": "true"})) == []


# ids that look like card numbers
def test_an_id_that_could_be_a_card_number_still_names_its_customer():
    claim = heard("orders/create", sample.ORDER).claim
    assert claim.key == ProfileKey("shopify", f"user:{sample.ANNA}")


@pytest.mark.parametrize("value", [1, 10**12 - 1, 10**12, 4 * 10**12 + 222222222222, 10**18 + 7])
def test_ids_come_back_as_they_were(value):
    written = sheltered({"id": value, "customer": {"order_id": value}, "price": value})
    assert number(written["id"]) == number(written["customer"]["order_id"]) == str(value)
    assert written["price"] == value, "only ids are ids"


@pytest.mark.parametrize("value", [None, 0, -5, True, 10**30, "id:", "id:!", "id:\u0663", 1.5, [], "1001"])
def test_what_is_no_id_is_nothing(value):
    assert number(sheltered({"id": value})["id"]) == ""


# what is told
def test_the_story_of_a_shop():
    found = [one for call in sample.calls("") for one in drafts("shopify", call)]
    assert kept(found) == [
        ("order", "order", "Order 1043 · 3 items"),
        ("order", "order_paid", "Order 1043 paid"),
        ("order", "delivery", "Order 1043 sent · 3 items"),
        ("order", "delivered", "Order 1043 delivered"),
        ("order", "refund", "Order 1043 refunded"),
        ("store", "order", "Order 1044 · 3 items"),
        ("order", "order", "Order 1045 · 3 items"),
        ("order", "cancellation", "Order 1045 cancelled"),
        ("order", "order", "Order 1046 · 4 items"),
        ("web", "checkout", "Began to check out · 3 items"),
    ]
    threads = {touch.thread for one in found for touch in one.touches}
    assert len(threads) == 5, "what belongs to one order shares its thread"


def test_an_order_is_told_with_its_lines_its_sum_and_what_the_customer_wrote():
    touch = heard("orders/create", sample.ORDER).touch
    assert (touch.external_id, touch.occurred_at) == ("order:450789469", datetime(2026, 4, 1, 10, 0, tzinfo=UTC))
    assert (touch.amount, touch.currency, touch.direction) == (Decimal("30.00"), "GBP", "inbound")
    assert touch.body == "2 \u00d7 Espresso cups - blue, 25.00\n1 \u00d7 Saucer, 5.00\nDiscount code SPRING"
    assert (touch.verbatim, touch.reference, touch.thread) == ("Please no plastic.", "1043", "order:450789469")
    assert touch.link == "https://klatsch-cups.myshopify.com/admin/orders/450789469"


@pytest.mark.parametrize("source", ["pos", "shopify_draft_order", None])
def test_a_note_that_staff_wrote_is_not_the_customers(source):
    touch = heard("orders/create", {**sample.ORDER, "source_name": source}).touch
    assert touch.verbatim == ""
    assert touch.body.endswith("\nPlease no plastic.")


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "orders/paid"])
def test_an_order_paid_while_it_is_placed_is_one_thing_to_tell(topic):
    at_once = {**sample.ORDER, "financial_status": "paid"}
    assert heard(topic, at_once).touch == heard("orders/create", sample.ORDER).touch


def test_an_order_paid_later_is_told_again_without_its_sum():
    touch = heard("orders/paid", sample.PAID).touch
    assert (touch.title, touch.body, touch.amount) == ("Order 1043 paid", "bank transfer", None)


@pytest.mark.parametrize("topic", ["orders/fulfilled", "orders/updated", "orders/partially_fulfilled"])
def test_a_parcel_is_told_once_whichever_topic_brings_it(topic):
    touch = heard(topic, sample.SENT).touch
    assert (touch.external_id, touch.direction) == ("fulfillment:255858046", "outbound")
    assert (touch.body, touch.link) == ("Royal Mail RM1234GB", "https://parcel.example/track/RM1234GB")


def test_an_order_marked_as_sent_without_a_parcel():
    touch = heard("orders/fulfilled", {**sample.SENT, "fulfillments": []}).touch
    assert (touch.external_id, touch.title) == ("order:450789469:fulfilled", "Order 1043 sent")


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"shipment_status": "out_for_delivery"}, "Order 1043 is out for delivery"),
        ({"shipment_status": "attempted_delivery"}, "Order 1043 could not be handed over"),
        ({"shipment_status": "ready_for_pickup"}, "Order 1043 is ready for pick-up"),
        ({"shipment_status": "failure"}, "Order 1043: the delivery failed"),
        ({"status": "cancelled", "shipment_status": None}, "Order 1043: the parcel was called off"),
    ],
)
def test_what_happens_to_a_parcel(change, title):
    assert heard("fulfillments/update", {**sample.DELIVERED, **change}).touch.title == title


@pytest.mark.parametrize("status", [None, "in_transit", "label_printed", {"odd": 1}])
def test_a_parcel_on_its_way_is_nothing_to_tell(status):
    assert (
        drafts("shopify", sample.call(1, "fulfillments/update", {**sample.DELIVERED, "shipment_status": status})) == []
    )


def test_a_refund_is_told_from_its_order():
    touch = heard("orders/updated", sample.REFUNDED).touch
    assert (touch.external_id, touch.amount, touch.currency) == ("refund:509562969", Decimal("5.00"), "GBP")
    assert touch.body == "1 \u00d7 Saucer\nOne saucer was chipped"
    assert drafts("shopify", sample.call(1, "refunds/create", sample.REFUND)) == [], "it does not say whose"


def test_an_order_that_is_only_tagged_tells_nothing_new():
    tagged = {**sample.ORDER, "tags": "checked", "updated_at": "2026-04-20T10:00:00+01:00"}
    found = heard("orders/updated", tagged)
    assert found.touch._replace(sight=None) == heard("orders/create", sample.ORDER).touch._replace(sight=None)
    assert found.more == ()


@pytest.mark.parametrize(
    ("topic", "order", "first"),
    [
        ("orders/updated", sample.SENT, "Order 1043 sent · 3 items"),
        ("orders/paid", sample.PAID, "Order 1043 paid"),
        ("orders/cancelled", {**sample.ORDER, "cancelled_at": "2026-04-07T11:00:00+01:00"}, "Order 1043 cancelled"),
        ("orders/fulfilled", {**sample.SENT, "fulfillments": []}, "Order 1043 sent"),
        ("orders/partially_fulfilled", sample.SENT, "Order 1043 sent · 3 items"),
    ],
)
def test_an_order_first_heard_of_later_is_told_with_what_happened_to_it(topic, order, first):
    found = heard(topic, order)
    placed = found.touches[-1]
    assert found.touch.title == first
    assert (placed.external_id, placed.amount, placed.verbatim) == (
        "order:450789469", Decimal("30.00"), "Please no plastic."
    )  # fmt: skip
    assert "2 \u00d7 Espresso cups - blue, 25.00" in placed.body


def test_everything_that_has_happened_to_an_order_is_told_by_its_update():
    late = {**sample.REFUNDED, "cancelled_at": "2026-04-06T12:00:00+01:00"}
    assert [touch.title for touch in heard("orders/updated", late).touches] == [
        "Order 1043 cancelled", "Order 1043 refunded", "Order 1043 sent · 3 items", "Order 1043 · 3 items"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "total", "count"),
    [
        ({"total_price": "45.00", "line_items": [*sample.ITEMS, sample.ADDED]}, "45.00", 4),
        ({"current_total_price": "45.00", "line_items": [*sample.ITEMS, sample.ADDED]}, "45.00", 4),
        (
            {
                "current_total_price": "5.00",
                "line_items": [{**sample.ITEMS[0], "current_quantity": 0}, sample.ITEMS[1]],
            },
            "5.00",
            1,
        ),
        ({"current_total_price": "17.50", "line_items": [{**sample.ITEMS[0], "current_quantity": 1}]}, "17.50", 1),
        ({"current_total_price": "25.00", "refunds": [sample.REFUND]}, "30.00", 3),
        ({"current_total_price": None, "total_price": "45.00", "line_items": []}, "45.00", 0),
    ],
    ids=["line added", "current total alone", "line taken off", "fewer of it", "sent back", "no current total"],
)
def test_an_edit_changes_what_the_order_comes_to(change, total, count):
    order = heard("orders/updated", {**sample.ORDER, "updated_at": "2026-04-03T10:00:00+01:00", **change}).touches[-1]
    assert order.amount == Decimal(total)
    assert order.sight == datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
    assert order.changed == ("Order 1043 changed" + (f" · {count} item" if count else "") + ("s" if count > 1 else ""))


@pytest.mark.parametrize("backwards", [False, True])
def test_an_edit_after_the_fact_is_a_further_entry(client, process_all, db, backwards):
    source = vendors.make("shopify", "cups")
    paid = {**sample.EDITED, "financial_status": "paid", "updated_at": "2026-04-04T18:00:00+01:00"}
    story = [("orders/create", sample.TO_BE_EDITED), ("orders/updated", sample.EDITED), ("orders/updated", paid)]
    calls = [sample.call(number, *told) for number, told in enumerate(story, 1)]
    for call in calls[::-1] if backwards else [*calls, *calls]:
        vendors.ring(client, source.slug, call)
        process_all()
    entries = Interaction.objects.order_by("occurred_at").values_list("title", "amount", "verbatim")
    assert list(entries) == [
        ("Order 1046 · 3 items", Decimal("30.00"), "Please no plastic."),
        ("Order 1046 changed · 4 items", Decimal("45.00"), ""),
    ]


def test_a_sale_at_the_till_is_told_with_its_store():
    touch = heard("orders/create", sample.TILL).touch
    assert (touch.channel, touch.touchpoint) == ("store", "Leeds")
    assert touch.occurred_at == datetime(2026, 4, 6, 12, 58, tzinfo=UTC), "the till was offline for two minutes"
    assert heard("orders/create", sample.TILL, locations="").touch.touchpoint == "Location 655441"


@pytest.mark.parametrize(
    ("reason", "direction", "body"),
    [
        ("customer", "inbound", "The customer asked for it."),
        ("inventory", "outbound", "It was out of stock."),
        ("other", "outbound", ""),
    ],
)
def test_why_an_order_was_cancelled(reason, direction, body):
    touch = heard("orders/cancelled", {**sample.CANCELLED, "cancel_reason": reason}).touch
    assert (touch.direction, touch.body) == (direction, body)


def test_a_checkout_is_told_as_soon_as_somebody_is_known_and_not_once_it_is_an_order():
    assert drafts("shopify", sample.call(1, "checkouts/create", {**sample.CHECKOUT, "email": None})) == []
    assert heard("checkouts/update", sample.CHECKOUT).touch.external_id == "checkout:981820079"
    done = {**sample.CHECKOUT, "completed_at": "2026-04-08T10:02:00+01:00"}
    assert heard("checkouts/update", done).touch is None


# who
def test_the_shops_customer_is_vouched_for_and_what_was_typed_is_not():
    claim = heard("orders/create", sample.ORDER).claim
    assert claim.handles == (
        Handle("user_id", str(sample.ANNA), "shopify"), Handle("email", "anna@shop.example"),
        Handle("phone", "+442079460958"),
    )  # fmt: skip
    assert claim.unverified == (Handle("email", "anna.typed@shop.example"), Handle("phone", "+441134960000"))
    assert claim.traits == {
        "name": "Anna Customer", "city": "Leeds", "country": "GB", "language": "en", "since": "2026-03-01"
    }  # fmt: skip


def test_an_address_that_was_never_verified_proves_nothing():
    claim = heard("customers/create", {**sample.CUSTOMER, "verified_email": False}).claim
    assert Handle("email", "anna@shop.example") not in claim.handles
    assert claim.unverified == (Handle("email", "anna@shop.example"),)


def test_customer_records_tell_only_who_somebody_is():
    for topic in ("customers/create", "customers/update", "customers/enable", "customers/disable"):
        found = heard(topic, sample.CUSTOMER)
        assert (found.touch, found.consents) == (None, ()), "consent is told by its own topics, once"


@pytest.mark.parametrize(
    "topic", ["products/update", "app/uninstalled", "customers/redact", "shop/redact", "customers/delete", ""]
)
def test_topics_about_no_customer_are_let_go(topic):
    assert drafts("shopify", sample.call(1, topic, sample.CUSTOMER)) == []


# consent
@pytest.mark.parametrize(
    ("topic", "body", "line"),
    [
        ("customers_email_marketing_consent/update", sample.STOPPED, ConsentLine("email", "withdrawn", "Shopify")),
        (
            "customers_marketing_consent/update",
            {"id": sample.ANNA, "phone": "+442079460958",
             "sms_marketing_consent": {"state": "subscribed", "consent_updated_at": "2026-04-09T10:00:00+01:00"}},
            ConsentLine("sms", "granted", "Shopify"),
        ),
    ],
    ids=["e-mail", "sms"],
)  # fmt: skip
def test_consent_is_noted_at_the_time_it_was_given(topic, body, line):
    found = heard(topic, body)
    assert (found.touch, found.consents) == (None, (line,))
    assert found.claim.seen_at == datetime(2026, 4, 9, 9, 0, tzinfo=UTC)
    assert found.claim.key == ProfileKey("shopify", f"user:{sample.ANNA}")


@pytest.mark.parametrize(
    "consent",
    [
        {"state": "not_subscribed", "opt_in_level": None, "consent_updated_at": None},
        {"state": "pending", "consent_updated_at": "2026-04-09T10:00:00+01:00"},
        {"state": "subscribed", "consent_updated_at": None},
        {"state": ["subscribed"], "consent_updated_at": "2026-04-09T10:00:00+01:00"},
        None,
    ],
    ids=["never asked", "not confirmed", "without a time", "odd", "nothing"],
)
def test_what_nobody_has_said_is_no_consent(consent):
    body = {**sample.STOPPED, "email_marketing_consent": consent}
    assert heard("customers_email_marketing_consent/update", body).consents == ()


# broken
@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        {"topic": "orders/create"},
        {"topic": "orders/create", "body": []},
        {"topic": "shop/update", "body": {"id": 1}},
        {"topic": "orders/create", "body": {"email": "a@shop.example"}},
        {"topic": "orders/create", "body": {"id": 1}},
        {"topic": "fulfillments/update", "body": {"email": "a@shop.example", "shipment_status": "delivered"}},
        {"topic": "checkouts/update", "body": {"email": "a@shop.example"}},
    ],
    ids=[
        "list",
        "nothing",
        "no body",
        "wrong body",
        "topic",
        "no order id",
        "nobody",
        "no parcel id",
        "no checkout id",
    ],
)
def test_what_makes_no_sense_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("shopify", payload)


def test_impossible_times_become_the_time_of_arrival():
    for wrong in ("9999-12-31T23:59:59Z", "infinity", 7, None, {"at": 1}):
        order = {**sample.ORDER, "created_at": wrong, "processed_at": wrong}
        assert heard("orders/create", order).touch.occurred_at == datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def test_what_is_no_object_is_refused():
    with pytest.raises(Refused) as refusal:
        drafts("shopify", sample.call(1, "orders/create", []))
    assert refusal.value.status == 400


# all together
def test_the_shop_tells_of_two_people_and_each_thing_once(client, process_all, db):
    source = vendors.make("shopify", "cups")
    for call in sample.calls("") * 2:
        assert vendors.ring(client, source.slug, call).status_code == 200
        process_all()
    assert Interaction.objects.count() == sample.DRAFTS
    assert Customer.objects.filter(merged_into=None).count() == 2
    delivered = Interaction.objects.get(external_id="fulfillment:255858046:delivered")
    placed = Interaction.objects.get(external_id="order:450789469")
    assert delivered.profile.customer == placed.profile.customer, "its typed address leads to whoever typed it before"
    (line,) = Consent.objects.all()
    assert (line.channel, line.status) == ("email", "withdrawn")
    assert abs(line.at - datetime(2026, 4, 9, 9, 0, tzinfo=UTC)) < timedelta(seconds=1)
