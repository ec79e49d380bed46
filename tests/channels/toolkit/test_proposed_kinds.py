"""What a till prints and what comes back are told as that, whatever language the columns are in."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.connectors.drop.formats import rows
from apps.channels.contract import SourceFacts
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.proposal import propose
from tests.channels.toolkit.till_files import FILES, OTHERS, RETURNS, TILLS

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
CHANNELS = {"receipt": "store", "return": "order", "refund": "payment", "cancellation": "order"}
FACTS = SourceFacts(1, "shop", "drop", region="GB")


def read(name):
    _kind, file, text = FILES[name]
    found = [row.content for row in rows(io.BytesIO(text.strip().encode()))]
    return found, propose(found, file.rpartition(".")[0])


def drafts(name):
    found, proposed = read(name)
    compiled = mapping.compile(proposed.mapping)
    return [compiled.apply(row, compiled.key(row), NOON, FACTS) for row in found]


@pytest.mark.parametrize("name", FILES)
def test_the_kind_of_rows_is_recognised(name):
    mapped = read(name)[1].mapping
    kind = FILES[name][0]
    assert mapped["kind"] == kind
    assert mapped["channel"] == CHANNELS.get(kind, mapped["channel"])


@pytest.mark.parametrize("name", TILLS | RETURNS)
def test_every_row_is_told_without_an_edit(name):
    _rows, proposed = read(name)
    assert proposed.asks == {}
    told = drafts(name)
    assert all(draft.touch and draft.touch.occurred_at.month in (3, 4) for draft in told)
    assert len({draft.claim.key for draft in told}) == (3 if "cid@" in FILES[name][2] else 2)


@pytest.mark.parametrize("name", TILLS)
def test_a_purchase_in_a_store_has_its_place_and_what_it_cost(name):
    mapped = read(name)[1].mapping
    assert "touchpoint" in mapped or name == "german till, Beleg"
    assert "amount" in mapped or "price" in mapped["group"]
    assert mapped["reference"] in mapped["title"]


@pytest.mark.parametrize("name", RETURNS)
def test_what_comes_back_belongs_to_its_order_and_is_known_by_its_own_number(name):
    found, proposed = read(name)
    columns = list(found[0])
    mapped = proposed.mapping
    if name == "returns without a number of their own":
        assert ("id" in mapped, "reference" in mapped) == (False, False)
        assert mapped["thread"] == "order:{order_id}"
    else:
        assert (mapped["id"], mapped["reference"]) == (columns[0], columns[0])
        assert mapped["thread"] in {f"order:{{{columns[1]}}}", f"payment:{{{columns[1]}}}"}
    assert "refund" not in mapped


@pytest.mark.parametrize(
    "name", [name for name in RETURNS if "25.00" in RETURNS[name][2] or "25,00" in RETURNS[name][2]]
)
def test_what_was_paid_back_is_the_amount(name):
    assert [draft.touch.amount for draft in drafts(name)] == [Decimal("25.00"), Decimal("9.50"), Decimal("31.00")]


def test_money_that_is_paid_back_goes_out_and_goods_come_in():
    assert read("english refunds")[1].mapping["direction"] == "outbound"
    assert "direction" not in read("english returns")[1].mapping


def test_a_return_that_names_nobody_belongs_to_whoever_has_its_order():
    text = "return_id,order_id,return_date,refund_amount\nR1,7,2026-03-20,5.00\nR2,8,2026-03-21,6.00\n"
    found = [row.content for row in rows(io.BytesIO(text.encode()))]
    beside = [{"who": {"user_id": "customer"}, "reference": "order"}]
    mapped = propose(found, "returns", beside).mapping
    assert (mapped["who"], mapped["kind"]) == ({"reference": "order_id"}, "return")
    assert mapped["id"] == "{return_id} {order_id}"


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_with_such_words_are_what_they_were(name):
    mapped = read(name)[1].mapping
    assert mapped["kind"] not in {"return", "refund", "cancellation", "receipt"}
