"""Who an order, a checkout, a parcel or a customer record of Shopify's is about."""

from datetime import datetime
from typing import Any

from apps.channels.connectors.shopify.wire import number
from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.customers.drafts import Claim
from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event, dig, mapping, words

ADDRESSES = ("billing_address", "shipping_address", "destination")


def buyer(thing: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Unintelligible for a sale to nobody in particular.

    The shop's customer record is vouched for, unless Shopify says that its e-mail address was never verified; what
    was typed at this checkout is not.
    """
    record = mapping(thing.get("customer"))
    addresses = [mapping(thing.get(name)) for name in ADDRESSES]
    region = next(filter(None, (words(address.get("country_code"), 2) for address in addresses)), "") or source.region
    return _claim(
        record,
        number(record.get("id")),
        seen_at,
        source,
        emails=emails(thing.get("email"), thing.get("contact_email")),
        phones=phones(thing.get("phone"), *(address.get("phone") for address in addresses), region=region),
        language=thing.get("customer_locale"),
    )


def customer(record: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """A customer record itself. Raises Unintelligible where it names nobody."""
    return _claim(record, number(record.get("id")), seen_at, source)


def subscriber(body: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Whose marketing consent has changed: told with an id, an e-mail address or a phone number only."""
    own = number(body.get("customer_id") or body.get("id"))
    return _claim({"email": body.get("email_address"), "phone": body.get("phone")}, own, seen_at, source)


def _claim(
    record: Event,
    own: str,
    seen_at: datetime,
    source: SourceFacts,
    *,
    emails: tuple[Any, ...] = (),
    phones: tuple[Any, ...] = (),
    language: Any = "",
) -> Claim:
    address = mapping(record.get("default_address"))
    kept_email, kept_phone = _kept(record, address, source)
    doubtful = record.get("verified_email") is False
    return claim(
        source,
        seen_at,
        own=own or None,
        sure=(*(() if doubtful else kept_email), *kept_phone),
        unsure=(*(kept_email if doubtful else ()), *emails, *phones),
        traits=_traits(record, address, language) if record else {},
    )


def _kept(record: Event, address: Event, source: SourceFacts) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    region = words(address.get("country_code"), 2) or source.region
    return emails(record.get("email")), phones(record.get("phone"), region=region)


def _traits(record: Event, address: Event, language: Any) -> dict[str, Any]:
    since = instant(record.get("created_at"))
    return person(
        first=record.get("first_name"),
        last=record.get("last_name"),
        city=address.get("city"),
        country=address.get("country_code"),
        language=language or dig(record, "locale"),
        since=since.date().isoformat() if since else "",
    )
