"""A real mail server for tests: Debian's Dovecot on loopback, run by nobody in particular, in a directory of its own.

Every test gets a mailbox of its own. Mails are delivered as a Maildir takes them (written aside, then renamed), which
Dovecot notices by inotify and tells whoever is idling.
"""

import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from tests.machine.dovecot_conf import CONFIGURATION, SHARED
from tests.stack import eventually, free_port

STARTED, COUNT = int(time.time()), itertools.count()
PASSWORD = "correct-horse"


@dataclass
class Dovecot:
    """A mail server that runs. `certificate` is its own and its only authority."""

    binary: str
    home: Path
    port: int
    secure_port: int
    process: subprocess.Popen[bytes]
    owner: tuple[int, int]

    @property
    def certificate(self) -> Path:
        return self.home / "cert.pem"


@dataclass
class Mailbox:
    """Somebody's mailbox. Folders are made as mails are delivered to them."""

    server: Dovecot
    user: str

    @property
    def settings(self) -> dict[str, object]:
        """Of a source that reads it."""
        return {
            "host": "127.0.0.1", "port": self.server.port, "security": "none", "user": self.user,
            "password": PASSWORD, "folders": "INBOX, Sent", "own": "shop.example", "authority": "mx.shop.example",
        }  # fmt: skip

    @property
    def maildir(self) -> Path:
        return self.server.home / "mail" / self.user / "Maildir"

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.server.port, ssl=False, timeout=20)
        client.login(self.user, PASSWORD)
        return client

    def deliver(self, raw: bytes, folder: str = "INBOX", *, at: datetime | None = None, number: int = 1) -> None:
        """Into the folder, as of `at` (now)."""
        place = self.maildir if folder == "INBOX" else self.maildir / f".{folder.replace('/', '.')}"
        for name in ("tmp", "new", "cur"):
            self._made(place / name)
        for _each in range(number):
            count = next(COUNT)  # UIDs are given in the order of seconds and microseconds
            name = f"{STARTED + count // 1_000_000}.M{count % 1_000_000}P{os.getpid()}.shop"
            draft = place / "tmp" / name
            draft.write_bytes(raw)
            if os.geteuid() == 0:
                os.chown(draft, *self.server.owner)
            if at:
                os.utime(draft, (at.timestamp(), at.timestamp()))
            draft.rename(place / "new" / name)

    def _made(self, directory: Path) -> None:
        missing = []
        while not directory.exists():
            missing.append(directory)
            directory = directory.parent
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                os.chown(one, *self.server.owner)

    def move(self, into: str, folder: str = "INBOX") -> None:
        """Everything that lies in a folder."""
        with self.client() as client:
            if not client.folder_exists(into):
                client.create_folder(into)
            client.select_folder(folder)
            client.move(client.search(), into)

    def expunge(self, folder: str = "INBOX") -> None:
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages(client.search())
            client.expunge()

    def recreate(self, folder: str) -> None:
        """Delete a folder and make it anew: another UIDVALIDITY, and nothing in it."""
        with self.client() as client:
            before = client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]
            client.delete_folder(folder)
            time.sleep(1.1)  # the number is the time in seconds
            client.create_folder(folder)
            assert client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"] != before


def _version(binary: str) -> str:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    return ".".join(said.stdout.split(".")[:2])


def _certify(home: Path) -> None:
    """A certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (home / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))


def _configure(home: Path, binary: str, port: int, secure: int, owner: pwd.struct_passwd) -> None:
    text = CONFIGURATION.get(_version(binary), CONFIGURATION["2.4"]) + SHARED
    group = grp.getgrgid(owner.pw_gid).gr_name
    (home / "dovecot.conf").write_text(
        text.format(
            home=home, port=port, secure=secure, user=owner.pw_name, group=group, uid=owner.pw_uid, gid=owner.pw_gid,
            password=PASSWORD,
        )
    )  # fmt: skip


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One for the session. Its directory has a short path: a socket's may not be long."""
    binary = os.environ.get("KLATSCH_DOVECOT") or shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(binary).exists():
        pytest.fail("There is no Dovecot here: run the tests with manage.py test, which fetches one.")
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    _certify(home)
    port, secure = free_port(), free_port()
    _configure(home, binary, port, secure, owner)
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    if os.geteuid() == 0:
        for path in (home, *home.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    process = _start(binary, home, owner)
    server = Dovecot(binary, home, port, secure, process, (owner.pw_uid, owner.pw_gid))
    try:
        eventually(lambda: _answers(port), within=20, what=f"Dovecot; its log is {home / 'log'}: the start")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _start(binary: str, home: Path, owner: pwd.struct_passwd) -> subprocess.Popen[bytes]:
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with (home / "output").open("wb") as output:
        return subprocess.Popen(
            [binary, "-F", "-c", str(home / "dovecot.conf")],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=home, **who,
        )  # fmt: skip


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as probe:
            return probe.recv(4) == b"* OK"
    except OSError:
        return False


@pytest.fixture
def dovecot(dovecot_server, settings) -> Mailbox:
    """A mailbox of its own for each test, at a server that the sources of the test may talk to."""
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    return Mailbox(dovecot_server, f"help-{uuid.uuid4().hex[:8]}@shop.example")
