"""Reading an account's notifications, conversations and own posts, upwards from where we were.

`min_id` gives what comes right after an id, so that reading upwards leaves no gap however much has happened, and the
cursor may move with every page. What is older is read downwards with `max_id`: there the cursor only names the way back
until all of it is there. Ids of Mastodon 2.0 and later hold the time a post was written (its upper 48 bits are
milliseconds): one that arrives late has an older id, hence the look-back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.channels.connectors.mastodon.client import Server
from apps.channels.connectors.mastodon.wire import of_notification, of_status
from apps.channels.contract import EventPage, RawEvent, ReadRange, SourceFacts
from apps.foundation.text.dates import instant
from apps.foundation.text.values import mapping, mappings, words

NOTIFICATIONS, CONVERSATIONS, REPLIES = "notifications", "conversations", "replies"
STREAMS = (NOTIFICATIONS, CONVERSATIONS, REPLIES)
TIMED = 10**16  # ids from here on hold a time
LATE = 3600 * 1000 << 16  # an hour, in such an id
BEHIND = 20  # and in ids that are merely counted

Item = Mapping[str, Any]
Fetch = Callable[..., list[Item]]


@dataclass(frozen=True, slots=True)
class MastodonReader:
    """One stream: how to ask for a page, and the post in each item."""

    server: Server
    own: Mapping[str, Any]
    stream: str

    def fetch(self, **window: str) -> list[Item]:
        """A page, oldest first, without what has no id. An empty one is asked for twice: servers slip."""
        return self._page(window) or self._page(window)

    def _page(self, window: dict[str, str]) -> list[Item]:
        if self.stream == NOTIFICATIONS:
            found = self.server.notifications(**window)
        elif self.stream == CONVERSATIONS:
            found = self.server.conversations(**window)
        else:
            found = self.server.statuses(str(self.own["id"]), **window)
        low, high = window.get("min_id"), window.get("max_id")
        items = [item for item in mappings(found) if self.place(item)]
        within = [item for item in items if _between(low, self.place(item), high)]
        return sorted(within, key=lambda item: rank(self.place(item)))

    def place(self, item: Item) -> str:
        """The id by which the server pages: of a conversation, that of its latest post."""
        return words(self.status(item).get("id") if self.stream == CONVERSATIONS else item.get("id"), 60)

    def status(self, item: Item) -> Item:
        """The post of an item, if it has one."""
        inner = {NOTIFICATIONS: "status", CONVERSATIONS: "last_status"}.get(self.stream)
        return mapping(item.get(inner)) if inner else item

    def at(self, item: Item) -> datetime | None:
        return instant((self.status(item) if self.stream == CONVERSATIONS else item).get("created_at"))

    def event(self, item: Item, root: str = "") -> RawEvent | None:
        if self.stream == NOTIFICATIONS:
            return of_notification(item, self.own, root)
        return of_status(self.status(item), self.own, root)


def pull(source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
    server = Server(source)
    reader = MastodonReader(server, server.account(), read_range.stream)
    cursor = mapping(read_range.cursor)
    if read_range.until is not None:
        yield from _downwards(reader, read_range, words(cursor.get("max_id"), 60), head="", done=_counted(cursor))
    elif cursor.get("min_id") and not cursor.get("max_id"):
        yield from _upwards(reader, words(cursor["min_id"], 60))
    else:
        head = words(cursor.get("min_id"), 60)
        yield from _downwards(reader, read_range, words(cursor.get("max_id"), 60), head=head)


def _upwards(reader: MastodonReader, best: str) -> Iterator[EventPage]:
    start, known = looked_back(best), best
    while items := reader.fetch(min_id=start):
        start = reader.place(items[-1])
        best = max(best, start, key=rank)
        roots = {place: _root(reader, item) for item in items if rank(place := reader.place(item)) > rank(known)}
        found = [reader.event(item, roots.get(reader.place(item), "")) for item in items]
        yield EventPage([event for event in found if event], {"v": 1, "min_id": best})


def _downwards(
    reader: MastodonReader, read_range: ReadRange, end: str, *, head: str, done: int = 0
) -> Iterator[EventPage]:
    """From the newest (or below `end`) to the day wanted. `head` is where the reading upwards will go on."""
    window = {"max_id": end} if end else {}
    while items := reader.fetch(**window):
        head = head or reader.place(items[-1])
        wanted = [item for item in items if _wanted(reader.at(item), read_range)]
        events = [event for item in wanted if (event := reader.event(item))]
        window, done = {"max_id": reader.place(items[0])}, done + len(events)
        oldest = reader.at(items[0])
        if read_range.since is not None and oldest is not None and oldest < read_range.since:
            yield EventPage(events, _arrived(read_range, head, window["max_id"], done), done)
            return
        yield EventPage(events, {"v": 1, "min_id": head, "max_id": window["max_id"], "done": done}, done)
    if head:
        yield EventPage([], _arrived(read_range, head, window.get("max_id", ""), done), done)


def _arrived(read_range: ReadRange, head: str, end: str, done: int) -> dict[str, Any]:
    if read_range.until is not None:
        return {"v": 1, "max_id": end, "done": done}
    return {"v": 1, "min_id": head}


def _wanted(at: datetime | None, read_range: ReadRange) -> bool:
    if at is None:
        return True
    return (read_range.since is None or at >= read_range.since) and (read_range.until is None or at <= read_range.until)


def _root(reader: MastodonReader, item: Item) -> str:
    """The post its thread began with, asked for only where a post is an answer."""
    status = reader.status(item)
    parent = words(status.get("in_reply_to_id"), 60)
    if not parent or reader.event(item) is None:
        return ""
    return reader.server.root(words(status.get("id"), 60)) or parent


def _between(low: str | None, place: str, high: str | None) -> bool:
    """Some servers give more than was asked for, and would never come to an end."""
    return (not low or rank(place) > rank(low)) and (not high or rank(place) < rank(high))


def rank(place: str) -> tuple[int, str]:
    """Ids are numbers, or texts of one length that sort as such."""
    return len(place), place


def looked_back(place: str) -> str:
    if not place.isdigit():
        return place
    number = int(place)
    return str(max(0, number - (LATE if number >= TIMED else BEHIND)))


def _counted(cursor: Mapping[str, Any]) -> int:
    done = cursor.get("done")
    return done if isinstance(done, int) else 0
