"""Talking IMAP (RFC 3501): to an address that was allowed, under the name on its certificate, never for ever."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient

from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import Denied, Throttled
from apps.foundation.network.addresses import reachable

PATIENCE = 20.0  # seconds to connect, and between two parts of an answer
CROWDED = 60.0  # seconds to wait where too many are connected
SPENT = 1800.0  # seconds to wait where the day's allowance of data is used up
BUSY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|temporar|try again|simultaneous", re.IGNORECASE)
OVER = re.compile(r"\[OVERQUOTA\]|bandwidth|exceeded", re.IGNORECASE)
BYTES = re.compile(r"""^b(['"])(.*)\1$""", re.DOTALL)


class _Socket:
    """Connects to the address that was looked at, while the certificate is held against the host's name."""

    address: str
    host: str
    port: int

    def _connected(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self.address, self.port), timeout or PATIENCE)


class _Plain(_Socket, imaplib.IMAP4):
    def __init__(self, address: str, host: str, port: int) -> None:
        self.address = address
        super().__init__(host, port, PATIENCE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._connected(timeout)


class _Secure(_Plain):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return ssl.create_default_context().wrap_socket(self._connected(timeout), server_hostname=self.host)


class _Client(IMAPClient):  # type: ignore[misc] # untyped
    """IMAPClient on a socket of ours. Dates come with their zone."""

    def __init__(self, account: Account) -> None:
        self.address = reachable(account.host, account.port)
        super().__init__(account.host, account.port, ssl=account.security == "tls", timeout=PATIENCE)
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        return (_Secure if self.ssl else _Plain)(self.address, self.host, self.port)


@contextmanager
def connected(account: Account) -> Iterator[Any]:
    """A client that is logged in, while it is needed."""
    client = connect(account)
    try:
        yield client
    finally:
        log_out(client)


def log_out(client: Any) -> None:
    with suppress(Exception):
        client.socket().settimeout(2)
        client.logout()
    with suppress(Exception):
        client.shutdown()


def connect(account: Account) -> Any:
    """A client that is logged in. Raises Denied or Throttled with the server's own words, or what the network does."""
    client: Any = None
    try:
        client = _Client(account)
        if account.security == "starttls":
            client.starttls(ssl.create_default_context())
        _log_in(client, account)
    except BaseException as error:
        with suppress(Exception):
            client.shutdown()
        raise _understood(error, account) from error
    return client


def _understood(error: BaseException, account: Account) -> BaseException:
    """What to raise instead: a broken connection passes, a wrong certificate or password does not by itself."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Denied(f"{account.host}: certificate verify failed: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Denied(f"{account.host} does not speak TLS on port {account.port} ({error.reason}).")
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        said = words_of(error)
        return Throttled(CROWDED, said) if BUSY.search(said) else Denied(said)
    return error


def _log_in(client: Any, account: Account) -> None:
    if account.user.isascii() and account.password.isascii():
        client.login(account.user, account.password)
    else:
        client.plain_login(account.user, account.password)
    if client.has_capability("ENABLE") and client.has_capability("CONDSTORE"):
        client.enable("CONDSTORE")  # HIGHESTMODSEQ is only told to those who asked


def words_of(error: BaseException) -> str:
    """The server's own words, out of the wrapping they come in."""
    text = str(error).strip()
    found = BYTES.match(text)
    text = found[2] if found else text
    return " ".join(text.split())[:300] or type(error).__name__


def allowance_of(error: BaseException) -> Throttled | None:
    """What to raise instead where the server says that enough was fetched for now."""
    said = words_of(error)
    return Throttled(SPENT, said) if OVER.search(said) else None
