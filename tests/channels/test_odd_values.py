"""Whatever a stored event holds, its connector explains it or says in words why not: no value breaks it.

Every place of every sample is taken out, made null, or given another type; ids come as numbers and as texts, objects as
lists, texts with markup, signs and emoji in them, padded, empty, or very long.
"""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from apps.channels.contract import StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.models import Envelope
from apps.channels.registry import CONNECTORS
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction, Sentiment
from tests.channels import vendors
from tests.channels.forgery import places, removed, replaced
from tests.channels.samples import Made
from tests.channels.vendors import CALLED, KINDS

ARRIVAL = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MOST = 2500  # of one kind
ODD_TEXTS = (
    "", "   ", "0", "007", "-1", "1e999", "null", "undefined", "NaN", "true", "%s %(x)s %%", "{0} {x}", "<b>Anna</b>",
    "👩‍👩‍👧‍👦🫖", "\u202eevil", "\u200b", "a\nb\r\n\tc", "Ünï\u0301", "=1+1", "x" * 30_000, "2026-02-30T10:00:00Z",
    "Mon Nov 30 2026 10:00:00 GMT+0100 (CET)", "12,50 EUR", "id:zz", "@", "tel:", "https://", "http://[::1", "https://[@]/a",
    "*" * 30,
)  # fmt: skip
OTHER_TYPES: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 10**15, 2**63 - 1, 1.5, -0.0, 1e300, [], {}, [None], [[]], [{}], {"id": None}, ["a"],
    {"a": {"b": 1}}, {"value": "x"}, {"": ""},
)  # fmt: skip
SEGMENT = [
    {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "e1", "sentAt": "2026-01-05T09:00:01Z",
     "timestamp": "2026-01-05T09:00:00Z", "properties": {
         "order_id": "4711", "total": 12.5, "currency": "EUR", "coupon": "SPRING", "email": "a@shop.example",
         "products": [{"name": "Cup", "quantity": 2, "price": 6.25, "sku": "C", "product_id": "1"}]},
     "context": {"library": {"name": "analytics.js"}, "page": {"url": "https://shop.example/", "title": "Cups"},
                 "device": {"id": "d1", "type": "ios"}, "app": {"name": "Shop"}, "traits": {"phone": "020 7946 0958"}}},
    {"type": "page", "anonymousId": "a1", "name": "Start", "properties": {"url": "https://shop.example/", "path": "/"}},
    {"type": "identify", "userId": "u1", "traits": {"email": "a@shop.example", "address": {"country": "GB"}}},
    {"type": "alias", "userId": "u1", "previousId": "a1"},
    {"type": "track", "event": "Survey Answered", "userId": "u1", "properties": {"score": 9, "comment": "Fine"}},
]  # fmt: skip


def payloads(kind):
    """What is stored of a kind's sample."""
    if kind == "segment":
        return SEGMENT
    facts = vendors.facts(kind)
    calls = vendors.calls_of(kind, vendors.address_of(facts.slug)) if kind in CALLED else []
    events = [event for call in calls for event in vendors.told(kind, call, facts)]
    events += [event for file in vendors.files_of(kind) for event in vendors.read_file(kind, *file, facts)]
    kept = [prepare(event) for event in events]
    return [orjson.loads(each.payload) for each in kept if each.state == Envelope.State.RECEIVED]


def odd(payload, chance):
    """The payload with one thing about it changed, in every way."""
    for place in places(payload):
        yield removed(payload, place)
        value = payload
        for step in place:
            value = value[step]
        others = [*chance.sample(OTHER_TYPES, 4), *chance.sample(ODD_TEXTS, 4), [value], {"value": value}]
        if isinstance(value, str):
            others += [
                f" {value}\t",
                value.upper(),
                value * 2,
                int(value) if value.isascii() and value.isdigit() else value,
            ]
        elif isinstance(value, int | float):
            others += [str(value), -value, float(value), value * 10**6 if abs(value) < 10**9 else 0]
        elif isinstance(value, list):
            others += [value * 3, [*value, None, 7, "a"], {str(place): inner for place, inner in enumerate(value)}]
        else:
            others += [list(value.values()) if isinstance(value, dict) else "a", str(value)]
        for other in others:
            yield replaced(payload, place, other)


def is_sound(touch):
    """As the database, and a person, would have it."""
    assert isinstance(touch, InteractionDraft)
    assert isinstance(touch.external_id, str)
    assert touch.external_id
    assert touch.occurred_at.tzinfo is not None
    assert touch.occurred_at <= ARRIVAL + timedelta(minutes=6)
    assert touch.channel in Channel.values
    assert touch.direction in Direction.values
    assert touch.sentiment in {"", *Sentiment.values}
    for name in ("kind", "title", "body", "verbatim", "read_back", "currency", "touchpoint", "staff_name", "reference"):
        assert isinstance(getattr(touch, name), str), f"{name} is {type(getattr(touch, name))}"
    assert isinstance(touch.thread, str)
    assert isinstance(touch.link, str)
    assert touch.title.strip() or touch.page
    assert touch.amount is None or (isinstance(touch.amount, Decimal) and touch.amount.is_finite())
    assert touch.ended_at is None or touch.ended_at.tzinfo is not None
    orjson.dumps(touch.payload, default=str)


@pytest.mark.parametrize("kind", [*KINDS, "segment"])
def test_whatever_an_event_holds_it_is_explained_or_refused_in_words(kind):
    facts = vendors.without_secrets(
        vendors.facts(kind, made=Made(settings={"currency": "EUR"}) if kind == "segment" else None)
    )
    chance = random.Random(kind)
    changed = [other for payload in payloads(kind) for other in odd(payload, chance)]
    chance.shuffle(changed)
    assert changed
    reasons = {"a word"}
    for payload in changed[:MOST]:
        try:
            draft = CONNECTORS[kind].normalise(StoredEvent("key-1", ARRIVAL, payload), facts)
        except Unintelligible as refusal:
            reasons.add(str(refusal).strip())
            continue
        for touch in draft.touches:
            is_sound(touch)
        assert draft.claim.handles or draft.claim.unverified
        assert draft.claim.key.external_id
    assert all(reasons), "a supervisor reads why"


@pytest.mark.parametrize("kind", [*KINDS, "segment"])
@pytest.mark.parametrize("payload", [None, True, 7, 1.5, "text", [], {}, [[]], [{}], {"": None}])
def test_what_is_no_event_at_all_is_refused_in_words(kind, payload):
    facts = vendors.without_secrets(vendors.facts(kind, made=Made() if kind == "segment" else None))
    with pytest.raises(Unintelligible):
        CONNECTORS[kind].normalise(StoredEvent("key-1", ARRIVAL, payload), facts)
