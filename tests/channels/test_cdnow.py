"""Real input: the CDNOW purchase log (23,570 customers, 69,659 purchases of 1997-98), sent by Segment's own SDK.

All of it with `KLATSCH_CUSTOMERS_IN=1`; without, one customer in four, with all they bought.
"""

import os
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection
from django.db.models import Count, Sum
from segment.analytics.client import Client

from apps.channels.models import Envelope
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from tests.channels.conftest import KEY
from tests.factories.channels import SourceFactory

ONE_IN = int(os.environ.get("KLATSCH_CUSTOMERS_IN", "4"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def purchases():
    """Number of the line, customer, day, compact discs, dollars."""
    package = find_spec("lifetimes").submodule_search_locations[0]  # importing it would ask for its numerical stack
    text = (Path(package) / "datasets" / "CDNOW_master.txt").read_text()
    for number, line in enumerate(text.splitlines()[1:]):
        customer, day, discs, dollars = line.split()
        if int(customer) % ONE_IN:
            continue
        yield number, customer, datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC), int(discs), dollars


def send(url):
    client = Client(KEY, host=url, upload_size=500, upload_interval=0.05, max_queue_size=100_000, on_error=pytest.fail)
    for number, customer, day, discs, dollars in purchases():
        properties = {
            "order_id": f"CD{number}",
            "total": float(dollars),
            "currency": "USD",
            "products": [{"name": "Compact disc", "quantity": discs}],
        }
        client.track(customer, "Order Completed", properties, timestamp=day, message_id=f"cdnow-{number}")
    client.flush()
    client.join()


@contextmanager
def a_worker(process_all):
    """Process beside what is going on, and until nothing is left afterwards; yields what was done, once it is."""
    over, processed, counts = Event(), [], []

    def work():
        while not over.wait(0.05):
            counts.append(process_all()[0])
        counts.append(process_all()[0])
        connection.close()

    thread = Thread(target=work)
    thread.start()
    try:
        yield processed
    finally:
        over.set()
        thread.join()
        processed.append(sum(counts))


def orders():
    """Number and sum of the orders of every customer, by what the shop calls them."""
    rows = Interaction.objects.filter(channel="order").values_list("profile__external_id")
    return {name: (count, total) for name, count, total in rows.annotate(Count("id"), Sum("amount"))}


def test_every_customer_has_the_orders_of_the_file_and_sending_it_again_changes_nothing(live_server, process_all):
    SourceFactory(slug="cdnow", key=KEY)
    expected = defaultdict(lambda: (0, Decimal(0)))
    for _number, customer, _day, _discs, dollars in purchases():
        count, total = expected[f"user:{customer}"]
        expected[f"user:{customer}"] = count + 1, total + Decimal(dollars)
    everything = sum(count for count, _total in expected.values())
    assert (len(expected), everything) == {1: (23_570, 69_659), 4: (5_892, 17_666)}[ONE_IN]

    with a_worker(process_all) as processed:
        send(live_server.url)
    assert processed == [everything]
    assert orders() == expected
    assert Customer.objects.count() == len(expected)

    send(live_server.url)
    assert process_all() == (0, 0)
    assert orders() == expected
    assert Envelope.objects.count() == everything
