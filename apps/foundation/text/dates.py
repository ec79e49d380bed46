"""Dates and times as people, programs, tills and spreadsheets write them: the one reader for all. Pure functions.

No library reads them for us: those that take anything complete what is missing with today, and a date nobody wrote is
worse than none. What is impossible (30 February) or cannot be made out is left unread.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.foundation.text.characters import folded, peeled
from apps.foundation.text.clocks import at_clock, moved, placed
from apps.foundation.text.months import month
from apps.foundation.text.unread import unread

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # before, it is a clock that was never set
AHEAD = timedelta(minutes=5)  # a clock may be this fast
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
LONGEST = 100  # characters

YEAR = r"(\d{4}|'?\d{2})"
WORD = r"([^\W\d_]{3,14})"
BEFORE = r"(?:[^\W\d_]{2,14}[.,]*\s+){0,2}?"  # Monday, den
THEN = r"(?:\s?(?:г|р|года|року)\.?)?(?:(?:,?[\sT]\s*(?:-\s+)?|,|:)(?:(?:um|at|à|a las|kl\.?|klo|alle|o|в)\s+)?(\S.*))?"
# What most programs write, and Python reads.
PLAIN = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])?)?"
)
ISO = re.compile(
    r"(\d{4})(?:-?(\d\d)-?(\d\d)|-?W(\d\d)-?([1-7])|-(\d{3})|(\d{3})(?=T))"
    r"(?:[T ]\s?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)?\s*((?![AP]\.?\s?M\b|h\b)[A-Z+\-(\[].*)?)?",
    re.IGNORECASE,
)
NUMBERS = re.compile(rf"{BEFORE}(\d{{4}}|\d{{1,2}})[./\-]\s?(\d{{1,2}})[./\-]\s?(\d{{4}}|'?\d{{1,2}})\.?{THEN}")
YEAR_MONTH_DAY = re.compile(rf"(\d{{4}})\.?[\s\-/,]*{WORD}\.?[\s\-/]*(\d{{1,2}})\b\.?{THEN}")
DAY_MONTH = re.compile(
    rf"{BEFORE}(\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?[\s\-/]*(?:de |of )?{WORD}\.?,?[\s\-/]*(?:de |del )?{YEAR}\b{THEN}"
)
MONTH_DAY = re.compile(rf"{BEFORE}{WORD}\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){THEN}")
CHARACTERS = re.compile(
    r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?\s*(?:\(.\)|星期.|.曜日?|.요일)?(.*)"
)
TIME_FIRST = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?),?\s+(?:on |am |le |el )?(.*\d{2}.*)")
YEAR_LAST = re.compile(
    rf"{BEFORE}({WORD}\.? +\d{{1,2}}) +(\d{{1,2}}:\d\d:\d\d\b.*?) +(\d{{4}})( [+-]\d{{4}})?"
)  # Unix, Java
PICTURE = re.compile(r"^(\d{4}):(\d\d):(\d\d) ")  # of cameras
COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{4}(?:\d\d)?)?")
DOTNET = re.compile(r"\\?/Date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/")
NOTHING = re.compile(r"0|[0T:. \-/Z+]{8,}|0001-01-01(?:[T ]00:00:00[0.Z+:]*)?")  # how programs write that there is none
SPREADSHEET = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet, in nobody's zone
FIRST_DAY, LAST_DAY = 25_000, 75_000  # 1968 and 2105: other numbers are no days of a spreadsheet


def instant(value: Any, zone: str = "UTC", order: str = "") -> datetime | None:
    """An instant in UTC, None for what is none. `order` is one of `ORDERS` or a pattern of `strptime`; text without an
    offset is in `zone` (IANA name). Numbers are seconds since 1970, thousandths, millionths or billionths of them, or
    days of a spreadsheet."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and "%" not in order:
        read = _plain(value, zone)
        if read:
            return read
    text = folded(str(peeled(value)))[: LONGEST + 1] if value is not None else ""
    if not text or NOTHING.fullmatch(text):
        return None
    try:
        if isinstance(value, str) and len(text) <= LONGEST:
            return _from_text(text, order, zone)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _from_number(value, zone)
    except (ValueError, OverflowError, ArithmeticError):
        pass
    unread("date", value)
    return None


def _plain(text: str, zone: str) -> datetime | None:
    """None where a closer look is needed."""
    try:
        at = datetime.fromisoformat(text)
        read = at.astimezone(UTC) if at.tzinfo else placed(at, "", zone)
    except (ValueError, OverflowError):
        return None
    return read if read.year != 1970 else None


def plausible(happened: datetime | None, received_at: datetime) -> datetime:
    """When something happened, or its arrival where that is missing, before 1980 or ahead of our clock."""
    if happened is None:
        return received_at
    if not EARLIEST <= happened <= received_at + AHEAD:
        unread("date", happened.isoformat())
        return received_at
    return happened


def _from_number(number: float | Decimal, zone: str) -> datetime:
    if FIRST_DAY <= number <= LAST_DAY:
        return placed(SPREADSHEET + timedelta(seconds=round(number * 86_400)), "", zone)
    if isinstance(number, int) and COMPACT.fullmatch(str(number)):
        return _compact(str(number), zone)
    if number < 1e8:
        raise ValueError("a number of something else")
    for unit in (1, 10**3, 10**6, 10**9):
        if number < unit * 10**11:
            millionths = Decimal(str(number)) * 1_000_000 / unit
            return EPOCH + timedelta(microseconds=int(millionths))
    raise ValueError("beyond any calendar")


