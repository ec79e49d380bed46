"""A shop whose website reports to us, under the write key `shop-key`; the workers are woken in the test alone."""

import base64
import gzip
import threading
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from apps.channels.actions import create_source
from apps.channels.contract import StoredEvent
from apps.channels.facts import facts_of
from apps.channels.ingest import notify
from apps.channels.ingest.process import process_due
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from tests.channels.provider import TOKEN, Orders, Provider
from tests.factories.channels import SourceFactory

KEY = "shop-key"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    """Every message that would have woken the workers, instead of the message itself."""
    heard = []
    monkeypatch.setattr(notify.process, "apply_async", lambda **options: heard.append(options))
    yield heard
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):  # a call under way must not be heard in the next test
            thread.join()


@pytest.fixture
def shop(db):
    return SourceFactory(slug="shop", region="GB", key=KEY)


@pytest.fixture
def post(client, shop):
    """Post a body (an object, or bytes as they are) with the shop's key; `zipped` compresses it."""

    def send(call, body, *, key=KEY, zipped=False, content_type="application/json", **headers):
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        if key:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        if zipped:
            raw, headers["Content-Encoding"] = gzip.compress(raw), "gzip"
        return client.post(f"/v1/{call}", raw, content_type=content_type, headers=headers)

    return send


@pytest.fixture
def process_all():
    """Process until nothing is due; the sum of what was done and what failed."""

    def run():
        done = failed = 0
        while (processed := process_due()) != (0, 0):
            done, failed = done + processed.done, failed + processed.failed
        return done, failed

    return run


@pytest.fixture
def read():
    """What the Segment connector makes of an event, at noon, without a database."""

    def normalise(payload, key="event-1", received_at=NOON, **facts):
        source = facts_of(Source(pk=1, slug="shop", kind="segment", **{"region": "GB", **facts}))
        return CONNECTORS["segment"].normalise(StoredEvent(key, received_at, payload), source)

    return normalise


@pytest.fixture
def provider():
    """An orders API that misbehaves on demand."""
    serving = Provider()
    yield serving
    serving.close()


@pytest.fixture
def orders(db, provider, settings, monkeypatch):
    """A source that asks `provider`, made yesterday; its stream `orders` is known."""
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    monkeypatch.setitem(CONNECTORS, "orders", Orders())
    source = create_source(actor=None, slug="orders", name="Orders", kind="orders", url=provider.url, token=TOKEN)
    source.created_at, source.pace = source.created_at - timedelta(days=1), 1000
    source.save()
    source.streams.create(stream="orders")
    return source


@pytest.fixture
def stream(orders):
    return orders.streams.get(stream="orders")
