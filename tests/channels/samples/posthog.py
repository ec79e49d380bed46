"""What PostHog's SDKs send: a server's batch, a browser in each of its compressions, and the newest endpoint.

Shapes as `posthog` 7.91 (PyPI) sends them, and as the browser's SDK does by its documentation.
"""

import base64
import gzip
from urllib.parse import quote

import orjson

from tests.channels.samples import Call, Made

KEY = "phc_sample"
SOURCE = Made(settings={"currency": "EUR"}, secret=KEY)
DRAFTS = 8  # 7 and one visit

VISITOR = "0190f3a0-aaaa-7000-8000-00000000a001"
PAGE = {
    "$lib": "web", "$device_id": VISITOR, "$is_identified": False, "$host": "shop.example", "token": KEY,
    "$current_url": "https://shop.example/cups?token=secret", "$pathname": "/cups", "$process_person_profile": False,
}  # fmt: skip


def event(number, called, distinct_id="u1", hour=9, /, **properties):
    return {
        "event": called,
        "uuid": f"0190f3a0-0000-7000-8000-00000000000{number:x}",
        "distinct_id": distinct_id,
        "timestamp": f"2026-01-05T{hour:02d}:00:00+00:00",
        "properties": properties,
    }


BROWSED = [
    event(1, "$pageview", VISITOR, 8, **PAGE, title="Cups"),
    event(2, "$autocapture", VISITOR, 8, **PAGE),
    event(3, "Product Viewed", VISITOR, 8, **PAGE, name="Espresso cups"),
    event(4, "$identify", "u1", 9, **{**PAGE, "$is_identified": True}, **{
        "$anon_distinct_id": VISITOR, "$set": {"email": "anna@shop.example", "name": "Anna"}
    }),
]  # fmt: skip
LINES = [{"name": "Espresso cups", "quantity": 2, "price": 9.9}]
SERVED = [
    event(5, "Order Completed", "u1", 10, order_id="1043", total=19.8, products=LINES, **{"$lib": "posthog-python"}),
    {"event": "$set", "uuid": "0190f3a0-0000-7000-8000-000000000006", "distinct_id": "u1",
     "timestamp": "2026-01-05T10:01:00+00:00", "$set": {"city": "Leeds", "phone": "020 7946 0958"}, "properties": {}},
    event(7, "$create_alias", "old-1", 11, distinct_id="old-1", alias="u1"),
    event(8, "Plan Upgraded", "u1", 12, revenue=5, currency="GBP"),
]  # fmt: skip
SURVEY = event(9, "survey sent", "u1", 13, **PAGE | {"$is_identified": True, "$process_person_profile": True}, **{
    "$survey_id": "s1", "$survey_name": "How was the delivery?", "$survey_submission_id": "sub-1",
    "$survey_questions": [{"id": "q1", "question": "How likely?"}, {"id": "q2", "question": "Why?"}],
    "$survey_response_q1": "9", "$survey_response_q2": "The courier was kind.",
})  # fmt: skip
ANGRY = event(10, "$rageclick", "u1", 14, **{**PAGE, "$is_identified": True, "$process_person_profile": True}, **{
    "$el_text": "Pay"
})  # fmt: skip
FAILED = event(11, "$exception", "u1", 14, **{"$lib": "posthog-ios", "$exception_list": [
    {"type": "TypeError", "value": "cart is undefined"}
]})  # fmt: skip


def newest(one):
    """As `/i/v1/analytics/events` has it: options apart, no key in the body."""
    return {**one, "options": {"process_person_profile": True}, "session_id": "ses-1"}


def calls(address: str) -> list[Call]:
    json = orjson.dumps
    encoded = base64.b64encode(json({"api_key": KEY, **SURVEY})).decode()
    last = event(12, "Subscription Renewed", "u1", 15, amount=3)
    return [
        Call(
            gzip.compress(json(BROWSED), mtime=0), path="e/?compression=gzip-js&ip=1&ver=1.2", content_type="text/plain"
        ),
        Call(json({"api_key": KEY, "batch": SERVED, "historical_migration": False}), path="batch/"),
        Call(f"data={quote(encoded)}".encode(), path="i/v0/e/", content_type="application/x-www-form-urlencoded"),
        Call(json({"token": KEY, **ANGRY}), path="capture/"),
        Call(
            gzip.compress(json({"api_key": KEY, **FAILED}), mtime=0),
            {"Content-Encoding": "gzip"},
            path="capture",
        ),
        Call(
            json({"created_at": "2026-01-05T15:00:00Z", "batch": [newest(last)]}),
            {"Authorization": f"Bearer {KEY}", "PostHog-Sdk-Info": "posthog-python/7.91.1"},
            path="i/v1/analytics/events",
        ),
        Call(json({"token": KEY, "distinct_id": "u1"}), path="flags/?v=2"),
    ]
