"""Dates and times as OFX writes them: `20260301101530.123[-5:EST]` (section 3.2.8), and as banks do. Pure functions."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

NOON = timedelta(hours=12)  # of a day without a time: whoever reads it anywhere near sees the same day
STAMP = re.compile(
    r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)"
    r"(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,](\d{1,9}))?)?"
    r"\s*(?:Z|\[\s*([+-]?)(\d{0,2})(?:[.:](\d{1,2}))?\s*:?\s*([A-Za-z]{0,6})[^\]]{0,20}\]?)?"
)
# Names without a number, in whole hours from Greenwich. Others are taken for the source's own time.
NAMES = {
    "GMT": 0, "UTC": 0, "Z": 0, "AST": -4, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "BRT": -3, "WET": 0, "CET": 1, "CEST": 2, "EET": 2,
}  # fmt: skip
MINUTES = {"25": 15, "5": 30, "50": 30, "75": 45}  # parts of an hour as decimals; others are minutes


def instant_of(said: str, zone: str) -> datetime | None:
    """What has no offset of its own is in `zone`. None where it is no date."""
    found = STAMP.fullmatch(said.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes, name = found.groups()
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=_zone(said, sign, hours, minutes, name, zone))
        time = _time(hour, minute, second, fraction)
        read = midnight + (time or NOON)  # midnight stands for the day
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time(hour: str | None, minute: str | None, second: str | None, fraction: str | None) -> timedelta:
    """Since midnight. 24:00 is the end of the day, and a leap second its last."""
    hours, minutes, seconds = int(hour or 0), int(minute or 0), min(int(second or 0), 59)
    if hours > 24 or minutes > 59 or int(second or 0) > 60:
        raise ValueError("no time of day")
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)


def _zone(said: str, sign: str | None, hours: str | None, minutes: str | None, name: str | None, zone: str) -> tzinfo:
    if hours:
        offset = timedelta(hours=int(hours), minutes=MINUTES.get(minutes or "", int(minutes or 0)))
        return timezone(-offset if sign == "-" else offset)
    named = "Z" if said.strip().endswith("Z") else (name or "").upper()
    return timezone(timedelta(hours=NAMES[named])) if named in NAMES else ZoneInfo(zone)
