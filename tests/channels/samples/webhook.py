"""What a system without a connector of its own posts, signed by the `standardwebhooks` package."""

from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook

from tests.channels.samples import Call, Made

SECRET = "whsec_c2FtcGxlLXNlY3JldC1vZi10aGUtc291cmNl"
MAPPING = {
    "id": "id",
    "when": "created",
    "who": {"user_id": "data.member.number", "email": "data.member.email"},
    "traits": {"name": "data.member.name"},
    "channel": "app",
    "kind": "booking",
    "title": "{type} · {data.class}",
    "amount": "data.price",
    "currency": "EUR",
    "only": "data.member.number",
}
SOURCE = Made(settings={"items": "events", "mapping": MAPPING}, secret=SECRET)

ANNA = {"number": "M-1", "email": "anna@club.example", "name": "Anna"}
BOOKED = {
    "id": "evt_1", "type": "Class booked", "created": "2026-03-02T10:00:00Z",
    "data": {"member": ANNA, "class": "Yoga", "price": 12.5},
}  # fmt: skip
MOVED = {**BOOKED, "id": "evt_2", "type": "Class moved", "created": "2026-03-02T10:20:00Z"}
MISSED = {**BOOKED, "id": "evt_3", "type": "Class missed", "created": "2026-03-02T10:40:00Z"}
NOBODYS = {"id": "evt_4", "type": "Room cleaned", "created": "2026-03-02T10:50:00Z", "data": {}}
DRAFTS = 3


def calls(address: str) -> list[Call]:
    return [_call("msg_1", BOOKED), _call("msg_2", {"events": [MOVED, MISSED, NOBODYS]})]


def _call(own: str, body: object, secret: str = SECRET) -> Call:
    plain, now = orjson.dumps(body), datetime.now(UTC)
    headers = {
        "webhook-id": own,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(own, now, plain.decode()),
    }
    return Call(plain, headers)
