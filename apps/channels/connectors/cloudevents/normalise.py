"""A CloudEvent without a mapping as a draft: its type as a title, and what its data calls by usual names."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from apps.channels.connectors.cloudevents import fields
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, emails, handles, person, phones
from apps.channels.toolkit.tracking.titles import BETWEEN_WORDS, story_of
from apps.customers.drafts import Claim
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event, mapping, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

TOP_LEVEL = {
    "com",
    "org",
    "net",
    "io",
    "co",
    "eu",
    "de",
    "fr",
    "uk",
    "us",
    "app",
    "dev",
    "cloud",
    "example",
    "internal",
}
BETWEEN = re.compile(BETWEEN_WORDS.pattern + r"|(?<=[A-Z])(?=[A-Z][a-z])")  # ATMWithdrawal
VERSION = re.compile(r"v?\d+([._]\d+)*")
# Where something happened, by a word of its type; the first that fits.
WHERE = {
    Channel.ORDER: {"order", "cart", "checkout", "shipment", "delivery", "return", "basket"},
    Channel.PAYMENT: {"payment", "invoice", "charge", "refund", "transfer", "payout", "subscription"},
    Channel.VOICE: {"call", "voice", "phone", "voicemail"},
    Channel.SMS: {"sms"},
    Channel.EMAIL: {"email", "mail"},
    Channel.CHAT: {"chat", "conversation", "message", "ticket", "case"},
    Channel.SURVEY: {"survey", "feedback", "review", "nps", "csat"},
    Channel.ATM: {"atm", "withdrawal"},
    Channel.STORE: {"store", "pos", "branch", "till", "appointment"},
    Channel.SOCIAL: {"social", "post", "mention", "comment"},
    Channel.CAMPAIGN: {"campaign", "newsletter"},
    Channel.APP: {"app", "device", "mobile"},
}
OURS = {"shipped", "dispatched", "delivered", "refunded", "notified", "reminded"}  # what we did, not the customer


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible where the data names nobody, or the time cannot be read."""
    content = event.payload
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        raise Unintelligible("It is no CloudEvent: it has no type.")
    at = happened(instant(content.get("time"), source.timezone), content.get("time"), event.received_at, "time")
    data = mapping(content.get("data"))
    return Draft(_claim(data, at, source), _touch(event.key, content, data, at, source))


def _claim(data: Event, at: datetime, source: SourceFacts) -> Claim:
    held = fields.people(data)
    sure = emails(*(fields.first(person_data, fields.EMAILS) for person_data in held))
    sure += phones(
        *(fields.first(person_data, fields.PHONES) for person_data in held), region=_country(held) or source.region
    )
    sure += handles(IdentifierType.LOYALTY, (fields.first(person_data, fields.LOYALTY) for person_data in held))
    return claim(
        source,
        at,
        own=next((own for own in fields.own_ids(held) if own is not None), None),
        sure=sure,
        traits=_traits(held),
    )


def _country(held: list[dict[str, Any]]) -> str:
    said = (words(fields.first(person_data, ("country", "countrycode")), 3).upper() for person_data in held)
    return next((code for code in said if len(code) == 2 and code.isascii() and code.isalpha()), "")


def _traits(held: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the first that has a name: the person inside the data, or the data where it is somebody's."""
    traits: dict[str, Any] = {}
    for person_data in reversed(held):  # what is said in the person's own object counts least only where both say it
        is_somebody = (
            person_data is not held[0] or fields.first(person_data, (*fields.EMAILS, *fields.PHONES)) is not None
        )
        traits |= person(
            name=fields.first(person_data, (*fields.NAMES, *(("name",) if is_somebody else ()))),
            first=fields.first(person_data, ("firstname", "givenname")),
            last=fields.first(person_data, ("lastname", "surname", "familyname")),
            city=person_data.get("city") if is_somebody else "",
            country=_country([person_data]),
            language=fields.first(person_data, ("language", "locale")),
        )
    return traits


def _touch(key: str, content: Event, data: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    name, top = type_in_words(content["type"]), fields.by_name(data)
    currency = str(source.settings.get("currency") or "")
    own_name = {"name"} if fields.first(top, (*fields.EMAILS, *fields.PHONES)) else set()  # not what it is about
    story = story_of(name, {field: value for field, value in data.items() if field not in own_name}, currency)
    amount, unit = fields.amount(top, currency)
    if story.amount is not None and story.currency:
        amount, unit = story.amount, story.currency
    reference, thread = fields.reference(top)
    subject = words(content.get("subject"), 80)
    title = story.title if story.kind != "event" else fields.said(top, fields.TITLES) or story.title
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=story.channel or source.settings.get("channel") or _channel(name),
        kind=story.kind if story.kind != "event" else "_".join(name.lower().split())[:30] or "event",
        direction=_direction(name, top, story.direction),
        title=title,
        body=story.body or prose(fields.first(top, fields.BODIES), 5000),
        verbatim=story.verbatim or prose(fields.first(top, fields.VERBATIM), 5000),
        sentiment=story.sentiment,
        amount=amount,
        currency=unit,
        touchpoint=fields.said(top, fields.PLACES, 80) or _sender(content),
        reference=story.reference or reference or subject,
        thread=story.thread or thread or (f"subject:{subject}" if subject else ""),
        link=web_address(fields.first(top, fields.LINKS)),
        payload={"type": content["type"], "source": content.get("source"), "data": content.get("data")},
    )


def type_in_words(kind: str) -> str:
    """`com.example.shop.order.created.v1` is "order created", `com.example.OrderPlaced` is "Order Placed"."""
    parts = [part for part in re.split(r"[./:#]+", kind.strip()) if part and not VERSION.fullmatch(part.lower())]
    if len(parts) > 2 and parts[0].lower() in TOP_LEVEL:
        parts = parts[2:]
    last = [word for word in BETWEEN.split(parts[-1]) if word] if parts else []
    if len(last) > 1:
        return " ".join(last)[:80]
    return " ".join(word for part in parts[-2:] for word in BETWEEN.split(part) if word)[:80] or "event"


def _channel(name: str) -> str:
    said = {word.lower().rstrip("s") for word in name.split()}
    return next((channel for channel, about in WHERE.items() if said & about), Channel.WEB)


def _direction(name: str, top: Event, otherwise: str) -> str:
    said = words(top.get("direction"), 20).lower()
    if said in set(Direction.values):
        return said
    return Direction.OUTBOUND if OURS & set(name.lower().split()) else otherwise


def _sender(content: Event) -> str:
    """The last word of the source attribute: `shop` of `https://example.com/services/shop`."""
    said = words(content.get("source"), 300)
    try:
        path = urlsplit(said).path
    except ValueError:
        path = said
    return path.strip("/").rpartition("/")[2][:80]
