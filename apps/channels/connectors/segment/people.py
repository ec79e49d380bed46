"""Who an event is about: ids, handles and traits."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from apps.channels.connectors.base import SourceFacts, Unintelligible
from apps.channels.connectors.people import LENGTHS, emails, handles, own_id, phones
from apps.channels.connectors.values import Event, moment
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import IdentifierType

PHONES = ("phone", "phoneNumber", "phone_number", "mobile")
LOYALTY = ("loyalty_number", "loyaltyNumber", "loyalty_id", "loyaltyId", "loyalty_card", "loyaltyCard")
TIERS = ("tier", "loyalty_tier", "loyaltyTier", "plan")
SCALAR = str | int | float


def claim(event: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Unintelligible where an event names nobody at all."""
    user, anonymous = own_id(event.get("userId")), own_id(event.get("anonymousId"))
    said = _said(event)
    held = []
    if user:
        held.append(Handle(IdentifierType.USER_ID, user, source.slug))
    if anonymous:
        held.append(Handle(IdentifierType.ANONYMOUS_ID, anonymous, source.slug))
    if event.get("type") == "alias":
        held += _former(event, source)
    if said:
        held += _from_traits(said, source.region)
    device = _device(event)
    if device:
        held.append(Handle(IdentifierType.DEVICE, device, source.slug))
    if not held:
        raise Unintelligible("It names nobody: no userId, anonymousId or other identifier.")
    named = f"user:{user}" if user else f"anon:{anonymous}" if anonymous else f"{held[0].type}:{held[0].value}"[:200]
    return Claim(
        key=ProfileKey(source.slug, named),
        seen_at=seen_at,
        handles=tuple(held),
        unverified=_typed_in(event, source.region),
        traits=traits(said) if said else {},
    )


def _said(event: Event) -> Event:
    """What is said of the person: SDKs put traits at the top, into the context, or both; a group's are not theirs."""
    context = event.get("context")
    said = context.get("traits") if isinstance(context, dict) else None
    said = said if isinstance(said, dict) else {}
    own = event.get("traits") if event.get("type") != "group" else None
    return {**said, **own} if isinstance(own, dict) else said


def _former(event: Event, source: SourceFacts) -> Iterator[Handle]:
    """An alias says that the former id, of a visitor or of a user, means the same person."""
    former = own_id(event.get("previousId"))
    if former:
        yield Handle(IdentifierType.ANONYMOUS_ID, former, source.slug)
        yield Handle(IdentifierType.USER_ID, former, source.slug)


def _from_traits(said: Event, region: str) -> Iterator[Handle]:
    country = _country(said)
    yield from emails(said.get("email"))
    yield from phones(*(said.get(name) for name in PHONES), region=country or region)
    yield from handles(IdentifierType.LOYALTY, (said.get(name) for name in LOYALTY))


def _device(event: Event) -> str | None:
    context = event.get("context")
    device = context.get("device") if isinstance(context, dict) else None
    return own_id(device.get("id")) if isinstance(device, dict) else None


def _typed_in(event: Event, region: str) -> tuple[Handle, ...]:
    """What somebody typed at a checkout or in a form proves nothing."""
    properties = event.get("properties")
    if not isinstance(properties, dict):
        return ()
    return (
        *emails(properties.get("email")),
        *phones(properties.get("phone"), region=region),
    )


def traits(said: Event) -> dict[str, Any]:
    """Traits as they are kept: what a customer shows under our names, the rest under the sender's."""
    address = said.get("address")
    address = address if isinstance(address, dict) else {}
    shown = {
        "name": _name(said),
        "city": said.get("city") or address.get("city"),
        "country": _country(said),
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


def _country(said: Event) -> str | None:
    """ISO 3166 alpha-2, or nothing: a country's name stays in the other traits."""
    address = said.get("address")
    country = said.get("country") or (address.get("country") if isinstance(address, dict) else None)
    return (
        country.upper()
        if isinstance(country, str) and len(country) == 2 and country.isascii() and country.isalpha()
        else None
    )


def _day(value: Any) -> str | None:
    read = moment(value)
    return read.date().isoformat() if read else None
