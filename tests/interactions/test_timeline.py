import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.foundation.db.keyset import Cursor
from apps.interactions.models import Channel, Interaction
from apps.interactions.timeline import HIDDEN_COUNTED, Filters, around, newer_page, newest, page
from tests.factories.accounts import MarketerFactory, StoreFactory, UserFactory
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import DAWN, InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    return SourceProfileFactory()


def story(customer, filters=None, reader=None, **options):
    return page(customer, reader or UserFactory(), filters or Filters(), **options)


def all_pages(customer, limit, reader=None):
    pages, before = [], None
    while True:
        pages.append(story(customer, reader=reader, before=before, limit=limit))
        if pages[-1].older is None:
            return pages
        before = Cursor.parse(str(pages[-1].older))


# around an entry


def told_around(entry, **options):
    return around(entry.profile.customer, UserFactory(), entry.pk, **options)


def test_a_story_is_told_around_an_entry_both_ways(profile):
    other = SourceProfileFactory(customer=profile.customer)
    rows = [InteractionFactory(profile=[profile, other][number % 2], occurred_at=DAWN) for number in range(9)]
    found = told_around(rows[4], limit=4)
    assert found.entries == rows[6:1:-1]
    assert (found.newer.pk, found.older.pk) == (rows[6].pk, rows[2].pk)
    newer = newer_page(profile.customer, UserFactory(), Filters(), after=found.newer)
    assert (newer.entries, newer.newer) == (rows[:6:-1], None)
    assert story(profile.customer, before=found.older).entries == rows[1::-1]


def test_around_one_of_the_first_or_the_last_is_where_the_story_begins_or_ends(profile):
    rows = [InteractionFactory(profile=profile) for _ in range(5)]
    assert (told_around(rows[4], limit=4).newer, told_around(rows[0], limit=4).older) == (None, None)
    assert told_around(rows[2], limit=4).entries == rows[::-1]


def test_no_story_is_told_around_what_is_hidden_or_somebody_elses(profile):
    entry = InteractionFactory(profile=profile, channel=Channel.PAYMENT)
    assert around(profile.customer, StoreFactory(), entry.pk) is None
    assert around(CustomerFactory(), UserFactory(), entry.pk) is None
    assert around(profile.customer, UserFactory(), entry.pk + 1) is None


def test_a_place_in_a_long_story_costs_what_it_costs_in_a_short_one(profile):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            around(profile.customer, reader, entry.pk, sources={profile.pk: "shop"}, limit=4)
        return len(captured)

    reader, entry = UserFactory(), InteractionFactory(profile=profile)
    short = questions()
    for _more in range(12):
        InteractionFactory(profile=profile)
    assert questions() == short == 3


# pages


def test_a_story_is_told_newest_first_a_page_at_a_time(profile):
    rows = [InteractionFactory(profile=profile) for _ in range(5)]
    InteractionFactory()

    pages = all_pages(profile.customer, limit=2)

    assert [one.entries for one in pages] == [[rows[4], rows[3]], [rows[2], rows[1]], [rows[0]]]


def test_a_page_that_ends_with_the_history_says_so(profile):
    rows = [InteractionFactory(profile=profile) for _ in range(2)]

    told = story(profile.customer, limit=2)

    assert (told.entries, told.older) == (rows[::-1], None)


def test_somebody_without_a_story():
    profile = SourceProfileFactory(source="crm")
    assert story(CustomerFactory()) == ([], None, 0, frozenset(), [], None)
    assert story(profile.customer) == ([], None, 0, frozenset({"crm"}), [profile.pk], None)


def test_entries_of_the_same_time_come_once_each_across_pages(profile):
    other = SourceProfileFactory(customer=profile.customer)
    rows = [InteractionFactory(profile=[profile, other][number % 2], occurred_at=DAWN) for number in range(7)]

    told = [entry for one in all_pages(profile.customer, limit=2) for entry in one.entries]

    assert told == rows[::-1]


def test_what_arrives_while_reading_does_not_shift_the_pages_that_follow(profile):
    rows = [InteractionFactory(profile=profile) for _ in range(4)]
    first = story(profile.customer, limit=2)
    InteractionFactory(profile=profile)

    second = story(profile.customer, before=first.older, limit=2)

    assert (first.entries, second.entries) == (rows[:1:-1], rows[1::-1])


class NewestTest(TestCase):
    @given(
        rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=25),
        limit=st.integers(1, 8),
        edge=st.none() | st.tuples(st.integers(0, 6), st.integers(0, 10**9)),
    )
    @settings(max_examples=60, deadline=None)
    def test_the_newest_across_profiles_are_what_sorting_everything_gives(self, rows, limit, edge):
        profiles = [SourceProfileFactory().pk for _ in range(3)]
        other = SourceProfileFactory().pk
        made = [
            InteractionFactory(profile_id=[*profiles, other][number], source="shop",
                               occurred_at=DAWN + timedelta(minutes=minute))
            for number, minute in rows
        ]  # fmt: skip
        before = None
        if edge:
            pk = made[edge[1] % len(made)].pk if made else 1
            before = Cursor(DAWN + timedelta(minutes=edge[0]), pk)

        wanted = sorted(
            (
                (row.occurred_at, row.pk)
                for row in made
                if row.profile_id != other and (before is None or (row.occurred_at, row.pk) < before)
            ),
            reverse=True,
        )[:limit]

        found = newest(profiles, Interaction.objects.all(), before=before, limit=limit)
        assert [(row.occurred_at, row.pk) for row in found] == wanted


