"""Singer messages and catalogs: what taps say, and what becomes of a row."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from apps.channels.connectors.singer.catalog import columns, selected, tables
from apps.channels.connectors.singer.form import SingerForm
from apps.channels.connectors.singer.proposal import proposed_mapping
from apps.channels.connectors.singer.pull import Talk, row_key
from apps.channels.contract import Denied, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from tests.channels.connectors import fake_tap
from tests.channels.connectors.fake_tap import CATALOG

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SINGER = CONNECTORS["singer"]


@pytest.fixture
def fake(tmp_path, settings):
    """Makes a source of a tap that does as it is told."""
    settings.TAPS_DIR = tmp_path / "taps"
    fake_tap.install(settings.TAPS_DIR)
    return fake_tap.facts


def ids(page):
    return [event.content["record"]["id"] for event in page.events]


def hear(*messages, **talk):
    """The pages a tap's messages make."""
    talking = Talk(tables(CATALOG)["public-orders"], "public-orders", **talk)
    pages = [page for message in messages for page in talking.hear(json.dumps(message).encode())]
    return [*pages, *talking.rest()]


def row(number, **more):
    return {"type": "RECORD", "stream": "public-orders", "record": {"id": number, **more}}


def state(place):
    return {"type": "STATE", "value": {"bookmarks": {"public-orders": place}}}


def cursors(pages):
    return [page.cursor and page.cursor["state"]["bookmarks"]["public-orders"] for page in pages]


def test_a_state_leaves_with_the_records_before_it_and_never_with_those_after():
    pages = hear(row(1), row(2), state("a"), row(3))
    assert [ids(page) for page in pages] == [[1, 2], [3]]
    assert cursors(pages) == ["a", None]


def test_a_state_at_the_end_of_many_records_leaves_with_the_last_of_them():
    pages = hear(*map(row, range(1200)), state("end"))
    assert [len(page.events) for page in pages] == [500, 500, 200]
    assert cursors(pages) == [None, None, "end"]
    assert [page.done for page in pages] == [500, 1000, 1200]


def test_states_after_each_record_do_not_make_a_page_each():
    pages = hear(*(message for number in range(700) for message in (row(number), state(number))))
    assert [len(page.events) for page in pages] == [499, 201]
    assert cursors(pages) == [498, 699]


def test_a_state_with_nothing_new_is_kept_all_the_same():
    assert [(page.events, page.cursor) for page in hear(state("a"))] == [
        ([], {"v": 1, "state": {"bookmarks": {"public-orders": "a"}}})
    ]


def test_the_same_row_is_the_same_event_and_a_changed_one_is_another():
    told = ({"status": "paid"}, {"status": "paid", "note": None}, {"status": "sent"})
    first, again, changed = (hear(row(7, **more))[0].events[0] for more in told)
    assert first.key == again.key
    assert first.key.startswith("public-orders:7~")
    assert changed.key.startswith("public-orders:7~")
    assert changed.key != first.key


def test_rows_without_a_key_and_with_keys_of_several_columns_are_told_apart():
    assert row_key("s", [], {"a": 1}) != row_key("s", [], {"a": 2})
    assert row_key("s", ["a", "b"], {"a": 1, "b": 2}).startswith("s:1|2~")
    long = [row_key("s", ["a"], {"a": "x" * 10_000 + end}) for end in "12"]
    assert long[0] != long[1]
    assert max(map(len, long)) < 200


def test_versions_batches_and_removed_rows_make_no_events():
    messages = [
        {"type": "ACTIVATE_VERSION", "stream": "public-orders", "version": 1},
        {"type": "BATCH", "stream": "public-orders"},
        row(1, _sdc_deleted_at="2026-01-01"),
        row(2),
    ]
    assert [ids(page) for page in hear(*messages)] == [[2]]


NEVER = {"type": "null"}
DRAFT_4 = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "properties": {
        "id": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        "at": {"type": ["null", "string"], "format": "date-time"},
        "paid": {"type": "boolean"},
        "name": {"type": ["string", "null"]},
        "more": {},
    },
}
DRAFT_2020 = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"whole": {"type": "integer", "exclusiveMinimum": 0}},
    "properties": {
        "id": {"$ref": "#/$defs/whole"},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, NEVER]},
        "paid": {"type": "boolean", "deprecated": True},
        "name": {"type": "string"},
        "more": True,
    },
}


@pytest.mark.parametrize("schema", [DRAFT_4, DRAFT_2020], ids=["draft-4", "2020-12"])
def test_schemas_of_any_draft_name_the_columns(schema):
    assert columns(schema) == {"id": "number", "at": "instant", "paid": "yes-no", "name": "text", "more": ""}


CIRCLE = {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}


@pytest.mark.parametrize(
    "odd", [None, [], "x", {"properties": []}, CIRCLE], ids=["none", "list", "text", "list-inside", "circle"]
)
def test_an_odd_schema_is_borne(odd):
    assert set(columns(odd)) <= {"a"}


def test_a_table_is_read_by_the_column_that_grows_with_each_change():
    entry = {"tap_stream_id": "s", "schema": {"properties": {"updated_at": {"format": "date-time"}, "n": {}}}}
    table = tables({"streams": [entry]})["s"]
    assert table.method() == ("INCREMENTAL", "updated_at")
    assert table.method("all") == ("FULL_TABLE", "")
    chosen = selected(table, "n")["streams"][0]
    assert chosen["metadata"][0]["metadata"] == {
        "selected": True,
        "replication-method": "INCREMENTAL",
        "replication-key": "n",
    }
    with pytest.raises(Denied, match="no column “gone”"):
        selected(table, "gone")
    forced = {**entry, "metadata": [{"breadcrumb": [], "metadata": {"forced-replication-method": "FULL_TABLE"}}]}
    assert tables({"streams": [forced]})["s"].method() == ("FULL_TABLE", "")


