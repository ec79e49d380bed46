"""How much processor time the server spends, which a busy machine does not change as it changes the clock."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import psycopg

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Spent(NamedTuple):
    """Seconds of processor time."""

    web: float
    database: float


class Meter:
    """Adds up what the web processes and the database's backends have used. Zero where the system does not tell:
    anywhere but on Linux, and for a database on another machine."""

    def __init__(self, web: int, connection: psycopg.Connection[Any]) -> None:
        self.root = psutil.Process(web)
        self.connection = connection
        self.web: list[int] = []
        self.backends: list[int] = []
        self.refresh()

    def refresh(self) -> None:
        """Look for processes that have come since."""
        self.web = [self.root.pid, *(child.pid for child in self.root.children(recursive=True))]
        self.backends = [pid for (pid,) in self.connection.execute(BACKENDS)]

    def read(self) -> Spent:
        return Spent(_seconds(self.web), _seconds(self.backends))


def _seconds(pids: Sequence[int]) -> float:
    nanoseconds = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError, ValueError):
                nanoseconds += int(task.read_text().split()[0])
    return nanoseconds / 1e9
