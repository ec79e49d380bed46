"""`manage.py test`: everything the tests need on a bare machine, then pytest with whatever else was typed."""

import os

from config.launch.database import provide_database
from tests.machine.chromium import NoChromium, provide_chromium
from tests.machine.debian import tell
from tests.machine.dovecot import NoDovecot, provide_dovecot


def main(arguments: list[str]) -> int:
    """Run pytest on the embedded PostgreSQL (or `DATABASE_URL`). Returns pytest's exit status; 5 is "no tests"."""
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
    import pytest  # noqa: PLC0415 - only the group `test` brings it

    return int(pytest.main(arguments))
