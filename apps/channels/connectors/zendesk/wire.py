"""What Zendesk posts: events a webhook subscribes to, and the body a trigger was given (docs/connectors/zendesk.md).

Ids of people have up to fourteen digits and look like card numbers now and then: they stand under `scopedId`, which is
an id by declaration (`masking.EXEMPT`).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from apps.channels.contract import Push, RawEvent, Refused
from apps.foundation.text.values import dig, mapping, words

PREFIX = "zen:event-type:"
TICKETS = frozenset({"ticket.created", "ticket.comment_added", "ticket.status_changed", "ticket.csat_received"})
USERS = frozenset({"user.created", "user.identity_created", "user.identity_changed", "user.name_changed"})
ABOUT = frozenset({"created", "comment", "status", "satisfaction"})  # what a trigger's body may be about


def split(push: Push) -> list[RawEvent]:
    """Raises Refused for what is neither an event nor a trigger's body; what is about nobody is dropped."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    kind = words(body.get("type"), 80)
    if kind.startswith(PREFIX):
        return _event(kind.removeprefix(PREFIX), body)
    if words(body.get("about"), 20) in ABOUT:
        return _trigger(body)
    raise Refused(400, "bad_body", "This is neither an event of Zendesk's nor the body for triggers.")


def _event(kind: str, body: Mapping[str, Any]) -> list[RawEvent]:
    key, detail = words(body.get("id"), 190), mapping(body.get("detail"))
    if kind in USERS:
        person = words(detail.get("id"), 60) if words(detail.get("role")) in {"", "end-user"} else ""
    else:
        person = _customer(detail, mapping(body.get("event"))) if kind in TICKETS else ""
    return [RawEvent(key, {**body, "scopedId": person})] if key and person else []


def _customer(detail: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Whose ticket it is; of a comment by somebody else who is no member of staff, its author."""
    author = mapping(dig(event, "comment", "author"))
    if author.get("is_staff") is False and words(author.get("id")):
        return words(author["id"], 60)
    return words(detail.get("requester_id"), 60)


def _trigger(body: Mapping[str, Any]) -> list[RawEvent]:
    """Triggers give their requests no id: the ticket, its state and the content are one."""
    ticket = words(dig(body, "ticket", "id"), 40)
    if not ticket:
        raise Refused(400, "bad_body", "A trigger's body needs the id of its ticket.")
    digest = hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
    content = {**body, "scopedId": words(dig(body, "requester", "id"), 60)}
    return [RawEvent(f"trigger:{ticket}:{words(body['about'], 20)}:{digest}", content)]
