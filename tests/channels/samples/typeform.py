"""What Typeform sends: finished responses of one form, one of them anonymous, and one that is not finished."""

import base64
import hashlib
import hmac

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(
    settings={"nps": "recommend", "csat": "", "ces": "", "user_scope": "website"}, secret="whsec_typeform-sample"
)
DRAFTS = 2

FIELDS = [
    {"id": "fNps", "ref": "recommend", "type": "opinion_scale", "title": "Would you recommend us?",
     "properties": {"steps": 11}},
    {"id": "fStars", "ref": "delivery", "type": "rating", "title": "How was the delivery?", "properties": {"steps": 5}},
    {"id": "fWhy", "ref": "why", "type": "long_text", "title": "Why?", "properties": {}},
    {"id": "fBuy", "ref": "buy", "type": "multiple_choice", "title": "What did you buy?", "properties": {}},
    {"id": "fAgain", "ref": "again", "type": "yes_no", "title": "Will you come again?", "properties": {}},
    {"id": "fMail", "ref": "mail", "type": "email", "title": "Your e-mail address", "properties": {}},
]  # fmt: skip


def field(index: int) -> dict:
    return {name: FIELDS[index][name] for name in ("id", "ref", "type")}


RESPONSE = {
    "form_id": "lT4Z3j", "token": "response-1", "landed_at": "2026-04-01T10:00:00Z",
    "submitted_at": "2026-04-01T10:04:00Z", "calculated": {"score": 9},
    "hidden": {"user_id": "u-4711", "email": "anna@shop.example", "order_id": "1043"},
    "definition": {"id": "lT4Z3j", "title": "After your order", "fields": FIELDS, "hidden": ["user_id", "email"]},
    "answers": [
        {"type": "number", "number": 3, "field": field(0)},
        {"type": "number", "number": 2, "field": field(1)},
        {"type": "text", "text": "One saucer was chipped.\nAgain.", "field": field(2)},
        {"type": "choices", "choices": {"labels": ["Cups", "Saucers"], "other": "Spoons"}, "field": field(3)},
        {"type": "boolean", "boolean": True, "field": field(4)},
    ],
}  # fmt: skip
TYPED = {
    **RESPONSE, "token": "response-2", "hidden": {}, "submitted_at": "2026-04-02T10:04:00Z",
    "answers": [
        {"type": "number", "number": 5, "field": field(1)},
        {"type": "email", "email": "ben@shop.example", "field": field(5)},
    ],
}  # fmt: skip
ANONYMOUS = {**RESPONSE, "token": "response-3", "hidden": {}}
STORY = (
    ("form_response", RESPONSE),
    ("form_response", TYPED),
    ("form_response", ANONYMOUS),
    ("form_response_partial", {**RESPONSE, "token": "response-4"}),
)


def signature(body: bytes, secret: str = SOURCE.secret) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def call(number: int, kind: str, response: dict, secret: str = SOURCE.secret) -> Call:
    body = orjson.dumps({"event_id": f"01EVENT{number}", "event_type": kind, "form_response": response})
    return Call(body, {"Typeform-Signature": signature(body, secret)})


def calls(_address: str) -> list[Call]:
    return [call(number, *told) for number, told in enumerate(STORY, 1)]
