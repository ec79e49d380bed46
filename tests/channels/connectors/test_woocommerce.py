"""What becomes of WooCommerce's webhooks: orders through their statuses, guests, accounts, and the ping."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.contract import Refused, Unintelligible
from apps.channels.models import Envelope
from apps.customers.drafts import Handle, ProfileKey
from apps.interactions.models import Interaction
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained, kept
from tests.channels.samples import woocommerce as sample


def heard(topic, thing):
    return draft("woocommerce", sample.call(1, topic, thing))


# who may call
def test_the_body_must_be_signed_with_our_secret():
    call = sample.call(1, "order.created", sample.ORDER)
    assert accepted("woocommerce", call)
    assert not accepted("woocommerce", call, secrets=("another-secret",))
    assert not accepted("woocommerce", replace(call, body=call.body.replace(b"30.00", b"03.00")))
    assert not accepted("woocommerce", replace(call, headers={}))


def test_the_ping_of_a_new_webhook_is_answered_and_tells_nothing(client, db):
    source = vendors.make("woocommerce", "cups")
    assert vendors.ring(client, source.slug, sample.PING).status_code == 200
    assert not Envelope.objects.exists()


@pytest.mark.parametrize(
    "body", [b"webhook_id=", b"webhook_id=7&id=1", b"webhook_id=a", b" webhook_id=7", b"webhook_id=7\n"]
)
def test_nothing_but_a_ping_passes_for_one(body):
    assert not accepted("woocommerce", replace(sample.PING, body=body))


# what is told
def test_the_story_of_a_shop():
    found = [one for call in sample.calls("") for one in drafts("woocommerce", call)]
    assert kept(found) == [
        ("order", "order", "Order 727 · 2 items"),
        ("order", "order_update", "Order 727 is paid and being prepared"),
        ("order", "delivery", "Order 727 completed"),
        ("order", "refund", "Order 727 refunded"),
        ("order", "order", "Order A-728 · 2 items"),
        ("order", "order_update", "Order A-728: customs check"),
        ("order", "order", "Order 729 · 2 items"),
        ("order", "order_update", "Order 729 is paid and being prepared"),
    ]


def test_an_order_is_told_with_its_lines_its_sum_and_what_the_customer_wrote():
    touch = heard("order.created", sample.ORDER).touch
    assert (touch.external_id, touch.occurred_at) == ("order:727", datetime(2026, 4, 1, 10, 0, tzinfo=UTC))
    assert (touch.amount, touch.currency, touch.direction) == (Decimal("30.00"), "GBP", "inbound")
    assert touch.body == "2 \u00d7 Espresso cups - Blue, 25.00\nCoupon spring\nBank transfer"
    assert (touch.verbatim, touch.reference, touch.thread) == ("Please no plastic.", "727", "order:727")
    assert touch.touchpoint == "cups.example"
    assert touch.link == "https://cups.example/wp-admin/post.php?post=727&action=edit"


def test_times_are_in_gmt_whatever_the_zone_of_the_source():
    call = sample.call(1, "order.created", sample.ORDER)
    assert draft("woocommerce", call).touch.occurred_at.hour == 10


@pytest.mark.parametrize(
    ("change", "title", "direction", "day"),
    [
        ({"status": "pending"}, "Order 727 waits for its payment", "internal", 3),
        ({"status": "on-hold"}, "Order 727 is on hold", "internal", 3),
        ({"status": "processing"}, "Order 727 is paid and being prepared", "internal", 2),
        ({"status": "completed"}, "Order 727 completed", "outbound", 3),
        ({"status": "cancelled"}, "Order 727 cancelled", "outbound", 3),
        ({"status": "failed"}, "Order 727: the payment failed", "inbound", 3),
        ({"status": "wc-awaiting-pickup"}, "Order 727: awaiting pickup", "internal", 3),
    ],
)
def test_each_status_is_told_once(change, title, direction, day):
    order = {**sample.COMPLETED, **change}
    touch = heard("order.updated", order).touch
    assert (touch.title, touch.direction, touch.occurred_at.day) == (title, direction, day)
    assert touch.amount is None, "the sum stands with the order"
    assert heard("order.updated", {**order, "meta_data": [1]}).touch.external_id == touch.external_id


@pytest.mark.parametrize("status", ["pending", "processing", "on-hold", "wc-processing", "failed", "click-and-collect"])
def test_the_first_sight_of_an_order_that_counts_tells_all_of_it_whatever_its_event(status):
    found = heard("order.updated", {**sample.BLOCKS_PLACED, "status": status})
    created = heard("order.created", {**sample.BLOCKS_PLACED, "status": status})
    (order,) = found.more
    assert order == created.touch
    assert (order.external_id, order.amount, order.currency) == ("order:729", Decimal("30.00"), "GBP")
    assert order.verbatim == "Please no plastic."
    assert order.body == "2 \u00d7 Espresso cups - Blue, 25.00\nBank transfer"
    assert order.occurred_at == datetime(2026, 4, 9, 18, 0, tzinfo=UTC)
    assert found.touch.external_id == f"order:729:status:{status.removeprefix('wc-')}"


@pytest.mark.parametrize("backwards", [False, True])
def test_a_checkout_of_blocks_is_one_order_with_what_changed_later(client, process_all, db, backwards):
    source = vendors.make("woocommerce", "cups")
    story = [
        ("order.created", sample.BLOCKS), ("order.updated", sample.BLOCKS), ("order.updated", sample.BLOCKS_PLACED),
        ("order.updated", sample.BLOCKS_EDITED), ("order.restored", sample.BLOCKS_EDITED),
    ]  # fmt: skip
    calls = [sample.call(number, *told) for number, told in enumerate(story, 1)]
    for call in calls[::-1] if backwards else [*calls, *calls]:
        vendors.ring(client, source.slug, call)
        process_all()
    entries = Interaction.objects.order_by("occurred_at").values_list("title", "amount", "verbatim")
    assert list(entries) == [
        ("Order 729 · 2 items", Decimal("30.00"), "Please no plastic."),
        ("Order 729 is paid and being prepared", None, ""),
        ("Order 729 changed · 2 items", Decimal("45.00"), ""),
    ]


@pytest.mark.parametrize("status", ["trash", "checkout-draft", "auto-draft", "", None, []])
def test_statuses_that_mean_nothing_to_anybody(status):
    assert heard("order.updated", {**sample.ORDER, "status": status}).touch is None


@pytest.mark.parametrize(
    ("refunds", "amount"), [([{"total": "-10.00"}, {"total": "-5.50"}], "15.50"), ([], "30.00"), (None, "30.00")]
)
def test_a_refund_is_told_with_what_was_given_back(refunds, amount):
    touch = heard("order.updated", {**sample.REFUNDED, "refunds": refunds}).touch
    assert (touch.amount, touch.currency, touch.direction) == (Decimal(amount), "GBP", "outbound")


def test_a_sale_at_the_till_happens_in_the_store():
    assert heard("order.created", {**sample.ORDER, "created_via": "pos-rest-api"}).touch.channel == "store"


# who
def test_an_account_is_vouched_for_and_what_was_typed_is_not():
    claim = heard("customer.created", sample.CUSTOMER).claim
    assert claim.key == ProfileKey("woocommerce", "user:25")
    assert claim.handles == (Handle("user_id", "25", "woocommerce"), Handle("email", "anna@shop.example"))
    assert claim.unverified == (Handle("email", "anna.typed@shop.example"), Handle("phone", "+442079460958"))
    assert claim.traits == {"name": "Anna Customer", "city": "Leeds", "country": "GB", "since": "2026-03-01"}
    assert heard("order.created", sample.ORDER).claim.handles == (Handle("user_id", "25", "woocommerce"),)


def test_guests_are_not_all_the_same_person():
    ben = heard("order.created", sample.GUEST).claim
    other = heard("order.created", {**sample.GUEST, "billing": {"email": "cleo@shop.example"}}).claim
    assert (ben.handles, other.handles) == ((), ())
    assert ben.key == ProfileKey("woocommerce", "email:ben@shop.example")
    assert ben.key != other.key


@pytest.mark.parametrize(
    "topic", ["product.updated", "coupon.created", "order.deleted", "customer.deleted", "action.x", ""]
)
def test_topics_about_no_customer_are_let_go(topic):
    assert drafts("woocommerce", sample.call(1, topic, sample.ORDER)) == []


def test_a_sale_to_nobody_in_particular_is_not_kept():
    walk_in = {**sample.GUEST, "billing": {"first_name": "", "email": "", "phone": ""}}
    assert drafts("woocommerce", sample.call(1, "order.created", walk_in)) == []


# broken
@pytest.mark.parametrize(
    "payload",
    [
        [],
        {"topic": "order.created"},
        {"topic": "order.created", "body": "order"},
        {"topic": "product.created", "body": {"id": 1}},
        {"topic": "order.created", "body": {"id": "727", "customer_id": 25, "status": "pending"}},
        {"topic": "order.created", "body": {"id": 727, "customer_id": "x", "status": "pending"}},
    ],
    ids=["list", "no body", "wrong body", "topic", "odd id", "nobody"],
)
def test_what_makes_no_sense_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("woocommerce", payload)


def test_what_is_no_object_is_refused():
    with pytest.raises(Refused) as refusal:
        drafts("woocommerce", sample.call(1, "order.created", []))
    assert refusal.value.status == 400
