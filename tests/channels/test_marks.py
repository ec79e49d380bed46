"""What a reader could not make sense of is found in the payload, kept with its envelope, and counted."""

import pytest

from apps.channels.contract import RawEvent
from apps.channels.facts import facts_of
from apps.channels.ingest.file_batch import FileResult, receive_and_process
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from apps.channels.marks import UnreadField, located, written
from apps.channels.models import Envelope, UnreadTally
from apps.channels.registry import CONNECTORS
from apps.channels.sync import circuit_breaker
from apps.foundation.text.unread import MOST, Mark, collected, unmarked, unread
from tests.factories.channels import SourceFactory

UNREADABLE = {"twelve", "a dozen"}


def test_readers_leave_marks_only_where_somebody_collects():
    unread("amount", "twelve")
    with collected() as marks:
        unread("amount", "twelve")
        unread("amount", "twelve")
        unread("date", "")
        unread("date", None)
        with unmarked():
            unread("email", "nobody")
        unread("date", 20269999)
    unread("amount", "thirteen")
    assert marks == [Mark("amount", "twelve"), Mark("date", "20269999")]


def test_marks_of_one_event_are_bounded():
    with collected() as marks:
        for number in range(100):
            unread("amount", f"x{number}")
    assert len(marks) == MOST


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ({"total": "twelve"}, "total"),
        ({"order": {"lines": [{"price": "1"}, {"price": "twelve"}]}}, "order.lines.price"),
        ({"note": "twelve pounds"}, "note"),
        ({"note": "twelve pounds", "z": {"price": "twelve"}}, "z.price"),
        ([{"price": "twelve"}], "price"),
        ({"other": "thirteen"}, ""),
        ("twelve", ""),
    ],
)
def test_a_mark_is_found_by_its_path(payload, place):
    assert located([Mark("amount", "twelve")], payload) == (UnreadField(place, "amount", "twelve"),)


def test_card_numbers_are_masked_in_examples_too():
    (field,) = located([Mark("phone", "4111 1111 1111 1111")], {"tel": "4111 1111 1111 1111"})
    assert "4111 1111 1111 1111" not in field.example


def test_an_envelope_names_its_fields_in_a_few_words():
    fields = [UnreadField("total", "amount", "x"), UnreadField("", "date", "y")]
    assert written(fields) == "total (amount), ? (date)"


# --- through the database -----------------------------------------------------------------------------------------


@pytest.fixture
def marking(monkeypatch):
    """A connector that cannot read any total."""
    connector = CONNECTORS["webhook"]
    real = connector.normalise

    def normalise(event, source):
        for value in event.payload.values():
            unread("amount", value if value in UNREADABLE else "")
        return real(event, source)

    monkeypatch.setitem(CONNECTORS, "webhook", Marking(connector, normalise))


class Marking:
    def __init__(self, connector, normalise):
        self.connector, self.normalise = connector, normalise

    def __getattr__(self, name):
        return getattr(self.connector, name)


@pytest.fixture
def source(db, marking):
    mapping = {"who": {"email": "mail"}, "title": "Order {number}", "channel": "order", "id": "number"}
    return SourceFactory(slug="till", kind="webhook", settings={"mapping": mapping})


def bought(number, total="12.50"):
    return RawEvent(f"e{number}", {"number": number, "mail": "ada@example.org", "total": total})


def tallies():
    return [*UnreadTally.objects.order_by("place", "kind").values_list("place", "kind", "count")]


def test_an_event_that_is_partly_unread_is_told_and_counted(source):
    receive(source, [bought(1, "twelve"), bought(2, ""), bought(3, "a dozen")])
    assert process_due().done == 3
    assert dict(Envelope.objects.values_list("dedupe_key", "unread")) == {
        "e1": "total (amount)",
        "e2": "",
        "e3": "total (amount)",
    }
    assert [*Envelope.objects.unread().order_by("id").values_list("dedupe_key", flat=True)] == ["e1", "e3"]
    assert tallies() == [("total", "amount", 2)]


def test_a_file_counts_the_same_and_gives_an_example(source):
    result = receive_and_process(facts_of(source), [bought(1, "twelve"), bought(2, "a dozen"), bought(3, "")])
    assert (result.done, result.unread) == (3, {("total", "amount"): 2})
    assert result.examples[("total", "amount")] in {"twelve", "a dozen"}
    assert tallies() == [("total", "amount", 2)]
    assert Envelope.objects.unread().count() == 2


def test_results_of_batches_add_up():
    whole, part = FileResult(), FileResult()
    for result, count, example in ((whole, 1, "x"), (part, 2, "y")):
        result.unread.update({("total", "amount"): count})
        result.examples[("total", "amount")] = example
    whole.add(part)
    assert (whole.unread, whole.examples) == ({("total", "amount"): 3}, {("total", "amount"): "x"})


def test_fields_with_made_up_names_share_a_line_in_the_end(source, monkeypatch):
    monkeypatch.setattr(circuit_breaker, "MOST_UNREAD", 1)
    for number, name in enumerate(["total", "made up", "total", "made up too"]):
        receive(source, [RawEvent(f"e{number}", {**bought(number).content, name: "twelve"})])
        process_due()
    assert sorted(tallies()) == [("", "amount", 2), ("total", "amount", 2)]


def test_nothing_is_left_of_a_mark_once_it_can_be_read(source, monkeypatch):
    receive(source, [bought(1, "twelve")])
    process_due()
    Envelope.objects.update(state=Envelope.State.RECEIVED)
    monkeypatch.undo()
    process_due()
    assert Envelope.objects.get().unread == ""
