"""Hearing of new mail at once: IMAP IDLE (RFC 2177), or a look every few seconds where a server has none."""

import imaplib
import select
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import structlog

from apps.channels.connectors.imap.connection import connect, connected
from apps.channels.connectors.imap.folders import chosen_folders, open_folder
from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import Denied, SourceFacts
from apps.foundation.network.backoff import Backoff, exponential

log = structlog.get_logger(__name__)

MOST = 5  # folders, each with a connection of its own: providers allow some fifteen
RENEWED = 510.0  # seconds; servers hang up after ten minutes at the earliest they should, half an hour by the book
LOOKED = 10.0  # seconds between two looks where there is no IDLE
TICK = 0.5  # seconds within which a caller can stop us
BACKOFF = Backoff(exponential(2.0, 300.0))
ACCIDENTS = (imaplib.IMAP4.error, OSError, ValueError, LookupError, TypeError)


class FolderListener:
    """One folder being listened to. `client` is None between two tries."""

    def __init__(self, account: Account, folder: str) -> None:
        self.account, self.folder = account, folder
        self.client: Any = None
        self.idles = False
        self.renew_at = self.retry_at = 0.0
        self.failures = 0

    def open(self) -> bool:
        """Whether it listens, newly: what came before may not have been heard of. Raises Denied."""
        if self.client is not None or monotonic() < self.retry_at:
            return False
        try:
            self.client = connect(self.account)
            if open_folder(self.client, self.folder, ()) is None:
                raise ConnectionError("The folder is not there.")
            self.idles = bool(self.client.has_capability("IDLE"))
            self._listen()
        except Denied:
            self.close()
            raise
        except Exception as error:
            self.fail(error)
            return False
        self.failures = 0
        log.info("mail.listening", folder=self.folder, idle=self.idles)
        return True

    def _listen(self) -> None:
        if self.idles:
            self.client.idle()
        self.renew_at = monotonic() + (RENEWED if self.idles else LOOKED)

    def heard(self, *, readable: bool) -> bool:
        """Whether there may be new mail. Keeps the connection alive, or drops it where it is broken."""
        try:
            if not readable and monotonic() < self.renew_at:
                return False
            if not self.idles:
                answer = self.client.noop()[1]
            else:
                answer = self.client.idle_check(timeout=0) if readable else []
                if not answer:  # time to renew, or the server has hung up: asking tells which
                    answer = self.client.idle_done()[1]
                    self.client.idle()
            renewed = monotonic() >= self.renew_at and self.idles  # what came in between may not have been said
            self.renew_at = monotonic() + (RENEWED if self.idles else LOOKED)
            if any(line[:1] == (b"BYE",) for line in answer):
                raise ConnectionError("The server says goodbye.")
            return renewed or any(len(line) > 1 and line[1] == b"EXISTS" for line in answer)
        except ACCIDENTS as error:
            self.fail(error)
            return False

    def fail(self, error: Exception) -> None:
        self.close()
        self.failures += 1
        wait = BACKOFF.seconds(self.failures)
        self.retry_at = monotonic() + wait
        log.info("mail.unheard", folder=self.folder, error=type(error).__name__, wait=wait)

    def close(self) -> None:
        """Hang up: in the middle of IDLE a server would not answer a farewell."""
        if self.client is not None:
            with suppress(Exception):
                self.client.shutdown()
            self.client = None


def watch(source: SourceFacts) -> Iterator[str]:
    """A folder's name whenever it may have something new, and an empty string at least every few seconds."""
    account = Account.of(source.settings)
    with connected(account) as client:
        folders = [folder.name for folder in chosen_folders(client, account)][:MOST]
    listeners = [FolderListener(account, name) for name in folders]
    try:
        while True:
            for listener in listeners:
                if listener.open():
                    yield listener.folder
            readable = _readable(listeners)
            for listener in listeners:
                if listener.client is not None and listener.heard(readable=listener in readable):
                    yield listener.folder
            yield ""
    finally:
        for listener in listeners:
            listener.close()


def _readable(listeners: Sequence[FolderListener]) -> list[FolderListener]:
    """Those whose server has said something, or hung up, within a tick."""
    poller = select.poll()
    idle = [listener for listener in listeners if listener.client is not None and listener.idles]
    by_number = {listener.client.socket().fileno(): listener for listener in idle}
    for number in by_number:
        poller.register(number, select.POLLIN)
    return [by_number[number] for number, _event in poller.poll(TICK * 1000)]
