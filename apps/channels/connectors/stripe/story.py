"""What the tellers of Stripe's events are given, and what several of them say alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.channels.connectors.stripe.amounts import charged
from apps.channels.toolkit.commerce import card
from apps.foundation.text.numbers import currency
from apps.foundation.text.values import Event, dig, mapping, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel

MEANS = {  # names that are not made of their words
    "acss_debit": "ACSS debit",
    "ideal": "iDEAL",
    "eps": "EPS",
    "klarna": "Klarna",
    "link": "Link",
    "p24": "Przelewy24",
    "paypal": "PayPal",
    "sepa_debit": "SEPA debit",
    "twint": "TWINT",
}
ORDERS = ("order_number", "order_id", "orderNumber", "orderId", "order")  # what shops call it in their metadata


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """An event: `thing` is the object as it was then, `before` the values of its fields that have changed."""

    key: str
    at: datetime
    type: str
    thing: Event
    before: Event

    def touch(self, kind: str, title: str, **more: Any) -> InteractionDraft:
        return InteractionDraft(
            external_id=self.key,
            occurred_at=self.at,
            kind=kind,
            title=title,
            payload={
                "type": self.type,
                "id": self.thing.get("id"),
                "metadata": dict(mapping(self.thing.get("metadata"))),
            },
            **{"channel": Channel.PAYMENT, "reference": order_of(self.thing), "thread": thread_of(self.thing), **more},
        )

    def money(self, *names: str) -> dict[str, Any]:
        """Amount and currency from the first of the fields that is there."""
        unit = currency(self.thing.get("currency"))
        found = (charged(self.thing.get(name), unit) for name in names)
        amount = next((amount for amount in found if amount is not None), None)
        return {"amount": amount, "currency": unit if amount is not None else ""}


Writer = Callable[[StripeEvent], InteractionDraft | None]


def order_of(thing: Event) -> str:
    said = mapping(thing.get("metadata"))
    return next((words(said[name], 80) for name in ORDERS if words(said.get(name))), "")


def thread_of(thing: Event) -> str:
    """Attempts, refunds and disputes of one payment belong together."""
    payment = reference(thing.get("payment_intent"))
    if thing.get("object") == "payment_intent":
        payment = reference(thing)
    charge = reference(thing.get("charge")) or (reference(thing) if thing.get("object") == "charge" else "")
    return f"payment:{payment or charge}"[:120] if payment or charge else ""


def reference(value: Any) -> str:
    """The id of an object, be it expanded or not."""
    return words(mapping(value).get("id") if isinstance(value, dict) else value, 100)


def means(thing: Event) -> str:
    """By which card or other means: `Visa ending 4242`, `SEPA debit`."""
    details = mapping(thing.get("payment_method_details") or dig(thing, "last_payment_error", "payment_method"))
    kind = words(details.get("type"), 40)
    if not is_card(kind):
        return MEANS.get(kind, kind.replace("_", " "))
    paid = mapping(details.get(kind))
    return card(paid.get("brand"), paid.get("last4"))


def is_card(kind: str) -> bool:
    """`card`, `card_present` and `interac_present`, the ways of a terminal."""
    return kind.startswith("card") or kind.endswith("_present")


def smaller(now: Decimal | None, earlier: Decimal | None) -> Decimal | None:
    return now if now is None or earlier is None else now - earlier
