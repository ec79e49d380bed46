"""One LISTEN connection a process, and the open pages it rings.

Notifications carry which customer and which page caused them, nothing about anybody. If the connection breaks it is
made again, and every page is rung once, since something may have been missed.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import psycopg
import structlog
from django.db import connection
from psycopg.conninfo import make_conninfo

from apps.customers.presence import PRESENCE
from apps.interactions.live import LIVE

log = structlog.get_logger(__name__)
RETRY = (0.2, 0.5, 1, 2, 5)  # seconds between attempts to reach the database again


class Ring(NamedTuple):
    """What a page hears: the event's name (`story` or `presence`) and the page that caused it."""

    event: str
    tab: str


class Bell:
    """Fans notifications out to the queues of the pages that are open in this process."""

    def __init__(self) -> None:
        self._pages: dict[str, set[asyncio.Queue[Ring]]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def page(self, customer: str) -> AsyncIterator["asyncio.Queue[Ring]"]:
        """A queue of rings for this customer, for as long as the page is open."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        queue: asyncio.Queue[Ring] = asyncio.Queue(maxsize=32)
        self._pages[customer].add(queue)
        try:
            yield queue
        finally:
            self._pages[customer].discard(queue)
            if not self._pages[customer]:
                del self._pages[customer]

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(_conninfo(), autocommit=True) as conn:
                    await conn.execute(f"LISTEN {LIVE}; LISTEN {PRESENCE}")
                    if failures:
                        self._ring_everyone()
                    failures = 0
                    async for notice in conn.notifies():
                        self._hear(notice.channel, notice.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("live.reconnecting", error=type(error).__name__)
                await asyncio.sleep(RETRY[min(failures, len(RETRY) - 1)])
                failures += 1

    def _hear(self, channel: str, payload: str) -> None:
        tab, _bar, customers = payload.partition("|")
        ring = Ring("presence" if channel == PRESENCE else "story", tab)
        for customer in customers.split(","):
            for queue in self._pages.get(customer, ()):
                _put(queue, ring)

    def _ring_everyone(self) -> None:
        for queues in self._pages.values():
            for queue in queues:
                _put(queue, Ring("story", ""))


def _put(queue: "asyncio.Queue[Ring]", ring: Ring) -> None:
    with contextlib.suppress(asyncio.QueueFull):  # a full queue rings already
        queue.put_nowait(ring)


def _conninfo() -> str:
    params: dict[str, Any] = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
    return make_conninfo("", **{key: params[key] for key in wanted if params.get(key)}, application_name="klatsch live")


bell = Bell()
