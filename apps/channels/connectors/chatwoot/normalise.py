"""One event of Chatwoot's as a draft."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.calls import lines
from apps.channels.toolkit.mail.quotations import new_words
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.customers.drafts import Claim
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, dig, mapping, mappings, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction, Sentiment

# What Chatwoot calls a channel: what we call it, and how people do.
CHANNELS = {
    "WebWidget": (Channel.CHAT, _t("Chat")), "Api": (Channel.CHAT, _t("Chat")), "Email": (Channel.EMAIL, _t("E-mail")),
    "Whatsapp": (Channel.CHAT, "WhatsApp"), "TwilioSms": (Channel.SMS, _t("SMS")), "Sms": (Channel.SMS, _t("SMS")),
    "FacebookPage": (Channel.SOCIAL, "Messenger"), "Instagram": (Channel.SOCIAL, "Instagram"),
    "Telegram": (Channel.CHAT, "Telegram"), "Line": (Channel.CHAT, "LINE"), "TwitterProfile": (Channel.SOCIAL, "X"),
    "Tiktok": (Channel.SOCIAL, "TikTok"),
}  # fmt: skip
TELEPHONES = frozenset({"Whatsapp", "TwilioSms", "Sms"})  # channels that know the number, rather than being told
BOTS = frozenset({"agent_bot", "captain_assistant", "captain/assistant"})
EVENTS = frozenset({"message", "rating", "conversation", "status", "contact"})


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is neither said nor changed."""
    body = mapping(event.payload)
    kind = words(body.get("event"), 20)
    if kind not in EVENTS:
        raise Unintelligible("It is no message, rating, conversation or contact.")
    at = plausible(instant(body.get("at")), event.received_at)
    claimed = _claim(body, at, source)
    if kind == "message":
        return Draft(claimed, _message(event.key, body, at, source))
    if kind == "rating":
        return Draft(claimed, _rating(event.key, body, at, source))
    title = _status(words(body.get("status"), 20)) if kind == "status" else ""
    return Draft(claimed, _changed(event.key, body, at, source, title) if title else None)


def _claim(body: Event, at: datetime, source: SourceFacts) -> Claim:
    """Addresses were typed in or came in a From line, unless the site signed the visitor or the channel knows them."""
    known = mapping(body.get("contact"))
    mails, numbers = emails(known.get("email")), phones(known.get("phone_number"), region=source.region)
    trusted = body.get("verified") is True
    dialled = _channel(body) in TELEPHONES
    return claim(
        source,
        at,
        own=known.get("id"),
        sure=(*(mails if trusted else ()), *(numbers if trusted or dialled else ())),
        unsure=(*mails, *numbers),
        traits=person(name=known.get("name"), identifier=words(known.get("identifier"), 200)),
    )


def _channel(body: Event) -> str:
    return words(body.get("channel"), 60).rpartition("::")[2]


def _message(key: str, body: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    said = mapping(body.get("message"))
    theirs, private = said.get("type") == "incoming", said.get("private") is True
    bot = words(dig(said, "sender", "type"), 30).lower() in BOTS
    text = prose(said.get("text"))
    if theirs and _channel(body) == "Email":
        text = new_words(text)
    enclosed = [
        (
            _("Attachment"),
            ", ".join(filter(None, (words(attachment.get("type"), 40), words(attachment.get("name"), 100)))),
        )
        for attachment in mappings(said.get("attachments"))[:15]
    ]
    besides = lines(enclosed)
    return InteractionDraft(
        **_common(key, body, at, source),
        kind="note" if private else "bot_message" if bot else "message",
        direction=Direction.INTERNAL if private else Direction.INBOUND if theirs else Direction.OUTBOUND,
        title=_title(said, body, bot=bot),
        verbatim=text if theirs and not private else "",
        body=besides if theirs and not private else "\n".join(filter(None, (text, besides))),
        staff_name="" if theirs else words(dig(said, "sender", "name"), 120),
    )


def _title(said: Event, body: Event, *, bot: bool) -> str:
    network = str(CHANNELS.get(_channel(body), CHANNELS["Api"])[1])
    if said.get("private") is True:
        return _("Note in conversation %(number)s") % {"number": words(body.get("conversation_id"), 20)}
    if said.get("type") == "incoming":
        return _("%(network)s: message from customer") % {"network": network}
    if said.get("type") == "template":
        return _("%(network)s: automatic message to customer") % {"network": network}
    title = _("%(network)s: the bot answered") if bot else _("%(network)s: message to customer")
    return title % {"network": network}


def _rating(key: str, body: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    stars = body.get("stars")
    stars = stars if isinstance(stars, int) and 0 < stars < 6 else 0
    return InteractionDraft(
        **{**_common(key, body, at, source), "channel": Channel.SURVEY},
        kind="survey",
        title=_("CSAT: %(stars)d of 5") % {"stars": stars} if stars else _("Rated a conversation"),
        verbatim=prose(body.get("text")),
        sentiment=_sentiment(stars),
    )


def _sentiment(stars: int) -> str:
    if not stars:
        return ""
    return Sentiment.POSITIVE if stars > 3 else Sentiment.NEUTRAL if stars == 3 else Sentiment.NEGATIVE


def _changed(key: str, body: Event, at: datetime, source: SourceFacts, title: str) -> InteractionDraft:
    number = words(body.get("conversation_id"), 20)
    common = _common(key, body, at, source)
    return InteractionDraft(
        **common, kind="conversation", direction=Direction.INTERNAL, title=title % {"number": number}
    )


def _status(status: str) -> str:
    """Empty for states that say nothing to a person."""
    return {
        "resolved": _("Conversation %(number)s resolved"),
        "open": _("Conversation %(number)s opened again"),
    }.get(status, "")


def _common(key: str, body: Event, at: datetime, source: SourceFacts) -> dict[str, Any]:
    number = words(body.get("conversation_id"), 20)
    return {
        "external_id": key,
        "occurred_at": at,
        "channel": CHANNELS.get(_channel(body), CHANNELS["Api"])[0],
        "touchpoint": words(body.get("inbox"), 80),
        "reference": number,
        "thread": f"conversation:{number}",
        "link": _link(number, body, source),
        "payload": {"conversation": number, "channel": _channel(body)},
    }


def _link(number: str, body: Event, source: SourceFacts) -> str:
    base = web_address(source.settings.get("address")).rstrip("/")
    account = words(source.settings.get("account"), 20) or words(body.get("account"), 20)
    return f"{base}/app/accounts/{account}/conversations/{number}" if base and account and number else ""
