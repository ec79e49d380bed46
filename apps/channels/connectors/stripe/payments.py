"""Charges, refunds and disputes. Of one payment the charge is told: the payment intent around it says the same again,
without the card."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.connectors.stripe.amounts import charged
from apps.channels.connectors.stripe.story import StripeEvent, Writer, is_card, means, smaller
from apps.foundation.text.dates import instant
from apps.foundation.text.numbers import currency
from apps.foundation.text.values import dig, web_address, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Direction


def _paid(event: StripeEvent) -> InteractionDraft | None:
    """Money that is only set aside is told once it is taken (`charge.captured`)."""
    if event.thing.get("captured") is False:
        return None
    by = means(event.thing)
    return event.touch(
        "payment",
        _("Card payment, %(card)s") % {"card": by} if _is_card(event) and by else _by(by),
        body="\n".join(filter(None, (words(event.thing.get("description"), 1000), _receipt(event)))),
        link=web_address(event.thing.get("receipt_url")),
        **event.money("amount_captured", "amount"),
    )


def _is_card(event: StripeEvent) -> bool:
    return is_card(words(dig(event.thing, "payment_method_details", "type")))


def _by(means_of_payment: str) -> str:
    return _("Payment by %(means)s") % {"means": means_of_payment} if means_of_payment else _("Payment")


def _receipt(event: StripeEvent) -> str:
    number = words(event.thing.get("receipt_number"), 40)
    return _("Receipt %(number)s") % {"number": number} if number else ""


def _charge_failed(event: StripeEvent) -> InteractionDraft | None:
    """With an intent around it, `payment_intent.payment_failed` tells."""
    if event.thing.get("payment_intent"):
        return None
    reason = event.thing.get("failure_message") or dig(event.thing, "outcome", "seller_message")
    return _declined(event, words(reason, 500))


def _intent_failed(event: StripeEvent) -> InteractionDraft:
    return _declined(event, words(dig(event.thing, "last_payment_error", "message"), 500))


def _declined(event: StripeEvent, reason: str) -> InteractionDraft:
    by = means(event.thing)
    return event.touch(
        "payment_failed",
        _("Payment declined, %(means)s") % {"means": by} if by else _("Payment declined"),
        body=reason,
        **event.money("amount"),
    )


def _refunded(event: StripeEvent) -> InteractionDraft:
    """What was given back this time: the event holds the sum so far, and the sum before."""
    unit = currency(event.thing.get("currency"))
    so_far, before = (charged(charge.get("amount_refunded"), unit) for charge in (event.thing, event.before))
    by = means(event.thing)
    return event.touch(
        "refund",
        _("Refund to %(means)s") % {"means": by} if by else _("Refund"),
        direction=Direction.OUTBOUND,
        body="" if event.thing.get("refunded") else _("A part of the payment."),
        amount=smaller(so_far, before),
        currency=unit,
    )


REASONS = {
    "fraudulent": _t("not made by the card holder"),
    "duplicate": _t("charged twice"),
    "subscription_canceled": _t("subscription was cancelled"),
    "product_not_received": _t("nothing received"),
    "product_unacceptable": _t("not as described"),
    "credit_not_processed": _t("refund not received"),
    "unrecognized": _t("not recognised"),
    "general": "",
}


def _disputed(event: StripeEvent) -> InteractionDraft:
    due = instant(dig(event.thing, "evidence_details", "due_by"))
    reason = _reason(event)
    return event.touch(
        "dispute",
        _("Payment disputed: %(reason)s") % {"reason": reason} if reason else _("Payment disputed"),
        body=_("An answer is due by %(day)s.") % {"day": due.date().isoformat()} if due else "",
        **event.money("amount"),
    )


def _reason(event: StripeEvent) -> str:
    said = words(event.thing.get("reason"), 60)
    return str(REASONS.get(said, said.replace("_", " ")))


def _dispute_closed(event: StripeEvent) -> InteractionDraft:
    outcome = words(event.thing.get("status"), 40)
    titles = {"won": _("Dispute won"), "lost": _("Dispute lost"), "warning_closed": _("Inquiry closed")}
    return event.touch(
        "dispute_closed",
        titles.get(outcome, _("Dispute closed")),
        direction=Direction.INTERNAL,
        **event.money("amount"),
    )


def _nothing(_event: StripeEvent) -> None:
    """It tells who somebody is, and no more."""


WRITERS: dict[str, Writer] = {
    "charge.succeeded": _paid,
    "charge.captured": _paid,
    "charge.failed": _charge_failed,
    "charge.refunded": _refunded,
    "charge.dispute.created": _disputed,
    "charge.dispute.closed": _dispute_closed,
    "payment_intent.succeeded": _nothing,
    "payment_intent.payment_failed": _intent_failed,
    "customer.created": _nothing,
    "customer.updated": _nothing,
}
