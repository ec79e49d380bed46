"""Ids that were masked are named on their source's page, with what to do; counting them is a job's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.channels.models import MaskedIdTally
from apps.channels.tasks import look_for_masked_ids
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, queries
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

pytestmark = pytest.mark.django_db
MASKED = "************7625-418a-aafc-fb864cd4d5c0"


@pytest.fixture
def desk():
    return signed_in(SupervisorFactory(username="supervisor"))


@pytest.fixture
def web():
    return SourceFactory(slug="web", kind="segment", name="Website")


def masked(web, **payload):
    at = timezone.now() - timedelta(days=3)
    return EnvelopeFactory(source=web, payload={"userId": MASKED, **payload}, received_at=at)


def test_the_page_names_the_field_how_often_and_what_to_do(desk, web):
    masked(web)
    envelope = masked(web)
    look_for_masked_ids()
    page = html(desk.get(reverse("source", args=["web"])))
    panel = page[page.index('id="masked-title"') : page.index("</section>", page.index('id="masked-title"'))]
    assert ("userId" in panel, 'badge bad">2<' in panel) == (True, True)
    assert "Have it send everything since the first day named once more." in panel
    assert reverse("event", args=["web", envelope.pk]) in panel


def test_a_source_that_is_asked_is_read_again(desk):
    mailbox = SourceFactory(slug="files", kind="drop", settings={"mapping": {"who": {"user_id": "Ref"}}})
    at = timezone.now() - timedelta(days=3)
    EnvelopeFactory(source=mailbox, payload={"Ref": "************1111"}, received_at=at)
    look_for_masked_ids()
    assert "Fetch older events from the first day named." in html(desk.get(reverse("source", args=["files"])))


def test_nothing_is_said_where_none_was_masked(desk, web):
    masked(web, userId="u-1")
    look_for_masked_ids()
    assert "masked-title" not in html(desk.get(reverse("source", args=["web"])))


def test_many_fields_cost_what_one_costs_and_no_history_is_read(desk, web):
    masked(web)
    look_for_masked_ids()
    queries(desk, reverse("source", args=["web"]))
    first = queries(desk, reverse("source", args=["web"]))
    now = timezone.now()
    MaskedIdTally.objects.bulk_create(
        MaskedIdTally(source=web, name=f"id{number}", events=1, first_at=now, last_at=now, latest=1)
        for number in range(30)
    )
    assert queries(desk, reverse("source", args=["web"])) == first
    assert html(desk.get(reverse("source", args=["web"]))).count('id="masked-') == 13  # the title and twelve fields
