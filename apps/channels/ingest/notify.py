"""Waking the workers when envelopes wait. A call may be lost; the sweep sees to those nobody was told of."""

import threading
from time import monotonic

import structlog

from apps.channels.tasks import process

log = structlog.get_logger(__name__)

PAUSE = 0.05  # seconds between two calls of one process
STALE = 15  # seconds after which a call nobody heard is dropped: the sweep comes as often


class Workers:
    """Called at once, then at most every `PAUSE`, the last time after the last `notify`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending = False
        self._called_at = 0.0

    def notify(self) -> None:
        """Returns at once and never fails. Call it after the commit."""
        with self._lock:
            if self._pending:
                return
            self._pending = True
            wait = max(0.0, self._called_at + PAUSE - monotonic())
        timer = threading.Timer(wait, self._call)
        timer.daemon = True
        timer.start()

    def _call(self) -> None:
        with self._lock:
            self._pending = False
            self._called_at = monotonic()
        try:
            process.apply_async(expires=STALE, retry=False)
        except Exception as error:
            log.warning("workers.unheard", error=type(error).__name__)


workers = Workers()
