"""What a site or an app says of its visitors and users, under the names it usually has."""

from typing import Any

from apps.channels.toolkit.people import LENGTHS
from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event

PHONES = ("phone", "phoneNumber", "phone_number", "mobile")
LOYALTY = ("loyalty_number", "loyaltyNumber", "loyalty_id", "loyaltyId", "loyalty_card", "loyaltyCard")
TIERS = ("tier", "loyalty_tier", "loyaltyTier", "plan")
SCALAR = str | int | float


def traits(said: Event) -> dict[str, Any]:
    """Traits as they are kept: what a customer shows under our names, the rest under the sender's."""
    address = said.get("address")
    address = address if isinstance(address, dict) else {}
    shown = {
        "name": _name(said),
        "city": said.get("city") or address.get("city"),
        "country": country(said),
        "language": str(said.get("language") or said.get("locale") or "").replace("_", "-").partition("-")[0].lower(),
        "timezone": said.get("timezone"),
        "since": _day(said.get("createdAt") or said.get("created_at")),
        "tier": next((said[name] for name in TIERS if said.get(name)), "VIP" if said.get("vip") is True else None),
    }
    kept = {str(name): value for name, value in said.items() if value is not None and name not in shown}
    return kept | {
        name: " ".join(str(value).split())[: LENGTHS.get(name, 10)]
        for name, value in shown.items()
        if value and isinstance(value, SCALAR)
    }


def _name(said: Event) -> str | None:
    first, last = (said.get(a) or said.get(b) for a, b in (("firstName", "first_name"), ("lastName", "last_name")))
    whole = " ".join(part for part in (first, last) if isinstance(part, str) and part)
    return whole or said.get("name")


def country(said: Event) -> str | None:
    """ISO 3166 alpha-2, or nothing: a country's name stays in the other traits."""
    address = said.get("address")
    code = said.get("country") or (address.get("country") if isinstance(address, dict) else None)
    return code.upper() if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha() else None


def _day(value: Any) -> str | None:
    read = instant(value)
    return read.date().isoformat() if read else None
