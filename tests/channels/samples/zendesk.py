"""What Zendesk posts: events of its documentation, and the trigger's body from ours. Signed by its rule."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"subdomain": "shop"}, secret="zendesk-signing-secret")
ANNA, STAFF = "8447388090494", "8447388090495"
DETAIL = {
    "actor_id": ANNA, "assignee_id": STAFF, "brand_id": "7", "created_at": "2026-03-02T11:00:00Z",
    "description": "I cannot log in.", "external_id": None, "form_id": "3", "group_id": "4", "id": "5158",
    "is_public": True, "organization_id": None, "priority": "HIGH", "requester_id": ANNA, "status": "OPEN",
    "subject": "Cannot log in", "submitter_id": ANNA, "tags": ["login"], "type": "PROBLEM",
    "updated_at": "2026-03-02T11:00:00Z", "via": {"channel": "email"},
}  # fmt: skip
USER = {
    "created_at": "2026-03-02T10:59:00Z", "email": "anna@shop.example", "external_id": "", "default_group_id": "0",
    "id": ANNA, "organization_id": "0", "role": "end-user", "updated_at": "2026-03-02T10:59:00Z",
}  # fmt: skip


def event(
    own: str, kind: str, told: dict[str, Any], detail: dict[str, Any] = DETAIL, minute: int = 0
) -> dict[str, Any]:
    return {
        "account_id": 22129848, "detail": detail, "event": told, "id": f"event-{own}", "type": f"zen:event-type:{kind}",
        "subject": f"zen:{kind.partition('.')[0]}:{detail['id']}", "zendesk_event_version": "2022-11-06",
        "time": f"2026-03-02T11:{minute:02}:00.123456789Z",
    }  # fmt: skip


def comment(
    own: str, text: str, *, staff: bool = False, public: bool = True, author: str = "", minute: int = 0
) -> dict[str, Any]:
    by = {"id": author or (STAFF if staff else ANNA), "is_staff": staff, "name": "Desk" if staff else "Anna"}
    told = {"comment": {"id": f"c{own}", "body": text, "is_public": public, "author": by}}
    return event(own, "ticket.comment_added", told, minute=minute)


CREATED = event("1", "ticket.created", {"meta": {"sequence": {"id": "s1", "position": 1}}})
FIRST = comment("2", "I cannot log in.")
ANSWER = comment("3", "Please try again.", staff=True, minute=5)
NOTE = comment("4", "Seems to be the new app.", staff=True, public=False, minute=6)
REPLY = comment("5", "It works, thank you!", minute=9)
SOLVED = event("6", "ticket.status_changed", {"current": "SOLVED", "previous": "OPEN"}, minute=10)
RATED = event("7", "ticket.csat_received", {"satisfaction_score": {"score": "GOOD", "comment": "Quick."}}, minute=30)
KNOWN = event("8", "user.created", {}, USER)
IDENTIFIED = event(
    "9", "user.identity_created",
    {"identity": {"id": "1", "type": "phone_number", "value": "+447700900123", "is_verified": True}}, USER,
)  # fmt: skip
TRIGGER = {
    "about": "comment",
    "ticket": {
        "id": "6001", "title": "Parcel lost", "status": "Open", "via": "Mail",
        "url": "shop.zendesk.com/agent/tickets/6001",
        "created_at": "2026-03-02T12:00:00Z", "updated_at": "2026-03-02T12:30:00Z",
    },
    "requester": {"id": ANNA, "name": "Anna", "email": "anna@shop.example", "phone": "+447700900123"},
    "comment": {"text": "Where is it?", "is_public": "true", "author": {"id": ANNA, "name": "Anna"}},
    "satisfaction": {"rating": "Unoffered", "comment": ""},
}  # fmt: skip
TAGGED = event("10", "ticket.tags_changed", {"added": ["a"]})
COLLEAGUE = event("11", "user.created", {}, {**USER, "role": "agent", "id": STAFF})
TOLD = (CREATED, FIRST, ANSWER, NOTE, REPLY, SOLVED, RATED, KNOWN, IDENTIFIED, TRIGGER)
DRAFTS = 7  # the first comment is the ticket's own text, and two events only say who somebody is


def call(body: dict[str, Any], at: datetime | None = None) -> Call:
    raw, stamp = orjson.dumps(body), (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hmac.new(SOURCE.secret.encode(), stamp.encode() + raw, hashlib.sha256).digest()
    headers = {
        "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }
    return Call(raw, headers)


def calls(_address: str) -> list[Call]:
    return [call(body) for body in (*TOLD, TAGGED, COLLEAGUE)]
