"""Invoices, checkouts and subscriptions. None of them carries an amount of its own where money has moved: the charge
that belongs to it does, and no sum appears twice."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.shopping import LONGEST_LIST, quantity, sum_of
from apps.channels.connectors.stripe.story import Teller, Told, order_of, reference
from apps.channels.connectors.values import Event, currency, dig, mapping, mappings, minor, moment, web_address, words
from apps.interactions.drafts import Touch
from apps.interactions.models import Channel, Direction


def _invoice(told: Told, kind: str, named: str, nameless: str, more: str = "") -> Touch:
    number = words(told.thing.get("number"), 60)
    unit = currency(told.thing.get("currency"))
    lines = [
        ", ".join(filter(None, (words(one.get("description")), sum_of(minor(one.get("amount"), unit), unit))))
        for one in mappings(dig(told.thing, "lines", "data"))[:LONGEST_LIST]
    ]
    return told.touch(
        kind,
        named % {"number": number} if number else nameless,
        body="\n".join(filter(None, (*lines, more))),
        reference=order_of(told.thing) or number,
        thread=f"invoice:{reference(told.thing)}"[:120],
        link=web_address(told.thing.get("hosted_invoice_url")),
    )


def _invoice_paid(told: Told) -> Touch | None:
    """An invoice over nothing, of a trial, is nothing to tell."""
    unit = currency(told.thing.get("currency"))
    paid = minor(told.thing.get("amount_paid"), unit)
    if not paid:
        return None
    sum_paid = _("Paid: %(sum)s") % {"sum": sum_of(paid, unit)}
    return _invoice(told, "invoice_paid", _("Invoice %(number)s paid"), _("Invoice paid"), sum_paid)


def _invoice_failed(told: Told) -> Touch:
    unit = currency(told.thing.get("currency"))
    due = sum_of(minor(told.thing.get("amount_due"), unit), unit)
    again = moment(told.thing.get("next_payment_attempt"))
    said = [
        _("Due: %(sum)s") % {"sum": due} if due else "",
        _("The next attempt is on %(day)s.") % {"day": again.date().isoformat()} if again else "",
    ]
    title, nameless = _("Invoice %(number)s could not be collected"), _("Invoice could not be collected")
    return _invoice(told, "invoice_failed", title, nameless, "\n".join(filter(None, said)))


def _checkout(told: Told) -> Touch:
    unit = currency(told.thing.get("currency"))
    total = sum_of(minor(told.thing.get("amount_total"), unit), unit)
    titles = {
        "setup": _("Saved a means of payment"),
        "subscription": _("Completed the checkout of a subscription"),
    }
    waiting = told.thing.get("payment_status") == "unpaid" and told.thing.get("mode") != "setup"
    return told.touch(
        "checkout",
        titles.get(words(told.thing.get("mode"), 20), _("Completed the checkout")),
        channel=Channel.ORDER,
        body="\n".join(filter(None, (total, _("The payment has not arrived yet.") if waiting else ""))),
        reference=order_of(told.thing) or words(told.thing.get("client_reference_id"), 80),
    )


def _subscription(told: Told, kind: str, title: str, **more: str) -> Touch:
    plan = _plan(told.thing)
    return told.touch(
        kind,
        f"{title}: {plan}" if plan else title,
        channel=Channel.ORDER,
        thread=f"subscription:{reference(told.thing)}"[:120],
        **more,
    )


def _plan(thing: Event) -> str:
    """`Coffee club, 10.00 EUR a month`."""
    first = next(iter(mappings(dig(thing, "items", "data"))), {})
    price = mapping(first.get("price") or first.get("plan") or thing.get("plan"))
    unit = currency(price.get("currency"))
    cost = sum_of(minor(price.get("unit_amount", price.get("amount")), unit), unit)
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


def _subscribed(told: Told) -> Touch:
    trial = moment(told.thing.get("trial_end"))
    until = _("On trial until %(day)s.") % {"day": trial.date().isoformat()} if trial else ""
    return _subscription(told, "subscription", _("Subscription started"), body=until)


def _changed(told: Told) -> Touch | None:
    """Of the many small changes those that a person would mention."""
    before, now = told.before, told.thing
    status = words(now.get("status"), 30) if "status" in before else ""
    if "cancel_at_period_end" in before or "cancel_at" in before:
        if now.get("cancel_at_period_end") or now.get("cancel_at"):
            return _subscription(told, "subscription_change", _("Subscription will not be renewed"))
        return _subscription(told, "subscription_change", _("Subscription will be renewed after all"))
    if status in {"past_due", "unpaid"}:
        return _subscription(told, "subscription_change", _("Subscription payment is overdue"))
    if status == "active":
        return _subscription(told, "subscription_change", _("Subscription is active"))
    if "items" in before or "plan" in before:
        return _subscription(told, "subscription_change", _("Subscription changed"))
    return None


def _ended(told: Told) -> Touch:
    said = mapping(told.thing.get("cancellation_details"))
    reason = words(said.get("feedback"), 60).replace("_", " ")
    more = {"verbatim": words(said.get("comment"), 2000), "body": reason}
    return _subscription(told, "subscription_end", _("Subscription ended"), **more)


def _paused(told: Told) -> Touch:
    return _subscription(told, "subscription_change", _("Subscription paused"))


def _resumed(told: Told) -> Touch:
    return _subscription(told, "subscription_change", _("Subscription resumed"))


def _trial_ends(told: Told) -> Touch:
    return _subscription(
        told, "subscription_trial", _("The trial of the subscription is about to end"), direction=Direction.INTERNAL
    )


TELLERS: dict[str, Teller] = {
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
