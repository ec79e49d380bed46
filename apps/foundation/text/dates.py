"""Dates and times as people, tills and spreadsheets write them. Pure functions."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apps.foundation.text.values import instant

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)

CLOCK = (
    r"(?:[ T,]+(?:um |at |à )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(?:([AaPp])\.?\s?[Mm]\.?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?: Uhr)?"
)
WEEKDAY = r"(?:[^\W\d]+\.?,?\s+)??"
WORD = r"([^\W\d]{3,})"
NUMBERS = re.compile(rf"(\d{{1,4}})[./\-](\d{{1,2}})[./\-](\d{{2,4}}){CLOCK}")
DAY_MONTH = re.compile(
    rf"{WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|er|\.)?[\s\-]+(?:de )?{WORD}\.?,?[\s\-]+(?:de )?(\d{{2,4}}){CLOCK}"
)
MONTH_DAY = re.compile(rf"{WEEKDAY}{WORD}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){CLOCK}")
COMPACT = re.compile(r"(?:19|20)\d{12}")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene", "feb fév fev", "mar mär mrz", "apr avr abr", "may mai", "jun juin", "jul juil",
            "aug août aout ago", "sep", "oct okt", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
SPREADSHEET = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet, in nobody's zone
FIRST_DAY, LAST_DAY = 25_000, 75_000  # 1968 and 2105: other numbers are no days of a spreadsheet


def read(value: Any, order: str = "", zone: str = "UTC") -> datetime | None:
    """An instant in UTC, None for what is none. `order` is one of `ORDERS` or a pattern of `strptime`; text without an
    offset is in `zone` (IANA name). Numbers are seconds, milliseconds or microseconds since 1970, or days of a
    spreadsheet."""
    try:
        if isinstance(value, str):
            return _from_text(value.strip(), order, zone)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_number(value, zone)
    except (ValueError, OverflowError):
        pass
    return None


def _from_number(number: float, zone: str) -> datetime | None:
    if FIRST_DAY <= number <= LAST_DAY:
        return _placed(SPREADSHEET + timedelta(seconds=round(number * 86_400)), zone)
    return instant(number, zone) if number >= 1e8 else None  # before, it is a number of something else


def _from_text(text: str, order: str, zone: str) -> datetime | None:
    if "%" in order:
        return _placed(datetime.strptime(text, order), zone)  # noqa: DTZ007 - placed in the source's zone
    if text[4:5] == "-" and order != DAY_FIRST:
        try:
            return _placed(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    found = NUMBERS.fullmatch(text)
    if found:
        year, month, day = _ordered(found[1], found[2], found[3], order)
        return _built(year, month, day, found, zone)
    if text.replace(".", "", 1).isdigit():
        if COMPACT.fullmatch(text):
            return _placed(datetime.strptime(text, "%Y%m%d%H%M%S"), zone)  # noqa: DTZ007
        return instant(text, zone) if "." not in text and len(text) > 7 else _from_number(float(text), zone)
    return _in_words(text, zone)


def _in_words(text: str, zone: str) -> datetime | None:
    found = DAY_MONTH.fullmatch(text)
    if found:
        return _built(_century(found[3]), _month(found[2]), int(found[1]), found, zone)
    found = MONTH_DAY.fullmatch(text)
    if found:
        return _built(_century(found[3]), _month(found[1]), int(found[2]), found, zone)
    return instant(text, zone)


def _month(name: str) -> int:
    lower = name.lower()
    for length in (4, 3):
        if lower[:length] in MONTHS:
            return MONTHS[lower[:length]]
    raise ValueError(name)


def _ordered(first: str, second: str, third: str, order: str) -> tuple[int, int, int]:
    """Year, month and day. Whatever was said, four digits are a year and more than twelve no month."""
    leading, two = int(first), int(second)
    if len(first) > 2:
        return leading, two, int(third)
    if order == YEAR_FIRST:
        return _century(first), two, int(third)
    month_first = order == MONTH_FIRST
    if month_first and leading > 12 >= two:
        month_first = False
    elif not month_first and two > 12 >= leading:
        month_first = True
    return _century(third), *((leading, two) if month_first else (two, leading))


def _century(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 70 else 1900)


def _built(year: int, month: int, day: int, found: re.Match[str], zone: str) -> datetime:
    hour, minute, second, fraction, half, offset = found.groups()[3:9]
    clock = int(hour or 0)
    if half:
        clock = clock % 12 + (12 if half in "pP" else 0)
    micro = int(f"{fraction or '0':0<6}"[:6])
    read = datetime(year, month, day, clock, int(minute or 0), int(second or 0), micro)  # noqa: DTZ001
    if offset and offset[0] in "+-":
        return datetime.fromisoformat(f"{read.isoformat()}{offset}").astimezone(UTC)
    return read.replace(tzinfo=UTC) if offset else _placed(read, zone)


def _placed(read: datetime, zone: str) -> datetime:
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def order_of(texts: Iterable[str]) -> tuple[str, bool]:
    """In which order dates are written, and whether they prove it: a number above twelve is a day.

    Where nothing tells, dots and dashes mean that the day comes first, and slashes too.
    """
    first_days = second_days = years = 0
    for text in texts:
        found = NUMBERS.fullmatch(text.strip())
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
