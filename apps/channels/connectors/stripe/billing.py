"""Invoices, checkouts and subscriptions. None of them carries an amount of its own where money has moved: the charge
that belongs to it does, and no sum appears twice."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.stripe.amounts import charged
from apps.channels.connectors.stripe.story import StripeEvent, Writer, order_of, reference
from apps.channels.toolkit.commerce import LONGEST_LIST, quantity, sum_of
from apps.foundation.text.dates import instant
from apps.foundation.text.numbers import currency
from apps.foundation.text.values import Event, dig, mapping, mappings, web_address, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction


def _invoice(event: StripeEvent, kind: str, named: str, nameless: str, more: str = "") -> InteractionDraft:
    number = words(event.thing.get("number"), 60)
    unit = currency(event.thing.get("currency"))
    lines = [
        ", ".join(filter(None, (words(line.get("description")), sum_of(charged(line.get("amount"), unit), unit))))
        for line in mappings(dig(event.thing, "lines", "data"))[:LONGEST_LIST]
    ]
    return event.touch(
        kind,
        named % {"number": number} if number else nameless,
        body="\n".join(filter(None, (*lines, more))),
        reference=order_of(event.thing) or number,
        thread=f"invoice:{reference(event.thing)}"[:120],
        link=web_address(event.thing.get("hosted_invoice_url")),
    )


def _invoice_paid(event: StripeEvent) -> InteractionDraft | None:
    """An invoice over nothing, of a trial, is nothing to tell."""
    unit = currency(event.thing.get("currency"))
    paid = charged(event.thing.get("amount_paid"), unit)
    if not paid:
        return None
    sum_paid = _("Paid: %(sum)s") % {"sum": sum_of(paid, unit)}
    return _invoice(event, "invoice_paid", _("Invoice %(number)s paid"), _("Invoice paid"), sum_paid)


def _invoice_failed(event: StripeEvent) -> InteractionDraft:
    unit = currency(event.thing.get("currency"))
    due = sum_of(charged(event.thing.get("amount_due"), unit), unit)
    again = instant(event.thing.get("next_payment_attempt"))
    said = [
        _("Due: %(sum)s") % {"sum": due} if due else "",
        _("The next attempt is on %(day)s.") % {"day": again.date().isoformat()} if again else "",
    ]
    title, nameless = _("Invoice %(number)s could not be collected"), _("Invoice could not be collected")
    return _invoice(event, "invoice_failed", title, nameless, "\n".join(filter(None, said)))


def _checkout(event: StripeEvent) -> InteractionDraft:
    unit = currency(event.thing.get("currency"))
    total = sum_of(charged(event.thing.get("amount_total"), unit), unit)
    titles = {
        "setup": _("Saved a means of payment"),
        "subscription": _("Completed the checkout of a subscription"),
    }
    waiting = event.thing.get("payment_status") == "unpaid" and event.thing.get("mode") != "setup"
    return event.touch(
        "checkout",
        titles.get(words(event.thing.get("mode"), 20), _("Completed the checkout")),
        channel=Channel.ORDER,
        body="\n".join(filter(None, (total, _("The payment has not arrived yet.") if waiting else ""))),
        reference=order_of(event.thing) or words(event.thing.get("client_reference_id"), 80),
    )


def _subscription(event: StripeEvent, kind: str, title: str, **more: str) -> InteractionDraft:
    plan = _plan(event.thing)
    return event.touch(
        kind,
        f"{title}: {plan}" if plan else title,
        channel=Channel.ORDER,
        thread=f"subscription:{reference(event.thing)}"[:120],
        **more,
    )


def _plan(thing: Event) -> str:
    """`Coffee club, 10.00 EUR a month`."""
    first = next(iter(mappings(dig(thing, "items", "data"))), {})
    price = mapping(first.get("price") or first.get("plan") or thing.get("plan"))
    unit = currency(price.get("currency"))
    cost = sum_of(charged(price.get("unit_amount", price.get("amount")), unit), unit)
    every = _every(mapping(price.get("recurring") or price))
    return ", ".join(
        filter(None, (words(price.get("nickname"), 80), " ".join(filter(None, (cost, every if cost else "")))))
    )


def _every(recurring: Event) -> str:
    count = quantity(recurring.get("interval_count"))
    said = {
        "day": ngettext("a day", "every %(count)d days", count),
        "week": ngettext("a week", "every %(count)d weeks", count),
        "month": ngettext("a month", "every %(count)d months", count),
        "year": ngettext("a year", "every %(count)d years", count),
    }.get(words(recurring.get("interval"), 10), "")
    return said % {"count": count} if "%" in said else said


def _subscribed(event: StripeEvent) -> InteractionDraft:
    trial = instant(event.thing.get("trial_end"))
    until = _("On trial until %(day)s.") % {"day": trial.date().isoformat()} if trial else ""
    return _subscription(event, "subscription", _("Subscription started"), body=until)


def _changed(event: StripeEvent) -> InteractionDraft | None:
    """Of the many small changes those that a person would mention."""
    before, now = event.before, event.thing
    status = words(now.get("status"), 30) if "status" in before else ""
    if "cancel_at_period_end" in before or "cancel_at" in before:
        if now.get("cancel_at_period_end") or now.get("cancel_at"):
            return _subscription(event, "subscription_change", _("Subscription will not be renewed"))
        return _subscription(event, "subscription_change", _("Subscription will be renewed after all"))
    if status in {"past_due", "unpaid"}:
        return _subscription(event, "subscription_change", _("Subscription payment is overdue"))
    if status == "active":
        return _subscription(event, "subscription_change", _("Subscription is active"))
    if "items" in before or "plan" in before:
        return _subscription(event, "subscription_change", _("Subscription changed"))
    return None


def _ended(event: StripeEvent) -> InteractionDraft:
    said = mapping(event.thing.get("cancellation_details"))
    reason = words(said.get("feedback"), 60).replace("_", " ")
    more = {"verbatim": words(said.get("comment"), 2000), "body": reason}
    return _subscription(event, "subscription_end", _("Subscription ended"), **more)


def _paused(event: StripeEvent) -> InteractionDraft:
    return _subscription(event, "subscription_change", _("Subscription paused"))


def _resumed(event: StripeEvent) -> InteractionDraft:
    return _subscription(event, "subscription_change", _("Subscription resumed"))


def _trial_ends(event: StripeEvent) -> InteractionDraft:
    return _subscription(
        event, "subscription_trial", _("The trial of the subscription is about to end"), direction=Direction.INTERNAL
    )


WRITERS: dict[str, Writer] = {
    "invoice.paid": _invoice_paid,
    "invoice.payment_failed": _invoice_failed,
    "checkout.session.completed": _checkout,
    "customer.subscription.created": _subscribed,
    "customer.subscription.updated": _changed,
    "customer.subscription.deleted": _ended,
    "customer.subscription.paused": _paused,
    "customer.subscription.resumed": _resumed,
    "customer.subscription.trial_will_end": _trial_ends,
}
