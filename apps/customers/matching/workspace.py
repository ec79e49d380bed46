"""A DuckDB of its own for one run, in a directory that vanishes with it: bounded memory, no network, no output.

It holds people's names. What a run that was killed could not take away, the next one does.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import duckdb

PREFIX = "run-"

# Splink explains itself at length; what matters of it is in what `train` and `score` answer.
logging.getLogger("splink").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Means:
    """What a run may use. `memory` bounds DuckDB's own buffers, beyond which it spills to `directory`."""

    memory: str = "1GB"
    threads: int = 2
    directory: Path = Path(gettempdir()) / "klatsch-matching"


@contextmanager
def workspace(means: Means) -> Iterator[duckdb.DuckDBPyConnection]:
    with _place(means.directory) as path:
        con = duckdb.connect(
            str(path / "people.duckdb"),
            config={
                "memory_limit": means.memory,
                "threads": means.threads,
                "temp_directory": str(path / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            con.execute("set enable_progress_bar = false")
            yield con
        finally:
            con.close()


@contextmanager
def _place(home: Path) -> Iterator[Path]:
    """A directory of one's own. It is locked while it is used, and a lock ends with its process, however that ends."""
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home):  # nobody sweeps between the making of a directory and its lock
        _sweep(home)
        path = Path(mkdtemp(prefix=PREFIX, dir=home))
        lock = _lock(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _sweep(home: Path) -> None:
    """Remove the directories that nobody uses any longer."""
    for left in home.glob(f"{PREFIX}*"):
        with suppress(OSError), _locked(left, fcntl.LOCK_EX | fcntl.LOCK_NB):  # another run's, or gone meanwhile
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(directory: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    lock = _lock(directory, how)
    try:
        yield
    finally:
        os.close(lock)


def _lock(directory: Path, how: int = fcntl.LOCK_EX) -> int:
    """Raises BlockingIOError where somebody has it and `how` will not wait."""
    lock = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(lock, how)
    except OSError:
        os.close(lock)
        raise
    return lock
