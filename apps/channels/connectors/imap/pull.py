"""Reading a folder: what is new since the cursor, or backwards through what is older.

A cursor is `{"v": 1, "uidvalidity", "uidnext", "modseq", "recent"}`: everything below `uidnext` was read; `recent`
are the UIDs known just below it, so that one that shows late is not missed; `modseq` is set once nothing was left to
read. That of a backfill is `{"v": 1, "uidvalidity", "below", "done", "total"}`: everything from `below` on was read.
"""

import imaplib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from apps.channels.connectors.imap.connection import allowance_of, words_of
from apps.channels.connectors.imap.folders import FolderState
from apps.channels.connectors.imap.session import FolderSession, ListedMail
from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import EventPage, RawEvent, ReadRange, SourceFacts
from apps.channels.toolkit.mail.message import LARGEST, MailCopy, events_of
from apps.channels.toolkit.mail.parties import OwnAddresses, parties_of, puzzle_of

PAGE = 100  # mails
WEIGHT = 4 * 1024 * 1024  # bytes of a page
BROKEN = (imaplib.IMAP4.error, ValueError, LookupError, TypeError)  # an answer that cannot be understood
LOOK_BACK = 50  # UIDs below the cursor that may still turn up
WINDOW = 50_000  # mails a single search may find: the library takes a million characters of an answer
SKEW = timedelta(minutes=5)  # between the server's clock and ours
DAY = timedelta(days=1)


