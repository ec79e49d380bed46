"""When a row happened and over how much it is, read out of its cells. No database."""

from decimal import Decimal

import pytest

from apps.channels.contract import Unintelligible
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.expressions import text, value
from apps.foundation.text import dates
from apps.foundation.text.unread import collected
from tests.channels.toolkit.test_mapping import NOON, SHOP, minimal, touch


# when
@pytest.mark.parametrize(
    ("written", "order", "expected"),
    [
        ("2026-03-02", "", "2026-03-01T23:00"),
        ("2026-03-02 11:00:00 -0500", "", "2026-03-02T16:00"),
        ("2026-03-02T11:00:00.5Z", "", "2026-03-02T11:00"),
        ("2026/03/02 11:00", "", "2026-03-02T10:00"),
        ("03/04/2026", "day first", "2026-04-02T22:00"),
        ("03/04/2026", "month first", "2026-03-03T23:00"),
        ("3/14/2026 2:05 PM", "day first", "2026-03-14T13:05"),
        ("14.3.26", "month first", "2026-03-13T23:00"),
        ("26-03-14", "year first", "2026-03-13T23:00"),
        ("12/31/2025 12:30 AM", "month first", "2025-12-30T23:30"),
        ("3. März 2026 um 14:05 Uhr", "", "2026-03-03T13:05"),
        ("3 mars 2026 14h05", "", "2026-03-03T13:05"),
        ("3 de marzo de 2026", "", "2026-03-02T23:00"),
        ("Mar 3, 2026, 2:05:00 PM", "", "2026-03-03T13:05"),
        ("Tue, 03 Mar 2026 10:00:00 GMT", "", "2026-03-03T10:00"),
        ("03-Mar-26", "", "2026-03-02T23:00"),
        ("20260302", "", "2026-03-01T23:00"),
        ("20260302113000", "", "2026-03-02T10:30"),
        ("1772449200", "", "2026-03-02T11:00"),
        (1772449200000, "", "2026-03-02T11:00"),
        (46083.5, "", "2026-03-02T11:00"),
        ("02|03|2026", "%d|%m|%Y", "2026-03-01T23:00"),
        ("١٢/٣/٢٠٢٦", "", "2026-03-11T23:00"),
    ],
)
def test_dates_as_people_and_machines_write_them(written, order, expected):
    assert dates.instant(written, "Europe/Berlin", order).strftime("%Y-%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    "written",
    ["", "soon", "31.02.2026", "2026-13-45", "99:99", None, True, [], {}, 1e300, float("nan"), "7"],
)
def test_what_is_no_date_is_none(written):
    assert dates.instant(written) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2026", "23/04/2026"], ("day first", True)),
        (["03/04/2026", "04/23/2026"], ("month first", True)),
        (["03/04/2026"], ("day first", False)),
        (["23/04/2026", "04/23/2026"], ("day first", False)),
        (["2026-03-04"], ("year first", True)),
        ([], ("day first", False)),
    ],
)
def test_a_number_above_twelve_is_a_day(texts, expected):
    assert dates.order_of(texts) == expected


@pytest.mark.parametrize(
    ("row", "words"),
    [({"day": "soon"}, "“soon” in day is no date"), ({"day": ""}, "day is empty"), ({}, "day is empty")],
    ids=["unreadable", "empty", "missing"],
)
def test_a_row_that_does_not_say_when_is_not_told_as_of_now(row, words):
    with pytest.raises(Unintelligible, match=words):
        touch(row, when="day")


@pytest.mark.parametrize("day", ["1900-01-01", "2050-01-01", "1970-01-01", "31.12.2026"])
def test_a_day_that_cannot_have_been_is_not_told_as_of_now(day):
    with pytest.raises(Unintelligible, match=f"“{day}” in day lies before 1980 or in the future"):
        touch({"day": day}, when="day")


def test_a_row_may_be_ahead_by_another_zone():
    with collected() as marks:
        assert touch({"day": "2026-11-03 01:00"}, when="day").occurred_at == NOON
    assert [mark.kind for mark in marks] == ["date"]


