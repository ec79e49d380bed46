"""Saying what fields mean: faults at their lines, real rows beside what comes of them, and nothing saved too early."""

import json
import re
from html import unescape
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.channels.contract import RawEvent
from apps.channels.ingest.process import process_due, release
from apps.channels.ingest.receive import receive
from apps.channels.models import Envelope
from apps.desktop.sources import mapping, mapping_fields
from apps.interactions.models import Interaction
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, titles, triggers
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

pytestmark = pytest.mark.django_db
ROW = {
    "number": "LW-7",
    "at": "2026-03-02T12:00:00Z",
    "customer": {"email": "anna@shop.example"},
    "total": "12.50",
    "currency": "EUR",
}
YAML = """# what the warehouse tells
who:
  email: customer.email
when: at
channel: store
title: Parcel {number} is ready
amount: total
currency: currency
"""
SAID = {
    "who": {"email": "customer.email"},
    "when": "at",
    "channel": "store",
    "title": "Parcel {number} is ready",
    "amount": "total",
    "currency": "currency",
}


@pytest.fixture
def desk():
    return signed_in(SupervisorFactory(username="supervisor"))


@pytest.fixture
def warehouse():
    return SourceFactory(slug="warehouse", kind="webhook", key="word")


@pytest.fixture
def send(desk, warehouse):
    def post(name="mapping_preview", text=YAML, rows=(ROW,), **more):
        typed = {"text": text, "carried": json.dumps(list(rows)), **more}
        return desk.post(reverse(name, args=["warehouse"]), typed)

    return post


def faults(text):
    return [(fault.line, fault.words) for fault in mapping.read(text).faults]


# reading
def test_what_is_written_is_read():
    reading = mapping.read(YAML)
    assert (reading.said, reading.faults) == (SAID, ())
    assert reading.compiled is not None


def test_every_fault_is_found_at_its_line():
    text = YAML.replace("channel: store", "channel: stor").replace("  email: customer", "  mail: customer")
    found = dict(faults(text))
    assert set(found) == {3, 5}
    assert ("mail" in found[3], "stor" in found[5]) == (True, True)


def test_what_is_missing_has_no_line():
    assert [line for line, _words in faults("title: Hello\nchannel: store\n")] == [0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("who:\n  email: [a\nwhen: b", 3),
        ("just words", 0),
        ("- a\n- b", 0),
        ("a: &x 1\nb: *x", 0),
        ("x: " + "y" * 30_000, 0),
    ],
    ids=["broken", "no keys", "a list", "references", "too long"],
)
def test_what_is_no_mapping_is_told_and_not_raised(text, line):
    assert [one[0] for one in faults(text)] == [line]


def test_a_bomb_of_references_is_not_unpacked():
    letters = "abcdefghijklmnopqrstuvwxyz"
    doubled = (f"{two}: &{two} [*{one}, *{one}]\n" for one, two in pairwise(letters))
    bomb = "a: &a [x, x]\n" + "".join(doubled)
    assert len(mapping.read(bomb).faults) == 1


# the page
def test_the_page_proposes_a_mapping_for_what_came_last_and_saves_nothing(desk, warehouse):
    receive(warehouse, [RawEvent("e1", ROW)])
    response = desk.get(reverse("mapping", args=["warehouse"]))
    page = html(response)
    assert ("customer.email" in page, "anna@shop.example" in page, "not saved yet" in page) == (True, True, True)
    assert inline(response) == []
    warehouse.refresh_from_db()
    assert warehouse.settings == {}
    assert AuditEntry.objects.get(action="source.sample").detail == {"source": "warehouse", "rows": 1}


def test_without_an_event_an_example_is_asked_for(desk, warehouse):
    assert "An example is needed" in html(desk.get(reverse("mapping", args=["warehouse"])))
    assert not AuditEntry.objects.filter(action="source.sample").exists()


def test_a_kind_that_needs_no_mapping_has_no_such_page(desk):
    SourceFactory(slug="web")
    assert desk.get(reverse("mapping", args=["web"])).status_code == 404


