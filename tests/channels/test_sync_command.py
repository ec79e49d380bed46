"""`manage.py sync`: a file becomes part of the story once, however often and however brokenly it is read."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
import yaml
from django.core.management import CommandError, call_command

from apps.channels.actions import create_source
from apps.channels.facts import facts_of
from apps.channels.ingest import file_run
from apps.channels.ingest.file_run import FileRun
from apps.channels.models import Envelope, Source, SyncRun
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from config.paths import ROOT
from tests.channels.ingest.order_rows import HEADER, MAPPING, order
from tests.stack import environment

State = Envelope.State


@pytest.fixture
def file(tmp_path):
    """Write orders, rows as they are, into a file."""

    def write(rows, name="orders.csv", header=HEADER):
        path = tmp_path / name
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([header, *rows])
        return path

    return write


@pytest.fixture
def mapped(tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump(MAPPING))
    return path


@pytest.fixture
def sync(db, mapped):
    """Run the command; its result, and its exit code under "status"."""

    def run(path, *options, source="shop", **more):
        out = io.StringIO()
        status = 0
        given = () if "--map" in options or "--yes" in options or "--dry-run" in options else ("--map", str(mapped))
        try:
            call_command(
                "sync", str(path), "--source", source, "--create", *given, "--json", *options, stdout=out, **more
            )
        except SystemExit as end:
            status = end.code
        said = out.getvalue()
        return {**json.loads(said[said.index("{\n") :]), "status": status} if "{\n" in said else said

    return run


@pytest.fixture
def shop(db):
    return create_source(actor=None, slug="shop", name="Shop", kind="drop", mapping=MAPPING)


# the command
def test_a_file_is_told_once_however_often_it_is_read(sync, file):
    path = file([order(number) for number in range(50)])
    first = sync(path)
    assert (first["status"], first["rows"], first["interactions"]) == (0, 50, 50)
    assert first["customers"] == {"matched": 0, "created": 7}
    again = sync(path)
    assert (again["status"], again["rows"], again["interactions"], again["known already"]) == (0, 50, 0, 50)
    assert Interaction.objects.count() == Envelope.objects.filter(state=State.DONE).count() == 50
    assert Customer.objects.count() == 7


def test_what_is_new_in_a_grown_file_is_told_of_whom_we_know(sync, file):
    sync(file([order(number) for number in range(20)]))
    grown = sync(file([order(number) for number in range(30)]))
    assert (grown["interactions"], grown["known already"]) == (10, 20)
    assert grown["customers"] == {"matched": 7, "created": 0}


def test_rows_that_make_no_sense_are_kept_with_their_reasons(sync, file):
    rows = [*(order(number) for number in range(40)), ["O-99", "soon", "C1", "", "Cups", "1", "EUR"], ["ragged", "row"]]
    told = sync(file(rows))
    assert (told["status"], told["interactions"], told["quarantined"]) == (3, 40, 2)
    assert told["reasons"] == {
        "When it happened cannot be read: “soon” in created_at is no date.": 1,
        "Line 43: it has 2 cells where the first row has 7.": 1,
    }
    assert Envelope.objects.quarantined().count() == 2


def test_a_changed_row_under_a_known_id_is_kept_aside(sync, file):
    sync(file([order(1)]))
    told = sync(file([order(1, product="Pot")]))
    assert (told["status"], told["conflicts"], told["interactions"]) == (3, 1, 0)
    assert Interaction.objects.get().title == "Order O-1 · Cups"


def test_a_source_whose_rows_make_no_sense_pauses_itself_and_the_rest_is_not_read(sync, file, monkeypatch):
    monkeypatch.setattr(file_run, "BATCH", 30)
    path = file([[f"O-{number}", "soon", "C1", "c@x.example", "Cups", "1", "EUR"] for number in range(200)])
    told = sync(path)
    assert (told["status"], told["complete"]) == (4, False)
    assert told["rows"] == 60
    assert Source.objects.get().paused_at
    with pytest.raises(CommandError, match="paused"):
        sync(path)


def test_a_dry_run_shows_the_rows_and_keeps_nothing(sync, file):
    said = sync(file([order(number) for number in range(30)]), "--dry-run")
    assert "Order {order_id} · {product}" in said
    assert "the first 10 rows as understood" in said
    assert "c3@orders.example" in said.replace("\n", "")
    assert (Source.objects.count(), Envelope.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_a_dry_run_masks_card_numbers(sync, file, mapped):
    path = file([["O-1", "2026-03-01", "C1", "c@x.example", "4111 1111 1111 1111", "1", "EUR"]])
    said = sync(path, "--dry-run", "--map", str(mapped))
    assert "4111" not in said
    assert "****" in said


def test_a_proposed_mapping_is_only_used_when_somebody_says_so(sync, file):
    path = file([order(number) for number in range(10)])
    out = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was read"):
        call_command("sync", str(path), "--source", "shop", "--create", stdout=out)
    assert yaml.safe_load(out.getvalue())["who"] == {"user_id": "customer_id", "email": "email"}
    assert Envelope.objects.count() == 0
    assert sync(path, "--yes")["interactions"] == 10
    assert Source.objects.get().settings["mapping"]["id"] == "order_id"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "segment"], "read no files. These do:"),
        (["--map", "nowhere.yaml"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(sync, file, options, words):
    with pytest.raises(CommandError, match=words):
        sync(file([order(1)]), *options)


def test_a_source_is_only_made_if_asked_for(db, file, mapped):
    with pytest.raises(CommandError, match="Add --create"):
        call_command("sync", str(file([order(1)])), "--source", "shop", "--map", str(mapped))
    with pytest.raises(CommandError, match="There is no file"):
        call_command("sync", "nowhere.csv", "--source", "shop")


def test_a_bad_mapping_is_refused_with_every_problem(sync, file, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("who: {emial: x}\ntitel: y\n")
    with pytest.raises(CommandError, match="Write `email`") as error:
        sync(file([order(1)]), "--map", str(path))
    assert "titel: there is no such key" in str(error.value)


def test_a_reading_is_written_down(sync, file):
    sync(file([order(number) for number in range(5)]))
    sync(file([order(number) for number in range(6)]))
    runs = SyncRun.objects.order_by("id").values_list("stream", "kind", "state", "events", "fresh")
    assert list(runs) == [("orders.csv", "file", "done", 5, 5), ("orders.csv", "file", "done", 6, 1)]


def test_ctrl_c_leaves_whole_batches_and_the_next_run_goes_on(shop, file, monkeypatch):
    path = file([order(number) for number in range(100)])
    monkeypatch.setattr(file_run, "BATCH", 10)
    real, calls = file_run.receive_and_process, []

    def interrupted(source, batch):
        calls.append(batch)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(source, batch)

    monkeypatch.setattr(file_run, "receive_and_process", interrupted)
    run = FileRun(facts_of(shop), path)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert (Interaction.objects.count(), run.ended) == (30, False)
    assert SyncRun.objects.get().state == "continued"
    monkeypatch.setattr(file_run, "receive_and_process", real)
    again = FileRun(facts_of(shop), path)
    again.run()
    assert (again.result.repeated, again.result.interactions) == (30, 70)


@pytest.mark.django_db(transaction=True)
def test_two_processes_write_what_one_reads(file, mapped, tmp_path):
    path = file([order(number, day=1 + number % 28) for number in range(4000)])
    command = [sys.executable, "manage.py", "sync", str(path), "--source", "shop", "--create", "--map", str(mapped)]
    done = subprocess.run(
        [*command, "--processes", "2", "--json"], cwd=ROOT, env={**os.environ, **environment(tmp_path)}, check=True,
        capture_output=True, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert (told["interactions"], told["customers"]["created"]) == (4000, 7)
    assert Interaction.objects.count() == 4000
