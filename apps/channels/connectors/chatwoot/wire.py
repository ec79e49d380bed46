"""Webhooks and the API tell the same messages in two spellings: here they become the same events.

`content` is what both say alike, so that an event that came one way is known when it comes the other; what they spell
differently, or what changes with time (names, states, texts that were edited), is in `meta`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from apps.channels.contract import Push, RawEvent, Refused
from apps.foundation.text.dates import instant
from apps.foundation.text.values import dig, mapping, mappings, prose, words

TYPES = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}  # the API counts, webhooks name
SPOKEN = frozenset({"incoming", "outgoing", "template"})
CONTACT = ("id", "name", "email", "phone_number", "identifier")
TOLD = frozenset({"resolved", "open", "pending", "snoozed"})


def split(push: Push) -> list[RawEvent]:
    """The event of a webhook; nothing for typing, widgets that were opened, and what is about nobody."""
    body = push.content
    if not isinstance(body, dict) or not words(body.get("event"), 60):
        raise Refused(400, "bad_body", "A webhook of Chatwoot's names its event.")
    kind = words(body["event"], 60)
    if kind in {"message_created", "message_updated"}:
        conversation = {**mapping(body.get("conversation")), "account_id": dig(body, "account", "id")}
        found = rating(body, conversation) if kind == "message_updated" else message(body, conversation)
    elif kind in {"contact_created", "contact_updated"}:
        found = contact(body)
    elif kind == "conversation_created":
        found = conversation_made(body)
    else:
        found = status(body) if kind == "conversation_status_changed" else None
    return [found] if found else []


def message(said: Mapping[str, Any], conversation: Mapping[str, Any]) -> RawEvent | None:
    """A message as either side tells it. None for notices of Chatwoot's own and for what was deleted."""
    own, place = _id(said.get("id")), _id(conversation.get("id"))
    kind = said.get("message_type")
    kind = TYPES.get(kind, "") if isinstance(kind, int) else words(kind, 20)
    if not own or not place or kind not in SPOKEN or dig(said, "content_attributes", "deleted") is True:
        return None
    person = _contact(said, conversation)
    if not person:
        return None
    content = {"event": "message", "message_id": own, "conversation_id": place, "at": stamp(said.get("created_at"))}
    message = {
        "type": kind,
        "private": said.get("private") is True,
        "text": prose(said.get("content")),
        "sender": {name: dig(said, "sender", name) for name in ("id", "name", "type")},
        "attachments": [
            {
                "type": words(attachment.get("file_type"), 40),
                "name": words(attachment.get("data_url"), 500).rpartition("/")[2][:100],
            }
            for attachment in mappings(said.get("attachments"))[:15]
        ],
    }
    return RawEvent(f"message:{own}", content, {"message": message, **_about(said, conversation, person)})


def rating(said: Mapping[str, Any], conversation: Mapping[str, Any]) -> RawEvent | None:
    """The answer to a satisfaction survey, which Chatwoot writes into the message that asked. The comment comes later
    than the stars: each is an event."""
    own, place = _id(said.get("id")), _id(conversation.get("id"))
    answer = mapping(dig(said, "content_attributes", "submitted_values", "csat_survey_response"))
    stars, person = answer.get("rating"), _contact(said, conversation)
    if not own or not place or not person or not isinstance(stars, int) or isinstance(stars, bool) or not 0 < stars < 6:
        return None
    text = prose(answer.get("feedback_message"), 5000)
    content = {"event": "rating", "message_id": own, "conversation_id": place, "stars": stars}
    key = f"rating:{own}:{'commented' if text else 'rated'}"
    at = stamp(said.get("updated_at")) or stamp(said.get("created_at"))
    return RawEvent(key, content, {"at": at, "text": text, **_about(said, conversation, person)})


def conversation_made(said: Mapping[str, Any]) -> RawEvent | None:
    place, person = _id(said.get("id")), _contact({}, said)
    if not place or not person:
        return None
    content = {"event": "conversation", "conversation_id": place, "at": stamp(said.get("created_at"))}
    return RawEvent(f"conversation:{place}:created", content, _about({}, said, person))


def status(said: Mapping[str, Any]) -> RawEvent | None:
    place, person, state = _id(said.get("id")), _contact({}, said), words(said.get("status"), 20)
    at = stamp(said.get("updated_at")) or stamp(said.get("timestamp"))
    if not place or not person or state not in TOLD:
        return None
    content = {"event": "status", "conversation_id": place, "status": state, "at": at}
    return RawEvent(f"conversation:{place}:{state}:{at}", content, _about({}, said, person))


def contact(said: Mapping[str, Any]) -> RawEvent | None:
    own = _id(said.get("id"))
    kept = {name: words(said.get(name), 200) for name in CONTACT if name != "id"}
    digest = hashlib.blake2b(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
    return RawEvent(f"contact:{own}:{digest}", {"event": "contact", "contact": {"id": own, **kept}}) if own else None


def stamp(value: Any) -> int:
    """Whole seconds since 1970: webhooks have milliseconds, the API has none. 0 for what is no time."""
    read = instant(value)
    return int(read.timestamp()) if read else 0


def _about(said: Mapping[str, Any], conversation: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    """Where it was said, and to whom. The API names the channel beside the contact, webhooks beside the id."""
    return {
        "contact": {name: person[name] for name in CONTACT if name in person},
        "channel": words(conversation.get("channel") or dig(conversation, "meta", "channel"), 60),
        "inbox": words(dig(said, "inbox", "name"), 80),
        "verified": dig(conversation, "meta", "hmac_verified") is True,
        "account": _id(conversation.get("account_id")),
    }


def _contact(said: Mapping[str, Any], conversation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The customer of a conversation, whoever wrote in it."""
    held, sender = mapping(dig(conversation, "meta", "sender")), mapping(said.get("sender"))
    if _id(held.get("id")):
        return held
    return sender if words(sender.get("type"), 20) == "contact" and _id(sender.get("id")) else {}


def _id(value: Any) -> str:
    text = words(value, 20)
    return text if text.isascii() and text.isdigit() else ""
