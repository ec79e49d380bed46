"""Readers that are killed, frozen and let loose again: ids at the provider and in the story are the same afterwards."""

import os
import signal
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from apps.channels.actions import create_source
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, SyncRun, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync.run import sync
from apps.channels.toolkit.http.pace import BURST
from apps.interactions.models import Interaction
from tests.channels.provider import TOKEN, Orders, Provider
from tests.faults.conftest import wait_for
from tests.faults.reader import REQUESTS, pace, read

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PAGE = 50


@pytest.fixture
def provider():
    serving = Provider()
    yield serving
    serving.close()


@pytest.fixture
def stream(provider, settings, monkeypatch):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    monkeypatch.setitem(CONNECTORS, "orders", Orders())
    source = create_source(actor=None, slug="orders", name="Orders", kind="orders", url=provider.url, token=TOKEN)
    source.created_at, source.pace = source.created_at - timedelta(days=1), 1000
    source.save()
    return source.streams.create(stream="orders")


def lapse(stream):
    """Let the time pass that a lease lasts."""
    SyncState.objects.filter(pk=stream.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def told():
    while process_due() != (0, 0):
        pass
    return sorted(Interaction.objects.values_list("external_id", flat=True))


STATE, RUN, ENVELOPES = 'UPDATE "channels_syncstate"', 'INSERT INTO "channels_syncrun"', "INSERT INTO channels_envelope"


@pytest.mark.parametrize(
    ("statement", "occurrence"),
    [(STATE, 1), (RUN, 1), (ENVELOPES, 1), (STATE, 2), (ENVELOPES, 2), (STATE, 4)],
    ids=["lease", "run", "first-page", "first-cursor", "second-page", "end"],
)
def test_what_a_killed_reader_leaves_is_taken_up_by_the_next(stream, provider, nursery, statement, occurrence):
    provider.add(*range(2 * PAGE))
    victim = nursery.start(read, stream.pk, "SIGKILL", statement, occurrence).process
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    lapse(stream)
    assert sync(stream.pk).state == SyncRun.State.DONE
    assert told() == provider.ids
    assert not SyncRun.objects.filter(state=SyncRun.State.RUNNING).exists()


def test_a_reader_that_slept_through_its_lease_commits_nothing(stream, provider, nursery):
    """Frozen before it asks; by the time it wakes, another has read everything, and more."""
    provider.add(*range(PAGE))
    sleeper = nursery.start(read, stream.pk, "SIGSTOP", "INSERT INTO channels_health", 1)
    wait_for(lambda: psutil.Process(sleeper.process.pid).status() == psutil.STATUS_STOPPED, 60, "the freeze")
    lapse(stream)
    provider.add("later")
    assert sync(stream.pk).state == SyncRun.State.DONE
    cursor = SyncState.objects.get(pk=stream.pk).cursor
    os.kill(sleeper.process.pid, signal.SIGCONT)
    assert sleeper.awaited() == "lost"
    assert SyncState.objects.get(pk=stream.pk).cursor == cursor
    assert told() == provider.ids


def test_five_readers_in_processes_of_their_own_read_everything_once(stream, provider, nursery):
    provider.add(*range(6 * PAGE))
    readers = [nursery.start(read, stream.pk) for _ in range(5)]
    states = sorted(reader.awaited(120) for reader in readers)
    assert "done" in states
    assert set(states) <= {"done", "none", "lost"}  # a slow one may lose its lease: it then leaves nothing behind
    assert Envelope.objects.count() == 6 * PAGE
    assert told() == provider.ids


def test_all_processes_together_keep_to_the_pace_of_their_source(stream, provider, nursery):
    stream.source.pace = 20
    stream.source.save()
    for process, _said in [nursery.start(pace, stream.pk) for _ in range(3)]:
        process.join(120)
        assert process.exitcode == 0
    times = sorted(at for at, _query in provider.asked)
    assert len(times) == 3 * REQUESTS
    for first, begun in enumerate(times):
        for last in range(first, len(times)):
            allowed = BURST + stream.source.pace * (times[last] - begun) + 3  # those that were held up on their way
            assert last - first + 1 <= allowed, f"{last - first + 1} requests in {times[last] - begun:.2f} s"