def test_the_preview_shows_the_entry_as_it_will_stand(send):
    response = send()
    assert titles(response) == ["Parcel LW-7 is ready"]
    page = html(response)
    assert ("12.50" in page, "anna@shop.example" in page, "ch-store" in page) == (True, True, True)
    assert not Interaction.objects.exists()


def test_a_row_that_makes_no_sense_says_why(send):
    page = html(send(rows=[ROW, {**ROW, "at": "soon"}]))
    assert "Row 2" in page
    assert "soon" in page


def test_a_column_no_row_has_is_pointed_out(send):
    assert "there is “total”" in html(send(text=YAML.replace("amount: total", "amount: totl")))


@pytest.mark.parametrize("carried", ["", "{", "[1, 2]", "{}", "null", "[" * 5000, json.dumps([{"a": "\x00<script>"}])])
def test_rows_that_were_not_ours_do_no_harm(desk, warehouse, carried):
    url = reverse("mapping_preview", args=["warehouse"])
    response = desk.post(url, {"text": YAML, "carried": carried})
    assert (response.status_code, "<script>" in html(response)) == (200, False)


def test_a_preview_costs_the_same_for_one_row_and_for_four(send):
    send(rows=[ROW])  # what is remembered for all is read once
    costs = []
    for rows in ([ROW], [{**ROW, "number": f"LW-{number}"} for number in range(4)]):
        with CaptureQueriesContext(connection) as asked:
            send(rows=rows)
        costs.append(len(asked))
    assert costs[0] == costs[1]


# saving
def test_a_saved_mapping_keeps_its_comments_and_lets_go_what_was_held_back(send, warehouse, desk):
    receive(warehouse, [RawEvent("e1", ROW)])
    process_due()
    assert Envelope.objects.held().count() == 1
    response = send("mapping")
    assert "Saved" in triggers(response)["toast"]["text"]
    warehouse.refresh_from_db()
    assert warehouse.settings["mapping"] == SAID
    assert "# what the warehouse tells" in html(desk.get(reverse("mapping", args=["warehouse"])))
    release()
    process_due()
    assert Interaction.objects.get().title == "Parcel LW-7 is ready"
    assert AuditEntry.objects.filter(action="source.change").count() == 1


def test_what_cannot_be_followed_is_not_saved(send, warehouse):
    response = send("mapping", text=YAML.replace("channel: store", "channel: stor"))
    assert (response.status_code, "Not saved yet" in html(response), "Line 5" in html(response)) == (422, True, True)
    warehouse.refresh_from_db()
    assert warehouse.settings == {}


def test_after_saving_what_was_not_understood_may_try_again(send, warehouse):
    EnvelopeFactory(source=warehouse, payload=ROW, state=Envelope.State.QUARANTINED, error="No date.")
    assert reverse("replay", args=["warehouse"]) in html(send("mapping"))


def test_a_mapping_set_in_another_way_is_shown_as_yaml(desk, warehouse):
    warehouse.settings = {"mapping": SAID, mapping.TEXT: "who: old"}
    warehouse.save()
    assert mapping.read(mapping.text_of(warehouse)).said == SAID
    assert "who: old" not in html(desk.get(reverse("mapping", args=["warehouse"])))


# other rows
CSV = b"Order;E-mail;Total\nLW-9;bert@shop.example;3,50\nLW-10;carl@shop.example;4,50\n"


def test_a_file_is_looked_at_and_a_mapping_proposed_from_it(send):
    page = html(send("mapping_sample", text="", file=SimpleUploadedFile("orders.csv", CSV)))
    assert ("bert@shop.example" in page, "who:" in page, "not saved yet" in page) == (True, True, True)


def test_pasted_rows_are_looked_at_with_the_mapping_that_is_written(send):
    response = send("mapping_sample", pasted=json.dumps({**ROW, "number": "LW-8"}))
    assert titles(response) == ["Parcel LW-8 is ready"]


def test_nothing_to_look_at_is_said_and_the_rows_before_stay(send):
    response = send("mapping_sample", pasted="")
    assert (response.status_code, "No rows" in html(response), "LW-7" in html(response)) == (422, True, True)


