"""How sources are doing: they pause themselves, hold back, go on, and are counted."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.channels import tasks
from apps.channels.contract import RawEvent
from apps.channels.ingest import process
from apps.channels.ingest.process import release, replay
from apps.channels.ingest.receive import receive
from apps.channels.models import Envelope, Health, HourlyTally, Source
from apps.channels.sync import circuit_breaker
from apps.channels.sync.run import sync
from apps.customers.identity.rules import identity_rules
from apps.interactions.models import Interaction
from tests.channels.provider import Orders
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
State = Envelope.State
AT = "2026-03-02T12:00:00+00:00"


def order(name, *, bad=False, **more):
    content = {"id": name, "email": f"{name}@shop.example", "updated_at": AT, "total": -1 if bad else 1, **more}
    return RawEvent(name, content)


def take_in(source, process_all, *marks):
    """Events in this order, each understood (`.`) or not (`x`), processed one batch after the other."""
    for batch in marks:
        start = Envelope.objects.count()
        receive(source, [order(f"o{start + place}", bad=mark == "x") for place, mark in enumerate(batch)])
        process_all()


def counts():
    states = Envelope.objects.values_list("state", flat=True)
    return {state: list(states).count(state) for state in set(states)}


@pytest.fixture
def mended(monkeypatch):
    return lambda: monkeypatch.setattr(Orders, "mended", True)


def test_twenty_bad_events_among_a_hundred_are_borne(orders, process_all):
    take_in(orders, process_all, "x" * 10 + "." * 80 + "x" * 10)
    orders.refresh_from_db()
    assert orders.paused_at is None
    assert counts() == {"done": 80, "quarantined": 20}


@pytest.mark.parametrize("nobody", ["guest", "not_authenticated", "[object Object]", "distinctid"])
def test_events_about_nobody_never_pause_a_source(process_all, nobody):
    shop = SourceFactory(kind="segment")
    events = [{"type": "track", "event": "Looked", "userId": nobody, "messageId": f"e{place}"} for place in range(150)]
    receive(shop, [RawEvent(event["messageId"], event) for event in events])
    process_all()
    shop.refresh_from_db()
    assert shop.paused_at is None
    assert counts() == {"quarantined": 150}
    assert Health.objects.get(source=shop).outcomes == "-" * 100


def test_with_one_more_the_source_pauses_itself_and_says_why(orders, process_all):
    take_in(orders, process_all, "x" * 10 + "." * 79 + "x" * 11)
    orders.refresh_from_db()
    assert orders.pause_reason == "21 of the latest 100 events made no sense."
    entry = AuditEntry.objects.get(action="source.pause")
    assert entry.detail == {"source": "orders", "reason": orders.pause_reason}


def test_bad_events_of_long_ago_are_forgotten(orders, process_all):
    take_in(orders, process_all, "x" * 20, "." * 100, "x" * 20)
    orders.refresh_from_db()
    assert orders.paused_at is None


def test_another_source_is_not_paused_with_it(orders, shop, process_all):
    take_in(orders, process_all, "x" * 30)
    receive(shop, [RawEvent("e1", {"type": "track", "event": "Signed Up", "userId": "u1"})])
    assert process_all() == (1, 0)
    assert list(Source.objects.running()) == [shop]


def test_what_arrives_meanwhile_is_held_back_and_comes_through_after(orders, process_all, mended, monkeypatch):
    messages = []
    monkeypatch.setattr(tasks.process, "delay", lambda: messages.append(1))
    take_in(orders, process_all, "x" * 21, "." * 30)
    assert counts() == {"quarantined": 21, "held": 30}
    assert release() == 0
    assert circuit_breaker.resume(actor=None, source=orders) is True
    assert Health.objects.get(pk=orders.pk).outcomes == ""
    assert tasks.sweep() is True
    assert messages == [1]
    assert process_all() == (30, 0)
    assert counts() == {"quarantined": 21, "done": 30}
    mended()
    assert replay(actor=None, envelopes=Envelope.objects.filter(source=orders)) == 21
    assert process_all() == (21, 0)
    assert Interaction.objects.count() == 51


def test_what_is_held_back_is_let_go_in_portions_until_none_is_left(orders, process_all):
    circuit_breaker.pause(actor=None, source=orders)
    take_in(orders, process_all, "." * 25)
    circuit_breaker.resume(actor=None, source=orders)
    assert [release(10), release(10), release(10), release(10)] == [10, 10, 5, 0]
    assert process_all() == (25, 0)


def test_a_paused_source_is_still_listened_to_and_no_longer_asked(orders, provider, process_all):
    stream = orders.streams.get(stream="orders")
    provider.add(*range(3))
    circuit_breaker.pause(actor=None, source=orders, reason="Too much.")
    assert sync(stream.pk) is None
    assert receive(orders, [order("pushed")]).stored == 1
    assert circuit_breaker.pause(actor=None, source=orders) is False
    circuit_breaker.resume(actor=None, source=orders)
    assert circuit_breaker.resume(actor=None, source=orders) is False
    assert sync(stream.pk).fresh == 3
    release()
    assert process_all() == (4, 0)


def test_one_a_filter_and_all_can_be_tried_again_and_twice_is_once(orders, process_all, mended):
    take_in(orders, process_all, "x" * 10)
    everything, one = Envelope.objects.all(), Envelope.objects.filter(dedupe_key="o3")
    assert replay(actor=None, envelopes=one) == 1
    assert process_all() == (0, 1)  # nothing was mended yet
    assert one.get().error == "An order over less than nothing."
    mended()
    assert replay(actor=None, envelopes=one) == 1
    assert replay(actor=None, envelopes=one) == 0
    assert process_all() == (1, 0)
    assert replay(actor=None, envelopes=everything.filter(error__contains="nothing", dedupe_key__lt="o5")) == 4
    assert process_all() == (4, 0)
    assert replay(actor=None, envelopes=everything) == 5
    assert process_all() == (5, 0)
    assert replay(actor=None, envelopes=everything) == 0
    everything.update(state=State.QUARANTINED)
    assert replay(actor=None, envelopes=everything) == 10
    assert process_all() == (10, 0)
    assert Interaction.objects.count() == 10


def test_500_bad_orders_in_20000_hold_up_none_of_the_others_and_are_all_mended(orders, process_all, mended):
    """Every fortieth is bad: 2.5 %, so that the source bears it."""
    customers = [f"c{number}@shop.example" for number in range(300)]
    events = [order(f"o{number}", bad=number % 40 == 7, email=customers[number % 300]) for number in range(20_000)]
    for start in range(0, len(events), 1000):
        receive(orders, events[start : start + 1000])
    assert process_all() == (19_500, 500)
    assert counts() == {"done": 19_500, "quarantined": 500}
    orders.refresh_from_db()
    assert orders.paused_at is None
    assert Interaction.objects.count() == 19_500
    mended()
    assert replay(actor=None, envelopes=Envelope.objects.filter(source=orders)) == 500
    assert process_all() == (500, 0)
    assert Interaction.objects.count() == 20_000
    assert HourlyTally.objects.aggregate(Sum("understood"), Sum("refused")) == {
        "understood__sum": 20_000,
        "refused__sum": 500,
    }


def test_a_field_of_another_type_puts_only_its_own_record_into_quarantine(orders, process_all):
    receive(orders, [order("o1"), order("o2", email=["not", "text"]), order("o3", updated_at=None), order("o4")])
    for _ in range(9):
        Envelope.objects.waiting().update(retry_at=timezone.now())
        process_all()
    states = dict(Envelope.objects.values_list("dedupe_key", "state"))
    assert states == {"o1": "done", "o2": "quarantined", "o3": "quarantined", "o4": "done"}


def test_fields_nobody_documented_are_counted_and_kept(orders, process_all):
    receive(orders, [order("o1", colour="red"), order("o2", colour="blue", size=3), order("o3")])
    process_all()
    receive(orders, [order("o4", size=4)])
    process_all()
    drift = Health.objects.get(pk=orders.pk).drift
    assert {name: times for name, (times, _since) in drift.items()} == {"colour": 2, "size": 2}
    assert Envelope.objects.get(dedupe_key="o1").payload["colour"] == "red"


def test_a_flood_of_new_fields_does_not_swell_the_count(orders, process_all):
    receive(orders, [order(f"o{number}", **{f"field-{number}-{'x' * 300}": 1}) for number in range(80)])
    process_all()
    drift = Health.objects.get(pk=orders.pk).drift
    assert len(drift) == 50
    assert max(map(len, drift)) == 60


def test_the_hour_and_the_latest_times_are_kept(orders, process_all):
    take_in(orders, process_all, "..x", ".")
    tally = HourlyTally.objects.get()
    assert (tally.understood, tally.refused) == (3, 1)
    assert timezone.now() - tally.hour < timedelta(hours=1)
    health = Health.objects.get(pk=orders.pk)
    assert (health.outcomes, health.happened_until.isoformat()) == ("..x.", AT)
    assert timezone.now() - health.heard_at < timedelta(minutes=1)


def test_what_a_batch_costs_does_not_grow_with_it(orders, process_all, django_assert_max_num_queries):
    costs = []
    identity_rules()  # remembered for a while
    for size in (1, 300):
        start = Envelope.objects.count()
        receive(orders, [order(f"o{start + place}", colour="red") for place in range(size)])
        with django_assert_max_num_queries(60) as captured:
            process.process_due()
        costs.append(len(captured))
    assert costs[0] == costs[1]


@pytest.mark.django_db(transaction=True)
def test_four_workers_count_each_outcome_once(orders, process_all):
    receive(orders, [order(f"o{number}", bad=number % 10 == 0) for number in range(1000)])

    def work():
        while process.process_due(limit=50) != (0, 0):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    process_all()
    tally = HourlyTally.objects.get()
    assert (tally.understood, tally.refused) == (900, 100)
    assert Health.objects.get(pk=orders.pk).outcomes.count("x") <= 20
    assert Interaction.objects.count() == 900
