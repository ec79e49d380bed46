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

from apps.channels import importing
from apps.channels.actions import create_source, drain, pause, taking
from apps.channels.actions.facts import facts_of
from apps.channels.actions.taking import Taken, take
from apps.channels.connectors.base import RawEvent
from apps.channels.importing import Reading
from apps.channels.models import Envelope, Health, Source, SyncRun
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from config.embedded import ROOT
from tests.stack import environment

State = Envelope.State
HEADER = ["order_id", "created_at", "customer_id", "email", "product", "amount", "currency"]
MAPPING = {
    "id": "order_id",
    "when": "created_at",
    "who": {"user_id": "customer_id", "email": "email"},
    "channel": "order",
    "title": "Order {order_id} · {product}",
    "amount": "amount",
    "currency": "currency",
}


def order(number, customer=None, product="Cups", day=1):
    who = number % 7 if customer is None else customer
    at = f"2026-03-{day:02d} 10:00:00"
    return [f"O-{number}", at, f"C{who}", f"c{who}@orders.example", product, "12.50", "EUR"]


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


def events(*rows):
    return [RawEvent(row[0], dict(zip(HEADER, row, strict=True))) for row in rows]


def states():
    return dict(Envelope.objects.values_list("dedupe_key", "state"))


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
    monkeypatch.setattr(importing, "BATCH", 30)
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
    monkeypatch.setattr(importing, "BATCH", 10)
    real, calls = importing.take, []

    def interrupted(source, batch):
        calls.append(batch)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(source, batch)

    monkeypatch.setattr(importing, "take", interrupted)
    reading = Reading(facts_of(shop), path)
    with pytest.raises(KeyboardInterrupt):
        reading.run()
    assert (Interaction.objects.count(), reading.ended) == (30, False)
    assert SyncRun.objects.get().state == "continued"
    monkeypatch.setattr(importing, "take", real)
    again = Reading(facts_of(shop), path)
    again.run()
    assert (again.taken.repeated, again.taken.interactions) == (30, 70)


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


# taking in
def test_a_batch_is_landed_and_told_in_one_transaction(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        taken = take(facts_of(shop), events(*(order(number) for number in range(200))))
    assert (taken.done, taken.interactions, len(taken.made)) == (200, 200, 7)
    assert set(states().values()) == {State.DONE}
    assert Health.objects.get().outcomes == "." * 100


def test_the_order_of_rows_makes_no_difference(shop):
    rows = [order(number, day=1 + number % 28) for number in range(60)]
    other = create_source(actor=None, slug="other", name="Other", kind="drop", mapping=MAPPING)
    for start in range(0, 60, 20):
        take(facts_of(shop), events(*rows[start : start + 20]))
        take(facts_of(other), events(*rows[::-1][start : start + 20]))
    story = Interaction.objects.order_by("external_id")
    fields = (
        "external_id",
        "title",
        "occurred_at",
        "profile__external_id",
        "profile__first_seen",
        "profile__last_seen",
    )
    assert list(story.filter(source="shop").values_list(*fields)) == list(
        story.filter(source="other").values_list(*fields)
    )


def test_one_bad_event_is_found_and_left_to_the_workers(shop, monkeypatch):
    real = taking.tell

    def tell(drafts):
        if any(draft.touch.title.endswith("Poison") for draft in drafts):
            raise ValueError("poisoned")
        return real(drafts)

    monkeypatch.setattr(taking, "tell", tell)
    rows = [order(number, product="Poison" if number == 13 else "Cups") for number in range(40)]
    taken = take(facts_of(shop), events(*rows))
    assert (taken.events, taken.done, taken.waiting, taken.interactions) == (40, 39, 1, 39)
    assert states()["O-13"] == State.RECEIVED
    assert drain().done == 1
    assert Interaction.objects.count() == 40


def test_repetitions_and_conflicts_within_a_batch_are_told_apart(shop):
    taken = take(facts_of(shop), events(order(1), order(1), order(1, product="Pot"), order(2)))
    assert (taken.done, taken.repeated, taken.conflicting) == (2, 1, 1)
    again = take(facts_of(shop), events(order(1), order(1, product="Pot"), order(3)))
    assert (again.done, again.repeated, again.conflicting) == (1, 1, 0)


def test_while_a_source_is_paused_rows_are_held_back(shop):
    pause(actor=None, source=shop)
    taken = take(facts_of(shop), events(order(1), order(2)))
    assert (taken.held, taken.interactions) == (2, 0)
    assert Envelope.objects.held().count() == 2


def test_a_source_paused_meanwhile_is_respected(shop):
    before = facts_of(shop)
    pause(actor=None, source=shop)
    assert take(before, events(order(1))).held == 1


def test_card_numbers_are_masked_before_anything_is_kept(shop):
    take(facts_of(shop), events(order(1, product="4111 1111 1111 1111")))
    assert "4111" not in str(Envelope.objects.get().payload) + Interaction.objects.get().title


def test_sums_keep_at_most_so_many_reasons(monkeypatch):
    monkeypatch.setattr(taking, "MOST_REASONS", 2)
    total = Taken()
    for number in range(5):
        total.add(Taken(reasons={f"reason {number}": 1}))
    assert dict(total.reasons) == {"reason 0": 1, "reason 1": 1, "Something else.": 3}