# filters


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (Filters(), "order call chat visit"),
        (Filters(channels=("voice", "order")), "order call"),
        (Filters(kinds=("chat", "visit")), "chat visit"),
        (Filters(direction="outbound"), "call"),
        (Filters(since=DAWN + timedelta(hours=2)), "order call"),
        (Filters(until=DAWN + timedelta(hours=2)), "chat visit"),
        (Filters(since=DAWN + timedelta(hours=1), until=DAWN + timedelta(hours=3)), "call chat"),
        (Filters(staff="ERIC"), "call"),
        (Filters(place="lyon"), "order"),
        (Filters(text="PARCEL"), "call"),
        (Filters(text="parcel or blue"), "call chat"),
        (Filters(text="100%_'\"("), ""),
        (Filters(browsing=False), "order call chat"),
        (Filters(channels=("voice",), text="blue"), ""),
    ],
)
def test_each_filter_keeps_what_it_asks_for(profile, filters, titles):
    at = {name: DAWN + timedelta(hours=hour) for hour, name in enumerate(("visit", "chat", "call", "order"))}
    InteractionFactory(profile=profile, visit=True, title="visit", occurred_at=at["visit"])
    InteractionFactory(profile=profile, title="chat", body="a blue one", occurred_at=at["chat"])
    InteractionFactory(
        profile=profile, call=True, title="call", occurred_at=at["call"],
        direction="outbound", staff_name="Frederic", verbatim="Where is my parçel",
    )  # fmt: skip
    InteractionFactory(profile=profile, order=True, title="order", occurred_at=at["order"], touchpoint="Lyon Part-Dieu")

    assert [entry.title for entry in story(profile.customer, filters).entries] == titles.split()
    assert filters.any() is (filters != Filters())


# what is hidden


def test_what_a_role_may_not_read_is_counted_where_it_would_stand(profile):
    for channel in ("chat", "order", "voice", "order", "email"):
        InteractionFactory(profile=profile, channel=channel)

    first, second = all_pages(profile.customer, limit=1, reader=MarketerFactory())

    assert [len(one.entries) for one in (first, second)] == [1, 1]
    assert [one.hidden for one in (first, second)] == [1, 2]  # the e-mail; the call and the chat
    assert story(profile.customer, reader=StoreFactory()).hidden == 0
    assert story(profile.customer).hidden == 0


def test_only_what_the_filters_ask_for_is_counted(profile):
    for channel in ("voice", "email", "payment"):
        InteractionFactory(profile=profile, channel=channel, title=channel)
    reader = MarketerFactory()

    assert story(profile.customer, Filters(channels=("voice",)), reader).hidden == 1
    assert story(profile.customer, Filters(text="payment"), reader).hidden == 1
    assert story(profile.customer, reader=reader).hidden == 3


def test_counting_stops_where_it_says_more_than(profile, monkeypatch):
    monkeypatch.setattr("apps.interactions.timeline.HIDDEN_COUNTED", 3)
    for _ in range(5):
        InteractionFactory(profile=profile, channel=Channel.VOICE)

    assert story(profile.customer, reader=MarketerFactory()).hidden == 3
    assert HIDDEN_COUNTED == 100


# cursors


@given(when=st.datetimes(timezones=st.just(UTC)), pk=st.integers(1, 2**63 - 1))
def test_a_cursor_survives_the_way_through_an_address(when, pk):
    text = Cursor(when, pk).token

    assert Cursor.parse(text) == (when, pk)
    assert Cursor.parse(str(Cursor(when, pk))) == (when, pk)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def forged(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["", "x", "%%%", "é", "AAAA", forged("2026-01-05T09:00:00+00:00"), forged("2026-01-05T09:00:00/1"),
     forged("2026-01-05T09:00:00+00:00/0"), forged(f"2026-01-05T09:00:00+00:00/{2**63}"),
     forged("2026-13-05T09:00:00+00:00/1"), forged("2026-01-05T09:00:00+00:00/1; DROP"), "\udc80"],
)  # fmt: skip
def test_nothing_else_is_a_cursor(text):
    assert Cursor.parse(text) is None


def test_a_cursor_of_the_first_year_finds_nothing(profile):
    InteractionFactory(profile=profile)
    edge = Cursor(datetime(1, 1, 1, tzinfo=UTC), 1)

    assert story(profile.customer, before=edge).entries == []


# cost


def test_the_number_of_queries_depends_neither_on_entries_nor_on_profiles(profile):
    def queries(reader):
        with CaptureQueriesContext(connection) as captured:
            story(profile.customer, reader=reader)
        return len(captured)

    agent, marketer = UserFactory(), MarketerFactory()
    InteractionFactory(profile=profile)
    assert (queries(agent), queries(marketer)) == (2, 3)

    for _ in range(4):
        more = SourceProfileFactory(customer=profile.customer)
        for _ in range(5):
            InteractionFactory(profile=more)
    assert (queries(agent), queries(marketer)) == (2, 3)
