"""One reader a stream: wherever it dies or is overtaken, nothing is lost and nothing is double."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from apps.channels import actions, tasks
from apps.channels.contract import EventPage, RawEvent
from apps.channels.models import Envelope, SyncRun, SyncState
from apps.channels.sync import circuit_breaker
from apps.channels.sync import run as run_module
from apps.channels.sync.run import claim_due, sync
from tests.channels.streams import arrived, read_to_the_end, seconds_until

pytestmark = pytest.mark.django_db
State, Kind = SyncRun.State, SyncRun.Kind


class Crash(BaseException):
    """The end of a process, as far as `except Exception` goes."""


def lapse(stream):
    """Let the time pass that a lease lasts."""
    SyncState.objects.filter(pk=stream.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def crash_at(number, when):
    """A wrapper for statements that ends the process before or after the one of this number."""
    count = iter(range(10_000))

    def wrapper(execute, sql, params, many, context):
        here = next(count) == number
        if here and when == "before":
            raise Crash
        result = execute(sql, params, many, context)
        if here:
            raise Crash
        return result

    return wrapper


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_statement_leaves_nothing_missing_and_nothing_double(orders, provider, process_all, when):
    """The same source, read from the start again for every statement of a reading of three pages."""
    provider.add(*range(5))
    orders.settings["size"] = 2
    orders.save()
    crashes = 0
    for number in range(200):
        Envelope.objects.all().delete()
        orders.streams.exclude(stream="").delete()
        stream = orders.streams.create(stream="orders")
        try:
            with connection.execute_wrapper(crash_at(number, when)):
                sync(stream.pk)
        except Crash:
            crashes += 1
        else:
            break
        lapse(stream)
        assert read_to_the_end(stream).state == State.DONE
        assert sorted(Envelope.objects.values_list("dedupe_key", flat=True)) == provider.ids
        assert not SyncRun.objects.filter(state=State.RUNNING).exists()
    assert crashes > 20
    process_all()
    assert arrived() == provider.ids


def test_a_stream_is_given_to_one_caller_until_it_may_have_been_lost(orders, stream):
    SyncState.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert len(claim_due()) == 2
    assert claim_due() == []
    stream.refresh_from_db()
    assert 85 <= seconds_until(stream.next_at) <= 90


def test_a_source_that_does_not_run_is_not_read(orders, stream):
    SyncState.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    circuit_breaker.pause(actor=None, source=orders)
    assert claim_due() == []
    assert sync(stream.pk) is None


def test_a_reading_is_read_once_at_a_time_and_a_lapsed_lease_is_taken_over(stream, provider):
    provider.add("a")
    held = run_module._lease(stream.pk)
    assert sync(stream.pk) is None
    lapse(stream)
    run = sync(stream.pk)
    assert run.fresh == 1
    stream.refresh_from_db()
    assert stream.fence == held.fence + 1


def test_a_reader_that_was_overtaken_commits_nothing(orders, stream, provider, monkeypatch):
    """The slower one has its page; before it can keep it, its lease lapses and another reads everything."""
    provider.add(*range(3))
    pull, second = type(orders_connector()).pull, []

    def slowly(self, source, read_range):
        for page in pull(self, source, read_range):
            if not second:
                lapse(stream)
                second.append(None)
                second[0] = sync(stream.pk)
                yield EventPage([RawEvent("ghost", {"id": "ghost"})], {"v": 1, "since": "2001-01-01T00:00:00+00:00"})
            yield page

    monkeypatch.setattr(type(orders_connector()), "pull", slowly)
    first = sync(stream.pk)
    assert (first.state, first.fresh, second[0].state, second[0].fresh) == (State.LOST, 0, State.DONE, 3)
    stream.refresh_from_db()
    assert not Envelope.objects.filter(dedupe_key="ghost").exists()
    assert stream.cursor["since"] > "2026"
    assert stream.leased_until is None


def orders_connector():
    return run_module.puller("orders")


def test_a_source_that_is_forgotten_while_it_is_read_leaves_no_trace(orders, stream, provider, monkeypatch):
    provider.add("a")
    pull = type(orders_connector()).pull

    def forgetting(self, source, read_range):
        yield from pull(self, source, read_range)
        Envelope.objects.all().delete()
        actions.remove_source(actor=None, source=orders)

    monkeypatch.setattr(type(orders_connector()), "pull", forgetting)
    assert sync(stream.pk).state == State.LOST
    assert not SyncState.objects.exists()
    assert not SyncRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_readers_at_once_one_reads_and_the_cursor_is_its_own(orders, provider):
    stream = orders.streams.get(stream="orders")
    provider.add(*range(100))
    start, runs = threading.Barrier(8), []

    def read():
        start.wait()
        try:
            runs.append(sync(stream.pk))
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    done = [run for run in runs if run]
    assert sum(run.fresh for run in done) == 100
    assert SyncState.objects.get(pk=stream.pk).fence == len(done)  # those who came later found it free again


@pytest.mark.django_db(transaction=True)
def test_a_reader_whose_database_connection_dies_goes_on_without_being_restarted(orders, provider, process_all):
    stream = orders.streams.get(stream="orders")
    provider.add(*range(120))
    provider.faults.extend(["", "drip:0.0002"])
    backend, outcome = [], []

    def read():
        connection.ensure_connection()
        backend.append(connection.connection.info.backend_pid)
        outcome.append(sync(stream.pk))
        outcome.append(read_to_the_end(stream))
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    while len(provider.asked) < 2:
        reader.join(0.01)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", backend)
        assert cursor.fetchone() == (True,)
    reader.join(30)
    assert (outcome[0].state, outcome[0].error[:17]) == (State.FAILED, "OperationalError:")
    assert outcome[1].fresh == 70
    process_all()
    assert arrived() == provider.ids


def test_a_database_that_is_gone_is_the_callers_affair(stream, monkeypatch):
    def gone(_self, _source, _read_range):
        raise OperationalError("no route to the database")

    monkeypatch.setattr(type(orders_connector()), "pull", gone)
    monkeypatch.setattr(run_module.connection, "is_usable", lambda: False, raising=False)
    with pytest.raises(OperationalError):
        sync(stream.pk)
    assert tasks.pull(stream.pk) == 0  # leased: its turn comes again when the lease has lapsed
