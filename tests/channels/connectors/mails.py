"""Mails as bytes, and what the connector makes of them without a server or a database."""

from datetime import UTC, datetime
from email.message import EmailMessage

from apps.channels.connectors.imap.normalise import normalise
from apps.channels.connectors.imap.pull import customers_events
from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import SourceFacts, StoredEvent
from apps.channels.toolkit.mail.message import MailCopy, event_of
from apps.interactions.drafts import Draft

ARRIVED = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SETTINGS = {"user": "help@shop.example", "own": "shop.example", "authority": "mx.shop.example"}
FACTS = SourceFacts(pk=1, slug="mail", kind="imap", settings=SETTINGS)


def mail(text: str | None = "Where is my order?", **headers: str) -> EmailMessage:
    """From a customer to us, unless headers say otherwise (`reply_to` is Reply-To; empty ones are left out)."""
    given = {
        "from": "Anna <anna@customer.example>",
        "to": "help@shop.example",
        "subject": "My order",
        "date": "Mon, 02 Mar 2026 11:00:00 +0000",
        "message_id": "<q1@customer.example>",
        **headers,
    }
    message = EmailMessage()
    for name, value in given.items():
        if value:
            message[name.replace("_", "-")] = value
    if text is not None:
        message.set_content(text)
    return message


def raw(*lines: str | bytes) -> bytes:
    """A mail written by hand, line by line."""
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)


def payload(message: EmailMessage | bytes, **copy: object) -> dict:
    """What the envelope of a mail holds."""
    plain = message if isinstance(message, bytes) else message.as_bytes()
    event = event_of(MailCopy(raw=plain, **{"arrived": ARRIVED, **copy}))
    return {**event.content, **event.meta}


def draft(message: EmailMessage | bytes, *, settings: dict | None = None, **copy: object) -> Draft:
    """What becomes of a mail: with whose it is worked out when it is read, as a mailbox's reader does."""
    plain = message if isinstance(message, bytes) else message.as_bytes()
    found = MailCopy(raw=plain, **{"arrived": ARRIVED, **copy})
    event = next(iter(customers_events([found], Account.of(settings or SETTINGS).own)), None) or event_of(found)
    facts = FACTS.with_secrets(settings=settings or SETTINGS, secrets=())
    return normalise(StoredEvent(event.key, RECEIVED, {**event.content, **event.meta}), facts)
