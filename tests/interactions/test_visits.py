"""Browsing becomes visits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.customers.identity.rules import identity_rules
from apps.customers.models import SourceProfile
from apps.interactions.actions import record
from apps.interactions.models import VISIT, Interaction
from apps.interactions.visits import LONGEST, PAGES_KEPT
from tests.customers.identity.people import in_a_transaction, somebody_waits, uncommitted
from tests.factories.interactions import DAWN
from tests.interactions.drafts import draft, touch, view

pytestmark = pytest.mark.django_db


def visits():
    """Start and end in minutes after dawn, number of pages, their titles."""
    rows = Interaction.objects.filter(kind=VISIT).order_by("occurred_at", "id")
    return [
        (
            (row.occurred_at - DAWN) // timedelta(minutes=1),
            (row.ended_at - DAWN) // timedelta(minutes=1),
            row.payload["count"],
            " ".join(page["title"] for page in row.payload["pages"]),
        )
        for row in rows
    ]


def seen(*minutes, who="u1"):
    record([draft(view(f"{who}-{minute}", minute, title=str(minute)), who) for minute in minutes])


def test_pages_without_a_pause_are_one_visit():
    seen(0, 10, 40)

    assert visits() == [(0, 40, 3, "0 10 40")]
    visit = Interaction.objects.get()
    assert (visit.channel, visit.kind, visit.direction, visit.title) == ("web", "visit", "inbound", "0")
    assert (visit.source, visit.external_id) == ("shop", "visit:u1-0")
    assert visit.payload["pages"][1] == {
        "title": "10", "url": "https://shop.example/u1-10", "at": "2026-01-05T09:10:00+00:00",
    }  # fmt: skip


def test_a_pause_of_more_than_half_an_hour_ends_a_visit():
    seen(0, 30, 61)

    assert visits() == [(0, 30, 2, "0 30"), (61, 61, 1, "61")]


def test_a_visit_goes_on_in_the_next_batch():
    seen(0)
    seen(10, 20)
    seen(51)

    assert visits() == [(0, 20, 3, "0 10 20"), (51, 51, 1, "51")]


def test_pages_that_come_late_find_their_visit():
    seen(20)
    seen(0)
    seen(10)

    assert visits() == [(0, 20, 3, "0 10 20")]


def test_order_inside_a_batch_does_not_matter():
    seen(20, 0, 61, 10)

    assert visits() == [(0, 20, 3, "0 10 20"), (61, 61, 1, "61")]


def test_two_stretches_of_one_batch_may_continue_the_same_visit():
    seen(30, 50)
    seen(0, 80)

    assert visits() == [(0, 80, 4, "0 30 50 80")]


def test_each_profile_and_source_has_visits_of_its_own():
    record(
        [
            draft(view("a", 0), "u1"),
            draft(view("b", 1), "u2"),
            draft(view("a", 2), "u1", source="app"),
        ]
    )

    assert sorted(Interaction.objects.values_list("profile__source", "profile__external_id", "payload__count")) == [
        ("app", "u1", 1),
        ("shop", "u1", 1),
        ("shop", "u2", 1),
    ]


def test_what_is_no_browsing_stays_a_row_of_its_own():
    record([draft(view("a", 0)), draft(touch("chat-1", 1)), draft(view("b", 2))])

    assert sorted(Interaction.objects.values_list("kind", flat=True)) == ["chat", "visit"]
    assert visits() == [(0, 2, 2, "Page a Page b")]


def test_the_newest_pages_are_kept_and_all_are_counted():
    seen(*range(PAGES_KEPT + 5))
    seen(PAGES_KEPT + 5)

    ((_start, _end, count, titles),) = visits()
    assert count == PAGES_KEPT + 6
    assert titles.split() == [str(minute) for minute in range(6, PAGES_KEPT + 6)]


def test_browsing_without_end_becomes_a_visit_a_day():
    a_day = LONGEST // timedelta(minutes=1)
    for minute in range(0, a_day + 120, 25):
        seen(minute)

    assert len(visits()) == 2
    assert sum(count for _start, _end, count, _titles in visits()) == len(range(0, a_day + 120, 25))


def test_pages_are_in_the_order_of_time_whatever_zone_they_were_told_in():
    paris = timezone(timedelta(hours=1))
    late = view("late", 10)
    late = late._replace(occurred_at=late.occurred_at.astimezone(paris))
    record([draft(late)])
    seen(20)

    assert visits() == [(10, 20, 2, "Page late 20")]


def test_the_same_page_in_a_batch_that_failed_and_came_again_counts_once():
    with transaction.atomic():
        seen(0)
        transaction.set_rollback(True)
    seen(0)

    assert visits() == [(0, 0, 1, "0")]


def test_the_number_of_queries_does_not_depend_on_the_batch():
    def queries(numbers):
        identity_rules()  # remembered for a while
        with CaptureQueriesContext(connection) as captured:
            record([draft(view(f"{n}-{minute}", minute), f"u{n}") for n in numbers for minute in (0, 5, 90)])
        return len(captured)

    assert queries([0]) == queries(range(1, 30))


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_visit():
    record([draft(None)])

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(lambda: seen(0)):
            future = threads.submit(in_a_transaction, lambda: seen(10))
            while not somebody_waits():
                assert not future.done(), "the second did not wait for the first"
        future.result(20)

    assert visits() == [(0, 10, 2, "0 10")]


@pytest.mark.django_db(transaction=True)
def test_browsing_does_not_wait_for_what_is_being_learnt_of_a_profile():
    """Else a worker that holds a profile's row and wants its visits would meet one that holds them the other way."""
    record([draft(None)])
    profile = SourceProfile.objects.get()

    def learn():
        SourceProfile.objects.filter(pk=profile.pk).update(traits={"city": "Lyon"})

    with uncommitted(learn), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        seen(0)

    assert visits() == [(0, 0, 1, "0")]


class FoldingTest(TestCase):
    @given(batches=st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=5), min_size=1, max_size=4))
    @settings(max_examples=50, deadline=None)
    def test_no_page_is_lost_and_visits_hold_all_their_pages(self, batches):
        for number, minutes in enumerate(batches):
            record([draft(view(f"{number}-{n}", minute, title=str(minute))) for n, minute in enumerate(minutes)])

        told = sorted(int(title) for _start, _end, _count, titles in visits() for title in titles.split())
        everything = sorted(minute for minutes in batches for minute in minutes)
        assert sum(count for _start, _end, count, _titles in visits()) == len(everything)
        assert told == everything
        for start, end, _count, titles in visits():
            minutes = [int(title) for title in titles.split()]
            assert (minutes[0], minutes[-1]) == (start, end)
            assert minutes == sorted(minutes)
