"""A reader in a process of its own: `python -m tests.faults.reader sync|pace PK [SIGNAL STATEMENT OCCURRENCE]`.

With a signal named it does that to itself right after the statement that begins so, at that occurrence.
"""

import os
import signal
import sys

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from apps.channels.actions import opened, sync
from apps.channels.connectors.base import Throttled
from apps.channels.models import SyncState
from apps.channels.registry import CONNECTORS
from tests.channels.provider import Orders

REQUESTS = 25


def at(name, beginning, occurrence):
    """A wrapper for statements that sends the signal."""
    seen = []

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if " ".join(sql.split()).startswith(beginning):
            seen.append(sql)
            if len(seen) == occurrence:
                os.kill(os.getpid(), getattr(signal, name))
        return result

    return wrapper


def pace(source):
    for _ in range(REQUESTS):
        while True:
            try:
                Orders().ask(source, limit=1)
                break
            except Throttled:
                continue


def main(what, pk, *killed):
    CONNECTORS["orders"] = Orders()
    if what == "pace":
        pace(opened(SyncState.objects.get(pk=pk).source))
    elif killed:
        name, beginning, occurrence = killed
        with connection.execute_wrapper(at(name, beginning, int(occurrence))):
            report(sync(int(pk)))
    else:
        report(sync(int(pk)))


def report(run):
    sys.stdout.write(run.state if run else "none")


if __name__ == "__main__":
    main(*sys.argv[1:])
