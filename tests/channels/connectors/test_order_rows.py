"""Rows of one order are brought together wherever they lie in a file, in bounded memory."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.connectors.drop import order_rows
from apps.channels.connectors.drop.csv_files import CsvRow
from apps.channels.connectors.drop.order_rows import in_groups


def key(row):
    return row["no"]


def groups(numbers):
    rows = (CsvRow(place, {"no": number, "place": place}) for place, number in enumerate(numbers))
    return [[(row.content["no"], row.content["place"]) for row in group] for group in in_groups(rows, key)]


def expected(numbers):
    found = {}
    for place, number in enumerate(numbers):
        found.setdefault(number or f"alone {place}", []).append((number, place))
    return list(found.values())


@pytest.fixture(params=[10_000, 3], ids=["in memory", "on the disk"])
def limit(request, monkeypatch):
    monkeypatch.setattr(order_rows, "IN_MEMORY", request.param)


@pytest.mark.parametrize(
    "numbers",
    ["AABBB", "ABABA", "A", "", "ABCABCABC", ["A", "", "", "A"], "AAAAAAAAAAB"],
    ids=["together", "scattered", "one", "none", "thrice", "without a number", "long"],
)
@pytest.mark.usefixtures("limit")
def test_rows_of_one_number_come_together_in_their_order(numbers):
    assert groups(list(numbers)) == expected(list(numbers))


@given(st.lists(st.sampled_from(["", "1", "2", "3", "ä"]), max_size=40))
@settings(max_examples=30, deadline=None)
def test_on_the_disk_is_as_in_memory(numbers):
    before = groups(numbers)
    order_rows.IN_MEMORY, kept = 2, order_rows.IN_MEMORY
    try:
        assert groups(numbers) == before == expected(numbers)
    finally:
        order_rows.IN_MEMORY = kept


@pytest.mark.usefixtures("limit")
def test_a_row_that_cannot_be_used_stands_alone():
    rows = [CsvRow(1, {"no": "A"}), CsvRow(2, {"cells": ["x"]}, "Line 2: odd"), CsvRow(3, {"no": "A"}), CsvRow(4, "x")]
    found = [[(row.line, row.refused) for row in group] for group in in_groups(iter(rows), key)]
    assert found == [[(1, ""), (3, "")], [(2, "Line 2: odd")], [(4, "")]]


def test_many_rows_take_little_memory():
    rows = (CsvRow(place, {"no": f"{place % 8_000}", "text": "some words of an order"}) for place in range(24_000))
    tracemalloc.start()
    sizes = [len(group) for group in in_groups(rows, key)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes == [3] * 8_000
    assert most < 20_000_000