def test_a_proposal_replaces_what_is_written_and_can_be_followed(send):
    page = html(send("mapping_guess", text="nonsense"))
    assert ("nonsense" in page, "customer.email" in page) == (False, True)
    proposed = mapping.proposal(SourceFactory(kind="webhook"), [ROW])
    assert mapping.read(proposed).faults == ()


# files with a mapping of their own
@pytest.fixture
def shop():
    return SourceFactory(slug="shop", kind="drop", settings={"mapping": SAID, "mappings": {"pay-#.csv": {"who": {}}}})


def test_a_file_with_a_mapping_of_its_own_is_saved_beside_the_others(desk, shop):
    page = desk.get(reverse("mapping", args=["shop"])).content.decode()
    assert "?file=pay-%23.csv" in page
    desk.post(reverse("mapping", args=["shop"]), {"text": YAML, "pattern": "reviews.csv", "carried": "[]"})
    shop.refresh_from_db()
    assert shop.settings["mapping"] == SAID
    assert [*shop.settings["mappings"]] == ["pay-#.csv", "reviews.csv"]
    assert (
        "what the warehouse tells" in desk.get(reverse("mapping", args=["shop"]) + "?file=reviews.csv").content.decode()
    )


def test_a_row_of_such_a_file_is_proposed_without_the_mark_of_its_file(desk, shop):
    EnvelopeFactory(source=shop, payload={"_file": "pay-7.csv", "order_no": "7", "paid": "3.50"})
    EnvelopeFactory(source=shop, payload={"number": "8"})
    (row,) = mapping.latest_rows(shop, "pay-#.csv")
    assert row == {"order_no": "7", "paid": "3.50"}
    assert mapping.latest_rows(shop) == [{"number": "8"}]


def test_a_source_that_takes_no_files_has_one_mapping(desk, warehouse):
    assert "own-file" not in desk.get(reverse("mapping", args=["warehouse"]) + "?file=x.csv").content.decode()


# the pickers
def picked(response):
    """What each picker shows as chosen, of those that have a choice."""
    selects = re.findall(r'<select id="pick-([\w.]+)".*?</select>', html(response), re.DOTALL)
    marked = r'<select id="pick-([\w.]+)"(?:(?!</select>).)*?<option value="([^"]*)" selected'
    return selects, dict(re.findall(marked, html(response), re.DOTALL))


def written(response):
    return unescape(re.search(r'<textarea id="mapping-text".*?>(.*?)</textarea>', html(response), re.DOTALL)[1])


def test_each_field_shows_which_column_it_reads(desk, warehouse):
    receive(warehouse, [RawEvent("e1", ROW)])
    selects, chosen = picked(desk.get(reverse("mapping", args=["warehouse"])))
    assert selects == [path for path, _label in mapping_fields.FIELDS]
    assert chosen["who.email"] == "customer.email"


def test_picking_a_column_changes_its_line_and_leaves_the_rest(send):
    commented = YAML.replace("who:", "who:  # whoever bought it")
    response = send("mapping_field", text=commented, path="reference", **{"pick-reference": "customer.name"})
    assert (response.status_code, written(response)) == (200, commented + "reference: customer.name\n")
    assert picked(response)[1]["reference"] == "customer.name"


def test_picking_nothing_takes_the_line_away(send):
    assert "channel:" not in written(send("mapping_field", path="channel", **{"pick-channel": ""}))


def test_what_is_no_field_cannot_be_picked(send):
    assert send("mapping_field", path="title", **{"pick-title": "x"}).status_code == 404


def test_a_text_that_cannot_be_read_stays_as_it_is(send):
    response = send("mapping_field", text="who: [", path="id", **{"pick-id": "x"})
    assert (written(response), "disabled" in html(response)) == ("who: [", True)


def test_it_is_never_said_to_be_saved_and_not_saved_at_once(send, warehouse):
    said = html(send("mapping"))
    assert ("Saved." in said, "ot saved yet" in said) == (True, False)
    assert "ot saved yet" not in html(send())  # as it was saved
    assert "Not saved yet." in html(send(text=YAML.replace("store", "web")))
