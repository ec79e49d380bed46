"""Who an object of Square's is about."""

from datetime import datetime
from typing import Any

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim, emails, handles, person, phones
from apps.customers.drafts import Claim, Handle
from apps.customers.models import IdentifierType
from apps.foundation.text.values import Event, dig, words


def customer(thing: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """An entry of the customer directory. Raises Unintelligible where it names nobody."""
    country = words(dig(thing, "address", "country"), 2).upper()
    return claim(
        source,
        seen_at,
        own=_text(thing.get("id")),
        sure=(
            *emails(thing.get("email_address")),
            *phones(thing.get("phone_number"), region=country or source.region),
        ),
        traits=person(
            first=thing.get("given_name"),
            last=thing.get("family_name"),
            city=dig(thing, "address", "locality"),
            country=country,
        ),
    )


def payer(payment: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Unintelligible for a sale to nobody in particular. An address for the receipt proves nothing."""
    typed = emails(payment.get("buyer_email_address"))
    return claim(source, seen_at, own=_text(payment.get("customer_id")), unsure=typed)


def member(account: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """A loyalty account: it ties the customer, the phone number it was opened with and its own id together."""
    return claim(
        source,
        seen_at,
        own=_text(account.get("customer_id")),
        sure=(
            *loyalty(account.get("id"), source),
            *phones(dig(account, "mapping", "phone_number"), region=source.region),
        ),
    )


def holder(event: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Whose points they are: the event names the loyalty account and nobody else."""
    return claim(source, seen_at, sure=loyalty(event.get("loyalty_account_id"), source))


def loyalty(account: Any, source: SourceFacts) -> tuple[Handle, ...]:
    return handles(IdentifierType.LOYALTY, [account], scope=source.slug)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
