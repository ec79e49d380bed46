"""A DuckDB of its own for one run, in a directory that vanishes with it: bounded memory, no network, no output."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

# Splink explains itself at length; what matters of it is in what `train` and `score` answer.
logging.getLogger("splink").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Means:
    """What a run may use. `memory` bounds DuckDB's own buffers, beyond which it spills to `directory`."""

    memory: str = "1GB"
    threads: int = 2
    directory: str | None = None  # the system's temporary directory


@contextmanager
def workspace(means: Means) -> Iterator[duckdb.DuckDBPyConnection]:
    with TemporaryDirectory(prefix="matching-", dir=means.directory) as directory:
        path = Path(directory)
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
