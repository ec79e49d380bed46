"""A place in a list, whatever the list is sorted by."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.foundation.db.keyset import Cursor, instant

WHEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
IDS = st.integers(1, 2**63 - 1)


def pair(text):
    number, _slash, at = text.partition("/")
    return int(number), instant(at)


@given(at=st.datetimes(timezones=st.just(UTC)), pk=IDS)
def test_a_time_survives_in_both_forms(at, pk):
    cursor = Cursor(at, pk)
    assert Cursor.parse(str(cursor)) == Cursor.parse(cursor.token) == cursor


@given(at=st.floats(0, 1), pk=IDS)
def test_a_number_does_too(at, pk):
    cursor = Cursor(at, pk)
    assert Cursor.parse_as(float, str(cursor)) == Cursor.parse_as(float, cursor.token) == cursor


@given(at=st.tuples(st.integers(0, 9), st.datetimes(timezones=st.just(UTC))), pk=IDS)
def test_and_several_of_them(at, pk):
    cursor = Cursor(at, pk)
    assert Cursor.parse_as(pair, str(cursor)) == Cursor.parse_as(pair, cursor.token) == cursor


def test_its_text_form_is_the_published_one():
    assert str(Cursor(WHEN, 7)) == "2026-01-05T09:00:00+00:00/7"


@given(st.text(max_size=200))
def test_nothing_breaks_it(text):
    for cursor in (Cursor.parse(text), Cursor.parse_as(float, text), Cursor.parse_as(pair, text)):
        assert cursor is None or cursor.pk > 0


@pytest.mark.parametrize("text", ["2026-01-05T09:00:00/1", "2026-01-05T09:00:00+00:00/0", "x/1", "/1", "1", "", "/"])
def test_what_we_did_not_write_is_none(text):
    assert Cursor.parse(text) is None
