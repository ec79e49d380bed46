"""Several rows are one order: put together, added up to the cent, listed, and taken back as what they are."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.mapping import mapping
from apps.foundation.text.unread import collected

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP = SourceFacts(1, "shop", "drop")
LINES = {"by": "No", "quantity": "Qty", "price": "Price", "line": "{Qty} x {Item}"}
ORDER = {
    "who": {"user_id": "Customer"}, "when": "Day", "channel": "order", "title": "Order {No}", "group": LINES,
    "refund": "Cancellation {No}",
}  # fmt: skip


def line(item="Cup", qty="1", price="2.50", no="A-1", day="2026-03-01", **more):
    return {"No": no, "Customer": "C1", "Day": day, "Item": item, "Qty": qty, "Price": price, **more}


def touch(*rows, **more):
    compiled = mapping.compile(ORDER | more)
    whole = compiled.group.together(rows)
    return compiled.apply(whole, compiled.key(whole), NOON, SHOP).touch


def amount(*rows, **more):
    return touch(*rows, **more).amount


def test_the_lines_of_an_order_are_one_entry():
    told = touch(line(), line("Jug", "2", "4.00"))
    assert (told.title, told.amount, told.external_id) == ("Order A-1", Decimal("10.50"), "A-1")
    assert told.body == "1 x Cup\n2 x Jug"
    assert told.payload["lines"][1]["Item"] == "Jug"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("6", "2.55"), ("6", "3.39"), ("8", "2.75")], "57.64"),
        ([("1", "2.50"), ("1", "2.50")], "5.00"),
        ([("1000", "0.001"), ("500", "0.0025")], "2.25"),
        ([("2", "10"), ("-1", "10")], "10.00"),
        ([("3", "0.00")], "0.00"),
        ([("12", "0.085"), ("12", "0.085")], "2.04"),
        ([("2", "1,234.50")], "2469.00"),
    ],
    ids=["several", "the same twice", "parts of a cent", "one given back", "a present", "halves", "thousands"],
)
def test_quantity_times_price_is_added_up_to_the_cent(rows, expected):
    assert amount(*(line(qty=qty, price=price) for qty, price in rows)) == Decimal(expected)


def test_decimals_may_stand_after_a_comma():
    assert amount(line(qty="3", price="1.250,50"), line(qty="0,5", price="2,00"), decimal="comma") == Decimal("3752.50")


def test_a_line_without_figures_costs_nothing_and_one_that_cannot_be_read_leaves_a_mark_and_no_total():
    assert amount(line(), line("Gift wrap", "", "")) == Decimal("2.50")
    with collected() as marks:
        assert amount(line(), line(price="on request")) is None
    assert [mark.raw for mark in marks] == ["on request"]


@pytest.mark.parametrize(
    ("rows", "more", "paid"),
    [
        ([line(price="€ 2,50"), line(price="4.00 €")], {}, ("6.50", "EUR")),
        ([line(price="$ 2.50")], {"currency": "CAD"}, ("2.50", "CAD")),
        ([line(price="£2.50")], {"currency": "EUR"}, ("2.50", "GBP")),
        ([line(price="€ 2.50"), line(price="£ 2.50")], {"currency": "CHF"}, ("5.00", "CHF")),
        ([line(qty="3", price="1.2345")], {"currency": "KWD"}, ("3.704", "KWD")),
        ([line(qty="3", price="1.2345")], {"currency": "EUR"}, ("3.70", "EUR")),
        ([line(price="1.250")], {"decimal": "comma"}, ("1250.00", "")),
        ([line(price="1,250")], {"decimal": "comma"}, ("1.25", "")),
    ],
    ids=[
        "beside",
        "which dollar",
        "beside says more",
        "contradicting",
        "thousandths",
        "cents",
        "thousands",
        "decimals",
    ],
)
def test_prices_of_lines_are_read_as_amounts_are(rows, more, paid):
    told = touch(*rows, **more)
    assert (str(told.amount), told.currency) == paid


def test_an_order_whose_number_looks_like_a_card_is_one_order_still():
    compiled = mapping.compile(ORDER | {"who": {"user_id": "Customer", "reference": "Belongs to"}})
    assert compiled.ids == {"No", "Customer", "Belongs to"}
    whole = compiled.group.together([line(no="4111111111111111"), line("Jug", no="4111111111111111")])
    assert compiled.key(whole) == "4111111111111111"


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([line(qty="-1", price="27.50", no="C36379")], {}, ("Cancellation C36379", "refund", "-27.50")),
        ([line(qty="-1"), line("Jug", "-2")], {}, ("Cancellation A-1", "refund", "-7.50")),
        ([line(qty="-1", price="0")], {}, ("Cancellation A-1", "refund", "0.00")),
        ([line(qty="1", no="C7")], {"cancels": "starts_with(No, 'C')"}, ("Cancellation C7", "refund", "2.50")),
        ([line(qty="3"), line(qty="-1")], {}, ("Order A-1", "event", "5.00")),
    ],
    ids=["negative quantity", "all lines", "for nothing", "its number says so", "one line given back"],
)
def test_what_takes_an_order_back_is_told_as_that(rows, more, words):
    told = touch(*rows, **more)
    assert (told.title, told.kind, str(told.amount)) == words


def test_a_negative_total_without_lines_is_a_refund_too():
    plain = {"who": {"user_id": "c"}, "channel": "order", "kind": "order", "title": "Order {n}", "amount": "t"}
    compiled = mapping.compile({**plain, "refund": "Refund of {n}"})
    told = [compiled.apply({"c": "1", "n": "7", "t": paid}, "k", NOON, SHOP).touch for paid in ("5", "-5", "", "0")]
    assert [(each.kind, each.title) for each in told] == [
        ("order", "Order 7"), ("refund", "Refund of 7"), ("order", "Order 7"), ("order", "Order 7")
    ]  # fmt: skip


def test_what_stands_only_in_the_first_row_holds_for_all():
    first = line(Total="9.00", Note="Ring twice")
    second = {**line("Jug"), "Customer": "", "Day": "", "Total": ""}
    told = touch(first, second, group={"by": "No", "line": "{Item}"}, amount="Total", body="{Note}")
    assert (told.amount, told.body) == (Decimal("9.00"), "Ring twice\nCup\nJug")


def test_lines_a_minute_apart_are_of_one_order_that_began_with_the_first():
    told = touch(line(day="2026-03-01 10:00"), line(day="2026-03-01 10:01"))
    assert told.occurred_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_a_column_called_lines_is_not_lost():
    told = touch(line(lines="a"), line(lines="b"), group={**LINES, "line": "{lines}"})
    assert told.body == "a\nb"


def test_hundreds_of_lines_are_counted_and_the_first_of_them_listed():
    told = touch(*(line(f"Thing {number}") for number in range(542)))
    assert told.amount == Decimal("1355.00")
    assert told.body.count("\n") == 200
    assert told.body.endswith("and 342 lines more")
    assert len(told.payload["lines"]) == 50


def test_the_amounts_of_lines_are_added_up_as_they_are():
    rows = [line(Sum="3.10"), line(Sum="4.05")]
    assert amount(*rows, group={"by": "No", "amount": "Sum"}) == Decimal("7.15")


@pytest.mark.parametrize(
    ("group", "problem"),
    [
        ({"by": "No", "price": "p", "amount": "a"}, "group.amount"),
        ({"price": "p"}, "group.by"),
        ({"by": "No", "prize": "p"}, "Write `price`"),
        ({"by": 7}, "group.by"),
    ],
)
def test_what_is_wrong_with_it_is_said(group, problem):
    with pytest.raises(mapping.BadMapping) as error:
        mapping.compile(ORDER | {"group": group})
    assert problem in str(error.value)


def test_two_amounts_are_one_too_many():
    with pytest.raises(mapping.BadMapping, match="Keep that of the order"):
        mapping.compile(ORDER | {"amount": "Total"})


cents = st.integers(min_value=0, max_value=10_000_00).map(lambda number: Decimal(number) / 100)


@given(st.lists(st.tuples(st.integers(-50, 50), cents), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_total_is_the_sum_of_its_lines_whatever_they_are(lines):
    rows = [line(qty=str(qty), price=f"{price:.2f}") for qty, price in lines]
    assert amount(*rows) == sum(qty * price for qty, price in lines)
    compiled = mapping.compile(ORDER)
    assert [row["Qty"] for row in compiled.group.lines(compiled.group.together(rows))] == [row["Qty"] for row in rows]
