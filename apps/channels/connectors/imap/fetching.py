"""The mails of an open folder as events, page by page."""

import imaplib
from collections.abc import Iterator, Sequence
from datetime import datetime

from apps.channels.connectors.base import RawEvent
from apps.channels.connectors.imap.connection import allowance_of, words_of
from apps.channels.connectors.imap.parties import parties
from apps.channels.connectors.imap.reading import LARGEST, event_of
from apps.channels.connectors.imap.session import Listed, Session

PAGE = 100  # mails
WEIGHT = 4 * 1024 * 1024  # bytes of a page
BROKEN = (imaplib.IMAP4.error, ValueError, LookupError, TypeError)  # an answer that cannot be understood


def pages(session: Session, uids: Sequence[int]) -> Iterator[list[Listed]]:
    """At most `PAGE` mails and about `WEIGHT` bytes at once, in the order given."""
    for start in range(0, len(uids), PAGE):
        page: list[Listed] = []
        weight = 0
        for one in session.listed(uids[start : start + PAGE]):
            heavy = min(one.size, LARGEST)
            if page and weight + heavy > WEIGHT:
                yield page
                page, weight = [], 0
            page.append(one)
            weight += heavy
        if page:
            yield page


def timely(listed: Sequence[Listed], since: datetime | None, until: datetime | None) -> list[Listed]:
    """Those that arrived when they are wanted, drafts left out. A search knows whole days only; this is exact."""
    return [
        one
        for one in listed
        if not one.draft
        and (one.arrived is None or since is None or one.arrived >= since)
        and (one.arrived is None or until is None or one.arrived <= until)
    ]


def events(session: Session, listed: Sequence[Listed]) -> list[RawEvent]:
    """The events of a page. A mail that breaks the conversation is set aside: it never blocks its folder.

    No event where no customer has a part in it: newsletters and mails among ourselves would fill the quarantine.
    """
    if not listed:
        return []
    try:
        found = [event_of(copy) for copy in session.copies(listed)]
        return [event for event in found if parties({**event.content, **event.meta}, session.account.own)]
    except BROKEN as error:
        wait = allowance_of(error)
        if wait:
            raise wait from None
        session.reopen()
        if len(listed) > 1:
            middle = len(listed) // 2
            return [*events(session, listed[:middle]), *events(session, listed[middle:])]
        return _once_more(session, listed[0])


def _once_more(session: Session, one: Listed) -> list[RawEvent]:
    """A connection may have broken for other reasons; and a structure nobody can read is not needed."""
    try:
        found = [event_of(copy) for copy in session.copies([one], attachments=False)]
        return [event for event in found if parties({**event.content, **event.meta}, session.account.own)]
    except BROKEN as error:
        session.reopen()
        return [_unreadable(session, one.uid, error)]


def _unreadable(session: Session, uid: int, error: Exception) -> RawEvent:
    validity = session.place.uidvalidity if session.place else 0
    return RawEvent(
        key=f"unreadable:{validity}:{uid}:{session.folder}",
        content={"folder": session.folder, "uid": uid, "uidvalidity": validity},
        refused=f"The server gives nothing here that can be read: {words_of(error)}",
    )
