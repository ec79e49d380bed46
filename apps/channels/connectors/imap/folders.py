"""Which folders of a mailbox are read, and where reading stands in one."""

import imaplib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.channels.connectors.imap.connection import BUSY, CROWDED, words_of
from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import Denied, Throttled

LEFT_OUT = frozenset(
    {rb"\drafts", rb"\junk", rb"\trash", rb"\all", rb"\flagged", rb"\important", rb"\noselect", rb"\nonexistent"}
)
LEFT_OUT_NAMES = frozenset(
    {"drafts", "junk", "junk e-mail", "spam", "trash", "bin", "deleted items", "deleted messages", "outbox"}
)
SENT = rb"\sent"
SENT_NAMES = {"sent", "sent items", "sent messages", "sent mail"}
LONGEST = 200  # characters of a stream's name


@dataclass(frozen=True, slots=True)
class MailFolder:
    """As LIST says; `flags` in lower case (RFC 6154)."""

    name: str
    flags: frozenset[bytes]
    base: str

    @property
    def sent(self) -> bool:
        return SENT in self.flags or self.base.lower() in SENT_NAMES

    @property
    def unwanted(self) -> bool:
        return bool(self.flags & LEFT_OUT) or self.base.lower() in LEFT_OUT_NAMES


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder as it is now. `modseq` is 0 where the server does not count changes (RFC 7162)."""

    uidvalidity: int
    uidnext: int
    modseq: int
    exists: int


def folders(client: Any) -> list[MailFolder]:
    found = []
    for flags, delimiter, name in client.list_folders():
        mark = delimiter.decode() if delimiter else "/"
        base = name.rpartition(mark)[2]
        found.append(MailFolder(str(name), frozenset(bytes(flag).lower() for flag in flags), str(base)))
    return [folder for folder in found if len(folder.name) <= LONGEST]


def chosen_folders(client: Any, account: Account) -> list[MailFolder]:
    """The folders to be read. Raises Denied for one that is wanted by name and is not there; “Sent” may be called
    otherwise, or be missing."""
    there = folders(client)
    if not account.folders:
        return [folder for folder in there if not folder.unwanted]
    named = {folder.name.lower() if folder.name.upper() == "INBOX" else folder.name: folder for folder in there}
    found: dict[str, MailFolder] = {}
    for name in account.folders:
        folder = named.get(name.lower() if name.upper() == "INBOX" else name)
        if folder is None and name.lower() in SENT_NAMES:
            folder = next((folder for folder in there if SENT in folder.flags), None) or next(
                (folder for folder in there if folder.sent), None
            )
            if folder is None:
                continue
        if folder is None:
            known = ", ".join(folder.name for folder in there[:20])
            raise Denied(f"There is no folder “{name}”. There are: {known}.")
        found[folder.name] = folder
    return list(found.values())


def is_sent(client: Any, name: str) -> bool:
    return any(folder.sent for folder in folders(client) if folder.name == name)


def open_folder(client: Any, name: str, wanted: Sequence[str]) -> FolderState | None:
    """Open a folder for reading only. None where it is gone and nobody asked for it by name; Denied if somebody did."""
    try:
        answer = client.select_folder(name, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if BUSY.search(words_of(error)):
            raise Throttled(CROWDED, words_of(error)) from None
        if name in wanted:
            raise Denied(f"{name}: {words_of(error)}") from None
        return None
    return FolderState(
        uidvalidity=int(answer.get(b"UIDVALIDITY") or 0),
        uidnext=int(answer.get(b"UIDNEXT") or client.folder_status(name, ["UIDNEXT"])[b"UIDNEXT"]),
        modseq=_number(answer.get(b"HIGHESTMODSEQ")),
        exists=int(answer.get(b"EXISTS") or 0),
    )


def _number(answer: Any) -> int:
    return answer if isinstance(answer, int) else 0


def mails_in(client: Any, chosen: Sequence[MailFolder]) -> int:
    return sum(int(client.folder_status(folder.name, ["MESSAGES"])[b"MESSAGES"]) for folder in chosen)
