"""Taking a webhook of Meta's apart: entries, and in them messages, comments and changes, one event each.

Ids of people are 15 to 20 digits long and look like card numbers now and then. They stand under `scopedId`, which is
an id by declaration (`masking.EXEMPT`), telephone numbers under `phone`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.channels.contract import Push, RawEvent, Refused
from apps.foundation.text.values import dig, mapping, mappings, words

PLATFORMS = {"page": "messenger", "instagram": "instagram", "whatsapp_business_account": "whatsapp"}
SPOKEN = ("message", "postback", "reaction", "referral")  # what a person did; deliveries and readings are not told
COMMENTS = frozenset({"comments", "live_comments", "mentions"})
UNTOLD = frozenset({"system", "unsupported", "unknown", "request_welcome", "ephemeral"})  # of WhatsApp's types
MOST = 1000  # events of one request; Meta sends up to this many


def split(push: Push) -> list[RawEvent]:
    """Raises Refused for what is no webhook of a platform we know."""
    body = mapping(push.content)
    platform = PLATFORMS.get(words(body.get("object")))
    if platform is None or not isinstance(body.get("entry"), list):
        raise Refused(400, "bad_body", "This is no webhook of Messenger, Instagram or WhatsApp.")
    events = [event for entry in mappings(body["entry"]) for event in _entry(platform, entry)]
    if len(events) > MOST:
        raise Refused(413, "too_many", f"A request may have {MOST} events.")
    return events


def _entry(platform: str, entry: Mapping[str, Any]) -> Iterator[RawEvent]:
    page = words(entry.get("id"), 30)
    for said in (*mappings(entry.get("messaging")), *mappings(entry.get("standby"))):
        yield from _messaging(platform, page, said)
    for change in mappings(entry.get("changes")):
        field, value = words(change.get("field"), 40), mapping(change.get("value"))
        if platform == "whatsapp":
            yield from _whatsapp(field, value)
        elif field in COMMENTS or field == "feed":
            yield from _comment(platform, page, field, value, entry.get("time"))


def _messaging(platform: str, page: str, said: Mapping[str, Any]) -> Iterator[RawEvent]:
    """Messenger and Instagram. What our own side sent comes back as an echo."""
    kind = next((name for name in SPOKEN if isinstance(said.get(name), dict)), "")
    about = mapping(said.get(kind))
    echo = about.get("is_echo") is True
    person = words(dig(said, "recipient" if echo else "sender", "id"), 40)
    if not kind or not person or person == page or about.get("is_deleted") is True:
        return
    at = words(said.get("timestamp"), 20)
    own = words(about.get("mid"), 400) if kind in {"message", "postback"} else ""
    target = words(about.get("mid"), 400)
    key = own or f"{kind}:{person}:{at}:{target}:{words(about.get('action'), 10)}"
    yield RawEvent(
        key,
        {"platform": platform, "kind": kind, "at": at, "echo": echo, "scopedId": [page, person], "said": dict(about)},
    )


def _comment(platform: str, page: str, field: str, value: Mapping[str, Any], at: Any) -> Iterator[RawEvent]:
    """A comment below a post of ours, or a mention. Our own, likes, and changes of our own page are not told."""
    author = words(dig(value, "from", "id"), 40)
    key = words(value.get("comment_id") or value.get("id"), 120)
    is_news = field in COMMENTS or (value.get("item") == "comment" and value.get("verb") == "add")
    if is_news and author and key and author != page:
        when = words(value.get("created_time") or at, 20)
        content = {"platform": platform, "kind": "comment", "at": when, "echo": False, "scopedId": [page, author]}
        yield RawEvent(f"comment:{key}", {**content, "said": dict(value)})


def _whatsapp(field: str, value: Mapping[str, Any]) -> Iterator[RawEvent]:
    line = words(dig(value, "metadata", "phone_number_id"), 30)
    ours = words(dig(value, "metadata", "display_phone_number"), 30)
    contacts = mappings(value.get("contacts"))
    found = {"messages": value.get("messages")} if field == "messages" else {}
    for said in mappings(found.get("messages")):
        yield from _received(line, ours, said, contacts)
    for said in mappings(value.get("message_echoes")) if field == "smb_message_echoes" else []:
        yield from _event("message", line, ours, said, echo=True, phone=said.get("to"), person=said.get("to_user_id"))
    for said in mappings(value.get("statuses")):
        if said.get("status") == "failed":
            phone, person = said.get("recipient_id"), said.get("recipient_user_id")
            yield from _event("failure", line, ours, said, echo=True, phone=phone, person=person)


def _received(line: str, ours: str, said: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> Iterator[RawEvent]:
    if words(said.get("type"), 40) in UNTOLD:
        return
    phone, person = said.get("from"), said.get("from_user_id")
    contact = next((contact for contact in contacts if phone and contact.get("wa_id") == phone), None)
    contact = contact or next((contact for contact in contacts if person and contact.get("user_id") == person), None)
    if contact is None and len(contacts) == 1:
        contact = contacts[0]
    contact = mapping(contact)
    phone, person = phone or contact.get("wa_id"), person or contact.get("user_id")
    yield from _event("message", line, ours, said, echo=False, phone=phone, person=person, contact=contact)


def _event(
    kind: str,
    line: str,
    ours: str,
    said: Mapping[str, Any],
    *,
    echo: bool,
    phone: Any,
    person: Any,
    contact: Mapping[str, Any] | None = None,
) -> Iterator[RawEvent]:
    """People may come without a telephone number, and then have an id of the company's own."""
    key, digits = words(said.get("id"), 190), words(phone, 20).lstrip("+")
    number = f"+{digits}" if digits.isascii() and digits.isdigit() else ""
    if not key or not (number or words(person)):
        return
    profile = mapping(mapping(contact).get("profile"))
    content = {"platform": "whatsapp", "kind": kind, "at": words(said.get("timestamp"), 20), "echo": echo}
    who = {
        "scopedId": [line, words(person, 140)],
        "phone": number,
        "ours": ours,
        "name": words(profile.get("name"), 200),
    }
    yield RawEvent(f"{key}:failed" if kind == "failure" else key, {**content, **who, "said": dict(said)})