# amounts
@pytest.mark.parametrize(
    ("written", "mark", "expected"),
    [
        ("1.234,50", "comma", "1234.50"), ("1.234", "comma", "1234.00"), ("12,5 €", "comma", "12.50"),
        ("1,234.50", "point", "1234.50"), ("1'234.50", "point", "1234.50"), ("1 234,50", "comma", "1234.50"),
        ("-3,00", "comma", "-3.00"), ("$1,020.00", "", "1020.00"), (12.5, "", "12.50"), ("free", "", None),
        ("", "comma", None), (None, "comma", None), (True, "", None), ([], "", None), (1e300, "", None),
    ],
)  # fmt: skip
def test_amounts_in_any_countrys_spelling(written, mark, expected):
    more = {"decimal": mark} if mark else {}
    assert touch({"sum": written}, amount="sum", **more).amount == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("written", "column", "amount", "currency"),
    [
        ("12,50 EUR", None, "12.50", "EUR"), ("Rs. 1,200", None, "1200", "INR"), ("12,50 USD", "EUR", "12.50", "USD"),
        ("$12", "CAD", "12", "CAD"), ("12", "€", "12", "EUR"), ("7 kr", "", "7", ""),
        ("18.605", "KWD", "18.605", "KWD"),
    ],
)  # fmt: skip
def test_the_currency_beside_an_amount_is_its_own(written, column, amount, currency):
    more = {} if column is None else {"currency": "c"}
    found = touch({"sum": written, "c": column}, amount="sum", **more)
    assert (found.amount, found.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(("written", "mark"), [("12.5", "comma"), ("12,50", "point"), ("free", "")])
def test_an_amount_that_cannot_be_read_is_left_out_and_marked(written, mark):
    with collected() as marks:
        assert touch({"sum": written}, amount="sum", **({"decimal": mark} if mark else {})).amount is None
    assert [(found.kind, found.raw) for found in marks] == [("amount", written)]


def test_cents_are_whole():
    with collected() as marks:
        assert touch({"n": "10.99", "c": "EUR"}, cents="n", currency="c").amount is None
    assert [found.raw for found in marks] == ["10.99"]


@pytest.mark.parametrize("cell", ['="00123"', "'00123", "00123"])
@pytest.mark.parametrize("place", ["n", "a.n", "n || m", "[n][0]"])
def test_a_spreadsheets_wrapping_is_no_part_of_a_number(cell, place):
    compiled = mapping.compile(minimal(id=place, who={"user_id": place}))
    row = {"n": cell, "a": {"n": cell}}
    assert compiled.key(row) == "00123"
    assert compiled.apply(row, "k", NOON, SHOP).claim.key.external_id == "user:00123"


def test_cents_are_of_their_currency():
    assert touch({"n": 1099, "c": "usd"}, cents="n", currency="c").amount == Decimal("10.99")
    assert touch({"n": "1099", "c": "JPY"}, cents="n", currency="c").amount == Decimal("1099.00")


# what a spreadsheet wraps around a cell
@pytest.mark.parametrize("wrapped", ['="00123"', "'00123", ' ="00123"'])
def test_a_cell_is_peeled_however_it_is_read(wrapped):
    row = {"No": wrapped, "Order no.": wrapped, "a": {"b": wrapped}}
    for place in ("No", "Order no.", "a.b", "not_null(No)", "a.b || No"):
        assert value(place).read(row) == "00123"
    assert text("Order {No} / {Order no.}").say(row) == "Order 00123 / 00123"


@pytest.mark.parametrize(
    ("template", "whole", "expected"),
    [
        ("100 % of {a}", False, "100 % of 1"), ("{a} %s {b}", False, "1 %s"), ("{a} %s {b}", True, ""),
        ("{a} · {b} · end", False, "1 · end"), ("{a} · {b}", True, ""), ("{b} · {b}\n{a} %", False, "1 %"),
    ],
)  # fmt: skip
def test_a_text_says_what_is_there_and_nothing_else(template, whole, expected):
    assert text(template, whole=whole).say({"a": 1, "b": ""}) == expected
