"""A supervisor sees what could not be read, how often, and one example."""

import pytest
from django.urls import reverse

from apps.channels.contract import RawEvent
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
MAPPING = {"who": {"email": "mail"}, "title": "Order {number}", "channel": "order", "amount": "total", "id": "number"}


@pytest.fixture
def supervisor(client):
    person = SupervisorFactory()
    client.force_login(person)
    return person


@pytest.fixture
def till(supervisor):
    return SourceFactory(slug="till", name="Till", kind="webhook", settings={"mapping": MAPPING})


def sold(till, *totals):
    for number, total in enumerate(totals, 1):
        receive(till, [RawEvent(f"e{number}", {"number": number, "mail": "ada@example.org", "total": total})])
    process_due()


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_page_of_a_source_says_what_could_not_be_read_how_often_and_one_example(client, till):
    sold(till, "twelve", "12.50", "a dozen", "12,50 EUR")
    shown = page(client, "source", "till")
    panel = shown[shown.index('id="unread-title"') : shown.index('id="events"')]
    assert 'badge warn">2<' in panel
    assert "total" in panel
    assert "no amount" in panel
    assert "a dozen" in panel


def test_nothing_is_said_where_everything_could_be_read(client, till):
    sold(till, "12.50")
    assert 'id="unread-title"' not in page(client, "source", "till")


def test_events_that_are_partly_unread_can_be_listed_alone(client, till):
    sold(till, "twelve", "12.50")
    listed = page(client, "events", "till", state="unread")
    assert "Order 1" in listed
    assert "Order 2" not in listed
    assert "total: no amount: “twelve”" in listed
    assert "Order 2" in page(client, "events", "till")


def test_an_event_in_full_says_what_of_it_was_not_read(client, till):
    sold(till, "twelve")
    envelope = till.envelopes.get()
    assert "total: no amount: “twelve”" in page(client, "event", "till", envelope.pk)


def test_the_list_of_sources_counts_them(client, till):
    sold(till, "twelve", "a dozen", "1")
    listed = page(client, "sources")
    assert 'id="unread-till"' in listed
    assert "2 events of Till have a field that could not be read" in listed


def test_many_unread_fields_cost_no_more_queries_than_one(client, till, django_assert_max_num_queries):
    sold(till, "twelve")
    page(client, "source", "till")
    with django_assert_max_num_queries(40) as first:
        page(client, "source", "till")
    sold(till, *(f"number {number}" for number in range(2, 12)))
    with django_assert_max_num_queries(len(first.captured_queries)):
        page(client, "source", "till")
