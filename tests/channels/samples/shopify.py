"""What Shopify sends: one shop, a customer whose id could be a card number, an order of theirs, and a till."""

import base64
import hashlib
import hmac

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"locations": "655441 = Leeds"}, secret="shopify-signing-secret")
DRAFTS = 11
SHOP = "klatsch-cups.myshopify.com"
ANNA = 4 * 10**12 + 222222222222  # thirteen digits that pass every check for a Visa number

CUSTOMER = {
    "id": ANNA, "email": "anna@shop.example", "first_name": "Anna", "last_name": "Customer", "phone": "+442079460958",
    "verified_email": True, "state": "enabled", "created_at": "2026-03-01T09:00:00+00:00",
    "updated_at": "2026-04-01T10:59:00+01:00", "tags": "club", "currency": "GBP", "note": None,
    "default_address": {"id": 101, "customer_id": ANNA, "city": "Leeds", "country": "United Kingdom",
                        "country_code": "GB", "phone": ""},
    "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in",
                                "consent_updated_at": "2026-03-01T09:00:00+00:00"},
}  # fmt: skip
ITEMS = [
    {
        "id": 201,
        "name": "Espresso cups - blue",
        "title": "Espresso cups",
        "quantity": 2,
        "price": "12.50",
        "sku": "CUP",
    },
    {"id": 202, "name": "Saucer", "title": "Saucer", "quantity": 1, "price": "5.00", "sku": None},
]
BILLING = {"first_name": "Anna", "city": "Leeds", "country_code": "GB", "phone": "0113 496 0000"}
ORDER = {
    "id": 450789469, "name": "#1043", "order_number": 1043, "email": "anna.typed@shop.example", "phone": None,
    "contact_email": "anna.typed@shop.example", "created_at": "2026-04-01T11:00:00+01:00",
    "processed_at": "2026-04-01T11:00:00+01:00", "updated_at": "2026-04-01T11:00:05+01:00", "cancelled_at": None,
    "cancel_reason": None, "currency": "GBP", "total_price": "30.00", "financial_status": "pending",
    "fulfillment_status": None, "source_name": "web", "location_id": None, "customer_locale": "en-GB",
    "line_items": ITEMS, "discount_codes": [{"code": "SPRING", "amount": "0.00", "type": "fixed_amount"}],
    "note": "Please no plastic.", "payment_gateway_names": ["bank_transfer"], "test": False,
    "billing_address": BILLING, "shipping_address": BILLING, "customer": CUSTOMER, "fulfillments": [], "refunds": [],
}  # fmt: skip
PAID = {**ORDER, "financial_status": "paid", "updated_at": "2026-04-02T09:00:00+01:00"}
PARCEL = {
    "id": 255858046, "order_id": 450789469, "name": "#1043.1", "status": "success", "shipment_status": None,
    "created_at": "2026-04-02T15:00:00+01:00", "updated_at": "2026-04-02T15:00:00+01:00",
    "tracking_company": "Royal Mail", "tracking_number": "RM1234GB", "line_items": ITEMS, "location_id": 655441,
    "tracking_url": "https://parcel.example/track/RM1234GB?postcode=LS1",
}  # fmt: skip
SENT = {
    **PAID, "fulfillment_status": "fulfilled", "fulfillments": [PARCEL], "updated_at": "2026-04-02T15:00:01+01:00"
}  # fmt: skip
DELIVERED = {
    **PARCEL, "shipment_status": "delivered", "updated_at": "2026-04-03T08:00:00+01:00",
    "email": "anna.typed@shop.example", "destination": BILLING,
}  # fmt: skip
REFUND = {
    "id": 509562969, "order_id": 450789469, "created_at": "2026-04-05T12:00:00+01:00", "note": "One saucer was chipped",
    "refund_line_items": [{"id": 301, "line_item_id": 202, "quantity": 1, "line_item": ITEMS[1]}],
    "transactions": [{"id": 401, "kind": "refund", "status": "success", "amount": "5.00", "currency": "GBP"}],
}  # fmt: skip
REFUNDED = {
    **SENT, "financial_status": "partially_refunded", "refunds": [REFUND], "updated_at": "2026-04-05T12:00:01+01:00"
}  # fmt: skip
TILL = {
    **ORDER, "id": 450789470, "name": "#1044", "order_number": 1044, "source_name": "pos", "location_id": 655441,
    "created_at": "2026-04-06T14:00:00+01:00", "processed_at": "2026-04-06T13:58:00+01:00", "note": None,
    "updated_at": "2026-04-06T14:00:00+01:00", "financial_status": "paid", "email": "", "discount_codes": [],
    "contact_email": None, "billing_address": None, "shipping_address": None,
}  # fmt: skip
CANCELLED = {
    **ORDER, "id": 450789471, "name": "#1045", "created_at": "2026-04-07T10:00:00+01:00", "cancel_reason": "customer",
    "cancelled_at": "2026-04-07T11:00:00+01:00", "updated_at": "2026-04-07T11:00:00+01:00",
}  # fmt: skip
ADDED = {"id": 203, "name": "Sugar bowl", "title": "Sugar bowl", "quantity": 1, "price": "15.00", "sku": "BOWL"}
GONE = {**ITEMS[0], "current_quantity": 0}  # an edit has taken it off
TO_BE_EDITED = {**ORDER, "id": 450789473, "name": "#1046", "order_number": 1046}
EDITED = {
    **TO_BE_EDITED, "total_price": "45.00", "line_items": [*ITEMS, ADDED], "updated_at": "2026-04-04T16:30:00+01:00",
    "financial_status": "partially_paid",
}  # fmt: skip
CHECKOUT = {
    "id": 981820079, "token": "cart-token", "email": "ben@shop.example", "completed_at": None, "currency": "GBP",
    "created_at": "2026-04-08T10:00:00+01:00", "updated_at": "2026-04-08T10:01:00+01:00", "total_price": "30.00",
    "line_items": ITEMS, "phone": None, "customer": None,
    "abandoned_checkout_url": "https://checkout.example/recover?key=secret",
}  # fmt: skip
STOPPED = {
    "customer_id": ANNA, "email_address": "anna@shop.example",
    "email_marketing_consent": {"state": "unsubscribed", "opt_in_level": "single_opt_in",
                                "consent_updated_at": "2026-04-09T10:00:00+01:00"},
}  # fmt: skip

