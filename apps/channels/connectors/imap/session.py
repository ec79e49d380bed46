"""A folder open for reading, and what it says of its mails: sizes first, then bytes, never more than we look at."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from apps.channels.connectors.imap import structure
from apps.channels.connectors.imap.connection import connect, log_out
from apps.channels.connectors.imap.folders import FolderState, is_sent, open_folder
from apps.channels.connectors.imap.settings import Account
from apps.channels.toolkit.mail.head import head_of
from apps.channels.toolkit.mail.message import LARGEST, MailCopy, event_of

WHOLE = f"BODY.PEEK[]<0.{LARGEST}>"
NOT_SENT_YET = rb"\draft"


@dataclass(frozen=True, slots=True)
class ListedMail:
    """What a folder says of a mail before anything of it is read."""

    uid: int
    size: int
    arrived: datetime | None
    draft: bool


class FolderSession:
    """A folder open for reading, over a connection that is made anew when a mail has broken it. `state` is None where
    the folder is gone."""

    def __init__(self, account: Account, folder: str) -> None:
        self.account, self.folder = account, folder
        self.client: Any = connect(account)
        try:
            self.sent = is_sent(self.client, folder)
            self.state: FolderState | None = open_folder(self.client, folder, account.folders)
        except BaseException:
            log_out(self.client)
            raise

    def reopen(self) -> None:
        """Raises what the network raises."""
        with suppress(Exception):
            self.client.shutdown()
        self.client = connect(self.account)
        before, self.state = self.state, open_folder(self.client, self.folder, self.account.folders)
        if self.state is None or before is None or self.state.uidvalidity != before.uidvalidity:
            raise ConnectionError("The folder was made anew while it was read.")

    def close(self) -> None:
        log_out(self.client)

    def search(self, *criteria: Any) -> list[int]:
        """UIDs, the lowest first."""
        return sorted(int(uid) for uid in self.client.search(list(criteria)))

    def listed(self, uids: Sequence[int]) -> list[ListedMail]:
        """In the order of `uids`, without those expunged meanwhile."""
        answer = self.client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [_listed(uid, answer[uid]) for uid in uids if uid in answer]

    def copies(self, wanted: Sequence[ListedMail], *, attachments: bool = True) -> list[MailCopy]:
        """The mails without those expunged meanwhile. Without `attachments`, the parts of large ones are not asked
        for."""
        answer = self.client.fetch([mail.uid for mail in wanted], [WHOLE])
        found = {mail.uid: self._copy(mail, answer.get(mail.uid, {})) for mail in wanted}
        for mail in wanted:
            copy = found[mail.uid]
            if copy and copy.cut and attachments:
                found[mail.uid] = self._completed(mail.uid, copy)
        return [copy for copy in found.values() if copy]

    def _copy(self, mail: ListedMail, answer: Any) -> MailCopy | None:
        raw = _bytes(answer, b"BODY[]")
        if not raw:
            return None
        cut = mail.size > LARGEST
        return MailCopy(raw=raw, folder=self.folder, arrived=mail.arrived, size=mail.size, sent=self.sent, cut=cut)

    def _completed(self, uid: int, copy: MailCopy) -> MailCopy:
        """With the names of all that is attached, and with its text, should that come after the part we have."""
        parts = structure.parts(self.client.fetch([uid], ["BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE"))
        copy = replace(copy, attached=tuple(structure.attached(parts)))
        texts = structure.text_parts(parts)
        if not texts or (len(texts) == 1 and event_of(copy).content["text"]):
            return copy
        wanted = [f"BODY.PEEK[{part.section}]<0.{LARGEST // len(texts)}>" for part in texts]
        answer = self.client.fetch([uid], wanted).get(uid, {})
        found = [(part, _bytes(answer, f"BODY[{part.section}]".encode()) or b"") for part in texts]
        return replace(copy, raw=structure.rebuilt(head_of(copy.raw), found))


def _listed(uid: int, answer: Any) -> ListedMail:
    arrived = answer.get(b"INTERNALDATE")
    flags = answer.get(b"FLAGS") or ()
    return ListedMail(
        uid,
        int(answer.get(b"RFC822.SIZE") or 0),
        arrived.astimezone(UTC) if isinstance(arrived, datetime) else None,
        any(isinstance(flag, bytes) and flag.lower() == NOT_SENT_YET for flag in flags),
    )


def _bytes(answer: Any, name: bytes) -> bytes | None:
    """A part under its name, with or without where it begins. Digits alone come as a number."""
    for key in (name + b"<0>", name):
        if answer.get(key) is not None:
            value = answer[key]
            return value if isinstance(value, bytes) else str(value).encode()
    return None