def _compact(digits: str, zone: str) -> datetime:
    day = datetime(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))  # noqa: DTZ001 - placed below
    hour, minute, second = (int(digits[place : place + 2] or 0) for place in (8, 10, 12))
    return placed(moved(day, hour, minute, second), "", zone)


def _from_text(text: str, order: str, zone: str) -> datetime:
    if "%" in order:
        read = datetime.strptime(text, order)  # noqa: DTZ007 - placed in the source's zone
        return read.astimezone(UTC) if read.tzinfo else placed(read, "", zone)
    iso = ISO.fullmatch(text) if not text.isdigit() else None
    if iso:
        return _iso(iso, zone)
    if text.replace(".", "", 1).isdigit():
        return _from_number(int(text) if "." not in text else Decimal(text), zone)
    dotnet = DOTNET.fullmatch(text)
    if dotnet:
        return EPOCH + timedelta(milliseconds=int(dotnet[1]))
    return _in_words(text, order, zone)


def _iso(found: re.Match[str], zone: str) -> datetime:
    """ISO 8601, in its basic and its extended format, and its weeks and days of the year."""
    year, month_number, day, week, weekday, ordinal, basic_ordinal, *clock, offset = found.groups()
    if week:
        at = datetime.fromisocalendar(int(year), int(week), int(weekday))
    elif ordinal or basic_ordinal:
        at = datetime(int(year), 1, 1) + timedelta(days=int(ordinal or basic_ordinal) - 1)  # noqa: DTZ001
        if at.year != int(year):
            raise ValueError(found[0])
    else:
        at = datetime(int(year), int(month_number), int(day))  # noqa: DTZ001 - placed below
    hour, minute, second, fraction = clock
    at = moved(at, int(hour or 0), int(minute or 0), int(second or 0), int(f"{fraction or 0:0<6}"[:6]))
    read = placed(at, offset or "", zone)
    rescaled = EPOCH + (read - EPOCH) * 1000 if read.year == 1970 else read
    return rescaled if rescaled > EARLIEST else read  # seconds taken for milliseconds land in January 1970


def _in_words(text: str, order: str, zone: str) -> datetime:
    last = YEAR_LAST.fullmatch(text)
    text = f"{last[1]} {last[4]} {last[3]}{last[5] or ''}" if last else text
    text = PICTURE.sub(r"\1-\2-\3 ", text)
    first = TIME_FIRST.fullmatch(text)
    text = f"{first[2]} {first[1]}" if first else text
    for pattern, ymd in ((YEAR_MONTH_DAY, (1, 2, 3)), (DAY_MONTH, (3, 2, 1)), (MONTH_DAY, (3, 1, 2))):
        found = pattern.fullmatch(text)
        if found:
            year, name, day = (found[place] for place in ymd)
            return _built(_century(year), month(name), int(day), found[4], zone)
    found = NUMBERS.fullmatch(text)
    if found:
        return _built(*_ordered(found[1], found[2], found[3], order), found[4], zone)
    found = CHARACTERS.fullmatch(text)
    if found:
        clock = re.sub(r"[時时点시分분](?=\s?\d)\s?", ":", found[4])
        clock = re.sub(r"[時时点시]", ":00", clock).strip("分분秒초 ")
        return _built(int(found[1]), int(found[2]), int(found[3]), clock, zone)
    raise ValueError(text)


def _ordered(first: str, second: str, third: str, order: str) -> tuple[int, int, int]:
    """Year, month and day. Whatever was said, four digits are a year and more than twelve no month."""
    leading, two = int(first), int(second)
    if len(first) > 2:
        return leading, two, int(third)
    if order == YEAR_FIRST and len(third) < 3:
        return _century(first), two, int(third)
    if len(third) < 2:
        raise ValueError(third)  # 1.2.3 is a version
    month_first = order == MONTH_FIRST
    if month_first and leading > 12 >= two:
        month_first = False
    elif not month_first and two > 12 >= leading:
        month_first = True
    return _century(third), *((leading, two) if month_first else (two, leading))


def _century(digits: str) -> int:
    year = int(digits.lstrip("'"))
    return year if len(digits.lstrip("'")) > 2 else year + (2000 if year < 70 else 1900)


def _built(year: int, month_number: int, day: int, clock: str | None, zone: str) -> datetime:
    at = datetime(year, month_number, day)  # noqa: DTZ001 - placed below
    return at_clock(at, clock, zone) if clock else placed(at, "", zone)


def order_of(texts: Iterable[str]) -> tuple[str, bool]:
    """In which order dates are written, and whether they prove it: a number above twelve is a day.

    Where nothing tells, dots and dashes mean that the day comes first, and slashes too.
    """
    first_days = second_days = years = 0
    for text in texts:
        found = NUMBERS.fullmatch(folded(text[:LONGEST]))
        if not found:
            continue
        if len(found[1]) > 2:
            years += 1
        elif int(found[1]) > 12:
            first_days += 1
        elif int(found[2]) > 12:
            second_days += 1
    if years > first_days + second_days:
        return YEAR_FIRST, True
    if first_days or second_days:
        return (DAY_FIRST if first_days >= second_days else MONTH_FIRST), not (first_days and second_days)
    return DAY_FIRST, False
