"""A Dovecot for the tests of mailboxes: the one `KLATSCH_DOVECOT` names, one that is installed, or Debian's (as root).

Nobody but root can fetch one: the paths of its programs are compiled in, so that it does not run from elsewhere.
"""

import os
import shutil
import subprocess

from tests.machine.debian import install

PACKAGES = ("dovecot-core", "dovecot-imapd")
USUAL = "/usr/sbin/dovecot"  # not on the path of people who are not root


class NoDovecot(Exception):
    """There is none, and none could be had; the message says what to do."""


def provide_dovecot() -> str:
    """The path of a Dovecot that starts; also set as `KLATSCH_DOVECOT` for child processes. Raises NoDovecot."""
    path = _installed() or _from_debian()
    if path is None:
        raise NoDovecot("there is no Dovecot here. As root: apt-get install dovecot-imapd")
    os.environ["KLATSCH_DOVECOT"] = path
    return path


def _installed() -> str | None:
    candidates = (os.environ.get("KLATSCH_DOVECOT"), shutil.which("dovecot"), USUAL)
    return next((path for path in candidates if path and _starts(path)), None)


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_debian() -> str | None:
    return _installed() if install(PACKAGES, takes="half a minute") else None
