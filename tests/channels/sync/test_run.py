"""Asking a source: nothing is lost or doubled, whatever the provider does and wherever a reader dies."""

from datetime import timedelta
from time import monotonic

import pytest
from django.utils import timezone

from apps.channels import tasks
from apps.channels.contract import EventPage, RawEvent
from apps.channels.models import Envelope, SyncRun, SyncState
from apps.channels.sync import circuit_breaker, retry
from apps.channels.sync import run as run_module
from apps.channels.sync.run import claim_due, sync
from apps.foundation.network import session
from tests.channels.streams import arrived, read_to_the_end, seconds_until

pytestmark = pytest.mark.django_db
State, Kind = SyncRun.State, SyncRun.Kind


def test_a_new_source_finds_its_streams_and_reads_them(orders, provider, process_all):
    orders.streams.exclude(stream="").delete()
    provider.add(*range(120))
    found = orders.streams.get()
    assert sync(found.pk).state == State.DONE
    stream = orders.streams.get(stream="orders")
    run = sync(stream.pk)
    assert (run.state, run.pages, run.events, run.fresh) == (State.DONE, 3, 120, 120)
    assert process_all() == (120, 0)
    assert arrived() == provider.ids
    stream.refresh_from_db()
    assert (stream.leased_until, stream.failures, stream.error) == (None, 0, "")
    assert 240 <= seconds_until(stream.next_at) <= 330  # five minutes, give or take a tenth, less what this took
    assert seconds_until(stream.last_ok_at) > -60


def test_the_next_reading_asks_only_for_what_is_new(stream, provider):
    provider.add("a", "b", at=timezone.now() - timedelta(minutes=5))
    sync(stream.pk)
    provider.add("c")
    run = sync(stream.pk)
    assert (run.events, run.fresh) == (2, 1)  # the one at the boundary comes again
    assert Envelope.objects.count() == 3


def test_a_stream_that_was_found_before_keeps_its_cursor(orders, stream):
    SyncState.objects.filter(pk=stream.pk).update(cursor={"v": 1, "since": "2026-01-01T00:00:00+00:00"})
    sync(orders.streams.get(stream="").pk)
    stream.refresh_from_db()
    assert stream.cursor == {"v": 1, "since": "2026-01-01T00:00:00+00:00"}
    assert orders.streams.count() == 2


def test_a_provider_that_fails_in_the_middle_is_asked_for_the_rest_only(stream, provider, process_all):
    provider.add(*range(120))
    provider.faults.extend(["", "500"])
    run = sync(stream.pk)
    assert (run.state, run.fresh) == (State.FAILED, 50)
    run = read_to_the_end(stream)
    assert (run.events, run.fresh) == (70, 70)
    process_all()
    assert arrived() == provider.ids


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "HTTP 500: <h1>Oops</h1>"),
        ("html", "The answer is not JSON: <!doctype html><title>Maintenance</title>"),
        ("truncated", "The answer is not JSON:"),
        ("reset", "127.0.0.1:"),
    ],
)
def test_a_passing_fault_is_told_and_tried_again_soon(stream, provider, fault, words):
    provider.add("a")
    provider.faults.append(fault)
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert run.state == State.FAILED
    assert stream.error == run.error
    assert run.error.startswith(words)
    assert (stream.failures, stream.denied, stream.leased_until) == (1, False, None)
    assert -1 <= seconds_until(stream.next_at) <= 10
    assert read_to_the_end(stream).fresh == 1
    stream.refresh_from_db()
    assert (stream.failures, stream.error) == (0, "")


def test_an_answer_that_drips_is_not_waited_for(stream, provider, monkeypatch):
    monkeypatch.setattr(session, "LONGEST_ANSWER", 0.3)
    provider.add(*range(50))
    provider.faults.append("drip:0.005")
    began = monotonic()
    run = sync(stream.pk)
    assert monotonic() - began < 5
    assert (run.state, run.error[:23]) == (State.FAILED, "The answer took longer ")
    assert read_to_the_end(stream).fresh == 50


@pytest.mark.parametrize("fault", ["429:120", "429:date=120"], ids=["seconds", "date"])
def test_the_time_the_provider_names_is_waited_for(orders, stream, provider, fault):
    provider.add("a")
    provider.faults.append(fault)
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, run.error) == (State.WAITING, "Too many requests, dear Klatsch.")
    assert (stream.error, stream.failures) == (run.error, 1)
    assert 117 <= seconds_until(stream.next_at) <= 133
    assert stream.pk not in claim_due()


