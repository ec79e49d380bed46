"""One ticket's change in common terms, whether an event or a trigger told it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.channels.connectors.zendesk.wire import ABOUT, PREFIX, TICKETS
from apps.foundation.text.values import Event, dig, mapping, prose, words
from apps.interactions.models import Channel

CHANNELS = {
    "email": Channel.EMAIL, "mail": Channel.EMAIL, "chat": Channel.CHAT, "messaging": Channel.CHAT,
    "native_messaging": Channel.CHAT, "web messaging": Channel.CHAT, "whatsapp": Channel.CHAT, "line": Channel.CHAT,
    "voice": Channel.VOICE, "phone": Channel.VOICE, "phone call (incoming)": Channel.VOICE, "sms": Channel.SMS,
    "text message": Channel.SMS, "facebook": Channel.SOCIAL, "twitter": Channel.SOCIAL, "instagram_dm": Channel.SOCIAL,
    "mobile_sdk": Channel.APP, "mobile": Channel.APP,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketStory:
    """`about` is one of `wire.ABOUT`; `staff` whether our side acted."""

    about: str
    ticket: str
    subject: str = ""
    text: str = ""
    public: bool = True
    staff: bool = False
    author: str = ""
    status: str = ""
    score: str = ""
    channel: str = Channel.WEB
    at: Any = None
    link: Any = ""
    repeated: bool = False  # the comment a ticket began with: the ticket tells it


def of_event(body: Event) -> TicketStory | None:
    """None for what is no ticket's change."""
    kind = words(body.get("type"), 80).removeprefix(PREFIX)
    detail, event = mapping(body.get("detail")), mapping(body.get("event"))
    if kind not in TICKETS:
        return None
    comment, author = mapping(event.get("comment")), mapping(dig(event, "comment", "author"))
    description = prose(detail.get("description"))
    started = kind == "ticket.created"
    score = mapping(event.get("satisfaction_score"))
    return TicketStory(
        about={"created": "created", "comment_added": "comment", "status_changed": "status"}.get(
            kind.partition(".")[2], "satisfaction"
        ),
        ticket=words(detail.get("id"), 40),
        subject=words(detail.get("subject"), 140),
        text=description if started else prose(comment.get("body") or score.get("comment")),
        public=comment.get("is_public") is not False,
        staff=author.get("is_staff") is True or (started and detail.get("submitter_id") != detail.get("requester_id")),
        author=words(author.get("name"), 120),
        status=words(event.get("current"), 20).lower(),
        score=words(score.get("score"), 20).lower(),
        channel=CHANNELS.get(words(dig(detail, "via", "channel"), 40).lower(), Channel.WEB),
        at=body.get("time"),
        repeated=bool(description) and kind == "ticket.comment_added" and prose(comment.get("body")) == description,
    )


def of_trigger(body: Event) -> TicketStory | None:
    about, ticket = words(body.get("about"), 20), mapping(body.get("ticket"))
    if about not in ABOUT:
        return None
    comment, author = mapping(body.get("comment")), mapping(dig(body, "comment", "author"))
    return TicketStory(
        about=about,
        ticket=words(ticket.get("id"), 40),
        subject=words(ticket.get("title"), 140),
        text=prose(dig(body, "satisfaction", "comment") if about == "satisfaction" else comment.get("text")),
        public=words(comment.get("is_public"), 10).lower() not in {"false", "no"}
        and comment.get("is_public") is not False,
        staff=_is_staff(author, mapping(body.get("requester"))),
        author=words(author.get("name"), 120),
        status=words(ticket.get("status"), 20).lower(),
        score=words(dig(body, "satisfaction", "rating"), 20).lower(),
        channel=CHANNELS.get(words(ticket.get("via"), 40).lower(), Channel.WEB),
        at=ticket.get("created_at" if about == "created" else "updated_at"),
        link=ticket.get("url"),
    )


def _is_staff(author: Mapping[str, Any], requester: Mapping[str, Any]) -> bool:
    """Whoever is not the requester is one of us."""
    known = words(author.get("id")) or words(author.get("name"))
    return bool(known) and known not in {words(requester.get("id")), words(requester.get("name"))}
