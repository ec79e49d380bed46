"""Amounts in every country's spelling, with the currency that stands beside them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.foundation.text.currencies import CODES, currency
from apps.foundation.text.numbers import COMMA, POINT, Money, decimal, exact, mark_of, minor, money, unit_of
from apps.foundation.text.unread import Mark, collected


def said(amount, code=""):
    return Money(Decimal(amount), code)


@pytest.mark.parametrize(
    ("written", "amount", "code"),
    [
        ("12,50 EUR", "12.50", "EUR"), ("EUR12.50", "12.50", "EUR"), ("19.90SEK", "19.90", "SEK"),
        ("1 234.50 SEK", "1234.50", "SEK"), ("1\u202f234,50 €", "1234.50", "EUR"), ("£1,020.00", "1020.00", "GBP"),
        ("Rs. 1,200", "1200", "INR"), ("Rs.500", "500", "INR"), ("₹1,00,000.00", "100000", "INR"),
        ("12,34,567.5", "1234567.50", ""), ("CHF 9.-", "9", "CHF"), ("Fr. 1'234.50", "1234.50", "CHF"),
        ("12,- €", "12", "EUR"), ("1.250,--", "1250", ""), ("349:- kr", "349", ""), ("kr 1.234,50", "1234.50", ""),
        ("1 234,50 skr", "1234.50", "SEK"), ("12,50 zł", "12.50", "PLN"), ("R$ 1.234,56", "1234.56", "BRL"),
        ("1.000.000,00 Kč", "1000000", "CZK"), ("12 500 Ft", "12500", "HUF"), ("S/. 12.50", "12.50", "PEN"),
        ("US$ 12.50", "12.50", "USD"), ("$12.50 CAD", "12.50", "CAD"), ("USD $7", "7", "USD"), ("C$12", "12", "CAD"),
        ("12,50 Euro", "12.50", "EUR"), ("5 US dollars", "5", "USD"), ("¥1,234", "1234", "JPY"),
        ("１，２３４円", "1234", "JPY"), ("١٬٢٣٤٫٥٠", "1234.50", ""), ("۱۲۳۴", "1234", ""), ("R120.00", "120", "ZAR"),
        ("18.605 KWD", "18.605", "KWD"), ("BHD 0.125", "0.125", "BHD"), ("руб 100", "100", "RUB"),
        ("$.50", "0.50", "USD"), ("1.000,- DM", "1000", "DEM"), ("NOK 1 234,50", "1234.50", "NOK"),
    ],
)  # fmt: skip
def test_the_sign_or_code_may_stand_anywhere(written, amount, code):
    assert money(written) == said(amount, code)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("(30.00)", "-30"), ("($30.00)", "-30"), ("EUR (1.234,50)", "-1234.50"), ("(-5)", "-5"), ("12.00-", "-12"),
        ("12,50- EUR", "-12.50"), ("5 £ -", "-5"), ("\u22127.25", "-7.25"), ("\u20137,25", "-7.25"), ("-.5", "-0.50"),
        ("-$30", "-30"), ("$-30.00", "-30"), ("- 12,50 €", "-12.50"), ("1,200.00 Dr", "-1200"), ("12,34 S", "-12.34"),
        ("1,200.00 CR", "1200"), ("+5", "5"), ("-0", "0"), ("\u200e-7", "-7"),
    ],
)  # fmt: skip
def test_a_minus_is_one_wherever_it_stands(written, amount):
    assert decimal(written) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1e3", "1000"), ("1.5E+05", "150000"), ("1,5E+03", "1500"), ("-2.5e-1", "-0.25"), ("5.", "5"), (",5", "0.50"),
        ("0,125", "0.125"), ("1234.567", "1234.567"), ("1234,567", "1234.567"), ("1.234.567", "1234567"),
        ("'00123", "123"), ('="12,50"', "12.50"), ("1'234.50", "1234.50"), ("1\u2019234.50", "1234.50"),
        ("19.990000000000002", "19.99"), (0.1 + 0.2, "0.30"), (12, "12"), (Decimal("18.605"), "18.605"),
    ],
)  # fmt: skip
def test_numbers_of_programs_and_of_spreadsheets(written, amount):
    assert decimal(written) == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    [
        "free", "12E", "1.2.3", "12.11.2026", "10-20", "5 apples", "--5", "+-5", "12 34", "12½", "12²", "EUR 5 USD",
        "NaN", "Infinity", "(5", "5)", "1,2345.00", "12:30", "USD", "8/10", "12 h", "Re: 5", "1" * 5000, "12%",
        "12.50 GBp", "1.5k", True, [12], {}, float("nan"), float("inf"), 1e300, 10**30,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_none_and_leaves_a_mark(written):
    with collected() as marks:
        assert money(written) == Money()
    assert [mark.kind for mark in marks] == ["amount"]


@pytest.mark.parametrize("nothing", [None, "", "  ", "\u00a0"])
def test_nothing_leaves_no_mark(nothing):
    with collected() as marks:
        assert money(nothing) == Money()
    assert marks == []


@pytest.mark.parametrize(
    ("written", "mark", "amount"),
    [
        ("1.250", "", "1.25"), ("1,250", "", "1250"), ("1.250", COMMA, "1250"), ("-3.000", COMMA, "-3000"),
        ("1,250", POINT, "1250"), ("1,250", COMMA, "1.25"), ("1.250", POINT, "1.25"), ("12,00", COMMA, "12"),
        ("1.234,5", COMMA, "1234.50"),
    ],
)  # fmt: skip
def test_three_digits_after_a_lone_mark_are_what_is_known_of_the_column(written, mark, amount):
    assert decimal(written, mark) == Decimal(amount)


@pytest.mark.parametrize(("written", "mark"), [("12.5", COMMA), ("12,50", POINT), ("1,234.5", COMMA), ("1.5,0", POINT)])
def test_an_amount_against_its_column_is_not_guessed(written, mark):
    with collected() as marks:
        assert decimal(written, mark) is None
    assert marks == [Mark("amount", written)]


def test_the_usual_currency_decides_which_dollar_it_is():
    assert money("$5", otherwise="CAD").currency == "CAD"
    assert money("5 kr", otherwise="NOK").currency == "NOK"
    assert money("€5", otherwise="CAD").currency == "EUR"
    assert money("Rs 5", otherwise="PKR").currency == "PKR"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["-3.000", "1.250", "12,00"], (COMMA, "-3.000")),
        (["4.000", "1.234.567"], (COMMA, "4.000")),
        (["9.990", "9.-"], (POINT, "9.990")),
        (["1,200", "1,234.50"], (POINT, "1,200")),
        (["1.250", "7"], ("", "1.250")),
        (["12.5", "12,5"], ("", "")),
        (["7", "many"], ("", "")),
    ],
)  # fmt: skip
def test_a_column_proves_what_divides_its_decimals(texts, found):
    evidence = mark_of(texts)
    assert (evidence.mark, evidence.doubtful) == found


@pytest.mark.parametrize(
    ("units", "code", "amount"),
    [(1099, "USD", "10.99"), (1099, "jpy", "1099"), (18605, "KWD", "18.605"), (500000, "UGX", "500000"), (0, "", "0")],
)
def test_smallest_units_are_those_of_the_currency(units, code, amount):
    assert minor(units, code) == Decimal(amount)


@pytest.mark.parametrize("units", ["10.99", 10.99, True, 10**16])
def test_what_is_no_whole_number_of_units_is_none(units):
    with collected() as marks:
        assert minor(units, "USD") is None
    assert marks[0].kind == "amount"


@pytest.mark.parametrize(
    ("written", "code"),
    [("usd", "USD"), (" Eur ", "EUR"), ("€", "EUR"), ("US$", "USD"), ("zł", "PLN"), ("kr", ""), ("XYZ", ""), ("", "")],
)
def test_currencies(written, code):
    assert currency(written) == code


@pytest.mark.parametrize(
    ("amount", "code", "shown"),
    [
        ("1099.000", "JPY", "1099"), ("12.500", "EUR", "12.50"), ("18.605", "KWD", "18.605"), ("18.6", "KWD", "18.600"),
        ("0.125", "EUR", "0.125"), ("7", "", "7.00"), ("10.5", "JPY", "10.50"), ("1000000.000", "USD", "1000000.00"),
    ],
)  # fmt: skip
def test_amounts_are_shown_with_the_decimals_of_their_currency(amount, code, shown):
    assert str(exact(Decimal(amount), code)) == shown


amounts = st.decimals(-999_999_999, 999_999_999, places=2, allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(
    amounts, st.sampled_from([",.", "'.", " .", "\u202f,", ".,", " ,"]), st.sampled_from(sorted(CODES)), st.booleans()
)
def test_what_is_written_is_read_again(amount, marks, code, first):
    thousands, point = marks
    written = f"{amount:,.2f}".replace(",", "T").replace(".", point).replace("T", thousands)
    assert money(f"{code} {written}" if first else f"{written} {code}") == Money(amount + 0, code)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123456789.,'- ()+€$eERs\u22122\u0663"), max_size=30))
def test_nothing_breaks_the_reader(text):
    amount = decimal(text)
    assert amount is None or amount.is_finite()


@pytest.mark.parametrize("written", ["9,99 €", "EUR", "twelve", 9.99, True, None, Decimal("sNaN"), float("nan")])
def test_the_currency_beside_an_amount_is_that_of_the_amount_and_leaves_no_mark(written):
    with collected() as marks:
        assert unit_of(written, otherwise="USD") == ("EUR" if written == "9,99 €" else "")
    assert marks == []
    assert unit_of(written) == money(written).currency


def test_numbers_that_are_equal_and_of_different_kinds_are_not_mixed_up():
    assert [money(value).amount for value in (1, 1.0, True, Decimal("1.0"))] == [1, 1, None, 1]
