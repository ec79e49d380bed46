"""The sheet of an event shows all that it tells, not only the first of it."""

from io import StringIO

import orjson
import pytest
from django.urls import reverse
from django.utils import timezone
from rich.console import Console

from apps.channels.contract import SourceFacts, StoredEvent
from apps.channels.ingest.process import explained
from apps.channels.ingest.report import preview
from apps.desktop.sources import events
from tests.channels.samples import shopify
from tests.desktop.conftest import signed_in
from tests.desktop.html import html
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(SupervisorFactory(username="supervisor"))


@pytest.fixture
def shop():
    return SourceFactory(slug="shop", kind="shopify", name="Shop")


def stored(shop, topic, body):
    content = {"topic": topic, "shop": "shop.myshopify.com", "body": orjson.loads(orjson.dumps(body))}
    return EnvelopeFactory(source=shop, payload=content, state="done")


def test_everything_an_order_tells_stands_in_its_sheet(desk, shop):
    envelope = stored(shop, "orders/updated", shopify.REFUNDED)
    sheet = events.sheet(shop, envelope)
    titles = [entry.title for entry in sheet.told]
    assert len(titles) == 3
    page = html(desk.get(reverse("event", args=["shop", envelope.pk])))
    assert [title for title in titles if f"<bdi>{title}</bdi></h4>" not in page] == []
    assert (page.count('class="told"'), page.count("5.00") > 0, page.count("30.00") > 0) == (3, True, True)


def test_the_list_says_that_there_is_more(desk, shop):
    stored(shop, "orders/updated", shopify.REFUNDED)
    assert "2 more entries" in html(desk.get(reverse("events", args=["shop"])))


def test_what_tells_one_thing_names_it_once(desk, shop):
    envelope = stored(shop, "orders/create", shopify.ORDER)
    page = html(desk.get(reverse("event", args=["shop", envelope.pk])))
    assert (page.count('class="told"'), '<h4 id="told-1" class="sr">' in page) == (1, True)
    assert "more entr" not in html(desk.get(reverse("events", args=["shop"])))


def test_consent_is_something_told(desk, shop):
    body = {
        "customer_id": 706405506930370084, "email_address": "ada@shop.example",
        "email_marketing_consent": {
            "state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": "2026-04-01T10:00:00+01:00",
        },
    }  # fmt: skip
    envelope = stored(shop, "customers_email_marketing_consent/update", body)
    page = html(desk.get(reverse("event", args=["shop", envelope.pk])))
    assert ("Consent" in page, "Opted in" in page, "Marketing" in page) == (True, True, True)


def test_whoever_names_nobody_tells_nothing(desk, shop):
    envelope = EnvelopeFactory(source=shop, payload={"topic": "orders/edited"}, state="quarantined")
    assert 'class="told"' not in html(desk.get(reverse("event", args=["shop", envelope.pk])))


def test_a_dry_run_shows_all_of_it_too():
    facts = SourceFacts(1, "shop", "shopify")
    content = {"topic": "orders/updated", "shop": "shop.myshopify.com", "body": shopify.REFUNDED}
    understood = explained(StoredEvent("1", timezone.now(), orjson.loads(orjson.dumps(content))), facts)
    out = StringIO()
    Console(file=out, width=200).print(preview([understood], "x"))
    assert ("refunded" in out.getvalue(), "30.00 GBP" in out.getvalue()) == (True, True)
