"""Who an order or a customer of WooCommerce's is about."""

from datetime import datetime

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.customers.drafts import Claim
from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event, mapping, words


def buyer(order: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """A guest has the customer id 0 and is known by what they typed, which proves nothing. Raises Unintelligible."""
    billing, shipping = mapping(order.get("billing")), mapping(order.get("shipping"))
    region = words(billing.get("country"), 2) or source.region
    return claim(
        source,
        seen_at,
        own=_id(order.get("customer_id")),
        unsure=(*emails(billing.get("email")), *phones(billing.get("phone"), shipping.get("phone"), region=region)),
        traits=_traits(billing),
    )


def customer(account: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """An account of the shop: its e-mail address is the one it logs in with."""
    billing = mapping(account.get("billing"))
    region = words(billing.get("country"), 2) or source.region
    since = instant(account.get("date_created_gmt"))
    return claim(
        source,
        seen_at,
        own=_id(account.get("id")),
        sure=emails(account.get("email")),
        unsure=(*emails(billing.get("email")), *phones(billing.get("phone"), region=region)),
        traits={**_traits({**billing, **_said(account)}), "since": since.date().isoformat() if since else ""},
    )


def _said(account: Event) -> dict[str, object]:
    return {name: account[name] for name in ("first_name", "last_name") if account.get(name)}


def _traits(address: Event) -> dict[str, object]:
    return person(
        first=address.get("first_name"),
        last=address.get("last_name"),
        city=address.get("city"),
        country=address.get("country"),
    )


def _id(value: object) -> str | None:
    """0 is a guest."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**18
    return str(value) if known else None
