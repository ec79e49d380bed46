"""A time of day and its zone, as they stand after a date. Pure functions; ValueError for what is none."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

HALF = r"[AaPp]\.?\s?[Mm]\.?|午前|午後|上午|下午|오전|오후|ص|م|[πΠ]\.?\s?[μΜ]\.?|[μΜ]\.?\s?[μΜ]\.?"
AFTER_NOON = ("p", "午後", "下午", "오후", "م", "μ")
CLOCK = re.compile(
    rf"(?P<before>{HALF})?\s*(?P<hour>\d{{1,2}})"
    r"(?:\s?[:.h]\s?(?P<minute>\d{2})(?:[:.m](?P<second>\d{2})s?(?:[.,:](?P<fraction>\d{1,12}))?)?|(?P<bare>\s?h\b)?)"
    rf"\s*(?P<half>{HALF})?(?P<zone>.*)"
)
OFFSET = re.compile(
    r"(?:UTC|GMT|UT|Z)?\s*([+-])\s?(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?(?:\s+[A-Za-z]{2,5})?", re.IGNORECASE
)
COMMENT = re.compile(r"\s*\([^()]*\)$|\[(?:UTC|GMT|Z)\]$|\s+m=[+-][\d.]+$")
OCLOCK = re.compile(r"^(?:Uhr|hrs?|h|ч|Uhr\.)(?=[\s.]|$)\s*", re.IGNORECASE)
IN_WORDS = re.compile(r"^(\d{1,2})\s?h\s?(\d\d)\s?min(?:\s?(\d\d)\s?s)?")
REGION = re.compile(r"\s*\[?([A-Z][A-Za-z]+(?:/[A-Za-z_+\-0-9]+){1,2})\]?$")
WITHOUT = {"z", "utc", "gmt", "ut", "zulu", "etc/utc", "+0000"}
# Hours from UTC of names that mean the same everywhere. Others (IST, BST, CST in China) only the source's zone decides.
NAMED = {
    "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "hnec": 1, "wet": 0, "west": 1, "eet": 2, "oez": 2, "eest": 3, "oesz": 3,
    "msk": 3, "trt": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "sast": 2, "brt": -3, "art": -3,
}  # fmt: skip


def at_clock(day: datetime, written: str, zone: str) -> datetime:
    """The instant on this day (midnight, of no zone) at a time such as `10:00:00 GMT+0100 (CET)`. What names no zone of
    its own is in `zone`."""
    found = CLOCK.fullmatch(IN_WORDS.sub(lambda said: f"{said[1]}:{said[2]}:{said[3] or '00'}", written.strip()))
    if found is None:
        raise ValueError(written)
    half = found["half"] or found["before"] or ""
    if not (found["minute"] or half or found["bare"]):
        raise ValueError(written)
    hour = _hour(int(found["hour"]), half.lower())
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    micro = int(f"{found['fraction'] or 0:0<6}"[:6])
    return placed(moved(day, hour, minute, second, micro), found["zone"], zone)


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    late = half.startswith(AFTER_NOON)
    if hour > 12 and not late:
        raise ValueError(f"{hour} {half}")
    return hour % 12 + 12 if late else hour % 12


def moved(day: datetime, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    """24:00 is the midnight that follows, and a leap second the second after."""
    if hour == 24 and not minute and not second and not micro:
        return day + timedelta(days=1)
    leap = second == 60
    at = day.replace(hour=hour, minute=minute, second=59 if leap else second, microsecond=micro)
    return at + timedelta(seconds=1) if leap else at


def placed(at: datetime, written: str, zone: str) -> datetime:
    """In UTC, by the zone that is written, else in `zone`."""
    if written in {"Z", "z"} or (not written and zone == "UTC"):
        return at.replace(tzinfo=UTC)
    if not written:
        return at.replace(tzinfo=_region(zone)).astimezone(UTC)
    text = COMMENT.sub("", written).strip()
    if not text and "(" in written:
        return _aside(at, written.strip(" ()"), zone)
    text = OCLOCK.sub("", text).strip(" .")
    region = REGION.search(text)
    if region and region[0].strip() == text:
        return at.replace(tzinfo=_region(region[1])).astimezone(UTC)
    text = text[: region.start()].strip() if region else text
    return at.replace(tzinfo=_zone(at, text, zone)).astimezone(UTC)


def _aside(at: datetime, comment: str, zone: str) -> datetime:
    """A zone that is only said in brackets, if it is one."""
    try:
        return at.replace(tzinfo=_zone(at, comment, zone)).astimezone(UTC)
    except ValueError:
        return placed(at, "", zone)


def _zone(at: datetime, text: str, zone: str) -> tzinfo:
    if not text:
        return _region(zone)
    lower = text.lower()
    if lower in WITHOUT:
        return UTC
    offset = OFFSET.fullmatch(text)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours > 15 or minutes > 59:
            raise ValueError(text)
        east = timedelta(hours=hours, minutes=minutes)
        return timezone(-east if offset[1] == "-" else east)
    own = _region(zone)
    for fold in (0, 1):
        if (at.replace(tzinfo=own, fold=fold).tzname() or "").lower() == lower:
            return timezone(at.replace(tzinfo=own, fold=fold).utcoffset() or timedelta())
    if lower not in NAMED:
        raise ValueError(text)
    return timezone(timedelta(hours=NAMED[lower]))


def _region(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError(name) from None
