"""Customers somebody has open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.desktop.rail import SHOWN, rail
from tests.factories.customers import DeskTabFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_who_was_opened_last_comes_first_and_who_was_closed_not_at_all(agent):
    for minutes, name in ((30, "First"), (10, "Third"), (20, "Second")):
        DeskTabFactory(user=agent, customer__name=name, opened_at=ago(minutes=minutes))
    DeskTabFactory(user=agent, customer__name="Closed", closed_at=ago(minutes=1))
    DeskTabFactory(customer__name="Somebody else's")
    assert [line.name for line in rail(agent)] == ["Third", "Second", "First"]


@pytest.mark.parametrize(
    ("recorded", "occurred", "unread"),
    [
        (1, 1, True),
        (10, 10, False),  # seen
        (1, 2 * 24 * 60, False),  # a late arrival of long ago is no news
    ],
)
def test_news_is_what_came_since_the_page_was_read(agent, recorded, occurred, unread):
    """Recorded and occurred so many minutes ago, on a page read five minutes ago."""
    profile = SourceProfileFactory()
    DeskTabFactory(user=agent, customer=profile.customer, read_until=ago(minutes=5))
    InteractionFactory(profile=profile, recorded_at=ago(minutes=recorded), occurred_at=ago(minutes=occurred))
    assert [line.unread for line in rail(agent)] == [unread]


def test_a_draft_shows(agent):
    DeskTabFactory(user=agent, draft={"body": "Half a sen"}, opened_at=ago(minutes=1))
    DeskTabFactory(user=agent, opened_at=ago(minutes=2))
    assert [line.draft for line in rail(agent)] == [True, False]


def test_a_draft_of_only_a_promise_shows_too(agent):
    DeskTabFactory(user=agent, draft={"promise": "Ring back"})
    assert [line.draft for line in rail(agent)] == [True]


def test_the_customer_on_the_screen_is_marked(agent):
    tab = DeskTabFactory(user=agent)
    DeskTabFactory(user=agent)
    marked = {line.public_id: line.current for line in rail(agent, tab.customer.public_id)}
    assert [public_id for public_id, current in marked.items() if current] == [tab.customer.public_id]


def test_the_rail_has_an_end(agent):
    DeskTabFactory.create_batch(SHOWN + 1, user=agent)
    assert len(rail(agent)) == SHOWN
