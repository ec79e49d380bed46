"""What Chatwoot posts, and what its API says of the same: shapes of version 4, signed as newer versions sign."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(
    settings={"address": "https://chat.example", "account": 3, "api_access_token": "a-token"}, secret="chatwoot-secret"
)
ELEVEN = 1772449200  # 2026-03-02 11:00 UTC
CONTACT = {
    "id": 70, "name": "Anna", "email": "anna@shop.example", "phone_number": "+447700900123", "identifier": "c-1",
    "type": "contact", "additional_attributes": {}, "thumbnail": "",
}  # fmt: skip
AGENT = {"id": 5, "name": "Desk", "email": "desk@shop.example", "type": "user"}
BOT = {"id": 2, "name": "Helper", "type": "agent_bot"}


def conversation(number: int = 42, channel: str = "Channel::WebWidget", **more: Any) -> dict[str, Any]:
    """As a webhook has it."""
    return {
        "id": number, "inbox_id": 9, "channel": channel, "status": "open", "can_reply": True, "labels": [],
        "meta": {"sender": CONTACT, "assignee": AGENT, "hmac_verified": False}, "messages": [], "custom_attributes": {},
        "created_at": ELEVEN, "timestamp": ELEVEN + 600, "last_activity_at": ELEVEN + 600, "unread_count": 0,
        "updated_at": ELEVEN + 600.25, **more,
    }  # fmt: skip


def created(
    number: int, content: str | None, kind: str = "incoming", *, minutes: int = 0, **more: Any
) -> dict[str, Any]:
    """A message as a webhook has it."""
    at = datetime.fromtimestamp(ELEVEN + 60 * minutes, UTC).strftime("%Y-%m-%dT%H:%M:%S.123Z")
    return {
        "event": "message_created", "id": number, "content": content, "created_at": at, "message_type": kind,
        "content_type": "text", "content_attributes": {}, "private": False, "source_id": None,
        "sender": CONTACT if kind == "incoming" else AGENT, "inbox": {"id": 9, "name": "Website"},
        "conversation": conversation(), "account": {"id": 3, "name": "Shop"}, **more,
    }  # fmt: skip


def asked(said: dict[str, Any]) -> dict[str, Any]:
    """The same message as the API has it: counted types, whole seconds, no event."""
    kinds = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
    at = int(datetime.fromisoformat(said["created_at"]).timestamp())
    kept = {
        name: said[name] for name in ("id", "content", "content_type", "content_attributes", "private", "source_id")
    }
    files = {"attachments": said["attachments"]} if "attachments" in said else {}
    place = {"conversation_id": said["conversation"]["id"], "inbox_id": 9, "status": "sent", "sender": said["sender"]}
    return {**kept, **files, **place, "message_type": kinds[said["message_type"]], "created_at": at}


def listed(told: dict[str, Any]) -> dict[str, Any]:
    """The same conversation as the API has it: the channel stands beside the contact."""
    rest = {name: value for name, value in told.items() if name != "channel"}
    return {**rest, "account_id": 3, "meta": {**told["meta"], "channel": told["channel"]}}


HELLO = created(1001, "Is it in stock?")
PICTURE = created(
    1002, None, minutes=1,
    attachments=[{"id": 1, "file_type": "image", "data_url": "https://chat.example/rails/blobs/secret/cup.jpg"}],
)  # fmt: skip
ANSWER = created(1003, "Yes, it is.", "outgoing", minutes=2)
NOTE = created(1004, "Sold out tomorrow", "outgoing", minutes=3, private=True)
HELPED = created(1005, "Anything else?", "outgoing", minutes=4, sender=BOT)
GREETED = created(1006, "We are closed", "template", minutes=5, sender=None)
ASKED = created(1007, "Please rate us", "template", minutes=8, content_type="input_csat", sender=None)
STARS = {"rating": 4, "feedback_message": "Quick"}
RATED = {
    **ASKED, "event": "message_updated", "content_attributes": {"submitted_values": {"csat_survey_response": STARS}}
}  # fmt: skip
NOTICE = created(1008, "Conversation was marked resolved", "activity", minutes=9, sender=None)
WHATSAPP = created(2001, "Hi", conversation=conversation(43, "Channel::Whatsapp"))
OPENED = {**conversation(), "event": "conversation_created"}
RESOLVED = {**conversation(status="resolved"), "event": "conversation_status_changed", "changed_attributes": []}
RENAMED = {**CONTACT, "event": "contact_updated", "name": "Anna B", "account": {"id": 3}, "changed_attributes": []}
TYPING = {"event": "conversation_typing_on", "conversation": conversation(), "user": CONTACT}
MESSAGES = (HELLO, PICTURE, ANSWER, NOTE, HELPED, GREETED, ASKED, NOTICE)
TOLD = (
    HELLO,
    PICTURE,
    ANSWER,
    NOTE,
    HELPED,
    GREETED,
    ASKED,
    RATED,
    NOTICE,
    WHATSAPP,
    OPENED,
    RESOLVED,
    RENAMED,
    TYPING,
)
DRAFTS = 10  # seven messages, one over WhatsApp, a rating and a resolution


def call(body: dict[str, Any], at: int | None = None) -> Call:
    raw, stamp = orjson.dumps(body), str(at or int(datetime.now(UTC).timestamp()))
    digest = hmac.new(SOURCE.secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return Call(raw, {"X-Chatwoot-Signature": f"sha256={digest}", "X-Chatwoot-Timestamp": stamp})


def calls(_address: str) -> list[Call]:
    unsigned = Call(orjson.dumps(HELLO), path=f"?key={SOURCE.secret}")
    return [*(call(body) for body in TOLD), unsigned]