def pull(source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
    session = FolderSession(Account.of(source.settings), read_range.stream)
    try:
        if session.state is None:
            return
        if read_range.until is not None:
            yield from _backward(session, session.state, read_range)
        else:
            yield from _forward(session, session.state, read_range)
    finally:
        session.close()


def _forward(session: FolderSession, state: FolderState, read_range: ReadRange) -> Iterator[EventPage]:
    """What is new, the eldest first. A folder made anew (another UIDVALIDITY) is read again from the day the source
    was connected; what is known already has no effect."""
    known: Mapping[str, Any] = read_range.cursor or {}
    if known.get("uidvalidity") == state.uidvalidity:
        if state.modseq and state.modseq == known.get("modseq") and state.uidnext == known.get("uidnext"):
            return
        since, seen = None, set(known.get("recent") or ())
        present, covered = _uids_from(session, state, int(known["uidnext"]) - LOOK_BACK)
        uids, covered = [uid for uid in present if uid not in seen], max(covered, int(known["uidnext"]))
    else:
        since = read_range.since - SKEW if read_range.since else None
        tail, covered = _uids_from(session, state, state.uidnext - LOOK_BACK)
        uids = _arrived(session, state, since, None)
        present = sorted({*tail, *uids})
    for page in pages(session, uids):
        fresh = events(session, arrived_between(page, since, None))
        yield EventPage(fresh, _cursor(state, page[-1].uid + 1, present, modseq=0))
    final = _cursor(state, covered, present, modseq=state.modseq if covered >= state.uidnext else 0)
    if final != dict(known):
        yield EventPage([], final)


def _cursor(state: FolderState, uidnext: int, present: Sequence[int], *, modseq: int) -> dict[str, Any]:
    recent = [uid for uid in present if uidnext - LOOK_BACK <= uid < uidnext]
    return {"v": 1, "uidvalidity": state.uidvalidity, "uidnext": uidnext, "modseq": modseq, "recent": recent}


def _uids_from(session: FolderSession, state: FolderState, first: int) -> tuple[list[int], int]:
    """UIDs from `first` on, and the UID up to which that is all of them. With nothing there, `n:*` is the last mail
    all the same: hence the comparison."""
    first = max(1, first)
    end = max(first, state.uidnext)
    if end - first > WINDOW:  # more at once than an answer can hold: the rest in the next reading
        end = first + WINDOW
        return session.search("UID", f"{first}:{end - 1}"), end
    found = [uid for uid in session.search("UID", f"{first}:*") if uid >= first]
    return found, max([end, *(uid + 1 for uid in found[-1:])])


def _backward(session: FolderSession, state: FolderState, read_range: ReadRange) -> Iterator[EventPage]:
    """What arrived from `since` to `until`, the newest first: it is what the next caller is likeliest to ask about."""
    known: Mapping[str, Any] = read_range.cursor or {}
    if known.get("uidvalidity") != state.uidvalidity:
        known = {}
    uids = _arrived(session, state, read_range.since, read_range.until)
    left = [uid for uid in reversed(uids) if uid < int(known.get("below") or uid + 1)]
    done = int(known.get("done") or 0)
    total = max(int(known.get("total") or 0), done + len(left))
    for page in pages(session, left):
        done += len(page)
        cursor = {"v": 1, "uidvalidity": state.uidvalidity, "below": page[-1].uid, "done": done, "total": total}
        yield EventPage(events(session, arrived_between(page, read_range.since, read_range.until)), cursor, done, total)


def _arrived(session: FolderSession, state: FolderState, since: datetime | None, until: datetime | None) -> list[int]:
    """UIDs of the mails of those days, the lowest first, and of the days about them: the server's have another zone."""
    days: list[Any] = []
    if since:
        days += ["SINCE", (since - DAY).date()]
    if until:
        days += ["BEFORE", (until + 2 * DAY).date()]
    found: set[int] = set()
    for start in range(1, state.exists + 1, WINDOW):
        found.update(session.search(f"{start}:{min(start + WINDOW - 1, state.exists)}", *days))
    return sorted(found)


def pages(session: FolderSession, uids: Sequence[int]) -> Iterator[list[ListedMail]]:
    """At most `PAGE` mails and about `WEIGHT` bytes at once, in the order given."""
    for start in range(0, len(uids), PAGE):
        page: list[ListedMail] = []
        weight = 0
        for mail in session.listed(uids[start : start + PAGE]):
            heavy = min(mail.size, LARGEST)
            if page and weight + heavy > WEIGHT:
                yield page
                page, weight = [], 0
            page.append(mail)
            weight += heavy
        if page:
            yield page


def arrived_between(listed: Sequence[ListedMail], since: datetime | None, until: datetime | None) -> list[ListedMail]:
    """Drafts left out. A search knows whole days only; this is exact."""
    return [
        mail
        for mail in listed
        if not mail.draft
        and (mail.arrived is None or since is None or mail.arrived >= since)
        and (mail.arrived is None or until is None or mail.arrived <= until)
    ]


def events(session: FolderSession, listed: Sequence[ListedMail]) -> list[RawEvent]:
    """The events of a page. A mail that breaks the conversation is set aside: it never blocks its folder."""
    if not listed:
        return []
    try:
        return customers_events(session.copies(listed), session.account.own)
    except BROKEN as error:
        wait = allowance_of(error)
        if wait:
            raise wait from None
        session.reopen()
        if len(listed) > 1:
            middle = len(listed) // 2
            return [*events(session, listed[:middle]), *events(session, listed[middle:])]
        return _once_more(session, listed[0])


def customers_events(copies: Sequence[MailCopy], own: OwnAddresses) -> list[RawEvent]:
    """Those that a customer has a part in: newsletters and mails among ourselves would fill the quarantine. Each says
    whose it is, so that `normalise` need not work it out again. Where that cannot be read, a person has to look."""
    found = []
    for event in (event for copy in copies for event in events_of(copy)):
        mail = {**event.content, **event.meta}
        parties = parties_of(mail, own)
        if parties:
            found.append(event._replace(meta={**event.meta, "parties": asdict(parties)}))
        elif puzzle := puzzle_of(mail, own):
            found.append(event._replace(refused=puzzle))
    return found


def _once_more(session: FolderSession, mail: ListedMail) -> list[RawEvent]:
    """A connection may have broken for other reasons; and a structure nobody can read is not needed."""
    try:
        return customers_events(session.copies([mail], attachments=False), session.account.own)
    except BROKEN as error:
        session.reopen()
        return [_unreadable(session, mail.uid, error)]


def _unreadable(session: FolderSession, uid: int, error: Exception) -> RawEvent:
    validity = session.state.uidvalidity if session.state else 0
    return RawEvent(
        key=f"unreadable:{validity}:{uid}:{session.folder}",
        content={"folder": session.folder, "uid": uid, "uidvalidity": validity},
        refused=f"The server gives nothing here that can be read: {words_of(error)}",
    )
