"""Nothing received is lost or counted twice, and a bad event stands in nobody's way."""

import random
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.channels import actions
from apps.channels.contract import RawEvent
from apps.channels.ingest import process
from apps.channels.ingest.process import replay
from apps.channels.ingest.receive import Receipt, receive
from apps.channels.models import Envelope, Source
from apps.customers.identity.rules import identity_rules
from apps.interactions.models import Interaction
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import WriteKeyFactory

pytestmark = pytest.mark.django_db
State = Envelope.State


def tracked(key, event="Signed Up", user="u1", **more):
    return RawEvent(key, {"type": "track", "event": event, "userId": user, **more})


def poison(key):
    """An event the connector understands and the database refuses: no sentiment is that long."""
    return RawEvent(key, {"type": "track", "event": "Poison", "userId": key})


@pytest.fixture
def poisonous(monkeypatch):
    """Make recording fail for every batch with a "Poison" event in it, until the returned switch is turned off."""
    switch = {"on": True}

    def record(drafts):
        if switch["on"] and any(draft.touch and draft.touch.title == "Poison" for draft in drafts):
            raise ValueError("poisoned")
        return real(drafts)

    real = process.record
    monkeypatch.setattr(process, "record", record)
    return switch


def states():
    return dict(Envelope.objects.values_list("dedupe_key", "state"))


def test_an_event_is_stored_as_it_came_with_its_meta(shop):
    receive(shop, [RawEvent("e1", {"type": "track", "userId": "u1"}, {"sentAt": "2026-01-05T09:00:00Z"})])
    envelope = Envelope.objects.get()
    assert envelope.payload == {"type": "track", "userId": "u1", "sentAt": "2026-01-05T09:00:00Z"}
    assert (envelope.dedupe_key, envelope.state, envelope.attempts) == ("e1", State.RECEIVED, 0)


def test_the_same_event_again_has_no_effect(shop):
    assert receive(shop, [tracked("e1"), tracked("e2")]) == Receipt(2, 0, 0)
    again = RawEvent("e1", tracked("e1").content, {"sentAt": "later"})
    assert receive(shop, [again, tracked("e3")]) == Receipt(1, 1, 0)
    assert states() == {"e1": "received", "e2": "received", "e3": "received"}


def test_another_event_under_a_known_id_is_kept_as_a_conflict(shop):
    receive(shop, [tracked("e1")])
    assert receive(shop, [tracked("e1", "Signed Out")]) == Receipt(0, 0, 1)
    assert receive(shop, [tracked("e1", "Signed Out")]) == Receipt(0, 0, 0)
    kept = Envelope.objects.conflicting().get()
    assert kept.dedupe_key == f"e1~{kept.digest[:8]}"
    assert kept.payload["event"] == "Signed Out"
    assert Envelope.objects.get(dedupe_key="e1").payload["event"] == "Signed Up"


def test_repetitions_and_conflicts_within_one_batch_are_told_apart(shop):
    batch = [tracked("e1"), tracked("e1"), tracked("e1", "Signed Out"), tracked("e2")]
    assert receive(shop, batch) == Receipt(2, 1, 1)
    assert sorted(Envelope.objects.values_list("state", flat=True)) == ["conflict", "received", "received"]


def test_the_same_id_from_another_source_is_another_event(shop):
    other = Source.objects.create(slug="other", name="Other", kind="segment")
    receive(shop, [tracked("e1")])
    assert receive(other, [tracked("e1")]) == Receipt(1, 0, 0)


def test_an_event_without_id_is_known_by_its_content_if_that_says_when(shop):
    dated = tracked("", timestamp="2026-01-05T09:00:00Z")
    assert receive(shop, [dated]) == Receipt(1, 0, 0)
    assert receive(shop, [dated]) == Receipt(0, 1, 0)
    assert receive(shop, [tracked(""), tracked("")]) == Receipt(2, 0, 0)


def test_ids_of_10_kb_are_told_apart(shop):
    assert receive(shop, [tracked("x" * 10_000 + "1"), tracked("x" * 10_000 + "2")]) == Receipt(2, 0, 0)


def test_of_20000_events_with_repetitions_and_collisions_each_is_kept_once(shop):
    chance = random.Random(3)
    events = [tracked(f"e{number}") for number in range(20_000)]
    repeated = [tracked(f"e{number}") for number in chance.sample(range(20_000), 4_000)]
    colliding = [tracked(f"e{number}", "Other") for number in chance.sample(range(20_000), 1_000)]
    sent = events + repeated + colliding
    receipts = [receive(shop, sent[start : start + 500]) for start in range(0, len(sent), 500)]
    assert tuple(map(sum, zip(*receipts, strict=True))) == (20_000, 4_000, 1_000)
    assert Envelope.objects.waiting().count() == 20_000
    assert Envelope.objects.conflicting().count() == 1_000


def test_a_card_number_is_not_stored(shop):
    receive(shop, [tracked("e1", properties={"note": "4111 1111 1111 1111"})])
    assert Envelope.objects.get().payload["properties"] == {"note": "************1111"}


def test_an_event_above_the_limit_is_kept_in_quarantine(shop):
    receive(shop, [tracked("e1", note="x" * 500), tracked("e2")], largest=200)
    assert states() == {"e1": "quarantined", "e2": "received"}
    assert "200 are allowed" in Envelope.objects.get(dedupe_key="e1").error


