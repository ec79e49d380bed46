"""What WooCommerce sends: an account, an order of theirs through its statuses, and an order of a guest."""

import base64
import hashlib
import hmac

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(secret="whsec_woocommerce-sample")
DRAFTS = 9
SITE = "https://cups.example/"

BILLING = {
    "first_name": "Anna", "last_name": "Customer", "company": "", "address_1": "1 The Headrow", "city": "Leeds",
    "state": "", "postcode": "LS1 4AP", "country": "GB", "email": "anna.typed@shop.example", "phone": "020 7946 0958",
}  # fmt: skip
CUSTOMER = {
    "id": 25, "date_created": "2026-03-01T10:00:00", "date_created_gmt": "2026-03-01T10:00:00",
    "date_modified_gmt": "2026-04-01T10:00:00", "email": "anna@shop.example", "first_name": "Anna",
    "last_name": "Customer", "role": "customer", "username": "anna", "billing": BILLING, "shipping": {},
    "is_paying_customer": True, "avatar_url": "https://cups.example/avatar", "meta_data": [],
}  # fmt: skip
ORDER = {
    "id": 727, "parent_id": 0, "number": "727", "order_key": "wc_order_sample", "created_via": "checkout",
    "version": "10.2.0", "status": "pending", "currency": "GBP", "date_created": "2026-04-01T11:00:00",
    "date_created_gmt": "2026-04-01T10:00:00", "date_modified_gmt": "2026-04-01T10:00:00", "date_paid_gmt": None,
    "date_completed_gmt": None, "discount_total": "0.00", "shipping_total": "5.00", "total": "30.00",
    "customer_id": 25, "customer_ip_address": "192.0.2.7", "customer_note": "Please no plastic.", "billing": BILLING,
    "shipping": {**BILLING, "email": "", "phone": ""}, "payment_method": "bacs",
    "payment_method_title": "Bank transfer", "transaction_id": "", "refunds": [], "coupon_lines": [{"code": "spring"}],
    "line_items": [
        {"id": 315, "name": "Espresso cups - Blue", "product_id": 93, "quantity": 2, "subtotal": "25.00",
         "total": "25.00", "sku": "CUP", "price": 12.5},
    ],
}  # fmt: skip
PROCESSING = {
    **ORDER, "status": "processing", "date_paid_gmt": "2026-04-02T08:00:00", "date_modified_gmt": "2026-04-02T08:00:01"
}  # fmt: skip
COMPLETED = {
    **PROCESSING, "status": "completed", "date_completed_gmt": "2026-04-03T15:00:00",
    "date_modified_gmt": "2026-04-03T15:00:00",
}  # fmt: skip
REFUNDED = {
    **COMPLETED, "status": "refunded", "date_modified_gmt": "2026-04-05T12:00:00",
    "refunds": [{"id": 730, "reason": "Chipped", "total": "-30.00"}],
}  # fmt: skip
GUEST = {
    **ORDER, "id": 728, "number": "A-728", "customer_id": 0, "status": "processing", "customer_note": "",
    "billing": {**BILLING, "first_name": "Ben", "email": "ben@shop.example", "phone": ""}, "coupon_lines": [],
    "date_created_gmt": "2026-04-06T10:00:00", "date_modified_gmt": "2026-04-06T10:00:00",
    "date_paid_gmt": "2026-04-06T10:00:00",
}  # fmt: skip
BLOCKS = {
    **ORDER, "id": 729, "number": "729", "created_via": "store-api", "status": "checkout-draft", "payment_method": "",
    "date_created_gmt": "2026-04-09T18:00:00", "date_modified_gmt": "2026-04-09T18:00:00", "coupon_lines": [],
}  # fmt: skip
BLOCKS_PLACED = {
    **BLOCKS, "status": "processing", "date_paid_gmt": "2026-04-09T18:04:00", "date_modified_gmt": "2026-04-09T18:04:01"
}  # fmt: skip
BLOCKS_EDITED = {**BLOCKS_PLACED, "total": "45.00", "date_modified_gmt": "2026-04-10T09:00:00"}

STORY = (
    ("customer.created", CUSTOMER),
    ("order.created", ORDER),
    ("order.updated", PROCESSING),
    ("order.updated", {**PROCESSING, "date_modified_gmt": "2026-04-02T09:00:00"}),  # somebody saved it again
    ("order.updated", COMPLETED),
    ("order.updated", REFUNDED),
    ("order.created", GUEST),
    ("order.updated", {**GUEST, "status": "customs-check", "date_modified_gmt": "2026-04-07T10:00:00"}),
    ("order.updated", {**GUEST, "status": "trash"}),
    ("order.created", BLOCKS),
    ("order.updated", BLOCKS),
    ("order.updated", BLOCKS_PLACED),
    ("order.updated", BLOCKS_EDITED),
    ("customer.updated", {**CUSTOMER, "date_modified_gmt": "2026-04-08T10:00:00"}),
    ("product.updated", {"id": 93, "name": "Espresso cups"}),
)
PING = Call(b"webhook_id=7", {}, content_type="application/x-www-form-urlencoded")


def signature(body: bytes, secret: str = SOURCE.secret) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def call(number: int, topic: str, thing: dict, secret: str = SOURCE.secret) -> Call:
    body = orjson.dumps(thing)
    resource, _dot, event = topic.partition(".")
    return Call(
        body,
        {
            "X-WC-Webhook-Source": SITE,
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signature(body, secret),
            "X-WC-Webhook-ID": "7",
            "X-WC-Webhook-Delivery-ID": f"delivery-{number}",
        },
    )


def calls(_address: str) -> list[Call]:
    return [call(number, *told) for number, told in enumerate(STORY, 1)]
