"""Who an object of Stripe's is about."""

from datetime import datetime
from typing import Any

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.customers.drafts import Claim
from apps.foundation.text.values import Event, dig, mapping, words


def who(thing: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Unintelligible where the object names nobody.

    What the company keeps on its Stripe customer is vouched for; what was typed at a checkout, or on a card's billing
    form, is not.
    """
    customer = mapping(thing) if thing.get("object") == "customer" else mapping(thing.get("customer"))
    own = customer.get("id") or thing.get("customer")
    kept = thing if thing.get("object") == "invoice" else {}
    typed = _typed(thing)
    region = _country(customer, typed) or source.region
    return claim(
        source,
        seen_at,
        own=own if isinstance(own, str) else None,
        sure=(
            *emails(customer.get("email"), kept.get("customer_email")),
            *phones(customer.get("phone"), kept.get("customer_phone"), region=region),
        ),
        unsure=(
            *emails(thing.get("receipt_email"), *(details.get("email") for details in typed), _contested(thing)),
            *phones(*(details.get("phone") for details in typed), region=region),
        ),
        traits=_traits(customer) if customer else _traits({"name": kept.get("customer_name")}) if own else {},
    )


def _typed(thing: Event) -> list[Event]:
    """Contact details as somebody entered them: on the charge, the failed payment, the checkout."""
    paths = (("billing_details",), ("last_payment_error", "payment_method", "billing_details"), ("customer_details",))
    return [mapping(dig(thing, *path)) for path in paths]


def _contested(thing: Event) -> Any:
    """A dispute names nobody but in the evidence that Stripe has filled in."""
    return dig(thing, "evidence", "customer_email_address")


def _country(customer: Event, typed: list[Event]) -> str:
    codes = (words(dig(details, "address", "country"), 2).upper() for details in (customer, *typed))
    return next(filter(None, codes), "")


def _traits(customer: Event) -> dict[str, Any]:
    languages = customer.get("preferred_locales")
    return person(
        name=customer.get("name"),
        city=dig(customer, "address", "city"),
        country=dig(customer, "address", "country"),
        language=languages[0] if isinstance(languages, list) and languages else "",
    )
