"""Shopify's requests: how they are signed ("Verify webhook deliveries") and what of them is kept.

Topic and shop come in headers, so they are put into the event. Ids are whole numbers of 13 digits and more, and one in
some looks exactly like a card number: they are written another way before anything is masked, and read back by
`number`.
"""

from decimal import Decimal
from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed
from apps.foundation.text.numbers import POINT, currency, decimal
from apps.foundation.text.values import Event, mapping

SHELTER = "id:"
SMALLEST, LARGEST = 10**12, 10**19  # numbers that masking looks at
DEEPEST = 12  # levels of a payload that are looked through for ids; Shopify's have six
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
META = {"webhook_id": "x-shopify-webhook-id", "triggered_at": "x-shopify-triggered-at", "api": "x-shopify-api-version"}


def verify(push: Push, source: SourceFacts) -> None:
    given = push.headers.get("x-shopify-hmac-sha256", "")
    require(signed(source.secrets, push.raw, given, encoding="base64"))


def topic_of(push: Push) -> str:
    return push.headers.get("x-shopify-topic", "").strip().lower()[:80]


def is_test(push: Push) -> bool:
    """“Send test notification” makes up an order of a person who does not exist."""
    return push.headers.get("x-shopify-test", "").strip().lower() == "true"


def raw_event(push: Push) -> RawEvent:
    """Known by the id of what happened in the shop, which several topics share. Raises Refused."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    topic, headers = topic_of(push), push.headers
    event = headers.get("x-shopify-event-id", "") or headers.get("x-shopify-webhook-id", "")
    shop = headers.get("x-shopify-shop-domain", "").strip().lower()[:100]
    return RawEvent(
        f"{event}:{topic}" if event else "",
        {"topic": topic, "shop": shop, "body": sheltered(body)},
        {name: headers[header][:100] for name, header in META.items() if header in headers},
    )


def sheltered(value: Any, depth: int = 0) -> Any:
    """The same with long ids as text that no one can take for a card number."""
    if depth > DEEPEST:
        return value
    if isinstance(value, list):
        return [sheltered(inner, depth + 1) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _written(inner) if name == "id" or name.endswith("_id") else sheltered(inner, depth + 1)
        for name, inner in value.items()
    }


def _written(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or not SMALLEST <= value < LARGEST:
        return value
    digits = ""
    while value:
        value, last = divmod(value, len(DIGITS))
        digits = DIGITS[last] + digits
    return f"{SHELTER}{digits}"


def sum_in(value: Any) -> Decimal | None:
    """An amount as Shopify writes it: text with a decimal point, in whatever language and currency the shop sells."""
    return decimal(value, POINT)


def charged(thing: Event, name: str) -> tuple[Decimal | None, str]:
    """An amount of an order or a line as the customer was charged it, and its currency, empty where that is the
    shop's. `total_price` is in the shop's; `total_price_set` has it in both (`shop_money`, `presentment_money`)."""
    shown = mapping(mapping(thing.get(f"{name}_set")).get("presentment_money"))
    amount = sum_in(shown.get("amount")) if shown else None
    unit = currency(shown.get("currency_code")) if amount is not None else ""
    return (amount, unit) if unit else (sum_in(thing.get(name)), "")


def number(value: Any) -> str:
    """An id as Shopify writes it, in decimal digits; empty where there is none."""
    if isinstance(value, str) and value.startswith(SHELTER) and value.isascii() and len(value) < 20:
        rest = value.removeprefix(SHELTER)
        value = int(rest, len(DIGITS)) if rest.isalnum() else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST else ""