def test_a_storm_of_429_holds_every_stream_of_the_source_and_no_other(orders, stream, provider):
    sibling = orders.streams.create(stream="refunds")
    SyncState.objects.update(next_at=timezone.now() - timedelta(seconds=5))
    late = orders.streams.create(stream="late", next_at=timezone.now() + timedelta(hours=2))
    provider.always = "429:60"
    sync(stream.pk)
    sibling.refresh_from_db()
    assert 57 <= seconds_until(sibling.next_at) <= 67
    late.refresh_from_db()
    assert seconds_until(late.next_at) > 7000
    assert claim_due() == []
    assert len(provider.asked) == 1


def test_no_provider_makes_us_wait_for_longer_than_six_hours(stream, provider):
    provider.faults.append("429:99999999")
    sync(stream.pk)
    stream.refresh_from_db()
    assert 6 * 3600 - 5 <= seconds_until(stream.next_at) <= 6.7 * 3600


def test_without_a_time_the_wait_grows_with_each_failure_up_to_an_hour(stream, provider, monkeypatch):
    monkeypatch.setattr(retry.random, "uniform", lambda _least, most: most)
    provider.always = "429"
    waits = []
    for _ in range(12):
        sync(stream.pk)
        stream.refresh_from_db()
        waits.append(round(seconds_until(stream.next_at), -1))
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


def test_waits_are_spread_so_that_not_all_come_back_at_once():
    waits = [retry.BACKOFF.seconds(6) for _ in range(400)]
    assert 0 <= min(waits) < 40
    assert 280 < max(waits) <= 320
    assert retry.BACKOFF.seconds(10**9) <= 3600


def test_a_refusal_is_shown_in_the_providers_words_and_tried_again_in_an_hour(stream, provider):
    provider.add("a")
    provider.faults.append("403:Your plan does not include orders.")
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, stream.denied) == (State.FAILED, True)
    assert stream.error == run.error == "HTTP 403: Your plan does not include orders."
    assert 3590 <= seconds_until(stream.next_at) <= 3600
    read_to_the_end(stream)
    stream.refresh_from_db()
    assert (stream.denied, stream.error) == (False, "")


@pytest.mark.parametrize("fault", ["403:\x00 no \ud800".encode("utf-8", "replace").decode(), "500"])
def test_words_that_no_column_takes_do_not_leave_the_lease_behind(stream, provider, fault):
    provider.faults.append(fault)
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, stream.leased_until) == (State.FAILED, None)
    assert "\x00" not in stream.error


def test_a_card_number_in_the_providers_words_is_masked(stream, provider):
    provider.faults.append("403:card 4111 1111 1111 1111 declined")
    sync(stream.pk)
    stream.refresh_from_db()
    assert stream.error == "HTTP 403: card ************1111 declined"


def test_credentials_locked_under_a_lost_key_are_a_refusal(orders, stream):
    orders.vault = "gone"
    orders.save()
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, stream.denied) == (State.FAILED, True)
    assert "KLATSCH_CHANNEL_KEYS" in stream.error


def test_pages_that_come_twice_add_nothing(stream, provider, process_all):
    provider.add(*range(200))
    provider.faults.extend(["", "repeat", "", "repeat", "repeat"])
    run = read_to_the_end(stream)
    assert run.fresh == 200 == Envelope.objects.count()
    process_all()
    assert arrived() == provider.ids


def test_pages_out_of_order_arrive_all_the_same(stream, provider, process_all):
    provider.add(*range(120))
    provider.faults.extend(["reorder"] * 3)
    read_to_the_end(stream)
    process_all()
    assert arrived() == provider.ids


def test_a_circle_of_pages_ends_and_is_told(stream, provider):
    provider.add(*range(200))
    provider.always = "loop"
    began = monotonic()
    run = sync(stream.pk)
    assert monotonic() - began < 10
    assert (run.state, run.error) == (State.FAILED, "The provider gives the same pages again and again.")
    assert len(provider.asked) == run_module.MOST_REPEATS + 2
    provider.always = ""
    stream.refresh_from_db()
    assert seconds_until(stream.next_at) <= 10


def test_a_circle_of_empty_pages_ends_too(stream, provider):
    provider.always = "loop"
    assert sync(stream.pk).error == "The provider gives the same pages again and again."


