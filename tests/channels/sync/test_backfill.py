"""Fetching what is older: beside what is new, never before it, and to the end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from apps.channels import actions
from apps.channels.models import Envelope, SyncRun, SyncState
from apps.channels.sync import retry
from apps.channels.sync import run as run_module
from apps.channels.sync.run import sync
from apps.interactions.models import Interaction
from tests.channels.provider import Orders
from tests.channels.streams import seconds_until

pytestmark = pytest.mark.django_db
State, Kind = SyncRun.State, SyncRun.Kind
LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def stream(orders, provider, monkeypatch):
    """200 orders of long ago and 60 of today, a backfill of everything asked for; there is time for two pages."""
    provider.add(*(f"old-{number:03}" for number in range(200)), at=LONG_AGO)
    provider.add(*(f"new-{number:03}" for number in range(60)), at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(run_module, "BACKFILL_BOX", 0)
    actions.backfill(actor=None, source=orders, since=LONG_AGO - timedelta(days=1))
    return orders.streams.get(stream="orders")


class Crash(BaseException):
    """The end of a process, as far as `except Exception` goes."""


def crash(*_args, **_changes):
    raise Crash


def kept():
    return sorted(Envelope.objects.values_list("dedupe_key", flat=True))


def test_what_is_new_comes_first_then_a_piece_of_what_is_older(stream, provider):
    run = sync(stream.pk)
    assert (run.state, run.fresh) == (State.DONE, 60)
    older = SyncRun.objects.get(kind=Kind.BACKFILL)
    assert (older.state, older.fresh) == (State.CONTINUED, 100)
    assert older.pk > run.pk
    assert kept() == [f"new-{number:03}" for number in range(60)] + [f"old-{number:03}" for number in range(100)]


def test_its_progress_is_visible_and_it_ends(stream, provider, process_all):
    seen = []
    for _ in range(10):
        sync(stream.pk)
        stream.refresh_from_db()
        seen.append((stream.backfill_done, stream.backfill_total, stream.backfill_since is not None))
        if not seen[-1][2]:
            break
        assert seconds_until(stream.next_at) <= 0
    # 260: up to the time at which it was asked for; the new ones are among them.
    assert seen[:3] == [(100, 260, True), (200, 260, True), (260, 260, True)]
    assert [wanted for _done, _total, wanted in seen[3:]] == [False]
    assert stream.backfill is None
    assert 270 <= seconds_until(stream.next_at) <= 330
    assert kept() == provider.ids
    process_all()
    assert Interaction.objects.count() == 260


def test_what_is_new_goes_on_meanwhile(stream, provider):
    sync(stream.pk)
    provider.add("later")
    run = sync(stream.pk)
    assert (run.kind, run.fresh) == (Kind.INCREMENTAL, 1)
    stream.refresh_from_db()
    assert stream.backfill_done == 200


def test_after_a_crash_it_goes_on_where_it_was(stream, provider, monkeypatch):
    sync(stream.pk)
    with monkeypatch.context() as crashing:
        crashing.setattr(run_module, "_end", crash)
        with pytest.raises(Crash):
            sync(stream.pk)
    SyncState.objects.filter(pk=stream.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    asked = len(provider.asked)
    sync(stream.pk)
    assert [query.get("cursor") for _at, query in provider.asked[asked:]] == [None, "200", "250"]
    assert not SyncRun.objects.filter(state=State.RUNNING).exists()


def test_a_failing_backfill_holds_up_nothing_that_is_new(stream, provider, monkeypatch):
    monkeypatch.setattr(retry.random, "uniform", lambda _least, most: most)
    sync(stream.pk)
    for failures in range(1, 9):
        provider.add(f"later-{failures}")
        provider.faults.extend(["", "500"])
        run = sync(stream.pk)
        stream.refresh_from_db()
        assert (run.state, run.fresh, stream.failures) == (State.DONE, 1, failures)
        assert seconds_until(stream.last_ok_at) > -5
        assert seconds_until(stream.next_at) <= stream.source.every
    assert stream.error == "HTTP 500: <h1>Oops</h1>�"
    assert seconds_until(stream.next_at) > 290
    sync(stream.pk)
    stream.refresh_from_db()
    assert (stream.failures, stream.error) == (0, "")


def test_a_history_the_provider_refuses_leaves_what_is_new_on_its_schedule(stream, provider):
    provider.faults.extend(["", "", "403:Your plan keeps 30 days."])
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert (run.state, stream.error, stream.denied) == (State.DONE, "HTTP 403: Your plan keeps 30 days.", True)
    assert seconds_until(stream.next_at) <= stream.source.every
    older = SyncRun.objects.get(kind=Kind.BACKFILL)
    assert (older.state, older.error) == (State.FAILED, stream.error)


def test_a_throttled_backfill_waits_as_long_as_the_provider_says(stream, provider):
    provider.faults.extend(["", "", "429:2000"])
    sync(stream.pk)
    stream.refresh_from_db()
    assert 1995 <= seconds_until(stream.next_at) <= 2205
    assert SyncRun.objects.get(kind=Kind.BACKFILL).state == State.WAITING


def test_one_that_is_asked_for_anew_while_a_piece_is_read_begins_anew(orders, stream, provider, monkeypatch):
    """The piece that belongs to the old wish must not write its cursor under the new one."""
    sync(stream.pk)
    pull, wishes = Orders.pull, []

    def wishing(self, source, read_range):
        if read_range.until and not wishes:
            wishes.append(actions.backfill(actor=None, source=orders, since=LONG_AGO - timedelta(days=99)))
        yield from pull(self, source, read_range)

    monkeypatch.setattr(Orders, "pull", wishing)
    sync(stream.pk)
    stream.refresh_from_db()
    assert (stream.backfill, stream.backfill_done, stream.leased_until) == (None, 0, None)
    assert stream.backfill_since == LONG_AGO - timedelta(days=99)
    assert seconds_until(stream.next_at) <= 0


def test_a_lease_lost_during_a_piece_keeps_its_cursor_from_moving(stream, provider, monkeypatch):
    sync(stream.pk)
    pull = Orders.pull

    def losing(self, source, read_range):
        if read_range.until:
            SyncState.objects.filter(pk=stream.pk).update(fence=F("fence") + 1)
        yield from pull(self, source, read_range)

    monkeypatch.setattr(Orders, "pull", losing)
    sync(stream.pk)
    stream.refresh_from_db()
    assert stream.backfill_done == 100
    assert Envelope.objects.count() == 160
    assert SyncRun.objects.filter(kind=Kind.BACKFILL).latest("pk").state == State.LOST
