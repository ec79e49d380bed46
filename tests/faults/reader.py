"""A reader in a process of its own.

With a signal named it does that to itself right after the statement that begins so, at that occurrence.
"""

import os
import signal

from django.db import connection

from apps.channels.contract import Throttled
from apps.channels.facts import opened
from apps.channels.models import SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync.run import sync
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


def pace(tell, pk):
    """Ask so often as the pace of the source allows."""
    source = opened(SyncState.objects.get(pk=pk).source)
    for _ in range(REQUESTS):
        while True:
            try:
                Orders().ask(source, limit=1)
                break
            except Throttled:
                continue


def read(tell, pk, name="", beginning="", occurrence=0):
    """Read the stream, and tell the state of that run."""
    CONNECTORS["orders"] = Orders()
    with connection.execute_wrapper(at(name, beginning, occurrence)):
        run = sync(pk)
    tell(run.state if run else "none")
