"""Which notifications, conversations and posts become events, under which keys.

A post has the same key and content whether a notification, a conversation or our own timeline led to it; what may
differ is in `meta`.
"""

from collections.abc import Mapping
from typing import Any

from apps.channels.contract import RawEvent
from apps.foundation.text.values import dig, mapping, mappings, words

TOLD = frozenset({"follow", "follow_request", "favourite", "reblog"})  # besides posts that speak to us
SPEAKING = frozenset({"mention", "quote"})
ACCOUNT = ("id", "acct", "username", "display_name", "url", "bot")
STATUS = ("id", "url", "created_at", "content", "spoiler_text", "visibility", "language", "in_reply_to_id", "edited_at")


def of_notification(notification: Mapping[str, Any], own: Mapping[str, Any], root: str = "") -> RawEvent | None:
    """A post that mentions us, or what somebody did with us and our posts."""
    kind, status = words(notification.get("type"), 40), mapping(notification.get("status"))
    if kind in SPEAKING:
        return of_status(status, own, root)
    key, account = words(notification.get("id"), 60), mapping(notification.get("account"))
    if kind not in TOLD or not key or not words(account.get("id")):
        return None
    content = {"kind": kind, "at": words(notification.get("created_at"), 40)}
    return RawEvent(
        f"notification:{key}", content, {**_common(own), "account": _account(account), "status": _status(status)}
    )


def of_status(status: Mapping[str, Any], own: Mapping[str, Any], root: str = "") -> RawEvent | None:
    """A post of a customer's that speaks to us, or of ours that speaks to a customer; None for anything else."""
    key, author = words(status.get("id"), 60), mapping(status.get("account"))
    other = addressee(status, own) if _same(author, own) else author
    if not key or not words(mapping(other).get("acct"), 300):
        return None
    content = {"kind": "status", "status_id": key, "at": words(status.get("created_at"), 40)}
    meta = {
        **_common(own),
        "account": _account(mapping(other)),
        "status": _status(status),
        "ours_wrote": _same(author, own),
    }
    return RawEvent(f"status:{key}", content, {**meta, "root": root})


def addressee(status: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """To whom a post of ours speaks: whom it answers, else whom it mentions first."""
    mentioned = [mention for mention in mappings(status.get("mentions")) if not _same(mention, own)]
    answered = words(status.get("in_reply_to_account_id"), 60)
    return next(
        (mention for mention in mentioned if words(mention.get("id"), 60) == answered), next(iter(mentioned), None)
    )


def _common(own: Mapping[str, Any]) -> dict[str, Any]:
    return {"ours": words(own.get("acct"), 200)}


def _same(account: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    return words(account.get("id"), 60) == words(own.get("id"), 60)


def _account(account: Mapping[str, Any]) -> dict[str, Any]:
    return {name: account[name] for name in ACCOUNT if name in account}


def _status(status: Mapping[str, Any]) -> dict[str, Any]:
    enclosed = [
        {"type": words(attachment.get("type"), 20), "description": words(attachment.get("description"), 300)}
        for attachment in mappings(status.get("media_attachments"))[:16]
    ]
    asked = [words(option.get("title"), 100) for option in mappings(dig(status, "poll", "options"))[:16]]
    kept = {name: status[name] for name in STATUS if name in status}
    return {**kept, "media_attachments": enclosed, "poll": asked} if kept else {}
