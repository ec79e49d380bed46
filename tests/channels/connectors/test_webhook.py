"""Anything that posts JSON, signed by the reference library of Standard Webhooks."""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from standardwebhooks import Webhook

from apps.channels.actions import change_source, create_source, issue_key
from apps.channels.contract import Push, Refused, SourceFacts
from apps.channels.ingest.process import process_due, release
from apps.channels.models import Envelope
from apps.channels.registry import CONNECTORS
from apps.interactions.models import Interaction
from tests.channels.samples import webhook as sample

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
CONNECTOR = CONNECTORS["webhook"]


def facts(*secrets, **settings):
    return SourceFacts(1, "club", "webhook", settings=settings, secrets=secrets or (sample.SECRET,))


def pushed(body, *, secret=sample.SECRET, own="msg_1", at=NOW, vendor="webhook", **headers):
    raw = orjson.dumps(body)
    signed = {
        f"{vendor}-id": own,
        f"{vendor}-timestamp": str(int(at.timestamp())),
        f"{vendor}-signature": Webhook(secret).sign(own, at, raw.decode()),
    }
    return Push("", {**signed, **headers}, raw, raw=raw, at=NOW)


def is_let_in(push, source=None):
    try:
        CONNECTOR.verify(push, source or facts())
    except Refused as refusal:
        return refusal.status != 401
    return True


@pytest.mark.parametrize("vendor", ["webhook", "svix"])
def test_what_the_reference_library_signs_is_let_in(vendor):
    assert is_let_in(pushed({"a": 1}, vendor=vendor))


def test_both_secrets_are_good_while_one_is_replaced():
    new = "whsec_" + base64.b64encode(b"the new secret of the source").decode()
    both = facts(new, sample.SECRET)
    assert is_let_in(pushed({"a": 1}), both)
    assert is_let_in(pushed({"a": 1}, secret=new), both)
    assert not is_let_in(pushed({"a": 1}, secret=new))


def test_one_of_several_signatures_is_enough():
    push = pushed({"a": 1})
    several = f"v1,AAAA v2,BBBB {push.headers['webhook-signature']}"
    assert is_let_in(pushed({"a": 1}, **{"webhook-signature": several}))


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1," + "A" * 100_000},
        {"webhook-signature": "v1,AAAA " * 10_000},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e400"},
        {"webhook-timestamp": ""},
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
    ],
    ids=[
        "none",
        "no comma",
        "empty",
        "no base64",
        "long",
        "many",
        "word",
        "nan",
        "endless",
        "no time",
        "no id",
        "other id",
    ],
)  # fmt: skip
def test_odd_headers_prove_nothing(headers):
    assert not is_let_in(pushed({"a": 1}, **headers))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_of_another_time_is_a_replay(minutes):
    assert not is_let_in(pushed({"a": 1}, at=NOW + timedelta(minutes=minutes)))


def test_another_body_under_the_same_signature_is_refused():
    push = pushed({"a": 1})
    assert not is_let_in(Push("", push.headers, b'{"a":2}', raw=b'{"a":2}', at=NOW))


def test_the_key_as_bearer_token_opens_too(client, db):
    source = create_source(actor=None, slug="club", name="Club", kind="webhook", mapping=sample.MAPPING)
    secret = issue_key(actor=None, source=source)
    body = orjson.dumps(sample.BOOKED)
    post = {"content_type": "application/json"}
    assert client.post("/in/club/", body, headers={"Authorization": f"Bearer {secret}x"}, **post).status_code == 401
    assert client.post("/in/club/", body, **post).status_code == 401
    assert client.post("/in/club/", body, headers={"Authorization": f"Bearer {secret}"}, **post).status_code == 200
    assert process_due().done == 1
    entry = Interaction.objects.get()
    assert (entry.title, entry.amount, entry.currency) == ("Class booked · Yoga", Decimal("12.50"), "EUR")


@pytest.mark.parametrize(
    ("body", "configured", "found"),
    [
        ({"a": 1}, {}, [{"a": 1}]),
        ([{"a": 1}, {"a": 2}], {}, [{"a": 1}, {"a": 2}]),
        ({"events": [{"a": 1}, {"a": 2}], "sent": "now"}, {}, [{"a": 1}, {"a": 2}]),
        ({"id": 7, "items": [{"sku": 1}]}, {}, [{"id": 7, "items": [{"sku": 1}]}]),
        ({"deep": {"list": [{"a": 1}]}}, {"items": "deep.list"}, [{"a": 1}]),
        ({"deep": {"list": {"a": 1}}}, {"items": "deep.list"}, [{"a": 1}]),
        ({"other": 1}, {"items": "deep.list"}, [{"other": 1}]),
        ({}, {}, []),
        ([], {}, []),
        (None, {}, []),
    ],
    ids=["one", "list", "wrapped", "an order's items", "at a path", "one at a path", "not there", "ping", "no", "null"],
)  # fmt: skip
def test_where_the_events_are(body, configured, found):
    assert [event.content for event in CONNECTOR.split(pushed(body), facts(**configured))] == found


def test_an_event_is_known_by_its_own_id_then_by_that_of_the_request_then_by_its_content():
    def keys(body, *, own="msg_1", **settings):
        return [event.key for event in CONNECTOR.split(pushed(body, own=own), facts(**settings))]

    mapped = {"mapping": {"id": "id", "who": {"email": "email"}}}
    assert keys({"id": "e1"}, **mapped) == ["e1"]
    assert keys({"a": 1}, **mapped) == ["msg_1"]
    assert keys([{"a": 1}, {"a": 2}]) == ["msg_1:0", "msg_1:1"]
    bare = Push("", {}, b'{"b":2,"a":1}', raw=b"", at=NOW)
    same = Push("", {}, b'{"a":1,"b":2}', raw=b"", at=NOW)
    assert CONNECTOR.split(bare, facts())[0].key == CONNECTOR.split(same, facts())[0].key


def test_a_value_that_is_no_object_is_kept_in_quarantine():
    (event,) = CONNECTOR.split(pushed([7]), facts())
    assert (event.content, bool(event.refused)) == ({"value": 7}, True)


def test_what_comes_before_there_is_a_mapping_is_held_and_told_once_there_is(client, db):
    source = create_source(actor=None, slug="club", name="Club", kind="webhook")
    secret = issue_key(actor=None, source=source)
    for number in range(30):
        body = orjson.dumps({**sample.BOOKED, "id": f"evt_{number}"})
        client.post("/in/club/", body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
    process_due()
    assert release() == 0
    assert Envelope.objects.held().count() == 30
    change_source(actor=None, source=source, settings={"mapping": sample.MAPPING})
    assert release() == 30
    assert process_due().done == 30
    assert Interaction.objects.count() == 30


@pytest.mark.parametrize("written", ["a[", "a |", "unheard_of(a) | b"])
def test_a_way_nobody_understands_is_an_error_of_the_form(written):
    form = CONNECTOR.about.settings_form({"items": written})
    assert not form.is_valid()
    assert "not understood" in str(form.errors)
