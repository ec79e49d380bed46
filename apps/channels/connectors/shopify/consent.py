"""Marketing consent, from the two topics that are sent when it changes, and from nothing else: customer records repeat
it with every change of anything, and each repetition would look like something the person has said again."""

from datetime import datetime

from apps.channels.connectors.values import Event, mapping, moment
from apps.customers.models import Consent
from apps.interactions.drafts import ConsentLine

ORIGIN = "Shopify"
TOPICS = {
    "customers_email_marketing_consent/update": ("email_marketing_consent", Consent.Channel.EMAIL),
    "customers_marketing_consent/update": ("sms_marketing_consent", Consent.Channel.SMS),
    "customers/email_marketing_consent_update": ("email_marketing_consent", Consent.Channel.EMAIL),
    "customers/marketing_consent_update": ("sms_marketing_consent", Consent.Channel.SMS),
}
# Pending is not confirmed yet; not_subscribed is what nobody has said anything about.
STATES = {"subscribed": Consent.Status.GRANTED, "unsubscribed": Consent.Status.WITHDRAWN}


def said_at(topic: str, body: Event) -> datetime | None:
    """When the person said it."""
    field, _channel = TOPICS[topic]
    return moment(mapping(body.get(field)).get("consent_updated_at"))


def line(topic: str, body: Event) -> tuple[ConsentLine, ...]:
    field, channel = TOPICS[topic]
    status = STATES.get(str(mapping(body.get(field)).get("state")).lower())
    if status is None or said_at(topic, body) is None:
        return ()
    return (ConsentLine(channel, status, ORIGIN),)
