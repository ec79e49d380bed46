"""Dates and times as people, programs, tills and spreadsheets write them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.foundation.text import dates
from apps.foundation.text.dates import EARLIEST, instant, plausible
from apps.foundation.text.months import month
from apps.foundation.text.unread import Mark, collected, unmarked


def read(written, order="", zone="Europe/Berlin"):
    found = instant(written, zone, order)
    return found and found.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    "written",
    [
        "Mon Nov 30 2026 10:00:00 GMT+0100 (CET)",
        "Mon Nov 30 2026 10:00:00 GMT+0100 (Mitteleuropäische Normalzeit)",
        "Mon, 30 Nov 2026 10:00:00 +0100 (CET)",
        "30 Nov 26 04:00 EST",
        "Monday, 30-Nov-26 09:00:00 GMT",
        "Mon Nov 30 10:00:00 CET 2026",
        "Mon Nov 30 10:00:00 2026",
        "Mon Nov 30 10:00:00 +0100 2026",
        "30/Nov/2026:10:00:00 +0100",
        "2026-11-30 09:00:00 UTC",
        "2026-11-30 09:00:00.000000 UTC",
        "2026-11-30 10:00:00 +0100 CET",
        "2026-11-30 10:00:00+01",
        "2026-11-30T10:00:00+01:00[Europe/Berlin]",
        "2026-11-30 04:00:00 America/New_York",
        "2026-11-30 09:00:00 (UTC)",
        "2026-W49-1T09:00:00Z",
        "2026W491T0900Z",
        "2026-334T09:00Z",
        "2026334T0900Z",
        "20261130T090000Z",
        "20261130T1000",
        "2026-11-30t09:00:00z",
        "2026-11-30T10:00:00,25+01:00",
        "2026-11-30T09:00:00.123456789Z",
        "202611301000",
        "30.11.2026 10:00 MEZ",
        "30.11.26 10.00 Uhr",
        "10:00, 30.11.2026",
        "30. 11. 2026 - 10:00",
        "Montag, den 30. November 2026 um 10:00 Uhr",
        "lunes, 30 de noviembre de 2026, 10:00 a. m.",
        "30 novembre 2026 à 10h00",
        "30 листопада 2026 р., 10:00",
        "30 ноября 2026 г. в 10:00",
        "30 kasım 2026 10:00",
        "30. marraskuuta 2026 klo 10.00",
        "2026. november 30. 10:00",
        "2026-Nov-30 10:00",
        "Nov. 30th, 2026, 10 AM",
        "2026-11-30 10:00 AM",
        "11/30/2026 10:00:00:000AM",
        "2026年11月30日 10:00",
        "2026年11月30日(月) 午前10時00分",
        "2026년 11월 30일 오전 10:00",
        "３０．１１．２０２６ １０：００",
        "2026. 11. 30. 오전 10:00:00",
        "2026/11/30 上午10:00:00",
        "٣٠\u200f/١١\u200f/٢٠٢٦، ١٠:٠٠:٠٠ ص",
        "30.11.2026 г., 10:00:00 ч.",
        "30.11.2026 10.00.00",
        "2026-11-30 10 h 00 min 00 s",
        "11/30/2026, 10:00:00\u202fAM",
        "30-NOV-26 10.00.00.000000000 AM +01:00",
        "2026-11-30T09:00:00.0000000+00:00",
        "2026-11-30T09:00:00.000Z[UTC]",
        "2026-11-30T09:00:00.000+0000",
        "Mon Nov 30 10:00:00 2026 +0100",
        "Mon 30 Nov 2026 10:00:00 AM CET",
        "2026:11:30 10:00:00",
    ],
)
def test_one_instant_in_many_spellings(written):
    assert read(written) == "2026-11-30T09:00:00"


@pytest.mark.parametrize(
    "written",
    [
        1764493200, 1764493200.0, 1764493200000, 1764493200000000, 1764493200000000000, "1764493200", "1764493200000",
        "1764493200.000", "1764493200000000", "1764493200000000000", "/Date(1764493200000)/",
        "/Date(1764493200000+0100)/", "\\/Date(1764493200000)\\/", 45991.375 + 1 / 24,
    ],
)  # fmt: skip
def test_numbers_since_1970_and_days_of_a_spreadsheet(written):
    assert read(written) == "2025-11-30T09:00:00"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-30T24:00:00Z", "2026-12-01T00:00:00"),
        ("31.12.2026 24:00", "2026-12-31T23:00:00"),
        ("2026-06-30T23:59:60Z", "2026-07-01T00:00:00"),
        ("2026-W01-1T12:00Z", "2025-12-29T12:00:00"),
        ("2028-366T12:00Z", "2028-12-31T12:00:00"),
        ("11/30/2026 12:05 AM", "2026-11-29T23:05:00"),
        ("11/30/2026 12:05 p.m.", "2026-11-30T11:05:00"),
        ("11/30/2026 13:05 PM", "2026-11-30T12:05:00"),
        ("30 Nov '69 12:00 GMT", "2069-11-30T12:00:00"),
        ("2026/3/2 12:00Z", "2026-03-02T12:00:00"),
        ("2026-3-2", "2026-03-01T23:00:00"),
        ("2/3/2026 1:05 PM", "2026-03-02T12:05:00"),
    ],
)
def test_midnights_leap_seconds_and_half_days(written, expected):
    assert read(written) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Asia/Kolkata", "2026-11-30T04:30:00"), ("Asia/Jerusalem", "2026-11-30T08:00:00")],
)
def test_a_zone_of_several_meanings_is_that_of_the_source(zone, expected):
    assert read("30 Nov 2026 10:00 IST", zone=zone) == expected
    assert read("30 Nov 2026 10:00 IST", zone="Europe/Berlin") is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30", "30.02.2026", "31.04.2026", "Feb 30, 2026", "30 Februar 2026", "29.02.2027", "2026-W54-1",
        "2026-366", "20260230", "20261399", "2026-11-30T25:00", "2026-11-30T24:01", "2026-11-30T10:61", "30/30/2026",
        "2026-11-30T10:00:00+25:00", "30.11.2026 13:00 AM", "soon", "today", "2026-11", "Nov 2026", "Market 12 2026",
        "2026-11-30 10:00 XYZ", "30.11.202", "24.12.", "10:00", "1.2.3", "9" * 400, "x" * 5000,
        "1234567890123456789012",
        7, "7", True, [], {"a": 1}, 1e300, float("nan"), float("inf"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_none_and_leaves_a_mark(written):
    with collected() as marks:
        assert read(written) is None
    assert [mark.kind for mark in marks] == ["date"]


@pytest.mark.parametrize("nothing", [None, "", " ", 0, "0", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z"])
def test_how_programs_write_that_there_is_none(nothing):
    with collected() as marks:
        assert read(nothing) is None
    assert marks == []


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [EARLIEST - timedelta(days=1), NOW + timedelta(minutes=6)])
def test_an_impossible_clock_leaves_a_mark(wrong):
    with collected() as marks:
        assert plausible(wrong, NOW) == NOW
    assert marks == [Mark("date", wrong.isoformat())]


def test_a_likely_clock_leaves_none():
    with collected() as marks:
        assert plausible(NOW + timedelta(minutes=4), NOW) == NOW + timedelta(minutes=4)
        assert plausible(None, NOW) == NOW
    assert marks == []


@pytest.mark.parametrize(
    ("word", "number"), [("MÄRZ", 3), ("août", 8), ("Oca", 1), ("září", 9), ("декабря", 12), ("Μαΐου", 5), ("sept", 9)]
)
def test_months(word, number):
    assert month(word) == number


moments = st.datetimes(datetime(1980, 1, 2), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=timezone(timedelta(hours=1)), microsecond=0)
)
PATTERNS = (
    "%Y-%m-%dT%H:%M:%S%z", "%Y%m%dT%H%M%S%z", "%G-W%V-%uT%H:%M:%S%z", "%Y-%jT%H:%M:%S%z", "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %Y %H:%M:%S GMT%z (CET)", "%a %b %d %H:%M:%S %z %Y", "%d/%b/%Y:%H:%M:%S %z", "%d.%m.%Y %H:%M:%S %z",
    "%B %d, %Y %I:%M:%S %p %z", "%Y-%m-%d %H:%M:%S %z", "%d %B %Y %H:%M:%S %z",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(moments, st.sampled_from(PATTERNS))
def test_what_is_written_is_read_again(at, pattern):
    assert instant(at.strftime(pattern)) == at


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123456789-/.:TZ +WGMTJanov月日APM'(),"), max_size=40))
def test_nothing_breaks_the_reader(text):
    found = instant(text)
    assert found is None or found.tzinfo is UTC


# what Python reads for us
@given(
    st.from_regex(dates.PLAIN, fullmatch=True) | st.datetimes().map(str),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Nowhere/Land"]),
    st.sampled_from(["", *dates.ORDERS]),
)
def test_what_python_reads_is_what_we_would_have_read(written, zone, order):
    with collected() as marks:
        found = instant(written, zone, order)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dates, "PLAIN", re.compile("(?!)"))
        with collected() as ours:
            assert instant(written, zone, order) == found
    assert marks == ours


def test_a_pattern_goes_before_what_python_reads():
    assert read("2026-03-02", order="%Y-%d-%m", zone="UTC") == "2026-02-03T00:00:00"


def test_marks_are_collected_apart_from_those_around_them():
    with collected() as outer:
        with collected() as inner, unmarked():
            instant("no date")
        instant("no day")
    assert (inner, outer) == ([], [Mark("date", "no day")])