@pytest.mark.parametrize(
    ("stream", "names", "mapping"),
    [
        ("public-customers", "id email first_name updated_at",
         {"who": {"user_id": "id", "email": "email"}, "traits": {"first_name": "first_name"}, "when": "updated_at"}),
        ("crm.tickets", "id contact_id subject status created_at description",
         {"who": {"user_id": "contact_id"}, "when": "created_at", "channel": "note", "kind": "ticket",
          "title": "Ticket {id} · {subject} · {status}", "reference": "id", "body": "{description}",
          "thread": "ticket:{id}"}),
        ("feedback", "id customer_email comment date",
         {"who": {"email": "customer_email"}, "when": "date", "channel": "survey", "kind": "feedback",
          "title": "Feedback {id}", "reference": "id", "verbatim": "comment", "thread": "feedback:{id}"}),
        ("shelves", "id label", None),
    ],
    ids=["customers", "tickets", "feedback", "nobody"],
)  # fmt: skip
def test_what_a_table_is_about_is_guessed_from_its_columns(stream, names, mapping):
    assert proposed_mapping(stream, ["id"], names.split()) == mapping


def stored(record, stream="public-orders", keys=("id",), key=None):
    key = key or row_key(stream, list(keys), record)
    told = {"stream": stream, "record": record, "keys": list(keys), "columns": sorted(record)}
    return StoredEvent(key, NOON, told)


def test_a_row_that_still_tells_the_same_is_not_told_again(fake):
    source = fake("")
    first = SINGER.normalise(stored({"id": 7, "email": "anna@shop.example", "status": "paid", "seen": 1}), source)
    again = SINGER.normalise(stored({"id": 7, "email": "anna@shop.example", "status": "paid", "seen": 2}), source)
    changed = SINGER.normalise(stored({"id": 7, "email": "anna@shop.example", "status": "sent", "seen": 2}), source)
    assert first.touch.external_id == again.touch.external_id
    assert changed.touch.external_id != first.touch.external_id
    assert changed.touch.thread == first.touch.thread == "order:7"
    assert changed.touch.title == "Order 7 · sent"


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (None, "no row"),
        ({"stream": 3, "record": {}}, "no row"),
        ({"stream": "s", "record": [1]}, "no row"),
        ({"stream": "s", "record": {"label": "A1"}}, "none of them names a person"),
        ({"stream": "s", "record": {"email": None}, "columns": ["email"]}, "names nobody"),
        ({"stream": "s", "record": {"email": {"a": [1]}}, "keys": 5 * ["x"]}, "names nobody"),
    ],
    ids=["nothing", "number", "list", "shelf", "null", "nested"],
)
def test_rows_that_make_no_sense_say_why(fake, payload, words):
    with pytest.raises(Unintelligible, match=words):
        SINGER.normalise(StoredEvent("s:1~a", NOON, payload), fake(""))


@pytest.mark.parametrize(
    "odd",
    [True, 10**30, -1.5, [], {"a": 1}, "x" * 10_000, "\ud800", "9999-99-99"],
    ids=["true", "huge", "negative", "list", "object", "long", "surrogate", "no-date"],
)
def test_odd_values_in_every_column_never_raise_anything_else(fake, odd):
    names = ("customer_id", "email", "status", "total", "currency", "note", "updated_at")
    for name in names:
        record = {"id": 1, "email": "anna@shop.example", "customer_id": 5, "status": "paid", name: odd}
        drafts = []
        with suppress(Unintelligible):
            drafts.append(SINGER.normalise(stored(record, key="public-orders:1~a"), fake("")))
        assert all(draft.touch.title.startswith("Order 1") for draft in drafts)
        assert drafts or name == "updated_at"


def form(**said):
    return SingerForm({"tap": "tap-fake", "config": "", "secrets": "", "tables": "", "mappings": "", **said})


def test_the_form_reads_what_a_person_writes(fake):
    filled = form(
        config='{"host": "db.shop.example"}',
        secrets='{"password": "x"}',
        tables="public-orders: updated_at\npublic-customers:\n",
        mappings="public-orders:\n  who: {user_id: customer_id}\n  channel: order\n  title: Order {id}\n",
    )
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["config"] == {"host": "db.shop.example"}
    assert filled.cleaned_data["secrets"] == '{"password": "x"}'
    assert filled.cleaned_data["tables"] == {"public-orders": "updated_at", "public-customers": ""}
    assert filled.cleaned_data["mappings"]["public-orders"]["who"] == {"user_id": "customer_id"}
    shown = SingerForm(initial=filled.cleaned_data)
    assert "updated_at" in str(shown["tables"])
    assert "db.shop.example" in str(shown["config"])
    assert form(tables="public-orders\npublic-customers").fields["tables"].to_python("a\nb") == {"a": "", "b": ""}


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("tap", "tap-other", "tap-other"),
        ("config", "{", "not JSON"),
        ("config", "[1]", "JSON object"),
        ("config", '{"password": "x"}', "belongs to the secrets"),
        ("secrets", "hunter2", "not JSON"),
        ("tables", "a: [1", "not YAML"),
        ("tables", "a: {b: 1}", "one column"),
        ("mappings", "a: {title: x}", "who"),
        ("mappings", "!!python/object/apply:os.system [id]", "not YAML"),
    ],
    ids=["tap", "broken", "list", "open-secret", "secret", "yaml", "nested", "mapping", "hostile"],
)
def test_the_form_says_what_is_wrong(fake, name, said, words):
    filled = form(**{name: said})
    assert not filled.is_valid()
    assert list(filled.errors) == [name]
    assert words in str(filled.errors[name])
