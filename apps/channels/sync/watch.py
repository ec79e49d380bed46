"""Listening to sources that can tell at once when there is something new: what `manage.py watch` does.

It reads nothing itself: it says that a stream is due and sends a worker to it. Should it die, or a message get lost,
the stream is read on its schedule all the same.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.channels import tasks
from apps.channels.contract import Denied, SourceFacts, WatchConnector
from apps.channels.facts import opened
from apps.channels.models import Source, SyncState
from apps.channels.registry import CONNECTORS
from apps.foundation.network.backoff import Backoff, exponential
from apps.foundation.vault import Unreadable

log = structlog.get_logger(__name__)

LOOKED = 2.0  # seconds between two looks at which sources there are
REFUSED_WAIT = 600.0  # seconds after the provider said no; a change of the source ends it
BACKOFF = Backoff(exponential(2.0, 300.0))  # after anything else
WELL = 300.0  # seconds of listening after which failures are counted anew
AGAIN = 2.0  # seconds after which a stream that was not read yet is notified of again
FORGOTTEN = 60.0  # seconds after which it is left to its schedule
FAREWELL = 0.7  # seconds that listeners have to hang up


def watched_kinds() -> list[str]:
    return [kind for kind, connector in CONNECTORS.items() if isinstance(connector, WatchConnector)]


@dataclass(slots=True)
class WaitingStream:
    """A stream that may have something new, until a reading that began afterwards has ended well."""

    at: datetime
    since: float = field(default_factory=monotonic)
    notified_at: float = -AGAIN


class StreamNotifier:
    """Sends workers to the streams of one source until they have been read. A reading under way may have begun too
    early to see what is new: then another worker is sent."""

    def __init__(self, source: int) -> None:
        self.source = source
        self.waiting: dict[str, WaitingStream] = {}

    def add(self, stream: str) -> None:
        self.waiting[stream] = WaitingStream(timezone.now())

    def notify(self) -> None:
        """Never fails: without a database or a broker it is tried again soon."""
        try:
            for stream, waiting in list(self.waiting.items()):
                if self._is_read(stream, waiting) or monotonic() > waiting.since + FORGOTTEN:
                    del self.waiting[stream]
        except Exception as error:
            log.warning("watch.unheard", source=self.source, error=type(error).__name__)
        finally:
            connection.close()

    def _is_read(self, stream: str, waiting: WaitingStream) -> bool:
        """Whether nothing is left to do. Sends a worker if it is time to."""
        states = SyncState.objects.filter(source=self.source, stream=stream)
        state = states.values_list("pk", "last_ok_at", "leased_until").first()
        if state is None or (state[1] and state[1] >= waiting.at):
            return True
        being_read = state[2] is not None and state[2] > timezone.now()
        if not being_read and monotonic() >= waiting.notified_at + AGAIN:
            waiting.notified_at = monotonic()
            _send_to(states, state[0])
        return False


def _send_to(states: QuerySet[SyncState], pk: int) -> None:
    states.update(next_at=timezone.now() + timedelta(seconds=AGAIN))  # in case the message gets lost
    tasks.pull.apply_async((pk,), retry=False)


class Listener(threading.Thread):
    """Listens to one source until it is told to stop. `facts` are those it was started with."""

    def __init__(self, facts: SourceFacts, print_of: str) -> None:
        super().__init__(name=f"watch-{facts.slug}", daemon=True)
        self.facts, self.print_of = facts, print_of
        self.stopped = threading.Event()

    def run(self) -> None:
        failures = 0
        while not self.stopped.is_set():
            began = monotonic()
            try:
                self._listen()
                wait = BACKOFF.seconds(1)
            except Denied as refusal:
                log.warning("watch.denied", source=self.facts.slug, words=str(refusal)[:200])
                wait = REFUSED_WAIT
            except Exception as error:
                failures = 1 if monotonic() - began > WELL else failures + 1
                wait = BACKOFF.seconds(failures)
                log.warning("watch.failed", source=self.facts.slug, error=type(error).__name__, wait=wait)
            self.stopped.wait(wait)

    def _listen(self) -> None:
        connector = CONNECTORS[self.facts.kind]
        if not isinstance(connector, WatchConnector):
            raise TypeError(self.facts.kind)
        notifier, streams = StreamNotifier(self.facts.pk), connector.watch(self.facts)
        try:
            for stream in streams:
                if self.stopped.is_set():
                    return
                if stream:
                    notifier.add(stream)
                if notifier.waiting:
                    notifier.notify()
        finally:
            close: Callable[[], None] | None = getattr(streams, "close", None)
            if close:
                close()


class Watch:
    """All listeners: one for each running source that can be listened to."""

    def __init__(self) -> None:
        self.listeners: dict[int, Listener] = {}

    def run(self, stopped: threading.Event) -> None:
        """Until `stopped` is set; then within two seconds."""
        while not stopped.is_set():
            try:
                self.look()
            except Exception as error:  # a database that restarts; whatever it is, those who listen go on
                log.warning("watch.blind", error=type(error).__name__)
            finally:
                connection.close()
            stopped.wait(LOOKED)
        self.stop()

    def look(self) -> None:
        """Start listening to what is new, stop for what is gone or paused, start anew for what was changed."""
        wanted = {source.pk: source for source in Source.objects.running().filter(kind__in=watched_kinds())}
        for pk, listener in list(self.listeners.items()):
            if pk not in wanted or print_of(wanted[pk]) != listener.print_of or not listener.is_alive():
                listener.stopped.set()
                del self.listeners[pk]
        for pk in wanted.keys() - self.listeners.keys():
            try:
                facts = opened(wanted[pk])
            except Unreadable as error:
                log.warning("watch.unreadable", source=wanted[pk].slug, words=str(error))
                continue
            self.listeners[pk] = Listener(facts, print_of(wanted[pk]))
            self.listeners[pk].start()

    def stop(self) -> None:
        for listener in self.listeners.values():
            listener.stopped.set()
        until = monotonic() + FAREWELL
        for listener in self.listeners.values():
            listener.join(max(0.0, until - monotonic()))
        self.listeners.clear()


def print_of(source: Source) -> str:
    """What makes it another source to listen to: its settings, secret ones in the form they are kept in."""
    return f"{source.kind} {sorted((source.settings or {}).items())} {source.vault}"
