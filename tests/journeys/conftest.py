"""People at the desk, and a web shop that reports to us under the write key `web-key`."""

import base64
import threading

import pytest
from django.test import Client

from apps.channels.ingest import notify
from apps.channels.ingest.process import process_due
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.channels import SourceFactory

KEY = "web-key"


@pytest.fixture
def somebody(db):
    """`somebody("agent")`: the browser of a person of that name, in a team that writes British numbers."""
    team = TeamFactory(name="Front desk", region="GB")

    def of(username, **fields):
        client = Client()
        client.force_login(UserFactory(username=username, team=team, **fields))
        return client

    return of


@pytest.fixture
def shop_says(db, monkeypatch):
    """Send a Segment event to the collector, and let a worker take it in."""
    monkeypatch.setattr(notify.process, "apply_async", lambda **_options: None)
    SourceFactory(slug="web", key=KEY, region="GB")
    browser = Client()
    credentials = base64.b64encode(f"{KEY}:".encode()).decode()

    def send(call, **event):
        headers = {"Authorization": f"Basic {credentials}"}
        answer = browser.post(f"/v1/{call}", event, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        return process_due()

    yield send
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):  # a stroke of the bell under way must not be heard in the next test
            thread.join()