def test_an_event_nested_too_deep_is_quarantined(shop):
    deep = []
    for _ in range(500):
        deep = [deep]
    receive(shop, [tracked("e1", deep=deep)])
    assert states() == {"e1": "quarantined"}


def test_processed_events_are_on_the_timeline_and_done(shop, process_all):
    receive(shop, [tracked(f"e{number}", user=f"u{number}") for number in range(7)])
    assert process_all() == (7, 0)
    assert Interaction.objects.count() == 7
    assert set(states().values()) == {"done"}
    assert process_all() == (0, 0)


def test_what_the_connector_refuses_is_quarantined_at_once_with_the_reason(shop, process_all):
    receive(shop, [tracked("e1"), RawEvent("e2", {"type": "track", "userId": "u1"})])
    assert process_all() == (1, 1)
    bad = Envelope.objects.quarantined().get()
    assert (bad.dedupe_key, bad.error) == ("e2", "A track call without the name of its event.")


def test_a_failing_event_does_not_hold_up_its_batch(shop, process_all, poisonous):
    receive(shop, [*[tracked(f"e{number}") for number in range(20)], poison("p1"), poison("p2")])
    assert process_all() == (20, 2)
    waiting = Envelope.objects.waiting()
    assert sorted(waiting.values_list("dedupe_key", "attempts", "error")) == [
        ("p1", 1, "ValueError: poisoned"),
        ("p2", 1, "ValueError: poisoned"),
    ]
    assert all(retry_at > timezone.now() - timedelta(seconds=1) for (retry_at,) in waiting.values_list("retry_at"))


def test_after_eight_tries_a_failing_event_is_quarantined(shop, process_all, poisonous):
    receive(shop, [poison("p1")])
    for _ in range(8):
        Envelope.objects.waiting().update(retry_at=timezone.now())
        process_all()
    assert (Envelope.objects.quarantined().get().attempts, process_all()) == (8, (0, 0))


def test_an_event_that_waits_for_its_retry_is_left_alone(shop, process_all):
    receive(shop, [tracked("e1")])
    Envelope.objects.update(retry_at=timezone.now() + timedelta(hours=1))
    assert process_all() == (0, 0)


def test_a_poisoned_event_that_comes_due_again_does_not_fail_its_neighbours(shop, process_all, poisonous):
    receive(shop, [poison("p1")])
    process_all()
    Envelope.objects.update(retry_at=timezone.now())
    receive(shop, [tracked("e1")])
    assert process_all() == (1, 1)
    assert states() == {"p1": "received", "e1": "done"}


def test_replayed_events_arrive_once_the_cause_is_mended(shop, process_all, poisonous):
    receive(shop, [poison("p1"), tracked("e1")])
    process_all()
    Envelope.objects.waiting().update(state=State.QUARANTINED)
    poisonous["on"] = False
    supervisor = SupervisorFactory()
    assert replay(actor=supervisor, envelopes=Envelope.objects.all()) == 1
    assert process_all() == (1, 0)
    assert Interaction.objects.count() == 2
    assert AuditEntry.objects.get(action="envelope.replay").detail == {"envelopes": 1}


def test_replaying_what_already_arrived_changes_nothing(shop, process_all):
    receive(shop, [tracked("e1")])
    process_all()
    Envelope.objects.update(state=State.QUARANTINED)
    replay(actor=None, envelopes=Envelope.objects.all())
    assert process_all() == (1, 0)
    assert Interaction.objects.count() == 1


def test_an_envelope_of_an_unknown_kind_waits_and_the_others_pass(shop, process_all):
    other = Source.objects.create(slug="odd", name="Odd", kind="carrier-pigeon")
    receive(other, [tracked("o1")])
    receive(shop, [tracked("e1")])
    assert process_all() == (1, 1)
    assert states() == {"o1": "received", "e1": "done"}


def test_processing_many_takes_as_many_queries_as_processing_one(shop, django_assert_max_num_queries):
    counts = []
    identity_rules()  # remembered for a while
    for batch in ([tracked("a1", user="x")], [tracked(f"b{n}", user=f"v{n}") for n in range(100)]):
        receive(shop, batch)
        with django_assert_max_num_queries(60) as captured:
            process.process_due()
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_key_opens_its_source_until_it_is_revoked(shop):
    supervisor = SupervisorFactory()
    source = actions.create_source(actor=supervisor, slug="app", name="App", kind="segment", currency="EUR")
    secret = actions.issue_key(actor=supervisor, source=source)
    assert Source.objects.keyed(secret).get() == source
    key = source.keys.get()
    assert secret not in (key.digest, key.hint)
    assert actions.revoke_key(actor=supervisor, key=key) is True
    assert actions.revoke_key(actor=supervisor, key=key) is False
    assert not Source.objects.keyed(secret).exists()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "source.create",
        "source.issue_key",
        "source.revoke_key",
    ]


def test_two_keys_may_be_in_force_at_once(shop):
    WriteKeyFactory(source=shop, secret="second")
    assert Source.objects.keyed("shop-key").get() == Source.objects.keyed("second").get() == shop


def test_payloads_survive_the_way_through_the_database(shop):
    odd = {"type": "track", "event": "Ödd \u2028 “quotes” \\u0000 \t", "userId": 7, "big": 2**63, "small": 1e-7}
    receive(shop, [RawEvent("e1", odd)])
    assert orjson.loads(orjson.dumps(Envelope.objects.get().payload)) == odd
