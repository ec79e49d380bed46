"""The doorbell of the house: what one process announces, every other one hears.

A process has one LISTEN connection, in a thread of its own, however much it listens for. A room registers its channels
in its AppConfig.ready(): `register` for what open pages hear as an event, `hear` for what the process itself does
something about. Notifications carry names and public ids, nothing about anybody. If the connection breaks it is made
again, and whoever may have missed something is asked to look.
"""

import asyncio
import atexit
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

import psycopg
import structlog
from django.db import connection
from django.utils import timezone
from psycopg import sql
from psycopg.conninfo import make_conninfo

from apps.foundation.db.rows import rows
from apps.foundation.network.backoff import Backoff

log = structlog.get_logger(__name__)
RETRY = Backoff((0.2, 0.5, 1, 2, 5))  # between attempts to reach the database again
PATIENCE = 3.0  # seconds that whoever asks first waits for the connection
LATELY = timedelta(minutes=1)  # what was heard is remembered: a page is drawn before it listens
BATCH = 150  # public ids a notification carries: its payload ends at 8,000 bytes


class Ring(NamedTuple):
    """What a page hears: the event's name and the page that caused it."""

    event: str
    tab: str


class PageEvent(NamedTuple):
    """What a channel is to open pages. `after_gap`: they hear it once when the connection is there again."""

    name: str
    after_gap: bool


class Ear(NamedTuple):
    """What a process does about a payload, and about all that it may have missed."""

    heard: Callable[[str], None]
    after_gap: Callable[[], None]


Queue = asyncio.Queue[Ring]
Page = tuple[asyncio.AbstractEventLoop, Queue]
_events: dict[str, PageEvent] = {}  # by channel
_ears: dict[str, Ear] = {}


def register(channel: str, event: str, *, after_gap: bool = False) -> None:
    """Have open pages hear what is rung on this channel of PostgreSQL's."""
    _events[channel] = PageEvent(event, after_gap)


def hear(channel: str, heard: Callable[[str], None], *, after_gap: Callable[[], None]) -> None:
    """Have this process do something whenever something is announced on this channel; both in another thread."""
    _ears[channel] = Ear(heard, after_gap)


def announce(channel: str, payloads: Iterable[str]) -> None:
    """Say something to every process when the transaction commits. One statement, none without payloads."""
    texts = list(payloads)
    if texts:
        rows("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", channel, texts)


def ring(channel: str, topics: Iterable[object], *, tab: str = "") -> None:
    """Ring the open pages of these topics (public ids) when the transaction commits. `tab` is the page that caused
    it, which need not hear of it. Payload: `<tab>|<topic>,<topic>,...`."""
    ids = sorted({str(topic) for topic in topics})
    announce(channel, [f"{tab}|{','.join(ids[start : start + BATCH])}" for start in range(0, len(ids), BATCH)])


