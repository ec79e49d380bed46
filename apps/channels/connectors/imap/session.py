"""A folder open for reading, and what it says of its mails: sizes first, then bytes, never more than we look at."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from apps.channels.connectors.imap import structure
from apps.channels.connectors.imap.account import Account
from apps.channels.connectors.imap.connection import connect, leave
from apps.channels.connectors.imap.folders import Place, enter, is_sent
from apps.channels.connectors.imap.reading import LARGEST, Copy, event_of, head_of

WHOLE = f"BODY.PEEK[]<0.{LARGEST}>"
NOT_SENT_YET = rb"\draft"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a folder says of a mail before anything of it is read."""

    uid: int
    size: int
    arrived: datetime | None
    draft: bool


class Session:
    """A folder open for reading, over a connection that is made anew when a mail has broken it. `place` is None where
    the folder is gone."""

    def __init__(self, account: Account, folder: str) -> None:
        self.account, self.folder = account, folder
        self.client: Any = connect(account)
        try:
            self.sent = is_sent(self.client, folder)
            self.place: Place | None = enter(self.client, folder, account.folders)
        except BaseException:
            leave(self.client)
            raise

    def reopen(self) -> None:
        """Raises what the network raises."""
        with suppress(Exception):
            self.client.shutdown()
        self.client = connect(self.account)
        before, self.place = self.place, enter(self.client, self.folder, self.account.folders)
        if self.place is None or before is None or self.place.uidvalidity != before.uidvalidity:
            raise ConnectionError("The folder was made anew while it was read.")

    def close(self) -> None:
        leave(self.client)

    def search(self, *criteria: Any) -> list[int]:
        """UIDs, the lowest first."""
        return sorted(int(uid) for uid in self.client.search(list(criteria)))

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """In the order of `uids`, without those expunged meanwhile."""
        told = self.client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [_listed(uid, told[uid]) for uid in uids if uid in told]

    def copies(self, wanted: Sequence[Listed], *, attachments: bool = True) -> list[Copy]:
        """The mails without those expunged meanwhile. Without `attachments`, the parts of large ones are not asked
        for."""
        told = self.client.fetch([one.uid for one in wanted], [WHOLE])
        found = {one.uid: self._copy(one, told.get(one.uid, {})) for one in wanted}
        for one in wanted:
            copy = found[one.uid]
            if copy and copy.cut and attachments:
                found[one.uid] = self._completed(one.uid, copy)
        return [copy for copy in found.values() if copy]

    def _copy(self, one: Listed, told: Any) -> Copy | None:
        raw = _bytes(told, b"BODY[]")
        if not raw:
            return None
        cut = one.size > LARGEST
        return Copy(raw=raw, folder=self.folder, arrived=one.arrived, size=one.size, sent=self.sent, cut=cut)

    def _completed(self, uid: int, copy: Copy) -> Copy:
        """With the names of all that is attached, and with its text, should that come after the part we have."""
        parts = structure.parts(self.client.fetch([uid], ["BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE"))
        copy = replace(copy, attached=tuple(structure.attached(parts)))
        text = structure.text_part(parts)
        if text is None or event_of(copy).content["text"]:
            return copy
        told = self.client.fetch([uid], [f"BODY.PEEK[{text.section}]<0.{LARGEST}>"]).get(uid, {})
        body = _bytes(told, f"BODY[{text.section}]".encode()) or b""
        return replace(copy, raw=structure.rebuilt(head_of(copy.raw), text, body))


def _listed(uid: int, told: Any) -> Listed:
    arrived = told.get(b"INTERNALDATE")
    flags = told.get(b"FLAGS") or ()
    return Listed(
        uid,
        int(told.get(b"RFC822.SIZE") or 0),
        arrived.astimezone(UTC) if isinstance(arrived, datetime) else None,
        any(isinstance(flag, bytes) and flag.lower() == NOT_SENT_YET for flag in flags),
    )


def _bytes(told: Any, name: bytes) -> bytes | None:
    """A part under its name, with or without where it begins. Digits alone come as a number."""
    for key in (name + b"<0>", name):
        if told.get(key) is not None:
            value = told[key]
            return value if isinstance(value, bytes) else str(value).encode()
    return None
