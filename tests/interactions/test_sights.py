"""An order that many events tell of is one entry, and one more for each time its sum has changed."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from apps.interactions.actions import record
from apps.interactions.models import Interaction
from tests.factories.interactions import DAWN
from tests.interactions.drafts import draft, touch

pytestmark = pytest.mark.django_db


def sight(minute, amount, own="order:1", who="u1", **fields):
    said = {"body": f"cups for {amount}", "currency": "EUR", "changed": "Order 1 changed", "title": "Order 1"} | fields
    total = Decimal(amount) if amount else None
    return draft(touch(own, amount=total, sight=DAWN + timedelta(minutes=minute), **said), who=who)


def story():
    entries = Interaction.objects.order_by("occurred_at", "external_id")
    return [(e.external_id, e.title, e.amount, e.body, (e.occurred_at - DAWN) // timedelta(minutes=1)) for e in entries]


PLACED = ("order:1", "Order 1", Decimal("30.00"), "cups for 30.00", 0)
CHANGED = ("order:1:total:45.00", "Order 1 changed", Decimal("45.00"), "cups for 45.00", 50)


def test_an_order_seen_again_with_the_same_sum_is_told_once():
    assert record([sight(0, "30.00"), sight(5, "30.00")]).interactions == 1
    assert record([sight(9, "30.0"), sight(0, "30.00")]).interactions == 0
    assert story() == [PLACED]


def test_a_first_sight_that_came_late_tells_everything_at_the_time_of_the_order():
    record([sight(50, "30.00", verbatim="No plastic")])
    assert story() == [PLACED]
    assert Interaction.objects.get().verbatim == "No plastic"


def test_another_sum_is_a_further_entry_at_its_time_without_the_note_again():
    record([sight(0, "30.00", verbatim="No plastic")])
    assert record([sight(50, "45.00", verbatim="No plastic")]).interactions == 1
    assert record([sight(60, "45.00")]).interactions == 0
    assert story() == [PLACED, CHANGED]
    assert Interaction.objects.get(title="Order 1 changed").verbatim == ""


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("at_once", [True, False])
def test_the_story_is_the_same_in_any_order_of_arrival(order, at_once):
    seen = [sight(0, "30.00"), sight(10, "30.00"), sight(50, "45.00"), sight(70, "20.00")]
    arrived = [seen[place] for place in order]
    for batch in [arrived] if at_once else [[one] for one in arrived]:
        record(batch)
    assert story() == [
        PLACED,
        CHANGED,
        ("order:1:total:20.00", "Order 1 changed", Decimal("20.00"), "cups for 20.00", 70),
    ]


def test_a_sum_that_changed_back_is_told():
    for one in (sight(0, "30.00"), sight(50, "45.00"), sight(70, "30.00"), sight(80, "30.00")):
        record([one])
    assert [(each[2], each[4]) for each in story()] == [
        (Decimal("30.00"), 0),
        (Decimal("45.00"), 50),
        (Decimal("30.00"), 70),
    ]


def test_a_sum_that_cannot_be_read_is_no_change():
    record([sight(0, "30.00")])
    record([sight(50, None)])
    assert story() == [PLACED]


def test_the_same_number_in_another_currency_is_a_change():
    record([sight(0, "30.00"), sight(50, "30.00", currency="USD")])
    assert [(e.amount, e.currency) for e in Interaction.objects.order_by("id").filter(title="Order 1 changed")] == [
        (Decimal("30.00"), "USD")
    ]


def test_orders_of_two_people_and_two_sources_are_their_own():
    record([sight(0, "30.00"), sight(0, "12.00", own="order:2", who="u2")])
    record([sight(50, "45.00"), sight(50, "12.00", own="order:2", who="u2")])
    assert sorted(entry[0] for entry in story()) == ["order:1", "order:1:total:45.00", "order:2"]


def test_what_else_an_event_tells_is_kept_beside_it():
    with_more = sight(0, "30.00")
    record([type(with_more)(with_more.claim, touch("order:1:sent"), more=(with_more.touch,))])
    assert set(Interaction.objects.values_list("external_id", flat=True)) == {"order:1", "order:1:sent"}
