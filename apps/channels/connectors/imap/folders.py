"""Which folders of a mailbox are read, and where reading stands in one."""

import imaplib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.channels.connectors.base import Denied, Throttled
from apps.channels.connectors.imap.account import Account
from apps.channels.connectors.imap.connection import BUSY, CROWDED, words_of

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
class Folder:
    """As LIST tells it; `flags` in lower case (RFC 6154)."""

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
class Place:
    """A folder as it is now. `modseq` is 0 where the server does not count changes (RFC 7162)."""

    uidvalidity: int
    uidnext: int
    modseq: int
    exists: int


def folders(client: Any) -> list[Folder]:
    found = []
    for flags, delimiter, name in client.list_folders():
        mark = delimiter.decode() if delimiter else "/"
        base = name.rpartition(mark)[2]
        found.append(Folder(str(name), frozenset(bytes(flag).lower() for flag in flags), str(base)))
    return [one for one in found if len(one.name) <= LONGEST]


def chosen(client: Any, account: Account) -> list[Folder]:
    """The folders to be read. Raises Denied for one that is wanted by name and is not there; “Sent” may be called
    otherwise, or be missing."""
    there = folders(client)
    if not account.folders:
        return [one for one in there if not one.unwanted]
    named = {one.name.lower() if one.name.upper() == "INBOX" else one.name: one for one in there}
    found: dict[str, Folder] = {}
    for name in account.folders:
        one = named.get(name.lower() if name.upper() == "INBOX" else name)
        if one is None and name.lower() in SENT_NAMES:
            one = next((folder for folder in there if SENT in folder.flags), None) or next(
                (folder for folder in there if folder.sent), None
            )
            if one is None:
                continue
        if one is None:
            known = ", ".join(folder.name for folder in there[:20])
            raise Denied(f"There is no folder “{name}”. There are: {known}.")
        found[one.name] = one
    return list(found.values())


def is_sent(client: Any, name: str) -> bool:
    return any(one.sent for one in folders(client) if one.name == name)


def enter(client: Any, name: str, wanted: Sequence[str]) -> Place | None:
    """Open a folder for reading only. None where it is gone and nobody asked for it by name; Denied if somebody did."""
    try:
        told = client.select_folder(name, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if BUSY.search(words_of(error)):
            raise Throttled(CROWDED, words_of(error)) from None
        if any(name == one for one in wanted):
            raise Denied(f"{name}: {words_of(error)}") from None
        return None
    return Place(
        uidvalidity=int(told.get(b"UIDVALIDITY") or 0),
        uidnext=int(told.get(b"UIDNEXT") or client.folder_status(name, ["UIDNEXT"])[b"UIDNEXT"]),
        modseq=_number(told.get(b"HIGHESTMODSEQ")),
        exists=int(told.get(b"EXISTS") or 0),
    )


def _number(told: Any) -> int:
    return told if isinstance(told, int) else 0


def mails_in(client: Any, chosen: Sequence[Folder]) -> int:
    return sum(int(client.folder_status(one.name, ["MESSAGES"])[b"MESSAGES"]) for one in chosen)
