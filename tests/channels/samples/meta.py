"""What Meta posts for Messenger, Instagram and WhatsApp: shapes of its documentation, signed as it signs."""

import hashlib
import hmac
from typing import Any

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"verify_token": "words-of-our-own"}, secret="meta-app-secret")
PAGE, GRAM, LINE, ACCOUNT = "page-100", "gram-200", "line-300", "waba-400"
PERSON, FOLLOWER = "psid-111", "igsid-222"
PHONE, BSUID = "447700900123", "GB.person77"
AT = 1772449200  # 2026-03-02 11:00 UTC


def messaging(said: dict[str, Any], *, sender: str = PERSON, recipient: str = PAGE, minutes: int = 0) -> dict[str, Any]:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": (AT + 60 * minutes) * 1000, **said}


def page(*said: dict[str, Any], platform: str = "page", own: str = PAGE) -> dict[str, Any]:
    return {"object": platform, "entry": [{"id": own, "time": AT * 1000, "messaging": list(said)}]}


def changed(field: str, value: dict[str, Any], platform: str = "page", own: str = PAGE) -> dict[str, Any]:
    return {"object": platform, "entry": [{"id": own, "time": AT, "changes": [{"field": field, "value": value}]}]}


def whatsapp(field: str = "messages", **value: Any) -> dict[str, Any]:
    about = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550009999", "phone_number_id": LINE},
    }
    return changed(field, {**about, **value}, "whatsapp_business_account", ACCOUNT)


def message(own: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"from": PHONE, "id": f"wamid.{own}", "timestamp": str(AT), "type": kind, **more}


CONTACT = {"profile": {"name": "Anna"}, "wa_id": PHONE, "user_id": BSUID}
BATCH = page(
    messaging({"message": {"mid": "m_1", "text": "Is it in stock?"}}),
    messaging({"message": {"mid": "m_2", "attachments": [{"type": "image", "payload": {"url": "https://x.example"}}]}}),
    messaging({"message": {"mid": "m_3", "is_echo": True, "text": "Yes"}}, sender=PAGE, recipient=PERSON, minutes=2),
    messaging({"reaction": {"mid": "m_3", "action": "react", "emoji": "\u2764", "reaction": "love"}}, minutes=3),
    messaging({"postback": {"mid": "m_4", "title": "Track my order", "payload": "TRACK"}}, minutes=4),
    messaging({"delivery": {"mids": ["m_3"], "watermark": AT * 1000}}),
    messaging({"read": {"watermark": AT * 1000}}),
)
DIRECT = page(
    messaging({"message": {"mid": "ig_1", "text": "Love it", "attachments": [{"type": "story_mention"}]}},
              sender=FOLLOWER, recipient=GRAM),
    platform="instagram", own=GRAM,
)  # fmt: skip
COMMENT = changed(
    "comments",
    {"id": "c_1", "text": "Which size?", "from": {"id": FOLLOWER, "username": "anna.shop"}, "media": {"id": "media-9"}},
    "instagram", GRAM,
)  # fmt: skip
FEED = changed(
    "feed",
    {
        "item": "comment", "verb": "add", "comment_id": "c_2", "post_id": "post-8", "message": "Too late",
        "from": {"id": PERSON, "name": "Anna"}, "created_time": AT, "permalink_url": "https://social.example/p/8?t=secret",
    },
)  # fmt: skip
LIKE = changed("feed", {"item": "reaction", "verb": "add", "from": {"id": PERSON}, "post_id": "post-8"})
RECEIVED = whatsapp(contacts=[CONTACT], messages=[message("1", text={"body": "Where is my parcel?"})])
NUMBERLESS = whatsapp(
    contacts=[{"profile": {"name": "Ben", "username": "ben"}, "user_id": "DE.person88"}],
    messages=[{"from_user_id": "DE.person88", "id": "wamid.2", "timestamp": str(AT), "type": "image",
               "image": {"caption": "This one", "mime_type": "image/jpeg", "id": "7"}}],
)  # fmt: skip
UNDELIVERED = whatsapp(
    statuses=[
        {"id": "wamid.3", "status": "failed", "timestamp": str(AT + 60), "recipient_id": PHONE,
         "errors": [{"code": 131026, "title": "Undeliverable", "error_data": {"details": "Not on WhatsApp."}}]},
        {"id": "wamid.4", "status": "read", "timestamp": str(AT), "recipient_id": PHONE},
    ]
)  # fmt: skip
ECHO = whatsapp("smb_message_echoes", message_echoes=[{**message("5", text={"body": "On its way"}), "to": PHONE}])
SYSTEM = whatsapp(messages=[message("6", "system", system={"type": "user_changed_number", "body": "changed"})])
DRAFTS = 12


def call(body: dict[str, Any]) -> Call:
    raw = orjson.dumps(body)
    signature = hmac.new(SOURCE.secret.encode(), raw, hashlib.sha256).hexdigest()
    return Call(raw, {"X-Hub-Signature-256": f"sha256={signature}"})


def calls(_address: str) -> list[Call]:
    told = (BATCH, DIRECT, COMMENT, FEED, RECEIVED, NUMBERLESS, UNDELIVERED, ECHO, LIKE, SYSTEM)
    return [call(body) for body in told]
