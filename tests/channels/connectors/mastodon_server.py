"""A Mastodon server on loopback: the part of the public client API that is read, with its paging and its bad days.

Paging as Mastodon documents it: newest first; `max_id` gives what is older, `min_id` what comes right after.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.channels.connectors.loopback import Answer, serving

EPOCH = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
OWN = {"id": "1", "acct": "shop", "username": "shop", "display_name": "The shop", "url": "https://social.example/@shop"}
ANNA = {
    "id": "2", "acct": "anna@far.example", "username": "anna", "display_name": "Anna",
    "url": "https://far.example/@anna", "bot": False,
}  # fmt: skip
BEN = {"id": "3", "acct": "ben", "username": "ben", "display_name": "", "url": "https://social.example/@ben"}


def at(minutes: float) -> datetime:
    return EPOCH + timedelta(minutes=minutes)


def snowflake(minutes: float, number: int = 0) -> str:
    """An id as Mastodon makes them: the milliseconds, and a counter."""
    return str((int(at(minutes).timestamp() * 1000) << 16) + number)


def status(minutes: float, content: str, account: dict[str, Any] = ANNA, **more: Any) -> dict[str, Any]:
    own = more.pop("id", snowflake(minutes))
    return {
        "id": own, "created_at": at(minutes).isoformat().replace("+00:00", "Z"), "content": content, "account": account,
        "visibility": "public", "spoiler_text": "", "language": "en", "in_reply_to_id": None,
        "url": f"{account['url']}/{own}",
        "in_reply_to_account_id": None, "media_attachments": [], "mentions": [mention(OWN)], "tags": [], "emojis": [],
        "sensitive": False, "uri": f"{account['url']}/{own}", "reblogs_count": 0, "favourites_count": 0, **more,
    }  # fmt: skip


def mention(account: dict[str, Any]) -> dict[str, Any]:
    return {name: account[name] for name in ("id", "acct", "username", "url")}


def notification(number: int, kind: str, minutes: float, account: dict[str, Any] = ANNA, **more: Any) -> dict[str, Any]:
    created = at(minutes).isoformat().replace("+00:00", "Z")
    return {"id": str(number), "type": kind, "created_at": created, "account": account, **more}


def mentioned(number: int, told: dict[str, Any]) -> dict[str, Any]:
    return {**notification(number, "mention", 0, told["account"], status=told), "created_at": told["created_at"]}


def conversation(number: int, told: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(number), "unread": True, "accounts": [ANNA], "last_status": told}


@dataclass
class MastodonServer:
    """What is there, what was asked, and what goes wrong next: `faults` is used up, one a request for a list. They are
    `429`, `html`, `500`, `empty`, `again` (the last page once more), `object` and `deaf` (paging is ignored)."""

    token: str = "a-token"
    url: str = ""
    most: int = 3  # items of a page, whatever was asked for
    notifications: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    ancestors: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    last: Any = None

    def answer(self, path: str, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, query))
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": "The access token is invalid"}, {}
        if path == "/api/v1/accounts/verify_credentials":
            return 200, OWN, {}
        if path.endswith("/context"):
            above = self.ancestors.get(path.split("/")[4])
            return (
                (200, {"ancestors": above, "descendants": []}, {})
                if above
                else (404, {"error": "Record not found"}, {})
            )
        lists = {
            "/api/v1/notifications": self.notifications, "/api/v1/conversations/": self.conversations,
            f"/api/v1/accounts/{OWN['id']}/statuses": self.posts,
        }  # fmt: skip
        return self._listed(lists[path], query)

    def _listed(self, items: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "429":
            reset = (datetime.now(UTC) + timedelta(seconds=200)).isoformat()
            return 429, {"error": "Too many requests"}, {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "0"}
        if fault in {"html", "500"}:
            return (500 if fault == "500" else 200), "<html><body>Maintenance</body></html>", {}
        if fault in {"empty", "object"}:
            return 200, [] if fault == "empty" else {"error": None}, {}
        if fault != "again" or self.last is None:
            self.last = self._page(items, {} if fault == "deaf" else query)
        return 200, self.last, {}

    def _page(self, items: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
        """Newest first; with `min_id` the page that comes right after it."""
        ordered = sorted(items, key=_place)
        if "max_id" in query:
            ordered = [one for one in ordered if _place(one) < int(query["max_id"])]
        limit = min(self.most, int(query.get("limit", 40)))
        if "min_id" in query:
            return [one for one in ordered if _place(one) > int(query["min_id"])][:limit][::-1]
        return ordered[-limit:][::-1]


def _place(item: dict[str, Any]) -> int:
    told = item.get("last_status")
    return int((told if isinstance(told, dict) else item)["id"])


@contextmanager
def mastodon_server() -> Iterator[MastodonServer]:
    world = MastodonServer()
    with serving(world.answer) as world.url:
        yield world
