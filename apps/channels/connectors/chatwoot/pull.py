"""Reconciling with Chatwoot's API: every conversation that had activity, and in it every message since then.

Conversations come with the latest activity first, page by page. One with new activity moves to the front while we read,
and may slip past us: it had its activity after this reading began, so the next one finds it, and looks for messages
since this one's beginning (`floor`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.channels.connectors.chatwoot.wire import conversation_made, message, rating, stamp
from apps.channels.contract import Denied, EventPage, RawEvent, ReadRange, SourceFacts, Unavailable
from apps.channels.toolkit.http.session import PacedSession, ask
from apps.foundation.text.values import dig, mapping, mappings, words

STREAM = "conversations"
OVERLAP = 3600  # seconds: what a webhook or a clock may be late
MOST_PAGES = 2000  # of conversations, and of messages of one
FULL = 500  # events of a page

Item = Mapping[str, Any]


class Api:
    """One account of one installation. Raises Throttled, Denied or Unavailable."""

    def __init__(self, source: SourceFacts) -> None:
        self.token = words(source.settings.get("api_access_token"), 200)
        base, account = str(source.settings.get("address") or "").rstrip("/"), words(source.settings.get("account"), 20)
        if not (self.token and base and account.isdigit()):
            raise Denied("The address, the account number or the access token is missing.")
        self.base = f"{base}/api/v1/accounts/{account}/conversations"
        self.session = PacedSession(source)

    def conversations(self, page: int) -> tuple[list[Item], int]:
        """A page, and how many conversations there are in all."""
        wanted = {"status": "all", "assignee_type": "all", "sort_by": "last_activity_at_desc", "page": str(page)}
        answer = mapping(self._ask("", wanted).get("data"))
        if not isinstance(answer.get("payload"), list):
            raise Unavailable("The answer has no list of conversations.")
        count = dig(answer, "meta", "all_count")
        return mappings(answer["payload"]), count if isinstance(count, int) else 0

    def messages(self, conversation: str, before: str) -> list[Item]:
        """Up to twenty messages, the latest before an id."""
        answer = self._ask(f"/{conversation}/messages", {"before": before} if before else {})
        if not isinstance(answer.get("payload"), list):
            raise Unavailable("The answer has no list of messages.")
        return mappings(answer["payload"])

    def _ask(self, path: str, params: dict[str, str]) -> Mapping[str, Any]:
        headers = {"api_access_token": self.token}
        return mapping(ask(self.session, f"{self.base}{path}", params=params, headers=headers))


@dataclass(frozen=True, slots=True)
class Window:
    """What is read: conversations active since `since`, in them messages from `floor` to `until`; seconds since 1970.
    `began` is when its reading did."""

    since: int
    floor: int
    began: int
    until: int = 0
    page: int = 1

    def cursor(self, page: int) -> dict[str, Any]:
        return {"v": 1, "since": self.since, "floor": self.floor, "began": self.began, "page": page}

    def after(self) -> dict[str, Any]:
        """Where the next reading begins."""
        return {"v": 1, "since": self.began - OVERLAP, "floor": min(self.since, self.began - OVERLAP)}

    def holds(self, at: int) -> bool:
        return at >= self.floor and (not self.until or at <= self.until)


def pull(source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
    window, api = _window(read_range), Api(source)
    page, before = window.page, set[str]()
    while page <= MOST_PAGES:
        conversations, count = api.conversations(page)
        active = [conversation for conversation in conversations if _active(conversation) >= window.since]
        ids = {words(conversation.get("id"), 20) for conversation in active}
        if not ids - before:
            break
        yield from _pages(_events(api, active, window), window.cursor(page + 1), page, count)
        page, before = page + 1, before | ids
    yield EventPage([], window.after() if read_range.until is None else window.cursor(page), done=page, total=page)


def _window(read_range: ReadRange) -> Window:
    kept = mapping(read_range.cursor)
    first = int(read_range.since.timestamp()) if read_range.since else 0
    since = _whole(kept.get("since"), first)
    return Window(
        since=since,
        floor=_whole(kept.get("floor"), since),
        began=_whole(kept.get("began"), int(timezone.now().timestamp())),
        until=int(read_range.until.timestamp()) + 1 if read_range.until else 0,
        page=_whole(kept.get("page"), 1),
    )


def _pages(events: list[RawEvent], cursor: dict[str, Any], page: int, count: int) -> Iterator[EventPage]:
    """The place to go on from comes with the last part: before it, conversations are missing."""
    total = max(page, -(-count // 25))
    for start in range(0, max(len(events), 1), FULL):
        part = events[start : start + FULL]
        yield EventPage(part, cursor if start + FULL >= len(events) else None, done=page, total=total)


def _events(api: Api, conversations: list[Item], window: Window) -> list[RawEvent]:
    found: list[RawEvent | None] = []
    for conversation in conversations:
        if window.holds(stamp(conversation.get("created_at"))):
            found.append(conversation_made(conversation))
        for said in _messages(api, words(conversation.get("id"), 20), window):
            found += [message(said, conversation), rating(said, conversation)]
    return [event for event in found if event]


def _messages(api: Api, conversation: str, window: Window) -> Iterator[Item]:
    """From the latest back to the first that is wanted."""
    before = ""
    for _page in range(MOST_PAGES):
        said = api.messages(conversation, before)
        yield from (message for message in said if window.holds(stamp(message.get("created_at"))))
        ids = [int(own) for message in said if (own := words(message.get("id"), 20)).isdigit()]
        oldest = min((stamp(message.get("created_at")) for message in said), default=0)
        if not ids or oldest < window.floor or (before and min(ids) >= int(before)):
            return
        before = str(min(ids))


def _active(conversation: Item) -> int:
    return stamp(conversation.get("last_activity_at")) or stamp(conversation.get("timestamp"))


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
