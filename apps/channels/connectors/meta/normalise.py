"""One event of Meta's as a draft."""

from typing import Any

from django.utils.translation import gettext as _

from apps.channels.connectors.meta import content
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import claim, handles, person, phones
from apps.customers.drafts import Handle
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

NAMES = {"messenger": "Messenger", "instagram": "Instagram", "whatsapp": "WhatsApp"}
KINDS = frozenset({"message", "postback", "reaction", "referral", "comment", "failure"})


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no message, reaction or comment of anybody's."""
    received = mapping(event.payload)
    platform, kind = words(received.get("platform")), words(received.get("kind"))
    if platform not in NAMES or kind not in KINDS:
        raise Unintelligible("It is no message, reaction or comment.")
    ids = received.get("scopedId")
    ours, theirs = (words(own_id, 140) for own_id in ids) if isinstance(ids, list) and len(ids) == 2 else ("", "")
    at = plausible(instant(words(received.get("at"), 20)), event.received_at)
    said = mapping(received.get("said"))
    held = (*phones(received.get("phone"), region=source.region), *_scoped(platform, ours, theirs))
    held = held or _scoped(platform, ours, words(received.get("phone"), 20))  # a number nobody can read is an id still
    named = received.get("name") or mapping(said.get("from")).get("name")
    claimed = claim(source, at, sure=held, traits={} if received.get("echo") is True else person(name=named))
    return Draft(claimed, _touch(event.key, {**received, "platform": platform, "kind": kind}, said, at, held[0].value))


def _scoped(platform: str, ours: str, theirs: str) -> tuple[Handle, ...]:
    """An id means the same person only below one page; WhatsApp's below one company."""
    scope = "whatsapp" if platform == "whatsapp" else f"{platform}:{ours}"[:40]
    return handles(IdentifierType.SOCIAL, [theirs], scope=scope)


def _touch(key: str, received: Event, said: Event, at: Any, whom: str) -> InteractionDraft:
    platform, kind = str(received["platform"]), str(received["kind"])
    echo = received.get("echo") is True
    text, besides = content.read(kind, said)
    ids = received.get("scopedId")
    ours = words(received.get("ours"), 40) or (words(ids[0], 40) if isinstance(ids, list) and ids else "")
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.CHAT if platform == "whatsapp" else Channel.SOCIAL,
        kind="message_failed" if kind == "failure" else kind,
        direction=Direction.OUTBOUND if echo else Direction.INBOUND,
        title=_title(kind, NAMES[platform], said, echo=echo),
        verbatim="" if echo else text,
        body="\n".join(filter(None, (text, besides))) if echo else besides,
        touchpoint=ours,
        thread=_thread(platform, kind, said, ours, whom),
        link=web_address(said.get("permalink_url") or said.get("permalink")),
        payload={"platform": platform, "kind": kind, "type": words(said.get("type"), 40)},
    )


def _thread(platform: str, kind: str, said: Event, ours: str, whom: str) -> str:
    if kind == "comment":
        post = words(said.get("post_id") or mapping(said.get("media")).get("id"), 80)
        return f"{platform}:post:{post}" if post else ""
    return f"{platform}:{ours}:{whom}"[:119]


def _title(kind: str, name: str, said: Event, *, echo: bool) -> str:
    kind = "reaction" if said.get("type") == "reaction" else "order" if said.get("type") == "order" else kind
    if kind == "reaction":
        return content.reaction(said, name)
    why, choice = content.reason(said), words(said.get("title"), 100)
    title = {
        "failure": _("%(network)s message could not be delivered") + (f": {why}".replace("%", "%%") if why else ""),
        "comment": _("Commented on %(network)s"),
        "postback": _("Chose “%(choice)s” on %(network)s"),
        "referral": _("Came to %(network)s through an advertisement or link"),
        "order": _("Sent an order on %(network)s"),
        "message": _("%(network)s message to customer") if echo else _("%(network)s message from customer"),
    }[kind]
    return title % {"network": name, "choice": choice}
