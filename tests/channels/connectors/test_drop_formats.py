"""A bank leaves statements in a folder, and customers' stories have them: the whole way, by `sync` and the workers."""

import os

import pytest

from apps.channels.actions import backfill, create_source
from apps.channels.models import Envelope, SyncRun, SyncState
from apps.channels.sync.run import sync
from apps.customers.models import Identifier
from apps.interactions.models import Interaction
from tests.channels.samples.camt import ANNA, DAY, US, details, entry, statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path]
    (tmp_path / "bank").mkdir()
    return tmp_path / "bank"


@pytest.fixture
def stream(folder):
    """The stream of a source that looks into the folder, found as the schedule finds it."""
    source = create_source(
        actor=None, slug="bank", name="Bank", kind="camt", timezone="Europe/Berlin", folder=str(folder), quiet=0
    )
    first = SyncState.objects.get(source=source)
    assert sync(first.pk).state == SyncRun.State.DONE
    return SyncState.objects.get(source=source, stream="files")


def deliver(folder, name, body):
    (folder / name).write_bytes(body)


def test_statements_become_parts_of_stories(folder, stream, process_all):
    deliver(folder, "monday.xml", statement(DAY))
    run = sync(stream.pk)
    assert (run.state, run.events, run.fresh, run.error) == (SyncRun.State.DONE, 5, 5, "")
    assert process_all() == (5, 0)
    assert Identifier.objects.filter(type="account", value=ANNA).exists()
    assert Interaction.objects.get(reference="ORDER-1043").title == "Payment received by bank transfer"

    run = sync(stream.pk)
    assert (run.state, run.events) == (SyncRun.State.DONE, 0), "nothing new lies there"

    deliver(folder, "again.xml", statement(DAY))
    deliver(folder, "tuesday.xml", statement(entry("REF-20", details(("Anna", ANNA), US))))
    run = sync(stream.pk)
    assert (run.events, run.fresh) == (6, 1)
    assert process_all() == (1, 0)


def test_a_file_nobody_understands_is_shown_and_stops_nothing(folder, stream, process_all):
    deliver(folder, "a.xml", b"<html>Your session has expired</html>")
    deliver(folder, "b.xml", statement(DAY)[:-200])
    run = sync(stream.pk)
    assert run.state == SyncRun.State.DONE
    errors = sorted(Envelope.objects.quarantined().values_list("error", flat=True))
    assert errors[0] == "a.xml: It is not a camt.052, camt.053 or camt.054 file."
    assert errors[1].startswith("b.xml: It is not well-formed XML")
    assert process_all() == (5, 0)


def test_a_reading_cut_off_after_every_page_loses_nothing(folder, stream, process_all):
    many = [entry(f"REF-{number}", details(("Anna", ANNA), US)) for number in range(2300)]
    deliver(folder, "large.xml", statement("".join(many)))
    runs = [sync(stream.pk, box=0)]
    while runs[-1].state == SyncRun.State.CONTINUED:
        runs.append(sync(stream.pk, box=0))
    assert [run.state for run in runs] == ["continued", "continued", "done"], [run.error for run in runs]
    assert sum(run.events for run in runs) == 2300
    assert Envelope.objects.count() == 2300


def test_a_backfill_reads_the_files_again_without_telling_anything_twice(folder, stream, process_all):
    deliver(folder, "monday.xml", statement(DAY))
    sync(stream.pk)
    process_all()
    os.utime(folder / "monday.xml", (1_780_000_000, 1_780_000_000))
    stream.refresh_from_db()
    backfill(actor=None, source=stream.source, since=stream.source.created_at.replace(year=2020))
    sync(stream.pk)
    run = SyncRun.objects.get(kind=SyncRun.Kind.BACKFILL)
    assert (run.state, run.events, run.fresh) == (SyncRun.State.DONE, 5, 0)
    assert process_all() == (0, 0)


def test_a_folder_outside_is_said_on_the_stream(folder, stream, settings):
    settings.DROP_ROOTS = []
    run = sync(stream.pk)
    stream.refresh_from_db()
    assert run.state == SyncRun.State.FAILED
    assert stream.denied
    assert "KLATSCH_DROP_ROOTS" in stream.error
