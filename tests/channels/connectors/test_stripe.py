"""What becomes of Stripe's events. They are built and signed by Stripe's own library, and it accepts what we accept."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import stripe

from apps.channels.contract import Refused, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle, ProfileKey
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained, told
from tests.channels.samples import stripe as sample

SECRET, OTHER = sample.SOURCE.secret, "whsec_rolled"


def heard(kind, thing, before=None, number=1):
    return draft("stripe", sample.call(sample.body_of(sample.event(number, kind, thing, before))))


def accepted_by_stripe(call, secret=SECRET):
    try:
        return stripe.Webhook.construct_event(call.body, call.headers["Stripe-Signature"], secret)
    except stripe.SignatureVerificationError:
        return None


# who may call
def test_stripes_own_library_accepts_what_we_accept():
    for call in sample.calls(""):
        assert accepted_by_stripe(call).object == "event"
        assert accepted("stripe", call)


@pytest.mark.parametrize(
    "broken",
    [
        lambda call: replace(call, body=call.body + b" "),
        lambda call: replace(call, body=call.body.replace(b"4990", b"1990")),
        lambda call: replace(call, headers={"Stripe-Signature": call.headers["Stripe-Signature"].replace("v1", "v0")}),
        lambda call: replace(call, headers={"Stripe-Signature": call.headers["Stripe-Signature"][:-1]}),
        lambda call: replace(call, headers={"Stripe-Signature": ""}),
        lambda call: replace(call, headers={"Stripe-Signature": "t=,v1="}),
        lambda call: sample.call(call.body.decode(), "whsec_guessed"),
        lambda call: sample.call(call.body.decode(), at=int(time.time()) - 600),
    ],
    ids=["longer", "other amount", "scheme v0", "cut", "empty", "nothing in it", "other secret", "ten minutes old"],
)
def test_both_refuse_what_was_tampered_with(broken):
    call = broken(sample.calls("")[2])
    assert accepted_by_stripe(call) is None
    assert not accepted("stripe", call)


def test_a_time_ahead_of_ours_is_refused_as_well():
    call = sample.call(sample.body_of(sample.event(1, "charge.succeeded", sample.CHARGE)), at=int(time.time()) + 600)
    assert not accepted("stripe", call)
    assert accepted("stripe", call, at=datetime.now(UTC) + timedelta(minutes=10))


def test_while_a_secret_is_rolled_one_of_two_signatures_is_enough():
    body = sample.body_of(sample.event(1, "charge.succeeded", sample.CHARGE))
    now = int(time.time())
    first, second = (sample.call(body, secret, now).headers["Stripe-Signature"] for secret in (SECRET, OTHER))
    both = sample.call(body)
    both = replace(both, headers={"Stripe-Signature": f"{first},v1={second.rpartition('=')[2]}"})
    for secret in (SECRET, OTHER):
        assert accepted_by_stripe(both, secret)
        assert accepted("stripe", both, secrets=(secret,))
        assert accepted("stripe", both, secrets=("whsec_new", secret))
    assert not accepted("stripe", both, secrets=("whsec_new",))


def test_without_a_secret_nobody_is_believed():
    body = sample.body_of(sample.event(1, "charge.succeeded", sample.CHARGE))
    push = vendors.pushed(sample.call(body, ""), "http://testserver/in/stripe/")
    with pytest.raises(Refused):
        CONNECTORS["stripe"].verify(push, replace(vendors.facts("stripe"), secrets=()))


# what is told
def test_the_story_of_a_customer():
    found = [one for call in sample.calls("") for one in drafts("stripe", call)]
    assert told(found) == [
        ("payment", "payment_failed", "Payment declined, Visa ending 4242"),
        ("payment", "payment", "Card payment, Visa ending 4242"),
        ("order", "checkout", "Completed the checkout"),
        ("payment", "dispute", "Payment disputed: nothing received"),
        ("payment", "dispute_closed", "Dispute won"),
        ("payment", "refund", "Refund to Visa ending 4242"),
        ("order", "subscription", "Subscription started: Coffee club, 12.00 GBP a month"),
        ("payment", "invoice_paid", "Invoice KL-0001 paid"),
        ("payment", "invoice_failed", "Invoice KL-0002 could not be collected"),
        ("order", "subscription_change", "Subscription will not be renewed: Coffee club, 12.00 GBP a month"),
        ("order", "subscription_end", "Subscription ended: Coffee club, 12.00 GBP a month"),
    ]
    assert len(found) == 13  # the customer, and the intent around the payment, tell who it was and no more


def test_a_payment_is_told_with_its_card_its_order_and_its_receipt():
    touch = heard("charge.succeeded", sample.CHARGE).touch
    assert (touch.external_id, touch.occurred_at) == ("evt_1", datetime(2026, 4, 1, 10, 0, 1, tzinfo=UTC))
    assert (touch.amount, touch.currency, touch.direction) == (Decimal("49.90"), "GBP", "inbound")
    assert (touch.reference, touch.thread, touch.body) == ("1043", "payment:pi_1", "Two espresso cups")
    assert touch.link == "https://pay.stripe.example/receipts/ch_1", "what follows the path may open doors"


def test_no_payment_is_told_twice():
    succeeded = [heard("charge.succeeded", sample.CHARGE), heard("payment_intent.succeeded", sample.INTENT)]
    assert [one.touch is not None for one in succeeded] == [True, False]
    failure = {**sample.CHARGE, "id": "ch_2", "payment_intent": "pi_2", "failure_message": "No."}
    failed = [heard("charge.failed", failure), heard("payment_intent.payment_failed", sample.DECLINED)]
    assert [one.touch is not None for one in failed] == [False, True]
    alone = heard("charge.failed", {**failure, "payment_intent": None}).touch
    assert (alone.kind, alone.body, alone.thread) == ("payment_failed", "No.", "payment:ch_2")


def test_sums_appear_once_though_invoices_and_checkouts_name_them_too():
    for kind, thing in (("invoice.paid", sample.INVOICE), ("checkout.session.completed", sample.SESSION)):
        touch = heard(kind, thing).touch
        assert touch.amount is None
        assert "GBP" in touch.body


def test_money_that_is_only_set_aside_is_told_once_it_is_taken():
    held = {**sample.CHARGE, "captured": False, "amount_captured": 0}
    taken = {**sample.CHARGE, "amount_captured": 3000}
    assert heard("charge.succeeded", held).touch is None
    assert heard("charge.captured", taken).touch.amount == Decimal("30.00")


@pytest.mark.parametrize(
    ("so_far", "before", "amount"),
    [(1500, {"amount_refunded": 500}, "10.00"), (1500, {}, "15.00"), (4990, {"amount_refunded": 0}, "49.90")],
)
def test_a_refund_is_told_with_what_was_given_back_this_time(so_far, before, amount):
    touch = heard("charge.refunded", {**sample.CHARGE, "amount_refunded": so_far}, before).touch
    assert (touch.amount, touch.currency, touch.direction) == (Decimal(amount), "GBP", "outbound")
    assert touch.thread == "payment:pi_1"


@pytest.mark.parametrize(
    ("currency", "minor", "amount"),
    [("usd", 1099, "10.99"), ("jpy", 1099, "1099.00"), ("kwd", 10990, "10.99"), ("eur", 0, "0.00")],
)
def test_amounts_are_in_the_smallest_unit_of_their_currency(currency, minor, amount):
    charge = {**sample.CHARGE, "amount": minor, "amount_captured": minor, "currency": currency}
    touch = heard("charge.succeeded", charge).touch
    assert (touch.amount, touch.currency) == (Decimal(amount), currency.upper())


@pytest.mark.parametrize(
    ("details", "title"),
    [
        ({"type": "card", "card": {"brand": "amex", "last4": "0005"}}, "Card payment, American Express ending 0005"),
        (
            {"type": "card_present", "card_present": {"brand": "jcb", "last4": "0505"}},
            "Card payment, JCB ending 0505",
        ),
        ({"type": "card", "card": {"brand": "unknown", "last4": "4242"}}, "Card payment, card ending 4242"),
        ({"type": "card", "card": None}, "Payment"),
        ({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, "Payment by SEPA debit"),
        ({"type": "paypal", "paypal": {}}, "Payment by PayPal"),
        ({"type": "some_new_thing"}, "Payment by some new thing"),
        (None, "Payment"),
    ],
    ids=["amex", "terminal", "no brand", "no card", "debit", "wallet", "unheard of", "nothing"],
)
def test_means_of_payment(details, title):
    assert heard("charge.succeeded", {**sample.CHARGE, "payment_method_details": details}).touch.title == title


@pytest.mark.parametrize(
    ("now", "before", "title"),
    [
        ({"cancel_at_period_end": False}, {"cancel_at_period_end": True}, "Subscription will be renewed after all"),
        ({"status": "past_due"}, {"status": "active"}, "Subscription payment is overdue"),
        ({"status": "active"}, {"status": "past_due"}, "Subscription is active"),
        ({}, {"items": {"data": []}}, "Subscription changed"),
        ({}, {"metadata": {}}, None),
        ({"status": {"odd": 1}}, {"status": "active"}, None),
    ],
)
def test_of_the_changes_of_a_subscription_those_that_matter_are_told(now, before, title):
    touch = heard("customer.subscription.updated", {**sample.SUBSCRIPTION, **now}, before).touch
    assert (touch.title if touch else None) == (f"{title}: Coffee club, 12.00 GBP a month" if title else None)


def test_why_somebody_leaves_is_in_their_own_words():
    touch = heard("customer.subscription.deleted", {**sample.SUBSCRIPTION, **sample.LEAVING}).touch
    assert (touch.verbatim, touch.body) == ("Moving house.", "unused")


def test_an_invoice_over_nothing_is_nothing_to_tell():
    assert heard("invoice.paid", {**sample.INVOICE, "amount_paid": 0}).touch is None


# who
def test_what_the_company_keeps_on_its_customer_is_vouched_for():
    claim = heard("customer.updated", sample.CUSTOMER).claim
    assert claim.key == ProfileKey("stripe", "user:cus_anna")
    assert claim.handles == (
        Handle("user_id", "cus_anna", "stripe"), Handle("email", "anna@shop.example"), Handle("phone", "+442079460958")
    )  # fmt: skip
    assert claim.traits == {"name": "Anna Customer", "city": "Leeds", "country": "GB", "language": "en"}


def test_what_was_typed_with_a_card_proves_nothing():
    claim = heard("charge.succeeded", sample.CHARGE).claim
    assert claim.handles == (Handle("user_id", "cus_anna", "stripe"),)
    assert Handle("email", "anna.typed@shop.example") in claim.unverified
    guest = heard("charge.succeeded", {**sample.CHARGE, "customer": None}).claim
    assert guest.handles == ()


def test_an_expanded_customer_is_the_same_one():
    assert (
        heard("charge.succeeded", {**sample.CHARGE, "customer": sample.CUSTOMER}).claim.key.external_id
        == "user:cus_anna"
    )


def test_a_sale_to_nobody_in_particular_is_not_kept():
    donation = {**sample.CHARGE, "customer": None, "receipt_email": None, "billing_details": {"name": "Anonymous"}}
    assert drafts("stripe", sample.call(sample.body_of(sample.event(1, "charge.succeeded", donation)))) == []


def test_a_dispute_that_names_nobody_is_shown_to_a_supervisor():
    with pytest.raises(Unintelligible, match="names nobody"):
        heard("charge.dispute.created", {**sample.DISPUTE, "evidence": {}})


@pytest.mark.parametrize("kind", ["product.created", "payout.paid", "refund.created", "checkout.session.expired", ""])
def test_events_about_no_customer_are_let_go(kind):
    assert drafts("stripe", sample.call(sample.body_of(sample.event(1, kind, sample.CHARGE)))) == []


def test_the_same_event_on_its_way_to_fewer_endpoints_is_the_same_event():
    events = []
    for waiting in (2, 0):
        body = json.dumps({**json.loads(sample.calls("")[2].body), "pending_webhooks": waiting})
        push = vendors.pushed(sample.call(body), "http://testserver/in/stripe/")
        events += CONNECTORS["stripe"].split(push, vendors.facts("stripe"))
    first, again = events
    assert (first.key, first.content) == (again.key, again.content)
    assert first.meta != again.meta


@pytest.mark.parametrize(
    "payload",
    [[], {}, {"type": "charge.succeeded"}, {"type": "charge.succeeded", "data": {"object": []}}, {"type": []}],
)
def test_what_is_no_event_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("stripe", payload)


@pytest.mark.parametrize("body", ["[]", "null", '"charge"', "{", ""])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(Refused) as refusal:
        drafts("stripe", sample.call(body))
    assert refusal.value.status == 400
