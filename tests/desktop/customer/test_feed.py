"""Where in the story the page begins: at today, or around one entry."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.interactions.models import Channel
from tests.desktop.html import html, places, queries
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
FEED = {"HX-Request": "true", "HX-Target": "timeline"}


@pytest.fixture
def long(profile):
    now = timezone.now()
    return [InteractionFactory(profile=profile, occurred_at=now - timedelta(hours=hours)) for hours in range(120)]


def shown(response):
    return [int(pk) for pk in re.findall(r'<article class="[^"]*" id="e(\d+)"', html(response))]


def newer(response):
    found = re.search(r'hx-get="([^"]*after=[^"]*)"', html(response))
    return found[1].replace("&amp;", "&") if found else ""


def test_the_story_is_shown_around_the_entry_that_was_asked_for(desk, url, long):
    page = desk.get(url, {"around": long[80].pk})
    assert shown(page) == [entry.pk for entry in long[55:106]]
    assert places(page) == list(range(1, 52))
    assert "Newer entries" in html(page)


def test_from_there_it_goes_on_both_ways(desk, url, long):
    page = desk.get(url, {"around": long[80].pk})
    before = desk.get(newer(page), headers=FEED)
    assert shown(before) == [entry.pk for entry in long[5:55]]
    assert 'id="tail"' not in html(before)
    assert 'id="newer" class="newer" hx-swap-oob="true"' in html(before)
    first = desk.get(newer(before), headers=FEED)
    assert (shown(first), newer(first)) == ([entry.pk for entry in long[:5]], "")


def test_what_is_new_is_counted_from_the_newest_and_not_from_the_place(desk, url, long):
    page = html(desk.get(url, {"around": long[80].pk}))
    seen = int(re.search(r'name="seen" value="(\d+)"', page)[1])
    assert seen == max(entry.pk for entry in long[:51])


def test_one_of_the_first_is_shown_on_the_first_page(desk, url, long):
    assert not newer(desk.get(url, {"around": long[3].pk}))
    assert shown(desk.get(url, {"around": long[3].pk}))[0] == long[0].pk


@pytest.mark.parametrize("around", ["", "x", "0", "9" * 30, "-1"])
def test_no_entry_at_all_is_said_and_the_newest_are_shown(desk, url, long, around):
    page = desk.get(url, {"around": around})
    assert shown(page)[0] == long[0].pk
    assert "The entry you asked for is not in this story" in html(page)


def test_what_the_role_does_not_see_is_no_place(desk_of, profile, url, long):
    entry = InteractionFactory(profile=profile, channel=Channel.PAYMENT)
    store = desk_of(Role.STORE)
    assert "not shown to your role" in html(store.get(url, {"around": entry.pk}))


def test_a_place_costs_a_few_questions_more_wherever_it_is(desk, url, long):
    desk.get(url)
    costs = {queries(desk, f"{url}?around={long[place].pk}") for place in (60, 80)}
    assert costs == {queries(desk, url) + 3}