def test_pages_that_are_left_out_are_found_by_the_comparison(stream, provider, process_all):
    provider.add(*range(200), at=timezone.now() - timedelta(minutes=5))
    provider.faults.extend(["", "omit"])
    sync(stream.pk)
    assert Envelope.objects.count() == 150
    assert read_to_the_end(stream).fresh == 0  # the cursor is beyond them
    cursor = SyncState.objects.get(pk=stream.pk).cursor
    run = sync(stream.pk, Kind.RECONCILIATION)
    stream.refresh_from_db()
    assert (run.state, run.kind, run.fresh) == (State.DONE, Kind.RECONCILIATION, 50)
    assert (stream.missed, stream.cursor, stream.leased_until) == (50, cursor, None)
    process_all()
    assert arrived() == provider.ids
    sync(stream.pk, Kind.RECONCILIATION)
    stream.refresh_from_db()
    assert stream.missed == 0


def test_a_comparison_asks_for_the_last_three_days_of_the_source(orders, stream, provider):
    sync(stream.pk, Kind.RECONCILIATION)
    assert provider.asked == []  # never read yet: nothing can be missing
    SyncState.objects.filter(pk=stream.pk).update(last_ok_at=timezone.now())
    sync(stream.pk, Kind.RECONCILIATION)
    assert provider.asked[-1][1]["since"] == orders.created_at.isoformat()
    orders.created_at -= timedelta(days=10)
    orders.save()
    sync(stream.pk, Kind.RECONCILIATION)
    since = timezone.datetime.fromisoformat(provider.asked[-1][1]["since"])
    assert timedelta(days=2.99) < timezone.now() - since < timedelta(days=3.01)


def test_a_comparison_that_finds_its_stream_being_read_tries_again(stream, monkeypatch):
    later = []
    monkeypatch.setattr(tasks.pull, "apply_async", lambda args, **options: later.append((args, options)))
    SyncState.objects.filter(pk=stream.pk).update(leased_until=timezone.now() + timedelta(seconds=30))
    assert tasks.pull(stream.pk, Kind.RECONCILIATION) == 0
    assert later == [((stream.pk, Kind.RECONCILIATION), {"countdown": tasks.BUSY})]
    tasks.pull(stream.pk)  # what is new has its own schedule
    assert len(later) == 1


def test_every_stream_of_a_running_source_is_compared(orders, stream, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.pull, "delay", lambda *args: sent.append(args))
    assert tasks.reconcile() == 1
    assert sent == [(stream.pk, Kind.RECONCILIATION)]
    circuit_breaker.pause(actor=None, source=orders)
    assert tasks.reconcile() == 0


def orders_connector():
    return run_module.puller("orders")


def test_a_reading_that_is_over_goes_on_next_time_where_it_stopped(stream, provider):
    provider.add(*range(200))
    run = sync(stream.pk, box=0)
    stream.refresh_from_db()
    assert (run.state, run.pages, stream.last_ok_at) == (State.CONTINUED, 2, None)
    assert seconds_until(stream.next_at) <= 0
    run = sync(stream.pk, box=0)
    assert (run.fresh, len(provider.asked)) == (100, 4)


def test_a_page_slower_than_its_box_does_not_keep_a_reading_from_its_end(stream, provider):
    provider.add("a")
    assert sync(stream.pk, box=0).state == State.DONE
    assert sync(stream.pk, box=0).state == State.DONE


def test_a_window_without_a_place_to_go_on_from_is_read_to_its_end_whatever_the_time(stream, provider, monkeypatch):
    pages = [EventPage([RawEvent(str(number), {"id": number})]) for number in range(5)]
    monkeypatch.setattr(type(orders_connector()), "pull", lambda *_: iter([*pages, EventPage([], {"v": 1})]))
    run = sync(stream.pk, box=0)
    assert (run.pages, run.fresh) == (6, 5)
    stream.refresh_from_db()
    assert stream.cursor == {"v": 1}


def test_a_window_that_never_ends_is_given_up_in_the_end(stream, monkeypatch):
    endless = (EventPage([RawEvent(str(number), {"id": number})]) for number in range(10**6))
    monkeypatch.setattr(type(orders_connector()), "pull", lambda *_: endless)
    monkeypatch.setattr(run_module, "PATIENCE", 0.2)
    run = sync(stream.pk, box=0)
    assert run.state == State.FAILED
    assert run.error.endswith("there was still no place from which to go on another time.")
    assert run.fresh > 0


def test_a_reading_of_500_events_takes_as_many_statements_as_one_of_one(
    orders, stream, provider, django_assert_max_num_queries
):
    orders.settings["size"] = 500
    orders.save()
    counts = []
    for ids in (["first"], range(500)):
        provider.orders.clear()
        provider.add(*ids)
        with django_assert_max_num_queries(30) as captured:
            assert sync(stream.pk).state == State.DONE
        counts.append(len(captured))
    assert counts[0] == counts[1]
