"""What Formbricks sends, signed by the library of the Standard Webhooks specification."""

import base64
from datetime import UTC, datetime

import orjson
from standardwebhooks.webhooks import Webhook

from tests.channels.samples import Call, Made

SOURCE = Made(
    settings={
        "nps": "", "csat": "", "ces": "effort", "user_scope": "",
        "questions": "cmf5homcz0p1kww010hzezjjp = What would make it better?",
    },
    secret="whsec_" + base64.b64encode(b"formbricks sample secret").decode(),
)  # fmt: skip
DRAFTS = 2

SURVEY = {
    "title": "Checkout survey", "type": "app", "status": "inProgress", "createdAt": "2026-03-01T00:00:00.000Z",
    "updatedAt": "2026-03-15T00:00:00.000Z",
}  # fmt: skip
RESPONSE = {
    "id": "cmresponseone", "createdAt": "2026-04-01T10:00:00.000Z", "updatedAt": "2026-04-01T10:02:00.000Z",
    "surveyId": "cmsurvey", "displayId": None, "singleUseId": None, "finished": True, "endingId": None,
    "data": {
        "nps-score": 9, "effort": 2, "cmf5homcz0p1kww010hzezjjp": "Ship to Ireland, please.",
        "whatYouBought": ["Cups", "Saucers"], "cta": "clicked", "order_id": "1043",
    },
    "variables": {}, "ttc": {"nps-score": 1200, "_total": 4000}, "tags": [], "language": "default",
    "contact": {"id": "cmcontactanna", "userId": "u-4711"},
    "contactAttributes": {"userId": "u-4711", "email": "anna@shop.example", "firstName": "Anna"},
    "meta": {"url": "https://cups.example/thanks?token=secret", "source": "app", "country": "GB",
             "userAgent": {"os": "iOS", "device": "mobile", "browser": "Safari"}},
}  # fmt: skip
TYPED = {
    **RESPONSE, "id": "cmresponsetwo", "contact": None, "contactAttributes": None, "language": "de",
    "updatedAt": "2026-04-02T10:02:00.000Z", "data": {"email": "ben@shop.example", "rating": 2, "why": "Too slow."},
}  # fmt: skip
ANONYMOUS = {**TYPED, "id": "cmresponsethree", "data": {"rating": 5}}
STORY = (
    ("responseCreated", {**RESPONSE, "finished": False, "data": {"nps-score": 9}}),
    ("responseUpdated", RESPONSE),
    ("responseFinished", RESPONSE),
    ("responseFinished", TYPED),
    ("responseFinished", ANONYMOUS),
)


def call(number: int, kind: str, response: dict, secret: str = SOURCE.secret, at: datetime | None = None) -> Call:
    body = orjson.dumps({"webhookId": "cmwebhook", "event": kind, "data": {**response, "survey": SURVEY}})
    at, identity = at or datetime.now(UTC), f"message-{number}"
    return Call(
        body,
        {
            "webhook-id": identity,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(identity, at, body.decode()),
        },
    )


def calls(_address: str) -> list[Call]:
    return [call(number, *told) for number, told in enumerate(STORY, 1)]
