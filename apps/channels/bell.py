"""The bell: telling the workers that envelopes wait. It may be lost; the sweep rings for whoever was not heard."""

import threading
from time import monotonic

import structlog

from apps.channels.tasks import drain

log = structlog.get_logger(__name__)

PAUSE = 0.05  # seconds between two rings of one process
STALE = 15  # seconds after which a ring nobody heard is dropped: the sweep comes as often


class Bell:
    """Rings at once, then at most every `PAUSE`, the last time after the last call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending = False
        self._rung_at = 0.0

    def ring(self) -> None:
        """Returns at once and never fails. Call it after the commit."""
        with self._lock:
            if self._pending:
                return
            self._pending = True
            wait = max(0.0, self._rung_at + PAUSE - monotonic())
        timer = threading.Timer(wait, self._strike)
        timer.daemon = True
        timer.start()

    def _strike(self) -> None:
        with self._lock:
            self._pending = False
            self._rung_at = monotonic()
        try:
            drain.apply_async(expires=STALE, retry=False)
        except Exception as error:
            log.warning("bell.unheard", error=type(error).__name__)


bell = Bell()
