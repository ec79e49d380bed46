"""A shop leaves its files in one folder: each is read by its own mapping, and one that grew by lines of an order that
was read before is read as a whole."""

import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.actions import create_source
from apps.channels.contract import SourceFacts, StoredEvent
from apps.channels.ingest.process import explained
from apps.channels.models import Envelope, SyncState, UnreadTally
from apps.channels.sync.run import sync
from apps.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ORDERS = {
    "group": {"by": "order", "quantity": "qty", "price": "price", "line": "{qty} x {item}"}, "reference": "order",
    "who": {"user_id": "customer"}, "only": "customer", "when": "day", "channel": "order", "kind": "order",
    "title": "Order {order}",
}  # fmt: skip
PAYMENTS = {
    "who": {"reference": "order"}, "channel": "payment", "kind": "payment", "title": "Paid {order}", "amount": "paid",
}  # fmt: skip
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HEAD = "order,customer,day,item,qty,price\n"


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path]
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


@pytest.fixture
def stream(folder):
    source = create_source(
        actor=None, slug="shop", name="Shop", kind="drop", folder=str(folder), quiet=0, mapping=ORDERS,
        mappings={"payments-#.csv": PAYMENTS},
    )  # fmt: skip
    sync(SyncState.objects.get(source=source).pk)
    return SyncState.objects.get(source=source, stream="files")


def deliver(folder, name, body, day):
    (folder / name).write_text(body)
    os.utime(folder / name, (day * 86_400 + 1.7e9, day * 86_400 + 1.7e9))


def amounts():
    return list(Interaction.objects.order_by("kind", "reference").values_list("kind", "reference", "amount"))


def test_each_file_is_read_by_its_own_mapping_whichever_comes_first(folder, stream, process_all):
    deliver(folder, "payments-2026-03.csv", "order,paid,method\n1,7.00,card\n2,3.00,cash\n", day=1)
    lines = [
        "1,C1,2026-03-01,Cup,2,2.50",
        "2,C2,2026-03-02,Jug,1,3.00",
        "1,C1,2026-03-01,Tea,1,2",
        "3,,2026-03-02,Jug,1,3",
    ]
    deliver(folder, "orders.csv", HEAD + "\n".join(lines) + "\n", day=2)
    sync(stream.pk)
    process_all()
    Envelope.objects.waiting().update(retry_at="2026-01-01T00:00Z")
    process_all()
    assert amounts() == [
        ("order", "1", Decimal("7.00")), ("order", "2", Decimal("3.00")),
        ("payment", "", Decimal("7.00")), ("payment", "", Decimal("3.00")),
    ]  # fmt: skip
    assert not Envelope.objects.exclude(state=Envelope.State.DONE).exists()


def test_a_file_that_grew_by_more_lines_of_an_old_order_hides_nothing(folder, stream, process_all):
    body = HEAD + "".join(f"{number},C1,2026-03-01,Cup,1,2.50\n" for number in range(1, 61))
    deliver(folder, "orders.csv", body, day=1)
    sync(stream.pk)
    process_all()
    deliver(folder, "orders.csv", body + "1,C1,2026-03-01,Jug,1,4.00\n61,C1,2026-03-01,Cup,1,2.50\n", day=2)
    sync(stream.pk)
    process_all()
    assert Interaction.objects.count() == 61
    assert Envelope.objects.conflicting().get().payload["lines"][1]["item"] == "Jug"


def test_with_a_version_more_lines_are_a_further_step(folder, stream, process_all):
    source = stream.source
    source.settings = {**source.settings, "mapping": {**ORDERS, "version": "length(lines)", "thread": "order:{order}"}}
    source.save()
    deliver(folder, "orders.csv", HEAD + "1,C1,2026-03-01,Cup,1,2.50\n", day=1)
    sync(stream.pk)
    process_all()
    deliver(folder, "orders.csv", HEAD + "1,C1,2026-03-01,Cup,1,2.50\n1,C1,2026-03-01,Jug,1,4.00\n", day=2)
    sync(stream.pk)
    process_all()
    assert amounts() == [("order", "1", Decimal("2.50")), ("order", "1", Decimal("6.50"))]
    assert {entry.thread for entry in Interaction.objects.all()} == {"order:1"}


def test_what_cannot_be_read_in_lines_is_marked_and_numbers_like_those_of_cards_are_kept(folder, stream, process_all):
    long, unlike = "4111111111111111", "5500005555555559"
    lines = [
        f"{long},C1,2026-03-01,Cup,1,2.50",
        f"{unlike},C2,2026-03-01,Cup,1,2.50",
        f"{long},C1,2026-03-01,Jug,1,ask",
    ]
    deliver(folder, "orders.csv", HEAD + "\n".join(lines) + "\n", day=1)
    deliver(folder, "payments-1.csv", f"order,paid,method\n{unlike},2.50,card\n", day=2)
    sync(stream.pk)
    process_all()
    assert amounts() == [("order", long, None), ("order", unlike, Decimal("2.50")), ("payment", "", Decimal("2.50"))]
    assert set(Envelope.objects.values_list("unread", flat=True)) == {"", "price (amount)"}


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_price_that_cannot_be_read_is_counted_by_the_column_of_the_file(folder, stream, process_all, alone, first):
    prices = ["ask"] if alone else ["ask", "2.50"] if first else ["2.50", "ask"]
    deliver(folder, "orders.csv", HEAD + "".join(f"1,C1,2026-03-01,Cup,1,{price}\n" for price in prices), day=1)
    sync(stream.pk)
    process_all()
    assert list(UnreadTally.objects.values_list("place", "kind", "count")) == [("price", "amount", 1)]


def test_lines_of_an_event_that_is_one_by_itself_keep_their_way():
    mapped = {"who": {"email": "mail"}, "title": "Order", "channel": "order", "amount": "lines[0].price", "id": "id"}
    facts = SourceFacts(1, "till", "webhook", settings={"mapping": mapped})
    event = StoredEvent("1", NOON, {"id": 1, "mail": "a@shop.example", "lines": [{"price": "ask"}]})
    assert [field.place for field in explained(event, facts).unread] == ["lines.price"]
