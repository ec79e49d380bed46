"""CloudEvents in all three modes, as the specification's HTTP binding and JSON format have them."""

import base64
from urllib.parse import quote

import orjson

from tests.channels.samples import Call, Made

TOKEN = "sample-token"
SOURCE = Made(settings={"types": "com.example., org.example", "currency": "EUR"}, secret=TOKEN)
DRAFTS = 8
STRUCTURED = "application/cloudevents+json; charset=UTF-8"
BATCH = "application/cloudevents-batch+json"


def event(number, kind, data=None, hour=9, /, **attributes):
    told = {
        "specversion": "1.0", "id": f"event-{number}", "source": "https://shop.example/services/orders",
        "type": kind, "time": f"2026-01-05T{hour:02d}:00:00Z", "datacontenttype": "application/json", **attributes,
    }  # fmt: skip
    return told | ({"data": data} if data is not None else {})


ANNA = {"id": "c-42", "email": "anna@shop.example", "firstName": "Anna", "phone": "020 7946 0958"}
CREATED = event(1, "com.example.shop.order.completed.v1", {
    "orderId": "1043", "total": 19.8, "currency": "EUR", "customer": ANNA,
    "products": [{"name": "Espresso cups", "quantity": 2}],
})  # fmt: skip
OTHERS = [
    event(2, "com.example.OrderShipped", {"order": {"number": "1043"}, "customer_id": "c-42"}, 10),
    event(3, "com.example.payments.refunded", {"customerId": "c-42", "amount": {"value": "5.00", "currency": "GBP"}},
          11),
    event(4, "org.example.feedback.given", {"email": "anna@shop.example", "comment": "Lovely cups", "score": 5}, 12),
    event(5, "com.example.ticket.opened", {"user": {"userId": "c-42"}, "ticketId": "77", "title": "A cup is chipped"},
          13),
    event(6, "org.other.heartbeat", {"ok": True}, 13),
]  # fmt: skip
WRAPPED = event(7, "com.example.newsletter.subscribed", None, 14, data_base64=base64.b64encode(
    orjson.dumps({"email": "anna@shop.example", "name": "Anna"})
).decode())  # fmt: skip
FORMER = event(
    8, "com.example.ATMWithdrawal", {"account_number": "a-1", "amount": 50, "atm": "88"}, 15, specversion="0.3"
)
TEXT = event(
    9, "com.example.call.ended", {"phone": "+44 20 7946 0958", "reason": "A lost parcel"}, 16, subject="caf\u00e9"
)


def binary(told):
    headers = {
        f"ce-{name}": quote(value, safe=":/") for name, value in told.items() if name not in {"data", "datacontenttype"}
    }
    return orjson.dumps(told["data"]), headers


def calls(address: str) -> list[Call]:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    body, headers = binary(TEXT)
    return [
        Call(orjson.dumps(CREATED), bearer, content_type=STRUCTURED),
        Call(orjson.dumps(OTHERS), bearer, content_type=BATCH),
        Call(orjson.dumps(WRAPPED), bearer, content_type="application/cloudevents+json"),
        Call(orjson.dumps(FORMER), path=f"?access_token={TOKEN}", content_type="application/cloudevents+json"),
        Call(body, {**bearer, **headers}),
    ]
