"""What a spreadsheet wraps around a cell, and characters that mean the same."""

import pytest

from apps.foundation.text.characters import folded, peeled


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="00123"', "00123"), ("'00123", "00123"), ('="say ""no"""', 'say "no"'), ("'+4930123456", "+4930123456"),
        ("'=1+1", "=1+1"), ("'0012-A", "0012-A"), (' ="7" ', "7"), ('=""', ""),
    ],
)  # fmt: skip
def test_the_wrapping_of_spreadsheets_is_peeled(cell, value):
    assert peeled(cell) == value


@pytest.mark.parametrize("cell", ["'s-Hertogenbosch", "'tis", "O'Neill", "'quoted'", "=A1", "", 123, None, "'12' x"])
def test_what_is_no_wrapping_stays(cell):
    assert peeled(cell) == cell


def test_characters_that_mean_the_same():
    assert folded("１２\u00a03\u2019٤\u22125\u200e６") == "12 3'4-56"
    assert folded("12²½") == "12²½"
