"""The SDKs of other people, posting over real HTTP to a live server, and what an agent then reads."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from apps.channels.models import Envelope
from apps.customers.models import Customer
from apps.interactions.models import Channel, Interaction
from apps.interactions.timeline import Filters, page
from tests.channels.conftest import KEY
from tests.factories.accounts import OwnerFactory
from tests.factories.channels import SourceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::DeprecationWarning")]
WHEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def shop(live_server):
    return SourceFactory(slug="shop", region="GB", key=KEY)


@pytest.fixture(params=["segment", "rudder"])
def sdk(request):
    """A function that makes a client of the SDK; the client's failures fail the test."""

    def client(host, *, zipped=False, **options):
        cls = {"segment": SegmentClient, "rudder": RudderClient}[request.param]
        options = {"sync_mode": True, **options}
        return cls(KEY, host=host, gzip=zipped, max_retries=4, on_error=pytest.fail, **options)

    return client


def story(customer):
    """The customer's timeline, eldest first, as (channel, title)."""
    entries = page(customer, OwnerFactory(), Filters()).entries
    return [(entry.channel, entry.title) for entry in reversed(entries)]


def test_who_somebody_is_and_what_they_did_is_read_on_one_timeline(shop, live_server, sdk, process_all):
    client = sdk(live_server.url)
    client.page(anonymous_id="a1", name="Start", properties={"title": "Start page"}, timestamp=WHEN)
    client.identify("u1", traits={"name": "A. Customer", "email": "a@shop.example"}, timestamp=WHEN)
    client.track("u1", "Product Viewed", {"name": "Espresso cups"}, timestamp=WHEN + timedelta(hours=1))
    client.alias("a1", "u1", timestamp=WHEN + timedelta(hours=2))
    order = {
        "order_id": "4711",
        "total": 12.5,
        "currency": "EUR",
        "products": [{"name": "Espresso cups", "quantity": 2}],
    }
    client.track("u1", "Order Completed", order, timestamp=WHEN + timedelta(hours=3))
    assert process_all() == (5, 0)
    customer = Customer.objects.get(merged_into=None)
    assert customer.name == "A. Customer"
    assert story(customer) == [
        (Channel.WEB, "Start page"),
        (Channel.WEB, "Looked at Espresso cups"),
        (Channel.ORDER, "Order 4711 · 2 items"),
    ]
    entry = Interaction.objects.get(reference="4711")
    assert (entry.amount, entry.currency) == (Decimal("12.50"), "EUR")
    assert abs(entry.occurred_at - WHEN - timedelta(hours=3)) < timedelta(seconds=5)


def test_a_compressed_batch_of_many_arrives_whole(shop, live_server, sdk, process_all):
    client = sdk(live_server.url, zipped=True, sync_mode=False, upload_size=100)
    for number in range(250):
        client.track(f"u{number % 10}", "Signed Up", {"number": number}, timestamp=WHEN)
    client.flush()
    client.join()
    assert Envelope.objects.waiting().count() == 250
    assert process_all() == (250, 0)
    assert Counter(Interaction.objects.values_list("profile__external_id", flat=True)) == {
        f"user:u{number}": 25 for number in range(10)
    }


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


@contextmanager
def in_front_of(url, answers):
    """A proxy that gives these answers (status, headers, whether the request reaches us all the same) first."""
    left = list(answers)

    def application(environ, start_response):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        headers = {"Content-Type": environ["CONTENT_TYPE"], "Authorization": environ.get("HTTP_AUTHORIZATION", "")}
        if "HTTP_CONTENT_ENCODING" in environ:
            headers["Content-Encoding"] = environ["HTTP_CONTENT_ENCODING"]
        status, extra, passed = left.pop(0) if left else (None, {}, True)
        upstream = requests.post(url + environ["PATH_INFO"], body, headers=headers, timeout=10) if passed else None
        if status:
            start_response(f"{status} Sorry", list(extra.items()))
            return [b'{"code": "sorry", "message": "later"}']
        start_response(f"{upstream.status_code} OK", [("Content-Type", "application/json")])
        return [upstream.content]

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
        assert left == [], "the client gave up too early"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "answers",
    [
        [(429, {"Retry-After": "1"}, False)],
        [(500, {}, False), (503, {}, False)],
        [(500, {}, True)],  # it was stored, and the sender never heard
    ],
    ids=["too many requests", "errors", "a lost acknowledgement"],
)
def test_sdks_try_again_and_the_event_arrives_once(shop, live_server, sdk, process_all, answers):
    with in_front_of(live_server.url, answers) as host:
        client = sdk(host, sync_mode=False)
        client.track("u1", "Signed Up", timestamp=WHEN)
        client.flush()
        client.join()
    assert process_all() == (1, 0)
    assert Interaction.objects.count() == 1


def test_a_wrong_key_is_no_reason_to_try_again(shop, live_server):
    failures = []
    client = SegmentClient(
        "wrong", host=live_server.url, max_retries=4, on_error=lambda error, _items: failures.append(error)
    )
    client.track("u1", "Signed Up")
    client.flush()
    client.join()
    assert [(error.status, error.code) for error in failures] == [(401, "invalid_write_key")]
