"""Amounts by each sender's own rule: which decimals, after which mark, in which currency."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest

from apps.channels.connectors.stripe.amounts import charged
from apps.channels.contract import SourceFacts, StoredEvent
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.tracking import ecommerce
from apps.foundation.text.unread import collected
from tests.channels.connectors.idle import draft
from tests.channels.samples import camt, ofx, shopify, square, stripe, woocommerce

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def told(found):
    return found.touch.amount, found.touch.currency


# Stripe
@pytest.mark.parametrize(
    ("units", "code", "amount"),
    [
        (500000, "UGX", "5000"), (25000, "ISK", "250"), (123400, "HUF", "1234"), (80000, "TWD", "800"),
        (1099, "JPY", "1099"), (7000, "MGA", "7000"), (15000, "CLP", "15000"), (18600, "KWD", "18.600"),
        (5120, "BHD", "5.120"), (1, "OMR", "0.001"), (1099, "EUR", "10.99"), (5000, "IQD", "50"),
    ],
)  # fmt: skip
def test_stripe_counts_by_a_rule_of_its_own(units, code, amount):
    assert charged(units, code) == Decimal(amount)


@pytest.mark.parametrize(
    ("units", "code", "amount"), [(500000, "ugx", "5000"), (18605, "kwd", "18.605"), (990, "krw", "990")]
)
def test_a_charge_and_its_refund_are_in_the_currency_the_customer_paid_in(units, code, amount):
    charge = {**stripe.CHARGE, "amount": units, "amount_captured": units, "currency": code}
    paid = draft("stripe", stripe.call(stripe.body_of(stripe.event(1, "charge.succeeded", charge))))
    assert told(paid) == (Decimal(amount), code.upper())
    refunded = {**charge, "amount_refunded": units, "refunded": True}
    body = stripe.body_of(stripe.event(2, "charge.refunded", refunded, {"amount_refunded": 0}))
    assert told(draft("stripe", stripe.call(body))) == (Decimal(amount), code.upper())


# Square
@pytest.mark.parametrize(
    ("units", "code", "amount"), [(1500, "JPY", "1500"), (1500, "GBP", "15"), (1500, "KWD", "1.5")]
)
def test_square_counts_as_iso_4217_does(units, code, amount):
    money = {"amount": units, "currency": code}
    payment = {**square.PAYMENT, "total_money": money, "amount_money": money}
    body = orjson.dumps(square.event(1, "payment.updated", "payment", "id", {"payment": payment}))
    assert told(draft("square", square.call("http://testserver/in/square/", body))) == (Decimal(amount), code)


# Shopify
def refunded(*transactions, **order):
    refund = {**shopify.REFUND, "transactions": [{"kind": "refund", "status": "success", **t} for t in transactions]}
    body = {**shopify.REFUNDED, "refunds": [refund], **order}
    return draft("shopify", shopify.call(1, "orders/updated", body)).touch


@pytest.mark.parametrize(
    ("transactions", "order", "amount", "code"),
    [
        ([{"amount": "5.00", "currency": "EUR"}], {}, "5.00", "EUR"),
        ([{"amount": "18.605", "currency": "KWD"}], {}, "18.605", "KWD"),
        ([{"amount": "700", "currency": "JPY"}, {"amount": "300", "currency": "JPY"}], {}, "1000", "JPY"),
        ([{"amount": "5.00"}], {"presentment_currency": "CAD"}, "5.00", "CAD"),
        ([{"amount": "5.00"}], {}, "5.00", "GBP"),
    ],
)
def test_shopify_refunds_in_the_currency_of_the_transaction(transactions, order, amount, code):
    touch = refunded(*transactions, **order)
    assert (touch.amount, touch.currency) == (Decimal(amount), code)


def test_shopify_refunds_in_two_currencies_are_not_added_up():
    touch = refunded({"amount": "5.00", "currency": "EUR"}, {"amount": "700", "currency": "JPY"})
    assert touch.amount is None
    assert "5.00 EUR\n700 JPY" in touch.body


def both(shop, presented, code):
    return {
        "shop_money": {"amount": shop, "currency_code": "GBP"},
        "presentment_money": {"amount": presented, "currency_code": code},
    }


def bought(**order):
    return draft("shopify", shopify.call(1, "orders/create", {**shopify.ORDER, **order})).touch


@pytest.mark.parametrize(
    ("presented", "code", "amount"),
    [("34.50", "EUR", "34.50"), ("5600", "JPY", "5600"), ("11.205", "KWD", "11.205"), ("30.00", "GBP", "30.00")],
)
def test_a_shopify_order_is_told_in_the_currency_the_customer_was_charged_in(presented, code, amount):
    touch = bought(presentment_currency=code, total_price_set=both("30.00", presented, code))
    assert (touch.amount, touch.currency) == (Decimal(amount), code)


def test_the_lines_of_a_shopify_order_are_in_its_currency_or_have_no_price():
    lines = [{**shopify.ITEMS[0], "price_set": both("12.50", "14.40", "EUR")}, shopify.ITEMS[1]]
    touch = bought(total_price_set=both("30.00", "34.50", "EUR"), line_items=lines)
    first, second = touch.body.splitlines()[:2]
    assert first.endswith(f"{14.40 * lines[0]['quantity']:.2f}")
    assert shopify.ITEMS[1]["price"] not in second


def test_a_changed_shopify_order_stays_in_the_currency_it_was_charged_in():
    sets = {"total_price_set": both("30.00", "34.50", "EUR"), "current_total_price": "45.00"}
    edited = bought(**sets, current_total_price_set=both("45.00", "51.75", "EUR"))
    assert (edited.amount, edited.currency) == (Decimal("51.75"), "EUR")
    unsaid = bought(**sets)
    assert (unsaid.amount, unsaid.currency) == (Decimal("45.00"), "GBP")


@pytest.mark.parametrize("broken", [None, {}, [], "12", {"presentment_money": {"amount": "x", "currency_code": "EUR"}},
                                    {"presentment_money": {"amount": "5.00", "currency_code": "Taler"}}])  # fmt: skip
def test_a_shopify_sum_that_is_not_said_in_both_is_the_shops(broken):
    touch = bought(total_price_set=broken)
    assert (touch.amount, touch.currency) == (Decimal("30.00"), "GBP")


def test_a_shopify_checkout_in_another_currency_is_told_without_a_sum():
    begun = {**shopify.CHECKOUT, "presentment_currency": "EUR"}
    with collected() as marks:
        touch = draft("shopify", shopify.call(1, "checkouts/create", begun)).touch
    assert (touch.amount, touch.currency, "30.00" in touch.body) == (None, "", False)
    assert [(mark.kind, mark.raw) for mark in marks] == [("currency", "EUR")]
    same = draft("shopify", shopify.call(1, "checkouts/create", {**shopify.CHECKOUT, "presentment_currency": "GBP"}))
    assert told(same) == (Decimal("30.00"), "GBP")


def test_shopify_writes_three_decimals_after_a_point():
    order = {**shopify.ORDER, "currency": "KWD", "total_price": "18.605"}
    assert told(draft("shopify", shopify.call(1, "orders/create", order))) == (Decimal("18.605"), "KWD")


# WooCommerce
@pytest.mark.parametrize(
    ("total", "code", "amount"), [("1.250", "BHD", "1.250"), ("1250", "JPY", "1250"), ("-5", "EUR", "-5")]
)
def test_woocommerce_writes_decimals_after_a_point(total, code, amount):
    order = {**woocommerce.ORDER, "total": total, "currency": code}
    assert told(draft("woocommerce", woocommerce.call(1, "order.created", order))) == (Decimal(amount), code)


def test_woocommerce_refunds_in_the_orders_currency():
    order = {**woocommerce.ORDER, "status": "refunded", "currency": "SEK", "refunds": [{"id": 1, "total": "-49.50"}]}
    assert told(draft("woocommerce", woocommerce.call(2, "order.updated", order))) == (Decimal("49.50"), "SEK")


# banks
@pytest.mark.parametrize(("written", "code", "amount"), [("18.605", "KWD", "18.605"), ("1000", "JPY", "1000")])
def test_camt_keeps_the_decimals_of_its_currency(written, code, amount):
    facts = SourceFacts(1, "bank", "camt", timezone="Europe/Berlin", settings={})
    body = camt.statement(camt.entry("R-1", camt.details(("Anna", camt.ANNA), camt.US), amount=written))
    body = body.replace(b'Ccy="EUR"', f'Ccy="{code}"'.encode())
    (event,) = CONNECTORS["camt"].read(io.BytesIO(body), "a.xml", facts)
    content = StoredEvent(event.key, NOW, {**event.content, **event.meta})
    assert told(CONNECTORS["camt"].normalise(content, facts)) == (Decimal(amount), code)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("-20,50", "20.50"), ("1250", "1250"), ("-1,250", "1.250"), ("1.250", "1.250"), ("1.250,00", "1250")],
)
def test_ofx_has_no_thousands_and_either_mark(written, amount):
    facts = SourceFacts(1, "bank", "ofx", timezone="Europe/Paris", settings={})
    statement = ofx.account("78346129", ofx.transaction("PAYMENT", written, "F-1"))
    body = f'<?xml version="1.0"?><OFX><BANKMSGSRSV1>{statement}</BANKMSGSRSV1></OFX>'.encode()
    (event,) = CONNECTORS["ofx"].read(io.BytesIO(body), "a.ofx", facts)
    content = StoredEvent(event.key, NOW, {**event.content, **event.meta})
    assert CONNECTORS["ofx"].normalise(content, facts).touch.amount == Decimal(amount)


# events of a shape nobody told us
CLOUD = SourceFacts(pk=7, slug="shop", kind="cloudevents", region="GB", settings={"currency": "EUR"})


def of_cloud(settings=None, **data):
    payload = {
        "specversion": "1.0",
        "id": "1",
        "source": "/o",
        "type": "com.example.order.placed",
        "data": {"email": "a@x.example", **data},
    }
    source = replace(CLOUD, settings=settings or CLOUD.settings)
    return CONNECTORS["cloudevents"].normalise(StoredEvent("1", NOW, payload), source)


@pytest.mark.parametrize(
    ("data", "amount", "code"),
    [
        ({"total": "12,50 USD"}, "12.50", "USD"),
        ({"amount": "(30.00)", "currency": "gbp"}, "-30", "GBP"),
        ({"amount": {"value": "1 234,50", "currency": "SEK"}}, "1234.50", "SEK"),
        ({"total": "CHF 9.-"}, "9", "CHF"),
        ({"total": "7"}, "7", "EUR"),
    ],
)
def test_a_cloud_event_says_its_currency_beside_the_amount(data, amount, code):
    assert told(of_cloud(**data)) == (Decimal(amount), code)


def test_an_unreadable_amount_or_currency_leaves_a_mark_and_no_amount():
    with collected() as marks:
        assert told(of_cloud(total="twelve")) == (None, "")
        assert told(of_cloud(total="12", currency="Taler")) == (None, "")
    assert [(mark.kind, mark.raw) for mark in marks if mark.raw] == [("amount", "twelve"), ("currency", "Taler")]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"total": "12,50 SEK"}, ("12.50", "SEK")),
        ({"revenue": 18.605, "currency": "kwd"}, ("18.605", "KWD")),
        ({"total": "$5"}, ("5", "CAD")),
        ({"total": 5, "currency": "€"}, ("5", "EUR")),
        ({"total": 5, "currency": "points"}, ("5", "")),
    ],
)
def test_tracked_orders_say_their_currency_too(properties, found):
    amount, code = ecommerce.money(properties, "CAD")
    assert (amount, code) == (Decimal(found[0]), found[1])
