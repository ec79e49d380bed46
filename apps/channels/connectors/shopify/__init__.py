"""Orders, parcels, refunds, customers and marketing consent of a Shopify shop, online and at its tills.

Formats: "Webhooks" of Shopify's documentation (topics, delivery structure) and the REST resources they carry.
docs/connectors/shopify.md tells what becomes of each topic.
"""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.shopify import checkouts, consent, orders, parcels, people, wire
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import Who, names_somebody
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping
from apps.interactions.drafts import Draft, InteractionDraft

ORDERS = ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
TOPICS: Mapping[str, Who] = {
    **{f"orders/{what}": people.buyer for what in ORDERS},
    **{f"checkouts/{what}": people.buyer for what in ("create", "update")},
    "fulfillments/update": people.buyer,
    **{f"customers/{what}": people.customer for what in ("create", "update", "enable", "disable")},
    **dict.fromkeys(consent.TOPICS, people.subscriber),
}


class ShopifyForm(forms.Form):
    locations = forms.CharField(
        label=_("Names of the stores"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, such as “655441491 = Leeds”: the number ends the address of a location in Shopify."),
    )


class Shopify(Pushed):
    """`PushConnector` for webhooks in JSON."""

    about = About(
        name=_("Shopify"),
        summary=_("Orders, parcels, refunds, customers and marketing consent, from the shop and its tills."),
        group="shop",
        icon="shopping-bag",
        secret=Secret.THEIRS,
        secret_words=_("The secret your webhooks are signed with, shown below the list of webhooks."),
        steps=(
            _("In Shopify, open Settings, Notifications, Webhooks."),
            _(
                "Add webhooks in JSON to {address} for: order creation, update, payment, fulfilment and cancellation; "
                "fulfilment update; customer creation and update; checkout creation and update; and both "
                "marketing consent updates."
            ),
            _("Copy the signing secret below the list to here. Webhooks of an app are signed with its client secret."),
        ),
        settings_form=ShopifyForm,
        known=frozenset({"api", "body", "shop", "topic", "triggered_at", "webhook_id"}),
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        who = TOPICS.get(wire.topic_of(push))
        event = wire.raw_event(push)
        if who is None or wire.is_test(push):
            return []
        body = event.content["body"]
        is_news = wire.topic_of(push) != "fulfillments/update" or parcels.is_news(body)
        return [event] if is_news and names_somebody(who, body, source) else []

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        content = mapping(event.payload)
        topic, body = str(content.get("topic")), mapping(content.get("body"))
        who = TOPICS.get(topic)
        if who is None or not body:
            raise Unintelligible("It is no topic of Shopify's that is understood here.")
        if topic in consent.TOPICS:
            at = plausible(consent.said_at(topic, body), event.received_at)
            return Draft(who(body, at, source), consents=consent.line(topic, body))
        at = plausible(instant(body.get("updated_at") or body.get("created_at")), event.received_at)
        touches = _touches(topic, body, str(content.get("shop") or ""), event, source)
        return Draft.of(who(body, at, source), [touch for touch in touches if touch])


def _touches(
    topic: str, body: Event, shop: str, event: StoredEvent, source: SourceFacts
) -> Sequence[InteractionDraft | None]:
    kind = topic.partition("/")[0]
    if kind == "orders":
        return orders.touches_of(topic, orders.Order(body, shop, event.received_at, source))
    if kind == "fulfillments":
        return [parcels.draft_of(body, shop, event.received_at)]
    return [checkouts.draft_of(body, shop, event.received_at)] if kind == "checkouts" else []
