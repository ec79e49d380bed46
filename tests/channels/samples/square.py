"""What Square sends. Shapes as Square's own library reads them; signatures that its own helper accepts."""

import base64
import hashlib
import hmac

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"notification_url": "", "locations": "LLEEDS = Leeds"}, secret="square-signature-key")
DRAFTS = 6

CUSTOMER = {
    "id": "CUSTANNA", "created_at": "2026-04-01T09:00:00Z", "updated_at": "2026-04-01T09:00:00Z",
    "given_name": "Anna", "family_name": "Customer", "email_address": "anna@shop.example",
    "phone_number": "+442079460958", "address": {"locality": "Leeds", "country": "GB"},
    "preferences": {"email_unsubscribed": False}, "creation_source": "THIRD_PARTY", "version": 0,
}  # fmt: skip
CARD = {
    "status": "CAPTURED",
    "card": {"card_brand": "VISA", "last_4": "4242", "exp_month": 4, "exp_year": 2029, "fingerprint": "sq-1-abc"},
    "entry_method": "CONTACTLESS",
    "card_payment_timeline": {"authorized_at": "2026-04-01T10:00:00Z", "captured_at": "2026-04-01T10:00:01Z"},
}
PAYMENT = {
    "id": "PAYONE", "created_at": "2026-04-01T10:00:00.000Z", "updated_at": "2026-04-01T10:00:02.000Z",
    "amount_money": {"amount": 1250, "currency": "GBP"}, "tip_money": {"amount": 150, "currency": "GBP"},
    "total_money": {"amount": 1400, "currency": "GBP"}, "status": "COMPLETED", "source_type": "CARD",
    "card_details": CARD, "location_id": "LLEEDS", "order_id": "ORDERONE", "customer_id": "CUSTANNA",
    "receipt_number": "PAYO", "receipt_url": "https://squareup.example/receipt/preview/PAYONE",
    "application_details": {"square_product": "SQUARE_POS"}, "note": "Two flat whites", "version_token": "v1",
}  # fmt: skip
APPROVED = {**PAYMENT, "status": "APPROVED", "updated_at": "2026-04-01T10:00:01.000Z"}
REFUNDED = {
    **PAYMENT, "refunded_money": {"amount": 400, "currency": "GBP"}, "refund_ids": ["PAYONE_R1"],
    "updated_at": "2026-04-02T10:00:00.000Z",
}  # fmt: skip
DECLINED = {
    **PAYMENT, "id": "PAYTWO", "status": "FAILED", "order_id": "ORDERTWO", "receipt_number": None,
    "created_at": "2026-04-01T09:59:00.000Z",
    "card_details": {**CARD, "status": "FAILED", "errors": [
        {"category": "PAYMENT_METHOD_ERROR", "code": "INSUFFICIENT_FUNDS", "detail": "Insufficient funds."}
    ]},
}  # fmt: skip
ONLINE = {
    **PAYMENT, "id": "PAYWEB", "order_id": "ORDERWEB", "buyer_email_address": "anna.typed@shop.example",
    "application_details": {"square_product": "ECOMMERCE_API"}, "source_type": "WALLET",
    "wallet_details": {"brand": "CASH_APP", "status": "CAPTURED"}, "tip_money": None, "note": None,
    "created_at": "2026-04-03T10:00:00.000Z",
}  # fmt: skip
del ONLINE["customer_id"], ONLINE["card_details"]
WALK_IN = {**PAYMENT, "id": "PAYCASH", "source_type": "CASH"}
del WALK_IN["customer_id"], WALK_IN["card_details"]
ACCOUNT = {
    "id": "loyal-anna", "program_id": "program", "balance": 12, "lifetime_points": 12, "customer_id": "CUSTANNA",
    "mapping": {"id": "map-1", "created_at": "2026-04-01T10:00:03Z", "phone_number": "+442079460958"},
    "created_at": "2026-04-01T10:00:03Z", "updated_at": "2026-04-01T10:00:03Z",
}  # fmt: skip
EARNED = {
    "id": "points-1", "type": "ACCUMULATE_POINTS", "created_at": "2026-04-01T10:00:04Z",
    "accumulate_points": {"loyalty_program_id": "program", "points": 12, "order_id": "ORDERONE"},
    "loyalty_account_id": "loyal-anna", "location_id": "LLEEDS", "source": "SQUARE",
}  # fmt: skip
REDEEMED = {
    "id": "points-2", "type": "REDEEM_REWARD", "created_at": "2026-04-04T10:00:04Z",
    "redeem_reward": {"loyalty_program_id": "program", "reward_id": "reward-1", "order_id": "ORDERTHREE"},
    "loyalty_account_id": "loyal-anna", "location_id": "LLEEDS", "source": "SQUARE",
}  # fmt: skip
REFUND = {
    "id": "PAYONE_R1", "payment_id": "PAYONE", "order_id": "ORDERONE", "location_id": "LLEEDS", "status": "COMPLETED",
    "amount_money": {"amount": 400, "currency": "GBP"}, "created_at": "2026-04-02T10:00:00Z",
}  # fmt: skip
ORDER = {
    "order_id": "ORDERONE", "version": 1, "location_id": "LLEEDS", "state": "OPEN", "created_at": "2026-04-01T10:00:00Z"
}  # fmt: skip

STORY = (
    ("customer.created", "customer", "CUSTANNA", {"customer": CUSTOMER}),
    ("payment.created", "payment", "PAYONE", {"payment": APPROVED}),
    ("payment.updated", "payment", "PAYTWO", {"payment": DECLINED}),
    ("payment.updated", "payment", "PAYONE", {"payment": PAYMENT}),
    ("payment.updated", "payment", "PAYONE", {"payment": {**PAYMENT, "version_token": "v2"}}),
    ("loyalty.account.created", "loyalty_account", "loyal-anna", {"loyalty_account": ACCOUNT}),
    ("loyalty.event.created", "loyalty_event", "points-1", {"loyalty_event": EARNED}),
    ("payment.updated", "payment", "PAYONE", {"payment": REFUNDED}),
    ("payment.created", "payment", "PAYWEB", {"payment": ONLINE}),
    ("loyalty.event.created", "loyalty_event", "points-2", {"loyalty_event": REDEEMED}),
    # about nobody
    ("payment.created", "payment", "PAYCASH", {"payment": WALK_IN}),
    ("refund.created", "refund", "PAYONE_R1", {"refund": REFUND}),
    ("order.created", "order", "ORDERONE", {"order_created": ORDER}),
    ("inventory.count.updated", "inventory_counts", "1", {"inventory_counts": []}),
)


def event(number: int, kind: str, held: str, identity: str, thing: dict) -> dict:
    return {
        "merchant_id": "MERCHANT", "type": kind, "event_id": f"00000000-0000-4000-8000-a{number:011d}",
        "created_at": f"2026-04-01T10:{number:02d}:00Z", "data": {"type": held, "id": identity, "object": thing},
    }  # fmt: skip


def signature(url: str, body: bytes, secret: str = SOURCE.secret) -> str:
    return base64.b64encode(hmac.new(secret.encode(), url.encode() + body, hashlib.sha256).digest()).decode()


def call(url: str, body: bytes, secret: str = SOURCE.secret) -> Call:
    return Call(body, {"x-square-hmacsha256-signature": signature(url, body, secret)})


def calls(address: str) -> list[Call]:
    return [call(address, orjson.dumps(event(number, *told))) for number, told in enumerate(STORY, 1)]
