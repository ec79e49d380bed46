"""What a column's own values prove: which mark stands before decimals, which cells are dates."""

from decimal import Decimal

import pytest

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.columns import columns_of
from apps.channels.toolkit.mapping.proposal import propose
from tests.channels.toolkit.test_proposal import NOON


def orders(*amounts):
    return [
        {"order_id": str(n), "order_date": "2026-03-01 10:00", "email": f"p{n}@x.example", "total": amount}
        for n, amount in enumerate(amounts, 1)
    ]


@pytest.mark.parametrize(
    ("amounts", "mark", "why", "read"),
    [
        (("-3.000", "1.250", "12,00"), "comma", "as in 12,00", ("-3000", "1250", "12")),
        (("1.250", "1.234.567", "7"), "comma", "as in 1.234.567", ("1250", "1234567", "7")),
        (("1,250", "12.00"), "point", "as in 12.00", ("1250", "12")),
        (("1.250 €", "9,- €"), "comma", "as in 9,- €", ("1250", "9")),
        (("-3.000", "1.250"), "comma", "A guess: -3.000 can be thousands or decimals", ("-3000", "1250")),
        (("1,250", "4,999"), "point", "A guess: 1,250 can be thousands or decimals", ("1250", "4999")),
        (("12.00", "7"), None, "", ("12", "7")),
        (("12.50", "7,25"), None, "", ("12.50", "7.25")),
        ((12.5, 1.125), None, "", ("12.50", "1.125")),
    ],
)
def test_a_column_says_what_divides_its_decimals_or_that_it_does_not(amounts, mark, why, read):
    proposed = propose(orders(*amounts), "orders.csv")
    assert proposed.mapping["amount"] == "total"
    assert proposed.mapping.get("decimal") == mark
    assert why in proposed.why.get("decimal", "")
    compiled, source = mapping.compile(proposed.mapping), SourceFacts(1, "shop", "drop", region="GB")
    told = [compiled.apply(row, "k", NOON, source).touch.amount for row in orders(*amounts)]
    assert told == [Decimal(amount) for amount in read]


def test_a_column_with_both_marks_says_so():
    assert "look at them" in propose(orders("12.50", "7,25"), "orders.csv").why["amount"]
    assert "look at them" not in propose(orders("12.50", "7"), "orders.csv").why["amount"]


def test_three_digits_are_decimals_where_the_currency_has_them():
    rows = [{**row, "currency": "KWD"} for row in orders("18.605", "2.250")]
    proposed = propose(rows, "orders.csv")
    assert (proposed.mapping["decimal"], proposed.mapping["currency"]) == ("point", "currency")
    assert "A guess" in proposed.why["decimal"]


@pytest.mark.parametrize(
    "amounts", [("12,50 EUR", "7,00 EUR"), ("Rs. 1,200", "Rs. 95"), ("(30.00)", "12.00-"), ("CHF 9.-", "3.50")]
)
def test_amounts_with_their_currency_are_numbers(amounts):
    (column,) = columns_of([{"total": amount} for amount in amounts])
    assert column.numbers == 1


@pytest.mark.parametrize("cell", ['="00123"', "'00123"])
def test_the_wrapping_of_spreadsheets_is_peeled_before_anybody_looks(cell):
    (column,) = columns_of([{"customer": cell}])
    assert column.texts == ("00123",)


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        (("Mon Nov 30 2026 10:00:00 GMT+0100 (CET)", "Tue Dec 01 2026 11:30:00 GMT+0100 (CET)"), 1),
        (("2026-11-30T10:00:00.123456789Z", "2026-12-01T24:00:00Z"), 1),
        (("30.02.2026", "31.04.2026"), 0),
        (("soon", "next week"), 0),
        (("19.99", "12.50"), 0),
    ],
)
def test_a_column_of_dates_can_be_read(texts, share):
    (column,) = columns_of([{"when": text} for text in texts])
    assert column.dated == share
