"""Payments, invoices and subscriptions of a Stripe account.

Formats: "Receive Stripe events in your webhook endpoint", "Types of events" and the API reference of Stripe's
documentation. docs/connectors/stripe.md tells what becomes of each event.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.stripe import billing, payments, wire
from apps.channels.connectors.stripe.people import who
from apps.channels.connectors.stripe.story import StripeEvent
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import names_somebody
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import mapping
from apps.interactions.drafts import Draft

WRITERS = payments.WRITERS | billing.WRITERS
# Sales to nobody in particular: donations, tills. They are about no customer.
ANONYMOUS = frozenset(
    {
        "charge.succeeded",
        "charge.captured",
        "charge.failed",
        "charge.refunded",
        "checkout.session.completed",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
    }
)


class Stripe(Pushed):
    """`PushConnector` for webhook endpoints that send snapshot events."""

    about = About(
        name=_("Stripe"),
        summary=_("Payments, refunds, disputes, invoices and subscriptions."),
        group="shop",
        icon="credit-card",
        secret=Secret.THEIRS,
        secret_words=_("The endpoint's signing secret. It begins with whsec_."),
        steps=(
            _("In Stripe's Workbench, open Webhooks and add a destination with the address {address}."),
            _(
                "Choose the events of charges, disputes, payment intents, invoices, customers, subscriptions and "
                "checkout sessions. Others do no harm."
            ),
            _("Copy the signing secret of the destination to here."),
        ),
        known=frozenset(
            {"account", "api_version", "context", "created", "data", "id", "livemode", "object", "pending_webhooks",
             "request", "type"}
        ),
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        body = wire.event_of(push)
        event_type = body.get("type")
        if not isinstance(event_type, str) or event_type not in WRITERS or _is_anonymous(body, source):
            return []
        return [wire.raw_event(body)]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        content = mapping(event.payload)
        thing = wire.object_of(dict(content))
        writer = WRITERS.get(str(content.get("type")))
        if writer is None or not thing:
            raise Unintelligible("It is no event of Stripe's that is understood here.")
        at = plausible(instant(content.get("created")), event.received_at)
        before = mapping(mapping(content.get("data")).get("previous_attributes"))
        return Draft(who(thing, at, source), writer(StripeEvent(event.key, at, str(content["type"]), thing, before)))


def _is_anonymous(body: dict[str, Any], source: SourceFacts) -> bool:
    thing = wire.object_of(body)
    return body["type"] in ANONYMOUS and bool(thing) and not names_somebody(who, thing, source)
