"""Orders, cards and sums in words, as every shop and payment connector tells them."""

from decimal import Decimal

import pytest

from apps.channels.toolkit.commerce import OrderLine, card, listed, quantity, sum_of, with_pieces


@pytest.mark.parametrize(
    ("brand", "digits", "told"),
    [
        ("VISA", "4242", "Visa ending 4242"),
        ("AMERICAN_EXPRESS", "0005", "American Express ending 0005"),
        ("cartes_bancaires", "1001", "Cartes Bancaires ending 1001"),
        ("visa", None, "Visa"),
        ("visa", "424", "Visa"),
        ("visa", "\u0664\u0662\u0664\u0662", "Visa"),
        ("something new", "4242", "card ending 4242"),
        (None, None, ""),
        ({"a": 1}, ["4242"], ""),
    ],
    ids=["visa", "amex", "cb", "no digits", "three digits", "other digits", "unheard of", "nothing", "odd"],
)
def test_a_card_is_told_by_its_brand_and_its_last_digits(brand, digits, told):
    assert card(brand, digits) == told


@pytest.mark.parametrize(
    ("value", "pieces"),
    [(3, 3), ("2", 2), ("2.0", 2), (0, 1), (-1, 1), (10**9, 1), (None, 1), (True, 1), ("nan", 1), ("inf", 1), ([], 1)],
)
def test_pieces_of_a_line(value, pieces):
    assert quantity(value) == pieces


def test_a_title_counts_pieces_and_not_lines():
    assert with_pieces("Order 7", [OrderLine("Cups", 2), OrderLine("Saucer")]) == "Order 7 · 3 items"
    assert with_pieces("Order 7", [OrderLine("Cups")]) == "Order 7 · 1 item"
    assert with_pieces("Order 7", []) == "Order 7"


def test_long_orders_are_cut_and_what_else_is_to_be_said_comes_last():
    cups = [OrderLine(f"Cup {number}", 1, Decimal("2.50")) for number in range(40)]
    shown = listed(cups, "", "Coupon SPRING").splitlines()
    assert (shown[0], shown[-2:], len(shown)) == ("1 \u00d7 Cup 0, 2.50", ["and 10 more", "Coupon SPRING"], 32)
    assert listed([OrderLine("", 2)]) == "2 \u00d7 a product"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mug \u202egnp.exe", "Mug gnp.exe"),
        ("\u2067Mug", "Mug"),
        ("\u05e1\u05e4\u05dc", "\u2068\u05e1\u05e4\u05dc\u2069"),
        ("\u202e\u0643\u0648\u0628 7", "\u2068\u0643\u0648\u0628 7\u2069"),
    ],
)
def test_a_name_that_runs_the_other_way_leaves_the_price_readable(name, shown):
    assert listed([OrderLine(name, 2, Decimal("19.90"))]) == f"2 \u00d7 {shown}, 19.90"


def test_a_sum_is_told_with_its_currency():
    assert [sum_of(Decimal("1.50"), "EUR"), sum_of(Decimal("1.50"), ""), sum_of(None, "EUR")] == [
        "1.50 EUR",
        "1.50",
        "",
    ]
