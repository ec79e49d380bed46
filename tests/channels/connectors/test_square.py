"""What becomes of Square's events. Square's own library reads our samples, and its helper accepts what we accept."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module

import orjson
import pytest
import requests
from square.utils.webhooks_helper import verify_signature

from apps.channels.contract import Unintelligible
from apps.channels.models import Envelope
from apps.customers.drafts import Handle, ProfileKey
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained, told
from tests.channels.samples import square as sample

ADDRESS = "http://testserver/in/square/"
PROXIED = "https://desk.shop.example/hooks/square"


def heard(kind, held, thing, **settings):
    call = sample.call(ADDRESS, orjson.dumps(sample.event(1, kind, held, "id", {held: thing})))
    return draft("square", call, **settings)


def paid(payment, **settings):
    return heard("payment.updated", "payment", payment, **settings)


def accepted_by_square(call, address=ADDRESS, key=sample.SOURCE.secret):
    return verify_signature(
        request_body=call.body.decode(),
        signature_header=call.headers["x-square-hmacsha256-signature"],
        signature_key=key,
        notification_url=address,
    )


# who may call
def test_squares_own_helper_accepts_what_we_accept():
    for call in sample.calls(ADDRESS):
        assert accepted_by_square(call)
        assert accepted("square", call)


@pytest.mark.parametrize(
    "broken",
    [
        lambda call: replace(call, body=call.body + b" "),
        lambda call: replace(call, body=call.body.replace(b"1400", b"0400")),
        lambda call: sample.call(PROXIED, call.body),
        lambda call: sample.call(ADDRESS, call.body, "another-key"),
        lambda call: replace(call, headers={"x-square-hmacsha256-signature": ""}),
        lambda call: replace(call, headers={"x-square-hmacsha256-signature": "AAAA"}),
    ],
    ids=["longer", "other amount", "for another address", "other key", "empty", "too short"],
)
def test_both_refuse_what_was_tampered_with(broken):
    call = broken(sample.calls(ADDRESS)[3])
    assert not accepted_by_square(call)
    assert not accepted("square", call)


def test_behind_a_proxy_the_address_that_square_knows_is_what_counts():
    call = sample.calls(PROXIED)[0]
    assert accepted_by_square(call, PROXIED)
    assert accepted("square", call, notification_url=PROXIED)
    assert not accepted("square", call)


# shapes
@pytest.mark.parametrize(
    ("module", "name", "number"),
    [
        ("customer_created_event", "CustomerCreatedEvent", 0),
        ("payment_created_event", "PaymentCreatedEvent", 1),
        ("payment_updated_event", "PaymentUpdatedEvent", 2),
        ("payment_updated_event", "PaymentUpdatedEvent", 7),
        ("payment_created_event", "PaymentCreatedEvent", 8),
        ("loyalty_account_created_event", "LoyaltyAccountCreatedEvent", 5),
        ("loyalty_event_created_event", "LoyaltyEventCreatedEvent", 6),
        ("loyalty_event_created_event", "LoyaltyEventCreatedEvent", 9),
    ],
)
def test_our_samples_have_no_field_that_squares_library_does_not_know(module, name, number):
    model = getattr(import_module(f"square.types.{module}"), name)
    assert list(strangers(model.model_validate_json(sample.calls(ADDRESS)[number].body))) == []


def strangers(read, path=""):
    """Fields of a parsed event that its model does not have."""
    if isinstance(read, list):
        for one in read:
            yield from strangers(one, path)
    for name in getattr(read, "model_extra", None) or ():
        yield f"{path}.{name}"
    for name in getattr(type(read), "model_fields", {}):
        yield from strangers(getattr(read, name), f"{path}.{name}")


# what is told
def test_the_story_of_a_customer():
    found = [one for call in sample.calls(ADDRESS) for one in drafts("square", call)]
    assert told(found) == [
        ("store", "payment_failed", "Payment declined, Visa ending 4242"),
        ("store", "payment", "Card payment, Visa ending 4242"),
        ("store", "payment", "Card payment, Visa ending 4242"),  # the same one, changed: it has the same id
        ("store", "loyalty", "Earned 12 points"),
        ("store", "refund", "Refund to Visa ending 4242"),
        ("payment", "payment", "Payment by Cash App"),
        ("store", "loyalty", "Redeemed a reward"),
    ]
    assert len({one.touch.external_id for one in found if one.touch}) == sample.DRAFTS


def test_a_payment_is_told_with_its_card_its_tip_and_its_place():
    touch = paid(sample.PAYMENT).touch
    assert (touch.external_id, touch.occurred_at) == (
        "payment:PAYONE:completed", datetime(2026, 4, 1, 10, 0, 1, tzinfo=UTC)
    )  # fmt: skip
    assert (touch.amount, touch.currency, touch.touchpoint) == (Decimal("14.00"), "GBP", "Leeds")
    assert (touch.reference, touch.thread, touch.direction) == ("PAYO", "order:ORDERONE", "inbound")
    assert touch.body == "Two flat whites\nTip: 1.50 GBP"
    assert touch.link == "https://squareup.example/receipt/preview/PAYONE"


def test_a_location_without_a_name_is_shown_by_its_id():
    assert paid(sample.PAYMENT, locations="").touch.touchpoint == "LLEEDS"


def test_a_payment_that_changes_later_is_told_from_what_does_not_change():
    later = {**sample.PAYMENT, "updated_at": "2026-04-09T10:00:00.000Z", "version_token": "v9"}
    assert paid(later).touch == paid(sample.PAYMENT).touch


def test_money_that_is_only_set_aside_is_nothing_to_tell():
    assert [paid({**sample.PAYMENT, "status": status}).touch for status in ("APPROVED", "PENDING", "")] == [None] * 3
    called_off = paid({**sample.PAYMENT, "status": "CANCELED"}).touch
    assert (called_off.title, called_off.direction) == ("Payment called off", "internal")


def test_a_payment_first_heard_of_when_it_is_refunded_is_told_too():
    found = paid(sample.REFUNDED)
    assert [touch.external_id for touch in found.touches] == [
        "payment:PAYONE:refunded:4.00", "payment:PAYONE:completed"
    ]  # fmt: skip
    assert found.more[0] == paid(sample.PAYMENT).touch


def test_a_refund_is_told_from_its_payment():
    touch = paid(sample.REFUNDED).touch
    assert (touch.external_id, touch.direction, touch.amount) == (
        "payment:PAYONE:refunded:4.00", "outbound", Decimal("4.00")
    )  # fmt: skip
    second = {**sample.REFUNDED, "refund_ids": ["R1", "R2"], "refunded_money": {"amount": 900, "currency": "GBP"}}
    touch = paid(second).touch
    assert (touch.amount, touch.body) == (None, "Refunded so far: 9.00 GBP"), "how much this time it does not say"


@pytest.mark.parametrize(
    ("event", "title", "direction"),
    [
        ({"type": "ACCUMULATE_POINTS", "accumulate_points": {"points": 1}}, "Earned 1 point", "inbound"),
        ({"type": "CREATE_REWARD", "create_reward": {"points": 90}}, "Exchanged 90 points for a reward", "inbound"),
        ({"type": "DELETE_REWARD", "delete_reward": {"points": 90}}, "Gave a reward back for 90 points", "inbound"),
        ({"type": "ADJUST_POINTS", "adjust_points": {"points": -5}}, "5 points taken off by hand", "internal"),
        ({"type": "ADJUST_POINTS", "adjust_points": {"points": 5}}, "5 points added by hand", "internal"),
        ({"type": "EXPIRE_POINTS", "expire_points": {"points": 7}}, "7 points expired", "internal"),
        ({"type": "SOMETHING_NEW"}, "Loyalty points changed", "inbound"),
    ],
)
def test_loyalty_points(event, title, direction):
    base = {name: value for name, value in sample.EARNED.items() if name not in {"type", "accumulate_points"}}
    touch = heard("loyalty.event.created", "loyalty_event", {**base, **event}).touch
    assert (touch.title, touch.direction, touch.touchpoint) == (title, direction, "Leeds")


# who
def test_a_loyalty_account_ties_phone_customer_and_points_together():
    member = heard("loyalty.account.created", "loyalty_account", sample.ACCOUNT).claim
    assert set(member.handles) == {
        Handle("user_id", "CUSTANNA", "square"), Handle("loyalty", "LOYALANNA", "square"),
        Handle("phone", "+442079460958"),
    }  # fmt: skip
    holder = heard("loyalty.event.created", "loyalty_event", sample.EARNED).claim
    assert holder.handles == (Handle("loyalty", "LOYALANNA", "square"),)


def test_a_customer_of_the_directory():
    claim = heard("customer.created", "customer", sample.CUSTOMER).claim
    assert claim.key == ProfileKey("square", "user:CUSTANNA")
    assert claim.traits == {"name": "Anna Customer", "city": "Leeds", "country": "GB"}


def test_an_address_for_the_receipt_proves_nothing():
    claim = paid(sample.ONLINE).claim
    assert (claim.handles, claim.unverified) == ((), (Handle("email", "anna.typed@shop.example"),))


@pytest.mark.parametrize(
    ("kind", "held", "thing"),
    [
        ("payment.updated", "payment", sample.WALK_IN),
        ("refund.created", "refund", sample.REFUND),
        ("order.created", "order_created", sample.ORDER),
        ("catalog.version.updated", "catalog_version", {"updated_at": "2026-04-01T10:00:00Z"}),
    ],
)
def test_events_that_name_nobody_are_let_go(kind, held, thing):
    call = sample.call(ADDRESS, orjson.dumps(sample.event(1, kind, held, "id", {held: thing})))
    assert drafts("square", call) == []


@pytest.mark.parametrize(
    "payload", [[], {}, {"type": "payment.updated"}, {"type": "payment.updated", "data": {"object": 1}}]
)
def test_what_is_no_event_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("square", payload)


def test_a_loyalty_event_without_an_id_is_unintelligible():
    with pytest.raises(Unintelligible, match="without an id"):
        heard("loyalty.event.created", "loyalty_event", {**sample.EARNED, "id": None})


# all together
def test_points_payments_and_the_directory_are_one_customer(client, process_all, db):
    source = vendors.make("square", "square")
    for call in sample.calls(ADDRESS) * 2:
        assert vendors.ring(client, source.slug, call).status_code == 200
    process_all()
    assert Interaction.objects.count() == sample.DRAFTS
    anna = Customer.objects.get(name="Anna Customer", merged_into=None)
    theirs = Interaction.objects.filter(profile__customer=anna).values_list("external_id", flat=True)
    assert set(theirs) == {
        "payment:PAYTWO:failed", "payment:PAYONE:completed", "payment:PAYONE:refunded:4.00",
        "loyalty:points-1", "loyalty:points-2",
    }  # fmt: skip


def test_over_real_http_the_address_that_was_called_is_the_one_that_was_signed(server):
    vendors.make("square", "tills")
    address = f"{server.url}/in/tills/"
    for at, status in ((address, 200), (f"{server.url}/in/other/", 401), (address.rstrip("/"), 401)):
        body = orjson.dumps(sample.event(1, *sample.STORY[3]))
        call = sample.call(at, body)
        assert requests.post(address, body, headers=call.headers, timeout=20).status_code == status
    (kept,) = Envelope.objects.all()
    assert kept.dedupe_key == "00000000-0000-4000-8000-a00000000001"
