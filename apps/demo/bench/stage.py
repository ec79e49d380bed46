"""The real product, started on a benchmark's database: web processes, a worker, somebody to sign in, keys."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from django.contrib.auth.hashers import Argon2PasswordHasher

from apps.accounts.models import ApiToken, Role, digest_of
from apps.demo.bench.dataset import Dataset
from apps.demo.bench.fill import SOURCES
from config.launch.servers import ready
from config.paths import ROOT, data_dir

WEB_PROCESSES = 2
WORKER_PROCESSES = 2
PATIENCE = 60  # seconds for the server to answer
PERSON = "bench"


@dataclass(frozen=True)
class Stage:
    """A running server and what is needed to speak to it."""

    dataset: Dataset
    port: int
    password: str
    write_key: str
    token: str
    log: Path
    web: int = 0  # the process that started the others


@contextmanager
def running(dataset: Dataset, *, worker: bool) -> Iterator[Stage]:
    """Start the server, with a Celery worker if asked; stop both at the end. Logs go to `<data>/bench/`."""
    logs = data_dir() / "bench"
    logs.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with dataset.connect() as connection:
        stage = Stage(dataset, port, *_let_in(connection), log=logs / "web.log")
    with ExitStack() as processes:
        web = processes.enter_context(_process(stage, stage.log, *_web(port)))
        if worker:
            processes.enter_context(_process(stage, logs / "worker.log", *_worker()))
        _await_answer(port, web, stage.log)
        yield replace(stage, web=web.pid)


def _web(port: int) -> list[str]:
    return [
        "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WEB_PROCESSES), "--no-ws", "--log-level", "warning", "--no-access-log",
        "config.asgi:application",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [
        "celery",
        "--app",
        "config",
        "worker",
        "--concurrency",
        str(WORKER_PROCESSES),
        "--loglevel",
        "warning",
    ]


@contextmanager
def _process(stage: Stage, log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    env = {
        **os.environ,
        "DATABASE_URL": stage.dataset.url,
        "KLATSCH_HTTPS": "false",
        "KLATSCH_LOG_LEVEL": "WARNING",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the first process to stop and to end its own; after a while, end whoever is left of the group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


def _await_answer(port: int, web: subprocess.Popen[bytes], log: Path) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and web.poll() is None:
        if ready(port):
            return
        sleep(0.1)
    raise RuntimeError(f"The server does not answer; see {log}.")


def _let_in(connection: psycopg.Connection[Any]) -> tuple[str, str, str]:
    """A person with a fresh password, a write key of the shop and a bearer token: the secrets of this run."""
    password, write_key, token = (secrets.token_urlsafe(16) for _ in range(3))
    hasher = Argon2PasswordHasher()
    connection.execute(
        """
        INSERT INTO accounts_team (name, kind, place, region, timezone, business_days)
        VALUES ('Benchmark', 'call_centre', 'desk 1', 'GB', 'Europe/London', '{}') ON CONFLICT DO NOTHING
        """
    )
    person = connection.execute(
        """
        INSERT INTO accounts_user (username, password, role, team_id, is_active, is_staff, is_superuser,
            first_name, last_name, email, date_joined, theme, density, shortcuts, language)
        SELECT %s, %s, %s, id, true, false, false, '', '', '', now(), 'system', 'comfortable', true, ''
        FROM accounts_team WHERE name = 'Benchmark'
        ON CONFLICT (username) DO UPDATE SET password = EXCLUDED.password RETURNING id
        """,
        [PERSON, hasher.encode(password, hasher.salt()), Role.AGENT],
    ).fetchone()
    connection.execute(
        """
        INSERT INTO channels_source (slug, name, kind, active, region, timezone, settings, created_at, every, pace,
            vault, pause_reason)
        VALUES (%s, 'Shop', 'segment', true, 'GB', 'UTC', '{}', now(), 300, 5, '', '') ON CONFLICT DO NOTHING
        """,
        [SOURCES[0]],
    )
    connection.execute(
        """
        INSERT INTO channels_writekey (source_id, digest, hint, created_at, vault)
        SELECT id, %s, 'bench', now(), '' FROM channels_source WHERE slug = %s
        """,
        [digest_of(write_key), SOURCES[0]],
    )
    connection.execute(
        """
        INSERT INTO accounts_apitoken (name, digest, scopes, acts_as_id, created_at)
        VALUES (%s, %s, %s, %s, now())
        """,
        [
            f"bench {digest_of(token)[:8]}",
            digest_of(token),
            f'["{ApiToken.Scope.READ}", "{ApiToken.Scope.LOG}"]',
            person and person[0],
        ],
    )
    return password, write_key, token
