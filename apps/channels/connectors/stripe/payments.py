"""Charges, refunds and disputes. Of one payment the charge is told: the payment intent around it says the same again,
without the card."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.connectors.stripe.story import Teller, Told, is_card, means, smaller
from apps.channels.connectors.values import currency, dig, minor, moment, web_address, words
from apps.interactions.drafts import Touch
from apps.interactions.models import Direction


def _paid(told: Told) -> Touch | None:
    """Money that is only set aside is told once it is taken (`charge.captured`)."""
    if told.thing.get("captured") is False:
        return None
    by = means(told.thing)
    return told.touch(
        "payment",
        _("Card payment, %(card)s") % {"card": by} if _is_card(told) and by else _by(by),
        body="\n".join(filter(None, (words(told.thing.get("description"), 1000), _receipt(told)))),
        link=web_address(told.thing.get("receipt_url")),
        **told.money("amount_captured", "amount"),
    )


def _is_card(told: Told) -> bool:
    return is_card(words(dig(told.thing, "payment_method_details", "type")))


def _by(means_of_payment: str) -> str:
    return _("Payment by %(means)s") % {"means": means_of_payment} if means_of_payment else _("Payment")


def _receipt(told: Told) -> str:
    number = words(told.thing.get("receipt_number"), 40)
    return _("Receipt %(number)s") % {"number": number} if number else ""


def _charge_failed(told: Told) -> Touch | None:
    """With an intent around it, `payment_intent.payment_failed` tells."""
    if told.thing.get("payment_intent"):
        return None
    reason = told.thing.get("failure_message") or dig(told.thing, "outcome", "seller_message")
    return _declined(told, words(reason, 500))


def _intent_failed(told: Told) -> Touch:
    return _declined(told, words(dig(told.thing, "last_payment_error", "message"), 500))


def _declined(told: Told, reason: str) -> Touch:
    by = means(told.thing)
    return told.touch(
        "payment_failed",
        _("Payment declined, %(means)s") % {"means": by} if by else _("Payment declined"),
        body=reason,
        **told.money("amount"),
    )


def _refunded(told: Told) -> Touch:
    """What was given back this time: the event holds the sum so far, and the sum before."""
    unit = currency(told.thing.get("currency"))
    so_far, before = (minor(one.get("amount_refunded"), unit) for one in (told.thing, told.before))
    by = means(told.thing)
    return told.touch(
        "refund",
        _("Refund to %(means)s") % {"means": by} if by else _("Refund"),
        direction=Direction.OUTBOUND,
        body="" if told.thing.get("refunded") else _("A part of the payment."),
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


def _disputed(told: Told) -> Touch:
    due = moment(dig(told.thing, "evidence_details", "due_by"))
    reason = _reason(told)
    return told.touch(
        "dispute",
        _("Payment disputed: %(reason)s") % {"reason": reason} if reason else _("Payment disputed"),
        body=_("An answer is due by %(day)s.") % {"day": due.date().isoformat()} if due else "",
        **told.money("amount"),
    )


def _reason(told: Told) -> str:
    said = words(told.thing.get("reason"), 60)
    return str(REASONS.get(said, said.replace("_", " ")))


def _dispute_closed(told: Told) -> Touch:
    outcome = words(told.thing.get("status"), 40)
    titles = {"won": _("Dispute won"), "lost": _("Dispute lost"), "warning_closed": _("Inquiry closed")}
    return told.touch(
        "dispute_closed", titles.get(outcome, _("Dispute closed")), direction=Direction.INTERNAL, **told.money("amount")
    )


def _nothing(_told: Told) -> None:
    """It tells who somebody is, and no more."""


TELLERS: dict[str, Teller] = {
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
