"""Several beats may run: each due time of a job is sent once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from celery.schedules import crontab, schedule
from django.db import OperationalError, connection
from django.utils import timezone

from apps.channels import tasks
from apps.channels.models import Slot
from apps.channels.sync import schedule as beat
from apps.channels.sync.schedule import SlotScheduler, slot

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Entry:
    """What a scheduler keeps of a job."""

    def __init__(self, name, when, task="apps.channels.tasks.sweep"):
        self.name, self.schedule, self.task = name, when, task
        self.args, self.kwargs, self.options = (), {}, {}


@pytest.fixture
def sent(monkeypatch):
    """Tasks that would have gone to the workers."""
    gone = []
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda *args, **options: gone.append(options))
    return gone


@pytest.fixture
def clock(monkeypatch):
    """A clock for each beat: they never agree quite."""
    own = threading.local()
    monkeypatch.setattr(beat.timezone, "now", lambda: getattr(own, "now", NOON))
    return own


def scheduler():
    return SlotScheduler(app=current_app, lazy=True)


@pytest.mark.parametrize(
    ("when", "now", "due"),
    [
        (schedule(15), NOON + timedelta(seconds=14.9), NOON),
        (schedule(15), NOON + timedelta(seconds=15), NOON + timedelta(seconds=15)),
        (schedule(0.05), NOON + timedelta(seconds=1.07), NOON + timedelta(seconds=1.05)),
        (schedule(0), NOON, NOON),
        (crontab(minute="0"), NOON + timedelta(seconds=59), NOON),
        (crontab(minute="0"), NOON + timedelta(seconds=60), NOON + timedelta(seconds=60)),
    ],
    ids=["within", "next", "sub-second", "zero", "cron-within", "cron-next"],
)
def test_the_due_time_of_a_job_is_the_beginning_of_its_interval(when, now, due):
    assert abs(slot(when, now) - due) < timedelta(milliseconds=2)


@pytest.mark.django_db(transaction=True)
def test_two_beats_ring_once_for_the_same_time_and_again_for_the_next(sent, clock):
    first, second, entry = scheduler(), scheduler(), Entry("sweep", schedule(15))
    clock.now = NOON
    first.apply_entry(entry)
    clock.now = NOON + timedelta(seconds=2)
    second.apply_entry(entry)
    assert len(sent) == 1
    clock.now = NOON + timedelta(seconds=15)
    second.apply_entry(entry)
    first.apply_entry(entry)
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_jobs_due_at_the_same_time_are_told_apart(sent, clock):
    for name in ("sweep", "other"):
        scheduler().apply_entry(Entry(name, schedule(15)))
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_three_beats_ring_for_a_thousand_due_times_a_thousand_times(sent, clock):
    """Each with its own clock, up to half an interval off, its own connection, and a turn missed now and then."""
    start = threading.Barrier(3)

    def run(place):
        beating, entry = scheduler(), Entry("sweep", schedule(0.2))
        start.wait()
        for number in range(1000):
            if number % 7 == place:  # too busy
                continue
            clock.now = NOON + timedelta(seconds=0.2 * number + 0.01 + 0.03 * place)
            beating.apply_entry(entry)
        connection.close()

    beats = [threading.Thread(target=run, args=(place,)) for place in range(3)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert len(sent) == 1000
    assert Slot.objects.count() == 1000


@pytest.mark.django_db(transaction=True)
def test_a_job_that_cannot_be_sent_leaves_the_turn_to_another_beat(sent, clock, monkeypatch):
    entry = Entry("sweep", schedule(15))
    with monkeypatch.context() as broken:
        broken.setattr(tasks.sweep, "apply_async", unreachable)
        scheduler().apply_entry(entry)
    assert not Slot.objects.exists()
    scheduler().apply_entry(entry)
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_database_nothing_is_sent_and_nothing_breaks(sent, clock, monkeypatch):
    monkeypatch.setattr(beat, "claim", unreachable)
    assert scheduler().apply_async(Entry("sweep", schedule(15)), advance=False) is None
    assert sent == []


def unreachable(*_args, **_options):
    raise OperationalError("no route to the database")


@pytest.mark.django_db(transaction=True)
def test_slots_of_yesterday_are_forgotten():
    now = timezone.now()
    Slot.objects.create(job="sweep", due_at=now - timedelta(hours=25))
    kept = Slot.objects.create(job="sweep", due_at=now)
    tasks.prune()
    assert list(Slot.objects.all()) == [kept]
