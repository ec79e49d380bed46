"""A batch of a file is received and processed in one transaction, as a push and a worker do it in two."""

import pytest

from apps.channels.actions import create_source
from apps.channels.contract import RawEvent
from apps.channels.facts import facts_of
from apps.channels.ingest import file_batch, process
from apps.channels.ingest.file_batch import FileResult, receive_and_process
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from apps.channels.models import Envelope, Health, HourlyTally
from apps.channels.sync.circuit_breaker import pause
from apps.interactions.models import Interaction
from tests.channels.ingest.order_rows import HEADER, MAPPING, events, order, states

State = Envelope.State


@pytest.fixture
def shop(db):
    return create_source(actor=None, slug="shop", name="Shop", kind="drop", mapping=MAPPING)


def test_a_batch_is_received_and_processed_in_one_transaction(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        result = receive_and_process(facts_of(shop), events(*(order(number) for number in range(200))))
    assert (result.done, result.interactions, len(result.made)) == (200, 200, 7)
    assert set(states().values()) == {State.DONE}
    assert Health.objects.get().outcomes == "." * 100


def test_the_order_of_rows_makes_no_difference(shop):
    rows = [order(number, day=1 + number % 28) for number in range(60)]
    other = create_source(actor=None, slug="other", name="Other", kind="drop", mapping=MAPPING)
    for start in range(0, 60, 20):
        receive_and_process(facts_of(shop), events(*rows[start : start + 20]))
        receive_and_process(facts_of(other), events(*rows[::-1][start : start + 20]))
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
    real = process.record

    def record(drafts):
        if any(draft.touch.title.endswith("Poison") for draft in drafts):
            raise ValueError("poisoned")
        return real(drafts)

    rows = [order(number, product="Poison" if number == 13 else "Cups") for number in range(40)]
    with monkeypatch.context() as poisoned:
        poisoned.setattr(process, "record", record)
        result = receive_and_process(facts_of(shop), events(*rows))
    assert (result.events, result.done, result.waiting, result.interactions) == (40, 39, 1, 39)
    assert states()["O-13"] == State.RECEIVED
    assert process_due().done == 1
    assert Interaction.objects.count() == 40


def test_repetitions_and_conflicts_within_a_batch_are_told_apart(shop):
    result = receive_and_process(facts_of(shop), events(order(1), order(1), order(1, product="Pot"), order(2)))
    assert (result.done, result.repeated, result.conflicting) == (2, 1, 1)
    again = receive_and_process(facts_of(shop), events(order(1), order(1, product="Pot"), order(3)))
    assert (again.done, again.repeated, again.conflicting) == (1, 1, 0)


def test_while_a_source_is_paused_rows_are_held_back(shop):
    pause(actor=None, source=shop)
    result = receive_and_process(facts_of(shop), events(order(1), order(2)))
    assert (result.held, result.interactions) == (2, 0)
    assert Envelope.objects.held().count() == 2


def test_a_source_paused_meanwhile_is_respected(shop):
    before = facts_of(shop)
    pause(actor=None, source=shop)
    assert receive_and_process(before, events(order(1))).held == 1


def test_card_numbers_are_masked_before_anything_is_kept(shop):
    receive_and_process(facts_of(shop), events(order(1, product="4111 1111 1111 1111")))
    assert "4111" not in str(Envelope.objects.get().payload) + Interaction.objects.get().title


def test_sums_keep_at_most_so_many_reasons(monkeypatch):
    monkeypatch.setattr(file_batch, "MOST_REASONS", 2)
    total = FileResult()
    for number in range(5):
        total.add(FileResult(reasons={f"reason {number}": 1}))
    assert dict(total.reasons) == {"reason 0": 1, "reason 1": 1, "Something else.": 3}


def test_what_a_file_says_and_what_is_pushed_end_alike(shop):
    """Understood, refused by the connector, refused by the reader, a repetition, a conflict: one way in for all."""
    pushed = create_source(actor=None, slug="pushed", name="Pushed", kind="drop", mapping=MAPPING)
    rows = [
        *events(*(order(number) for number in range(5)), order(1), order(2, product="Pot")),
        RawEvent("O-90", dict(zip(HEADER, ["O-90", "soon", "C1", "", "Cups", "1", "EUR"], strict=True))),
        RawEvent("O-91", {"line": "ragged"}, refused="Line 9: it has 1 cell."),
    ]
    receive_and_process(facts_of(shop), rows)
    receive(facts_of(pushed), rows)
    process_due()
    kept = ("dedupe_key", "digest", "payload", "state", "error")
    envelopes = Envelope.objects.order_by("dedupe_key").values_list(*kept)
    assert list(envelopes.filter(source=shop)) == list(envelopes.filter(source=pushed))
    assert envelopes.filter(source=shop).count() == 8
    shown = ("external_id", "title", "occurred_at", "amount", "currency", "payload")
    story = Interaction.objects.order_by("external_id").values_list(*shown)
    assert list(story.filter(source="shop")) == list(story.filter(source="pushed"))
    assert story.filter(source="shop").count() == 5


def test_somebody_who_was_quicker_with_the_same_rows_leaves_nothing_double(shop, monkeypatch):
    """Both looked before either wrote: what is known shows only when it is written."""
    receive_and_process(facts_of(shop), events(order(1), order(2)))
    monkeypatch.setattr(file_batch, "known_digests", lambda _source, _keys: {})
    result = receive_and_process(facts_of(shop), events(order(1), order(2, product="Pot"), order(3)))
    assert (result.done, result.repeated, result.conflicting, result.interactions) == (1, 1, 1, 1)
    assert Interaction.objects.count() == 3
    assert HourlyTally.objects.get().understood == 3
