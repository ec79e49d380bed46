"""Segment's SDK for Node, as most web shops' servers run it, posting to a live server."""

from decimal import Decimal

import pytest

from apps.channels.models import Envelope
from apps.customers.models import Customer
from apps.interactions.models import Channel, Interaction
from tests.channels import node_client
from tests.channels.conftest import KEY
from tests.channels.test_clients import in_front_of, story
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db(transaction=True)
WHEN = "2026-01-05T09:00:00.000Z"


@pytest.fixture(scope="module")
def package():
    return node_client.installed()


@pytest.fixture
def shop(live_server):
    return SourceFactory(slug="shop", region="GB", key=KEY)


@pytest.fixture
def sdk(package, shop, live_server):
    """Let the SDK make these calls."""

    def send(*calls, host="", **settings):
        settings = {"writeKey": KEY, "host": host or live_server.url, "flushInterval": 200, **settings}
        return node_client.run(package, settings, list(calls))

    return send


def test_who_somebody_is_and_what_they_did_is_read_on_one_timeline(sdk, process_all):
    order = {
        "order_id": "4711",
        "total": 12.5,
        "currency": "EUR",
        "products": [{"name": "Espresso cups", "quantity": 2}],
    }
    told = sdk(
        ("page", {"anonymousId": "a1", "name": "Start", "properties": {"title": "Start page"}, "timestamp": WHEN}),
        ("identify", {"userId": "u1", "traits": {"name": "Anna", "email": "anna@shop.example"}, "timestamp": WHEN}),
        ("alias", {"previousId": "a1", "userId": "u1", "timestamp": WHEN}),
        ("track", {"userId": "u1", "event": "Order Completed", "properties": order, "timestamp": WHEN}),
        ("group", {"userId": "u1", "groupId": "g1", "traits": {"name": "A company"}}),
        ("screen", {"userId": "u1", "name": "Basket", "timestamp": WHEN}),
    )
    assert told == {"failures": [], "requests": 1}
    assert process_all() == (6, 0)
    customer = Customer.objects.get(merged_into=None)
    assert customer.name == "Anna"
    assert (Channel.WEB, "Start page") in story(customer)
    assert (Channel.ORDER, "Order 4711 · 2 items") in story(customer)
    entry = Interaction.objects.get(reference="4711")
    assert (entry.amount, entry.currency) == (Decimal("12.50"), "EUR")


def test_many_events_arrive_in_batches_and_whole(sdk, process_all):
    calls = [("track", {"userId": f"u{number % 7}", "event": "Clicked", "timestamp": WHEN}) for number in range(100)]
    told = sdk(*calls, flushAt=30)
    assert told["failures"] == []
    assert told["requests"] >= 4
    assert process_all() == (100, 0)
    assert Interaction.objects.count() == 100


@pytest.mark.parametrize(
    "answer",
    [(429, {"Retry-After": "1"}, False), (503, {}, False), (500, {}, True)],
    ids=["too many requests", "unavailable", "a lost acknowledgement"],
)
def test_it_tries_again_and_the_event_arrives_once(sdk, live_server, process_all, answer):
    with in_front_of(live_server.url, [answer]) as host:
        told = sdk(("track", {"userId": "u1", "event": "Signed Up", "timestamp": WHEN}), host=host)
    assert told["failures"] == []
    assert process_all() == (1, 0)
    assert Interaction.objects.count() == 1


def test_a_wrong_key_is_told_to_the_caller(sdk):
    told = sdk(("track", {"userId": "u1", "event": "Signed Up"}), writeKey="wrong", maxRetries=1)
    assert len(told["failures"]) == 1
    assert not Envelope.objects.exists()
