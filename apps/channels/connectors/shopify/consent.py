"""Marketing consent, from the two topics that are sent when it changes, and from nothing else: customer records repeat
it with every change of anything, and each repetition would look like something the person has said again."""

from datetime import datetime

from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event, mapping
from apps.interactions.drafts import ConsentLine, ConsentStatus, ContactChannel

ORIGIN = "Shopify"
TOPICS = {
    "customers_email_marketing_consent/update": ("email_marketing_consent", ContactChannel.EMAIL),
    "customers_marketing_consent/update": ("sms_marketing_consent", ContactChannel.SMS),
    "customers/email_marketing_consent_update": ("email_marketing_consent", ContactChannel.EMAIL),
    "customers/marketing_consent_update": ("sms_marketing_consent", ContactChannel.SMS),
}
# Pending is not confirmed yet; not_subscribed is what nobody has said anything about.
STATES = {"subscribed": ConsentStatus.GRANTED, "unsubscribed": ConsentStatus.WITHDRAWN}


def said_at(topic: str, body: Event) -> datetime | None:
    """When the person said it."""
    field, _channel = TOPICS[topic]
    return instant(mapping(body.get(field)).get("consent_updated_at"))


def line(topic: str, body: Event) -> tuple[ConsentLine, ...]:
    field, channel = TOPICS[topic]
    status = STATES.get(str(mapping(body.get(field)).get("state")).lower())
    if status is None or said_at(topic, body) is None:
        return ()
    return (ConsentLine(channel, status, ORIGIN),)
