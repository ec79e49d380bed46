"""One event of Mautic's as a draft. Its campaign e-mails count as contacts, and an unsubscription as a withdrawal."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.channels.connectors.mautic.wire import CONTACT, HIT, OPENED, SENT, SUBSCRIPTION, contact_of, hash_of
from apps.channels.contract import Nameless, SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.channels.toolkit.tracking.story import viewed
from apps.customers.drafts import Claim
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, dig, mapping, web_address, words
from apps.interactions.drafts import ConsentLine, ConsentStatus, ContactChannel, Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

ORIGIN = "Mautic"
CHANNELS = {"email": ContactChannel.EMAIL, "sms": ContactChannel.SMS}
REFUSALS = {"unsubscribed", "manual"}  # by the contact; by a marketer for them. "contactable" does not say who asked
GROUPS = ("core", "social", "personal", "professional")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for an event that names nobody, or of a kind that is not known."""
    content = mapping(event.payload)
    kind = content.get("event")
    at = plausible(_when(content), event.received_at)
    seen = who(content, at, source)
    if kind == SENT:
        return Draft(seen, _sent(event.key, content, at, source))
    if kind == OPENED:
        return Draft(seen, _opened(event.key, content, at))
    if kind == HIT:
        return Draft(seen, _hit(event.key, mapping(content.get("hit")), at))
    if kind == SUBSCRIPTION:
        return _subscription(event.key, seen, content, at)
    if kind in CONTACT:
        return Draft(seen)
    raise Unintelligible("It is no event of Mautic's that is known.")


def _when(content: Event) -> datetime | None:
    """When it happened; `timestamp` is when Mautic put it into its queue, at most seconds later."""
    happened = dig(content, "hit", "dateHit") or dig(content, "stat", "dateRead") or dig(content, "stat", "lastOpened")
    return instant(happened) or instant(content.get("timestamp"))


def who(content: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """The contact, by Mautic's id and by the address that it tells contacts apart by and writes to: whoever
    unsubscribes there must be the one who is not written to here. Numbers are what somebody typed into a form.

    Raises Nameless for a visitor who is known by neither.
    """
    contact = contact_of(content)
    address = value_of(contact, "email") or dig(content, "stat", "emailAddress")
    sure = emails(address)
    unsure = phones(value_of(contact, "mobile"), value_of(contact, "phone"), region=source.region)
    if not sure and not unsure:
        raise Nameless("It names nobody: no e-mail address or phone number.")
    return claim(source, seen_at, own=contact.get("id"), sure=sure, unsure=unsure, traits=_traits(contact))


def value_of(contact: Event, alias: str) -> Any:
    """A field of a contact: in its group, among all of them, or beside the id; Mautic has each of these shapes."""
    fields = mapping(contact.get("fields"))
    found = (dig(fields, group, alias, "value") for group in GROUPS)
    return next((value for value in found if value not in (None, "")), dig(fields, "all", alias) or contact.get(alias))


def _traits(contact: Event) -> dict[str, Any]:
    return person(
        first=value_of(contact, "firstname"),
        last=value_of(contact, "lastname"),
        city=value_of(contact, "city"),
        country=value_of(contact, "country"),
        language=value_of(contact, "preferred_locale"),
    )


def _sent(key: str, content: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    mail = mapping(content.get("email"))
    subject = words(content.get("subject") or mail.get("subject") or mail.get("name"), 120)
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.CAMPAIGN,
        kind="email_sent",
        direction=Direction.OUTBOUND,
        title=_("Campaign e-mail sent: %(subject)s") % {"subject": subject} if subject else _("Campaign e-mail sent"),
        thread=_our_key(content, mail, source) or _thread(content),
        payload=_about(mail),
    )


def _our_key(content: Event, mail: Event, source: SourceFacts) -> str:
    """The key of the delivery that the e-mail fulfils, where it is one of those that answer moments: one contact then,
    not two."""
    alias, chosen = source.settings.get("key_field"), str(source.settings.get("for_moments") or "")
    if not alias or words(mail.get("id"), 20) not in [email.strip() for email in chosen.split(",")]:
        return ""
    key = words(value_of(contact_of(content), str(alias)), 110)
    return key if key.startswith("moment:") else ""


def _thread(content: Event) -> str:
    mail = hash_of(content)
    return f"mautic:{mail}" if mail else ""


def _about(mail: Event) -> dict[str, Any]:
    said = {"email_id": mail.get("id"), "email": words(mail.get("name"), 120)}
    return {name: value for name, value in said.items() if value}


def _opened(key: str, content: Event, at: datetime) -> InteractionDraft:
    """Once, however often it is opened."""
    mail = mapping(dig(content, "stat", "email") or content.get("email"))
    subject, known = words(mail.get("subject") or mail.get("name"), 120), hash_of(content)
    said = _("Opened a campaign e-mail: %(subject)s") % {"subject": subject}
    return InteractionDraft(
        external_id=f"opened:{known}" if known else key,
        occurred_at=at,
        channel=Channel.CAMPAIGN,
        kind="email_opened",
        title=said if subject else _("Opened a campaign e-mail"),
        thread=_thread(content),
        payload=_about(mail),
    )


def _hit(key: str, hit: Event, at: datetime) -> InteractionDraft:
    """A page that was looked at, or the way to it from an e-mail."""
    url = web_address(hit.get("url"))
    title = words(dig(hit, "page", "title") or hit.get("urlTitle")) or url or _("a page")
    if hit.get("source") != "email":
        return viewed(key, at, title=title, url=url, channel=Channel.WEB, touchpoint=urlsplit(url).netloc)
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.CAMPAIGN,
        kind="email_clicked",
        title=_("Followed a link in a campaign e-mail: %(page)s") % {"page": title},
        link=url,
        payload={"email_id": hit.get("sourceId")},
    )


def _subscription(key: str, seen: Claim, content: Event, at: datetime) -> Draft:
    """Who unsubscribed has withdrawn what they permitted; an address that mail bounces from is told, no more."""
    channel, status = CHANNELS.get(str(content.get("channel"))), str(content.get("new_status"))
    if channel is None:
        return Draft(seen)
    if status in REFUSALS:
        said = _("Unsubscribed from campaign e-mails") if channel == "email" else _("Unsubscribed from campaign SMS")
        touch = _said(key, at, "unsubscribed", said, Direction.INBOUND)
        return Draft(seen, touch, (ConsentLine(channel, ConsentStatus.WITHDRAWN, ORIGIN),))
    if status != "bounced":
        return Draft(seen)
    if channel == "email":
        said, kind = _("Campaign e-mail could not be delivered"), "email_bounced"
    else:
        said, kind = _("Campaign SMS could not be delivered"), "message_failed"
    return Draft(seen, _said(key, at, kind, said, Direction.OUTBOUND))


def _said(key: str, at: datetime, kind: str, title: str, direction: str) -> InteractionDraft:
    return InteractionDraft(
        external_id=key, occurred_at=at, channel=Channel.CAMPAIGN, kind=kind, title=title, direction=direction
    )
