"""`manage.py test`: everything the tests need on a bare machine, then pytest with whatever else was typed."""

import os

from config.chromium import NoChromium, provide_chromium, uv
from config.debian import tell
from config.dovecot import NoDovecot, provide_dovecot
from config.embedded import ROOT, provide_database

# Set for the second round, inside the environment that has the tests' packages.
PREPARED = "KLATSCH_TEST_PACKAGES"


def main(arguments: list[str]) -> int:
    """Run pytest on the embedded PostgreSQL (or `DATABASE_URL`). Returns pytest's exit status; 5 is "no tests"."""
    _have_packages(arguments)
    os.environ.setdefault("KLATSCH_HTTPS", "false")
    try:
        provide_chromium()
    except NoChromium as error:
        tell(f"the browser tests will fail: {error}")
    try:
        provide_dovecot()
    except NoDovecot as error:
        tell(f"the tests of mailboxes will fail: {error}")
    provide_database()
    import pytest  # noqa: PLC0415 - only the test group brings it

    return int(pytest.main(arguments))


def _have_packages(arguments: list[str]) -> None:
    """Start over through uv with the group `test`: it installs what is missing or outdated, else costs 0.1 s."""
    found = uv()
    if os.environ.get(PREPARED) or not found:
        return
    manage = str(ROOT / "manage.py")
    command = [found, "run", "--quiet", "--project", str(ROOT), "--group", "test", "python", manage, "test", *arguments]
    os.execve(found, command, {**os.environ, PREPARED: "yes"})  # noqa: S606 - uv, by its own path
