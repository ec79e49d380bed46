"""Payments, customers and loyalty points of a Square account, in stores and online.

Formats: "Square Webhooks" and the webhook events reference of Square's developer documentation.
docs/connectors/square.md tells what becomes of each event, and why orders and refunds are read from payments.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.square import loyalty, payments, people, wire
from apps.channels.connectors.square.form import SquareForm
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import Who, names_somebody
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping
from apps.interactions.drafts import Draft, InteractionDraft

Writer = Callable[[Event, datetime, SourceFacts], list[InteractionDraft]]


def _nothing(_thing: Event, _received_at: datetime, _source: SourceFacts) -> list[InteractionDraft]:
    """It tells who somebody is, and no more."""
    return []


EVENTS: Mapping[str, tuple[Who, Writer]] = {
    "payment.created": (people.payer, payments.touches_of),
    "payment.updated": (people.payer, payments.touches_of),
    "customer.created": (people.customer, _nothing),
    "customer.updated": (people.customer, _nothing),
    "loyalty.account.created": (people.member, _nothing),
    "loyalty.account.updated": (people.member, _nothing),
    "loyalty.event.created": (people.holder, loyalty.touches_of),
}


class Square(Pushed):
    """`PushConnector` for webhook subscriptions."""

    about = About(
        name=_("Square"),
        summary=_("Payments and refunds in stores and online, customers, loyalty points."),
        group="shop",
        icon="store",
        secret=Secret.THEIRS,
        secret_words=_("The signature key of the webhook subscription."),
        steps=(
            _("In Square's Developer Console, open your application, Webhooks, Subscriptions, and add one."),
            _("Its notification URL is {address}"),
            _("Choose the events of payments, customers, loyalty accounts and loyalty events."),
            _("Copy its signature key to here."),
        ),
        settings_form=SquareForm,
        known=frozenset({"created_at", "data", "event_id", "location_id", "merchant_id", "type"}),
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        body = wire.event_of(push)
        who, _teller = EVENTS.get(str(body.get("type")), (None, _nothing))
        if who is None:
            return []
        thing = wire.object_of(body)
        if thing and not names_somebody(who, thing, source):
            return []  # a sale to nobody in particular
        return [wire.raw_event(body)]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        content = mapping(event.payload)
        thing = wire.object_of(content)
        who, writer = EVENTS.get(str(content.get("type")), (None, _nothing))
        if who is None or not thing:
            raise Unintelligible("It is no event of Square's that is understood here.")
        at = plausible(instant(content.get("created_at")), event.received_at)
        return Draft.of(who(thing, at, source), writer(thing, event.received_at, source))
