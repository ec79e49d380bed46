"""Single values out of what vendors send: text, amounts, instants, web addresses. Pure functions."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # before, it is a clock that was never set
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 12  # what the column takes
# ISO 4217 currencies whose smallest unit is not a hundredth, by the number of their decimals.
WHOLE = ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
DECIMALS = {**dict.fromkeys(WHOLE, 0), **dict.fromkeys(THOUSANDTHS, 3)}

Event = Mapping[str, Any]


def words(value: Any, longest: int = 160) -> str:
    """A text or number on one line, cut to `longest` characters; nothing for anything else."""
    if isinstance(value, str):
        return " ".join(value.split())[:longest]
    return str(value)[:longest] if isinstance(value, int | float) and not isinstance(value, bool) else ""


def prose(value: Any, longest: int = 20_000) -> str:
    """A text with its paragraphs, cut to `longest` characters; nothing for anything else."""
    return value.strip()[:longest] if isinstance(value, str) else ""


def mapping(value: Any) -> Event:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Event]:
    """The objects of a list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def dig(value: Any, *path: str) -> Any:
    """The value at a path of keys, None where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def pairs(text: Any) -> dict[str, str]:
    """What a person wrote as lines of `id = words` in a settings form."""
    lines = (line.partition("=") for line in text.splitlines()) if isinstance(text, str) else ()
    return {key.strip(): words(said) for key, equals, said in lines if equals and key.strip() and words(said)}


def decimal(value: Any) -> Decimal | None:
    """An amount to the cent from a number or from text in any country's spelling; None if it is neither."""
    if not isinstance(value, str | int | float | Decimal) or isinstance(value, bool):
        return None
    text = re.sub(r"[^\d.,eE+-]", "", value) if isinstance(value, str) else str(value)
    if "," in text:  # 1.234,50 and 1,234.50: the last mark is the decimal one, unless three digits follow it
        whole, mark, cents = text.rpartition(max(",", ".", key=text.rfind))
        text = re.sub(r"[.,]", "", whole) + ("." if len(cents) != 3 or mark == "." else "") + cents
    try:
        amount = Decimal(text)
        return amount.quantize(CENT) if amount.is_finite() and abs(amount) < LARGEST else None
    except InvalidOperation:
        return None


def minor(value: Any, currency: str) -> Decimal | None:
    """An amount from a whole number of the currency's smallest unit: 1099 USD is 10.99, 1099 JPY is 1099."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**15:
        return None
    units: int = 10 ** DECIMALS.get(currency.upper(), 2)
    amount = (Decimal(value) / units).quantize(CENT)
    return amount if abs(amount) < LARGEST else None


def currency(value: Any) -> str:
    """An ISO 4217 code in capitals, or nothing."""
    code = words(value, 4).upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def instant(value: Any, zone: str = "UTC") -> datetime | None:
    """An instant in UTC from ISO 8601 text or seconds, milliseconds or microseconds since 1970; None if it is neither.

    Text without an offset is in `zone` (IANA name).
    """
    try:
        if isinstance(value, str):
            number = value.replace(".", "", 1).isdigit() and len(value) > 8
            return _since_epoch(float(value)) if number else _iso(value, zone)
        return _since_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


def _iso(text: str, zone: str) -> datetime:
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(zone))
    read = read.astimezone(UTC)
    rescaled = EPOCH + (read - EPOCH) * 1000 if read.year == 1970 else read
    return rescaled if rescaled > EARLIEST else read  # seconds taken for milliseconds land in January 1970


def _since_epoch(number: float) -> datetime:
    for unit in (1, 1_000, 1_000_000):
        if number / unit < 1e11:
            return EPOCH + timedelta(seconds=number / unit)
    raise ValueError("beyond any calendar")


def plausible(happened: datetime | None, received_at: datetime) -> datetime:
    """When something happened, or its arrival where that is missing, before 1980 or ahead of our clock."""
    if happened is None or not EARLIEST <= happened <= received_at + timedelta(minutes=5):
        return received_at
    return happened


def web_address(url: Any, *, query: bool = False) -> str:
    """An http address without user names, and without what follows its path unless `query`: queries carry tokens."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    tail = f"?{parts.query}" if query and parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{tail}"[:500]
