"""Payments at a till or online. A payment changes many times (fees, receipts); each of its states is told once."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.commerce import card, sum_of
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.numbers import currency, minor
from apps.foundation.text.values import Event, dig, mapping, mappings, pairs, web_address, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction

IN_PERSON = frozenset({"SWIPED", "EMV", "CONTACTLESS"})
TILLS = frozenset({"SQUARE_POS", "RETAIL", "RESTAURANTS", "TERMINAL_API", "KIOSK"})


def touches_of(payment: Event, received_at: datetime, source: SourceFacts) -> list[InteractionDraft]:
    """Nothing while the money is only set aside, or on its way. What was given back was paid before: whoever hears of
    the payment only now tells both."""
    refunded = _money(payment.get("refunded_money"))
    writer = {"COMPLETED": _completed, "FAILED": _failed, "CANCELED": _cancelled}.get(words(payment.get("status"), 20))
    settled = [writer(payment, received_at, source)] if writer else []
    return [_refund(payment, refunded, received_at, source), *settled] if refunded[0] else settled


def _completed(payment: Event, received_at: datetime, source: SourceFacts) -> InteractionDraft:
    tip = sum_of(*_money(payment.get("tip_money")))
    captured = dig(payment, "card_details", "card_payment_timeline", "captured_at")
    return _touch(
        payment,
        "completed",
        plausible(instant(captured) or instant(payment.get("created_at")), received_at),
        source,
        kind="payment",
        title=_title(payment),
        body=_lines(words(payment.get("note"), 500), _("Tip: %(sum)s") % {"sum": tip} if tip else ""),
        link=web_address(payment.get("receipt_url")),
    )


def _failed(payment: Event, received_at: datetime, source: SourceFacts) -> InteractionDraft:
    errors = mappings(dig(payment, "card_details", "errors"))
    means = _means(payment)
    return _touch(
        payment,
        "failed",
        plausible(instant(payment.get("created_at")), received_at),
        source,
        kind="payment_failed",
        title=_("Payment declined, %(means)s") % {"means": means} if means else _("Payment declined"),
        body=_lines(*(words(error.get("detail") or error.get("code"), 300) for error in errors[:5])),
    )


def _cancelled(payment: Event, received_at: datetime, source: SourceFacts) -> InteractionDraft:
    voided = dig(payment, "card_details", "card_payment_timeline", "voided_at")
    return _touch(
        payment,
        "cancelled",
        plausible(instant(voided) or instant(payment.get("updated_at")), received_at),
        source,
        kind="payment_cancelled",
        title=_("Payment called off"),
        direction=Direction.INTERNAL,
    )


def _refund(
    payment: Event, refunded: tuple[Decimal | None, str], received_at: datetime, source: SourceFacts
) -> InteractionDraft:
    """The payment knows only the sum of its refunds: of the second one on it is told as such."""
    amount, unit = refunded
    first = len([refund for refund in _list(payment.get("refund_ids")) if isinstance(refund, str)]) < 2
    means = _means(payment)
    return _touch(
        payment,
        f"refunded:{amount}",
        plausible(instant(payment.get("updated_at")), received_at),
        source,
        kind="refund",
        title=_("Refund to %(means)s") % {"means": means} if means else _("Refund"),
        direction=Direction.OUTBOUND,
        body="" if first else _("Refunded so far: %(sum)s") % {"sum": sum_of(amount, unit)},
        amount=amount if first else None,
        currency=unit if first else "",
    )


def _touch(payment: Event, state: str, at: datetime, source: SourceFacts, **fields: Any) -> InteractionDraft:
    amount, unit = _money(payment.get("total_money") or payment.get("amount_money"))
    identity, order = words(payment.get("id"), 120), words(payment.get("order_id"), 80)
    return InteractionDraft(
        **{
            "external_id": f"payment:{identity}:{state}",
            "occurred_at": at,
            "channel": Channel.STORE if _in_person(payment) else Channel.PAYMENT,
            "amount": amount,
            "currency": unit if amount is not None else "",
            "touchpoint": place(payment, source),
            "reference": words(payment.get("reference_id") or payment.get("receipt_number"), 80),
            "thread": f"order:{order}" if order else f"payment:{identity}"[:120],
            "payload": {"id": identity, "order_id": order, "status": words(payment.get("status"), 20)},
            **fields,
        }
    )


def _title(payment: Event) -> str:
    kind, means = words(payment.get("source_type"), 30), _means(payment)
    if kind == "CARD":
        return _("Card payment, %(card)s") % {"card": means} if means else _("Card payment")
    if kind == "CASH":
        return _("Cash payment")
    return _("Payment by %(means)s") % {"means": means} if means else _("Payment")


def _means(payment: Event) -> str:
    """`Visa ending 4242`, `Cash App`: by what it was paid."""
    kind = words(payment.get("source_type"), 30)
    paid = mapping(dig(payment, "card_details", "card"))
    named = {
        "CARD": card(paid.get("card_brand"), paid.get("last_4")),
        "WALLET": words(dig(payment, "wallet_details", "brand"), 40),
        "BANK_ACCOUNT": _("bank transfer"),
        "BUY_NOW_PAY_LATER": words(dig(payment, "buy_now_pay_later_details", "brand"), 40),
        "EXTERNAL": words(dig(payment, "external_details", "source") or dig(payment, "external_details", "type"), 40),
    }.get(kind, "")
    return named.replace("_", " ").title() if named.isupper() and len(named) > 4 else named


def _in_person(payment: Event) -> bool:
    return (
        words(dig(payment, "application_details", "square_product"), 40) in TILLS
        or words(dig(payment, "card_details", "entry_method"), 20) in IN_PERSON
        or payment.get("source_type") == "CASH"
    )


def place(thing: Event, source: SourceFacts) -> str:
    """The location by the name it has in the settings, else by its id."""
    location = words(thing.get("location_id"), 80)
    return pairs(source.settings.get("locations")).get(location, location)


def _money(value: Any) -> tuple[Decimal | None, str]:
    """Square's `Money`: a whole number of the currency's smallest denomination as ISO 4217 has it."""
    held = mapping(value)
    unit = currency(held.get("currency"))
    return minor(held.get("amount"), unit), unit


def _lines(*said: str) -> str:
    return "\n".join(filter(None, said))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
