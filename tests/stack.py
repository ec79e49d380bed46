"""The real thing for tests that need it: granian on `config.asgi`, and a Celery worker, on the test database.

Fixtures `server` and `worker` give any test the running product; what they and the test wrote is gone after it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo


@dataclass(frozen=True)
class Server:
    """A running web process. `url` has no slash at its end; `files` is its MEDIA_ROOT, `log` what it printed."""

    url: str
    files: Path
    log: Path


def database_url() -> str:
    """The connection string of this process's test database (each xdist worker has its own)."""
    assert connection.settings_dict["NAME"].startswith("test_"), "only ever a test database"
    named = settings.DATABASES["default"]
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in named["OPTIONS"].items() if key not in {"pool", "prepare_threshold"}}
    given = {key: named[name] for key, name in parts.items() if named[name]}
    return make_conninfo("", **options, **{**given, "dbname": connection.settings_dict["NAME"]})


def environment(directory: Path) -> dict[str, str]:
    """What a process of the product needs to join the test: its database, its secret, a directory of its own."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "KLATSCH_DATA_DIR": str(directory),
        "KLATSCH_HTTPS": "false",
        "KLATSCH_SECRET_KEY": settings.SECRET_KEY,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], bool], *, within: float = 20, what: str = "it") -> None:
    """Return as soon as `condition` holds; fail the test after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {within} s")
        time.sleep(0.05)


def start(command: list[str], *, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A child in a process group of its own, writing to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def await_start(process: subprocess.Popen[bytes], ready: Callable[[], bool], *, log: Path) -> None:
    """Return when `ready`; fail with the end of the log when the process ends before or needs over a minute."""
    deadline = time.monotonic() + 60
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"a process did not start; the end of {log}:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(by)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def web_process(django_db_setup, tmp_path_factory) -> Iterator[Server]:
    """One web process for the whole session; use `server`, which cleans up after each test."""
    directory, port = tmp_path_factory.mktemp("server"), free_port()
    server = Server(f"http://127.0.0.1:{port}", directory / "files", directory / "web.log")
    command = [
        "granian",
        "--interface",
        "asginl",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "config.asgi:application",
    ]
    process = start(command, env=environment(directory), log=server.log)
    try:
        await_start(process, lambda: _answers(f"{server.url}/readyz"), log=server.log)
        yield server
    finally:
        stop(process)


def await_rest() -> None:
    """Return when nobody else is at work in the test database: a page just closed may have asked for something."""
    with connection.cursor() as cursor:

        def at_rest() -> bool:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND (state <> 'idle' OR state_change > clock_timestamp() - interval '30 ms'))"
            )
            return bool(cursor.fetchone()[0])

        eventually(at_rest, what="the server's rest")


@pytest.fixture
def server(web_process, transactional_db) -> Iterator[Server]:
    """The running product, on committed data that is gone after the test."""
    yield web_process
    await_rest()


@pytest.fixture
def worker(server, tmp_path) -> Iterator[Path]:
    """A Celery worker on the server's queue, ready to take tasks. Gives its log."""
    log = tmp_path / "worker.log"
    command = ["celery", "-A", "config", "worker", "--pool", "solo", "--purge", "--loglevel", "INFO"]
    process = start([*command, "--without-gossip"], env=environment(server.files.parent), log=log)
    try:
        await_start(process, lambda: "ready." in log.read_text(), log=log)
        yield log
    finally:
        stop(process, by=signal.SIGKILL)  # without waiting for what it holds: nothing may depend on that