class Doorbell:
    """The LISTEN connection, and the queues of the pages that are open in this process."""

    def __init__(self, name: str = "klatsch live") -> None:
        self._name = name  # of the connection, as the database's own list shows it
        self._pages: dict[str, set[Page]] = defaultdict(set)
        self._lately: dict[tuple[str, str], tuple[datetime, Ring]] = {}  # by topic and event, the latest last
        self._hears_since = datetime.max.replace(tzinfo=UTC)
        self._lock = Lock()
        self._thread: Thread | None = None
        self._stop: Callable[[], object] | None = None
        self._connected = self._tried = Event()

    def listen(self) -> bool:
        """Begin, where nobody has in this process; whether everything that is announced is heard."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            self._begin()
        return self._connected.is_set()

    def stop(self) -> None:
        """Hang up. Whoever calls `listen` begins anew."""
        with self._lock:
            thread, stop = self._thread, self._stop
            self._thread = self._stop = None
        if thread and stop and thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it has just ended by itself
                stop()
            thread.join(PATIENCE)

    @contextlib.asynccontextmanager
    async def page(self, topic: str, since: datetime | None = None) -> AsyncIterator[Queue]:
        """A queue of rings about this topic, for as long as the page is open.

        `since`: when what the page shows was read. What has been rung from then on is in the queue already; where this
        process cannot know of that, the page is rung as after a gap."""
        await asyncio.to_thread(self.listen)
        page: Page = asyncio.get_running_loop(), asyncio.Queue(maxsize=32)
        with self._lock:
            self._pages[topic].add(page)
            missed = self._missed(topic, since) if since else []
        for heard in missed:
            _put(page[1], heard)
        try:
            yield page[1]
        finally:
            with self._lock:
                self._pages[topic].discard(page)
                if not self._pages[topic]:
                    del self._pages[topic]

    # --- in the caller's thread -----------------------------------------------------------------------------------

    def _missed(self, topic: str, since: datetime) -> list[Ring]:
        if since < max(self._hears_since, timezone.now() - LATELY):
            return _after_gap()
        lately = [self._lately.get((topic, event.name)) for event in _events.values()]
        return [heard for at, heard in filter(None, lately) if at >= since]

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # as it is in a process that was just forked
                self._connected, self._tried = Event(), Event()
                address = conninfo(self._name)
                self._thread = Thread(target=self._run, args=[address], name=self._name, daemon=True)
                self._thread.start()
            tried = self._tried
        tried.wait(PATIENCE)

    # --- in the thread of the connection --------------------------------------------------------------------------

    def _run(self, address: str) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._listen(address))

    async def _listen(self, address: str) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        connected, tried = self._connected, self._tried
        if task:
            self._stop = partial(loop.call_soon_threadsafe, task.cancel)
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(address, autocommit=True) as conn:
                    await conn.execute(_statement())
                    self._hears_since = timezone.now()
                    connected.set()
                    if failures:
                        self._look_again()
                    failures = 0
                    tried.set()
                    while True:
                        async for notice in conn.notifies(timeout=0):  # without one it looks ten times a second
                            self._heard(notice.channel, notice.payload)
                        await _readable(conn.fileno())
            except (psycopg.Error, OSError) as error:
                log.warning("live.reconnecting", error=type(error).__name__)
                connected.clear()
                tried.set()
                failures += 1
                await asyncio.sleep(RETRY.seconds(failures))
            finally:
                connected.clear()

    def _heard(self, channel: str, payload: str) -> None:
        if channel in _ears:
            _ears[channel].heard(payload)
        if channel in _events:
            tab, _bar, topics = payload.partition("|")
            self._put(topics.split(","), Ring(_events[channel].name, tab))

    def _look_again(self) -> None:
        for ear in _ears.values():
            ear.after_gap()
        for heard in _after_gap():
            self._put(list(self._pages), heard)

    def _put(self, topics: Collection[str], heard: Ring) -> None:
        with self._lock:
            self._remember(topics, heard)
            pages = [page for topic in topics for page in self._pages.get(topic, ())]
        for loop, queue in pages:
            with contextlib.suppress(RuntimeError):  # its loop has just been closed
                loop.call_soon_threadsafe(_put, queue, heard)

    def _remember(self, topics: Iterable[str], heard: Ring) -> None:
        now = timezone.now()
        for topic in topics:
            self._lately.pop((topic, heard.event), None)
            self._lately[topic, heard.event] = now, heard
        while self._lately and (oldest := next(iter(self._lately))) and self._lately[oldest][0] < now - LATELY:
            del self._lately[oldest]


def _after_gap() -> list[Ring]:
    return [Ring(event.name, "") for event in _events.values() if event.after_gap]


def conninfo(name: str) -> str:
    """How the default connection's database is reached, as libpq writes it."""
    params: dict[str, Any] = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
    return make_conninfo("", **{key: params[key] for key in wanted if params.get(key)}, application_name=name)


async def _readable(fileno: int) -> None:
    """Sleep until something arrives, be it the end."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(fileno, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(fileno)


def _statement() -> sql.Composed:
    channels = sorted({*_events, *_ears})
    return sql.SQL("; ").join(sql.SQL("LISTEN {}").format(sql.Identifier(channel)) for channel in channels)


def _put(queue: Queue, heard: Ring) -> None:
    with contextlib.suppress(asyncio.QueueFull):  # a full queue rings already
        queue.put_nowait(heard)


doorbell = Doorbell()
atexit.register(doorbell.stop)
