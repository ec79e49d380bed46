"""Reading a folder: what is new since the cursor, or backwards through what is older.

A cursor is `{"v": 1, "uidvalidity", "uidnext", "modseq", "recent"}`: everything below `uidnext` was read; `recent`
are the UIDs known just below it, so that one that shows late is not missed; `modseq` is set once nothing was left to
read. That of a backfill is `{"v": 1, "uidvalidity", "below", "done", "total"}`: everything from `below` on was read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from apps.channels.connectors.base import Page, SourceFacts, Stretch
from apps.channels.connectors.imap.account import Account
from apps.channels.connectors.imap.fetching import events, pages, timely
from apps.channels.connectors.imap.folders import Place
from apps.channels.connectors.imap.session import Session

LOOK_BACK = 50  # UIDs below the cursor that may still turn up
WINDOW = 50_000  # mails a single search may find: the library takes a million characters of an answer
SKEW = timedelta(minutes=5)  # between the server's clock and ours
DAY = timedelta(days=1)


def pull(source: SourceFacts, stretch: Stretch) -> Iterator[Page]:
    session = Session(Account.of(source.settings), stretch.stream)
    try:
        if session.place is None:
            return
        if stretch.until is not None:
            yield from _backward(session, session.place, stretch)
        else:
            yield from _forward(session, session.place, stretch)
    finally:
        session.close()


def _forward(session: Session, place: Place, stretch: Stretch) -> Iterator[Page]:
    """What is new, the eldest first. A folder made anew (another UIDVALIDITY) is read again from the day the source
    was connected; what is known already has no effect."""
    known: Mapping[str, Any] = stretch.cursor or {}
    if known.get("uidvalidity") == place.uidvalidity:
        if place.modseq and place.modseq == known.get("modseq") and place.uidnext == known.get("uidnext"):
            return
        since, seen = None, set(known.get("recent") or ())
        present, covered = _uids_from(session, place, int(known["uidnext"]) - LOOK_BACK)
        uids, covered = [uid for uid in present if uid not in seen], max(covered, int(known["uidnext"]))
    else:
        since = stretch.since - SKEW if stretch.since else None
        tail, covered = _uids_from(session, place, place.uidnext - LOOK_BACK)
        uids = _arrived(session, place, since, None)
        present = sorted({*tail, *uids})
    for page in pages(session, uids):
        fresh = events(session, timely(page, since, None))
        yield Page(fresh, _cursor(place, page[-1].uid + 1, present, modseq=0))
    final = _cursor(place, covered, present, modseq=place.modseq if covered >= place.uidnext else 0)
    if final != dict(known):
        yield Page([], final)


def _cursor(place: Place, uidnext: int, present: Sequence[int], *, modseq: int) -> dict[str, Any]:
    recent = [uid for uid in present if uidnext - LOOK_BACK <= uid < uidnext]
    return {"v": 1, "uidvalidity": place.uidvalidity, "uidnext": uidnext, "modseq": modseq, "recent": recent}


def _uids_from(session: Session, place: Place, first: int) -> tuple[list[int], int]:
    """UIDs from `first` on, and the UID up to which that is all of them. With nothing there, `n:*` is the last mail
    all the same: hence the comparison."""
    first = max(1, first)
    end = max(first, place.uidnext)
    if end - first > WINDOW:  # more at once than an answer can hold: the rest in the next reading
        end = first + WINDOW
        return session.search("UID", f"{first}:{end - 1}"), end
    found = [uid for uid in session.search("UID", f"{first}:*") if uid >= first]
    return found, max([end, *(uid + 1 for uid in found[-1:])])


def _backward(session: Session, place: Place, stretch: Stretch) -> Iterator[Page]:
    """What arrived from `since` to `until`, the newest first: it is what the next caller is likeliest to ask about."""
    known: Mapping[str, Any] = stretch.cursor or {}
    if known.get("uidvalidity") != place.uidvalidity:
        known = {}
    uids = _arrived(session, place, stretch.since, stretch.until)
    left = [uid for uid in reversed(uids) if uid < int(known.get("below") or uid + 1)]
    done = int(known.get("done") or 0)
    total = max(int(known.get("total") or 0), done + len(left))
    for page in pages(session, left):
        done += len(page)
        cursor = {"v": 1, "uidvalidity": place.uidvalidity, "below": page[-1].uid, "done": done, "total": total}
        yield Page(events(session, timely(page, stretch.since, stretch.until)), cursor, done, total)


def _arrived(session: Session, place: Place, since: datetime | None, until: datetime | None) -> list[int]:
    """UIDs of the mails of those days, the lowest first, and of the days about them: the server's have another zone."""
    days: list[Any] = []
    if since:
        days += ["SINCE", (since - DAY).date()]
    if until:
        days += ["BEFORE", (until + 2 * DAY).date()]
    found: set[int] = set()
    for start in range(1, place.exists + 1, WINDOW):
        found.update(session.search(f"{start}:{min(start + WINDOW - 1, place.exists)}", *days))
    return sorted(found)