STORY = (
    ("customers/create", CUSTOMER),
    ("checkouts/create", {**CHECKOUT, "email": None}),  # nobody yet
    ("orders/create", ORDER),
    ("orders/updated", ORDER),
    ("orders/paid", PAID),
    ("fulfillments/create", {**PARCEL, "email": "anna.typed@shop.example", "destination": BILLING}),
    ("orders/fulfilled", SENT),
    ("fulfillments/update", DELIVERED),
    ("refunds/create", REFUND),  # names nobody; orders/updated tells of it
    ("orders/updated", REFUNDED),
    ("orders/create", TILL),
    ("orders/paid", TILL),
    ("orders/create", {**TILL, "id": 450789472, "customer": None}),  # a sale to nobody in particular
    ("orders/cancelled", CANCELLED),
    ("orders/create", TO_BE_EDITED),
    ("orders/edited", {"order_edit": {"id": 9, "order_id": 450789473, "line_items": {"additions": [{"id": 203}]}}}),
    ("orders/updated", EDITED),
    ("checkouts/update", CHECKOUT),
    ("customers/update", {**CUSTOMER, "updated_at": "2026-04-09T10:00:00+01:00"}),
    ("customers_email_marketing_consent/update", STOPPED),
    ("products/update", {"id": 1, "title": "Espresso cups"}),
    ("app/uninstalled", {"id": 2, "name": "Klatsch cups"}),
)


def signature(body: bytes, secret: str = SOURCE.secret) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def call(number: int, topic: str, thing: dict, secret: str = SOURCE.secret, **headers: str) -> Call:
    body = orjson.dumps(thing)
    return Call(
        body,
        {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": signature(body, secret),
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": f"webhook-{number}",
            "X-Shopify-Event-Id": f"event-{number}",
            "X-Shopify-Triggered-At": "2026-04-01T10:00:00.000000000Z",
            **headers,
        },
    )


def calls(_address: str) -> list[Call]:
    return [call(number, *told) for number, told in enumerate(STORY, 1)]
