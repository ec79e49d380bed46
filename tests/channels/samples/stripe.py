"""What Stripe sends: the events of one customer, built as objects of Stripe's own library and signed by it."""

import time

import stripe

from tests.channels.samples import Call, Made

SOURCE = Made(secret="whsec_sample-secret-of-the-endpoint")
DRAFTS = 11
APRIL = 1775037600  # 1 April 2026, 10:00

CARD = {
    "type": "card",
    "card": {"brand": "visa", "last4": "4242", "country": "GB", "funding": "credit", "network": "visa"},
}
BILLING = {
    "address": {"city": "Leeds", "country": "GB", "line1": None, "postal_code": "LS1 4AP", "state": None},
    "email": "anna.typed@shop.example", "name": "Anna", "phone": "020 7946 0958",
}  # fmt: skip
CUSTOMER = {
    "id": "cus_anna", "object": "customer", "address": BILLING["address"], "balance": 0, "created": APRIL - 86400,
    "currency": "gbp", "email": "anna@shop.example", "livemode": True, "metadata": {}, "name": "Anna Customer",
    "phone": "+442079460958", "preferred_locales": ["en-GB"],
}  # fmt: skip
CHARGE = {
    "id": "ch_1", "object": "charge", "amount": 4990, "amount_captured": 4990, "amount_refunded": 0,
    "billing_details": BILLING, "captured": True, "created": APRIL, "currency": "gbp", "customer": "cus_anna",
    "description": "Two espresso cups", "disputed": False, "failure_message": None, "invoice": None, "livemode": True,
    "metadata": {"order_id": "1043"}, "outcome": {"network_status": "approved_by_network", "type": "authorized"},
    "paid": True, "payment_intent": "pi_1", "payment_method_details": CARD, "receipt_email": "anna@shop.example",
    "receipt_number": None, "receipt_url": "https://pay.stripe.example/receipts/ch_1?s=ap", "refunded": False,
    "status": "succeeded",
}  # fmt: skip
INTENT = {
    "id": "pi_1", "object": "payment_intent", "amount": 4990, "amount_received": 4990, "created": APRIL,
    "currency": "gbp", "customer": "cus_anna", "last_payment_error": None, "latest_charge": "ch_1",
    "metadata": {"order_id": "1043"}, "receipt_email": "anna@shop.example", "status": "succeeded",
}  # fmt: skip
DECLINED = {
    **INTENT, "id": "pi_2", "amount_received": 0, "latest_charge": "ch_2", "status": "requires_payment_method",
    "last_payment_error": {
        "charge": "ch_2", "code": "card_declined", "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.",
        "payment_method": {"id": "pm_1", "object": "payment_method", "billing_details": BILLING, **CARD},
        "type": "card_error",
    },
}  # fmt: skip
REFUNDED = {**CHARGE, "amount_refunded": 1500}
DISPUTE = {
    "id": "du_1", "object": "dispute", "amount": 4990, "charge": "ch_1", "created": APRIL + 6, "currency": "gbp",
    "evidence": {"customer_email_address": "anna@shop.example", "customer_name": "Anna Customer"},
    "evidence_details": {"due_by": APRIL + 864000, "has_evidence": False, "past_due": False, "submission_count": 0},
    "is_charge_refundable": False, "metadata": {}, "payment_intent": "pi_1", "reason": "product_not_received",
    "status": "needs_response",
}  # fmt: skip
PRICE = {
    "id": "price_club", "object": "price", "currency": "gbp", "nickname": "Coffee club", "product": "prod_club",
    "recurring": {"interval": "month", "interval_count": 1}, "unit_amount": 1200,
}  # fmt: skip
SUBSCRIPTION = {
    "id": "sub_1", "object": "subscription", "cancel_at": None, "cancel_at_period_end": False, "created": APRIL + 20,
    "currency": "gbp", "customer": "cus_anna", "metadata": {}, "status": "active", "trial_end": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "items": {"object": "list", "data": [{"id": "si_1", "object": "subscription_item", "price": PRICE, "quantity": 1}]},
}  # fmt: skip
LEAVING = {
    "cancel_at_period_end": True,
    "cancellation_details": {"comment": "Moving house.", "feedback": "unused", "reason": "cancellation_requested"},
}
INVOICE = {
    "id": "in_1", "object": "invoice", "amount_due": 1200, "amount_paid": 1200, "attempt_count": 1, "currency": "gbp",
    "created": APRIL + 25, "customer": "cus_anna", "customer_email": "anna@shop.example",
    "customer_name": "Anna Customer", "customer_phone": None, "metadata": {}, "number": "KL-0001", "status": "paid",
    "hosted_invoice_url": "https://invoice.stripe.example/i/in_1?s=ap", "next_payment_attempt": None,
    "lines": {
        "object": "list",
        "data": [{"id": "il_1", "amount": 1200, "description": "Coffee club (at £12.00 / month)", "quantity": 1}],
    },
}  # fmt: skip
UNPAID = {
    **INVOICE, "id": "in_2", "number": "KL-0002", "amount_paid": 0, "status": "open",
    "next_payment_attempt": APRIL + 3 * 86400,
}  # fmt: skip
SESSION = {
    "id": "cs_1", "object": "checkout.session", "amount_total": 4990, "client_reference_id": "basket-7",
    "created": APRIL - 60, "currency": "gbp", "customer": "cus_anna", "customer_details": BILLING, "metadata": {},
    "mode": "payment", "payment_intent": "pi_1", "payment_status": "paid", "status": "complete",
}  # fmt: skip

# Number, type, object, and the former values of what has changed.
STORY = (
    (1, "customer.created", CUSTOMER, None),
    (2, "payment_intent.payment_failed", DECLINED, None),
    (3, "charge.succeeded", CHARGE, None),
    (4, "payment_intent.succeeded", INTENT, None),
    (5, "checkout.session.completed", SESSION, None),
    (6, "charge.dispute.created", DISPUTE, None),
    (7, "charge.dispute.closed", {**DISPUTE, "status": "won"}, None),
    (8, "charge.refunded", REFUNDED, {"amount_refunded": 500}),
    (9, "customer.subscription.created", SUBSCRIPTION, None),
    (10, "invoice.paid", INVOICE, None),
    (11, "invoice.payment_failed", UNPAID, None),
    (12, "customer.subscription.updated", {**SUBSCRIPTION, **LEAVING}, {"cancel_at_period_end": False}),
    (13, "customer.subscription.deleted", {**SUBSCRIPTION, **LEAVING, "status": "canceled"}, None),
    (14, "product.updated", {"id": "prod_club", "object": "product", "name": "Coffee club"}, None),
)


def event(number: int, kind: str, thing: dict, before: dict | None = None) -> stripe.Event:
    """An event as Stripe's library makes it out of a request, and writes it."""
    data = {"object": thing, **({"previous_attributes": before} if before else {})}
    values = {
        "id": f"evt_{number}", "object": "event", "api_version": "2026-10-28.clover", "created": APRIL + number,
        "data": data, "livemode": True, "pending_webhooks": 1, "type": kind,
        "request": {"id": "req_1", "idempotency_key": None},
    }  # fmt: skip
    return stripe.Event.construct_from(values, None)


def body_of(made: stripe.Event) -> str:
    return str(made)


def call(body: str, secret: str = SOURCE.secret, at: int | None = None) -> Call:
    return Call(
        body.encode(), {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret, at)}
    )


def calls(_address: str) -> list[Call]:
    now = int(time.time())
    return [call(body_of(event(*told)), at=now) for told in STORY]
