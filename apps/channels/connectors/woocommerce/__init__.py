"""Orders and customers of a WooCommerce shop.

Formats: "Webhooks", "Order properties" and "Customer properties" of the WooCommerce REST API documentation (version 3).
docs/connectors/woocommerce.md tells what becomes of each topic.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.woocommerce import orders, people, wire
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import Who, names_somebody
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import mapping
from apps.interactions.drafts import Draft

TOPICS: Mapping[str, Who] = {
    "order.created": people.buyer,
    "order.updated": people.buyer,
    "order.restored": people.buyer,
    "customer.created": people.customer,
    "customer.updated": people.customer,
}


class WooCommerce(Pushed):
    """`PushConnector` for webhooks of the REST API's third version."""

    about = About(
        name=_("WooCommerce"),
        summary=_("Orders with every status they come to, and customers, from a WordPress shop."),
        group="shop",
        icon="shopping-bag",
        secret=Secret.OURS,
        signed=True,
        secret_words=_("What goes into the field “Secret” of each webhook."),
        steps=(
            _("In WordPress, open WooCommerce, Settings, Advanced, Webhooks."),
            _(
                "Add four webhooks, for Order created, Order updated, Customer created and Customer updated. Each one "
                "is active, delivers to {address}, and has the version WP REST API Integration v3."
            ),
            _("Put the secret that is shown when the source is made into each of them."),
        ),
        known=frozenset({"body", "delivery", "shop", "topic", "webhook_id"}),
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        if wire.is_ping(push):
            return []
        who, event = TOPICS.get(wire.topic_of(push)), wire.raw_event(push)
        if who is None:
            return []
        body = event.content["body"]
        return [event] if names_somebody(who, body, source) else []

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        content = mapping(event.payload)
        topic, body = str(content.get("topic")), mapping(content.get("body"))
        who = TOPICS.get(topic)
        if who is None or not body:
            raise Unintelligible("It is no topic of WooCommerce's that is understood here.")
        changed = body.get("date_modified_gmt") or body.get("date_created_gmt")
        claim = who(body, plausible(instant(changed), event.received_at), source)
        if topic.startswith("customer."):
            return Draft(claim)
        return Draft.of(claim, orders.touches_of(topic, body, str(content.get("shop") or ""), event.received_at))
