"""`manage.py demo`: the whole of Klatsch on this machine, with a world to look at, until Ctrl-C."""

import argparse
import errno
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import psutil
from django.utils.module_loading import import_string
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from config.embedded import data_dir, provide_database
from config.loading import load
from config.processes import AlreadyRunning, Children, Guardian, Record
from config.progress import Steps

PATIENCE = 60.0  # seconds the web server has to answer
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOGINS = (
    ("agent", "call centre, London"),
    ("store", "the shop in Regent Street"),
    ("marketer", "marketing"),
    ("supervisor", "leads the centre; /admin/"),
    ("owner", "may do everything; /admin/"),
)


class Refused(Exception):
    """The demo cannot start; the message says what to do about it."""


def main(argv: list[str]) -> int:
    """Run the demo until it is told to stop. 0 then, 1 where it could not start or go on."""
    options, console = _options(argv), Console(highlight=False)
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _run(options, console)
    except Refused as refusal:
        console.print(f"[bold red]Not started:[/] {refusal}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped while starting; nothing is left running.")
        return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py demo", description="Klatsch with a world to look at.")
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument("--data-dir", type=Path, default=None, help="where everything is kept (var/)")
    parser.add_argument("--customers", type=int, default=2000, help="in a new world (2000)")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's database away and start anew")
    parser.add_argument("--yes", action="store_true", help="with --fresh: yes, empty the database DATABASE_URL names")
    options = parser.parse_args(argv)
    if options.customers < 20:
        parser.error("--customers: a world has at least 20")
    return options


def _run(options: argparse.Namespace, console: Console) -> int:
    if options.fresh and os.environ.get("DATABASE_URL") and not options.yes:
        raise Refused("--fresh would empty the database that DATABASE_URL names. Add --yes if you mean it.")
    _settle_in(options.data_dir)
    data = data_dir()
    record = Record(data)
    try:
        record.claim()
    except AlreadyRunning as other:
        raise Refused(f"it is running already from {data} ({other}).") from other
    record.clear_away()
    _check_port(options.port)
    with ExitStack() as farewell:
        farewell.callback(_ignore_signals)
        children = Children(record, options.port, data / "logs")
        with _held_back():
            farewell.enter_context(Guardian())
        farewell.callback(children.stop)
        farewell.callback(_ignore_signals)
        with Steps(console) as steps:
            _prepare(options, steps)
            name, phone = import_string("apps.demo.preparation.somebody_to_try")()
            _serve(children, options.port, steps)
        console.print(_welcome(options.port, name, phone, data))
        return _watch(children, console)


def _settle_in(wanted: Path | None) -> None:
    """Choose the data directory and say that this is a demo on plain HTTP, to ourselves and every child."""
    if wanted:
        os.environ["KLATSCH_DATA_DIR"] = str(wanted.expanduser().resolve())
    os.environ["KLATSCH_DATA_DIR"] = str(data_dir())
    os.environ["KLATSCH_HTTPS"] = "false"
    os.environ["KLATSCH_DEMO"] = "true"
    os.environ.setdefault("KLATSCH_LOG_LEVEL", "WARNING")
    os.environ["PYTHONUNBUFFERED"] = "1"
    try:
        data_dir().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{data_dir()} cannot be used: {error.strerror}.") from error


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            taken = getattr(error, "errno", 0) == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"cannot be used ({error})"
            raise Refused(f"port {port} {reason}. Choose one with --port.") from error


def _prepare(options: argparse.Namespace, steps: Steps) -> None:
    steps("database", 0, 1)
    with _held_back():
        try:
            provide_database()
        except (OSError, subprocess.SubprocessError) as error:
            raise Refused(
                f"PostgreSQL does not start: {error}. Its log is {data_dir() / 'postgres' / 'log'}."
            ) from error
    steps("database", 1, 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    load()
    try:
        import_string("apps.demo.preparation.prepare")(options.customers, options.fresh, steps)
    except import_string("apps.demo.preparation.NotEmpty") as error:
        raise Refused("this database holds customers of your own; the demo needs an empty one.") from error


def _serve(children: Children, port: int, steps: Steps) -> None:
    """Start everything; the web server alone at first, so that it answers sooner."""
    steps("servers", 0, 1)
    web = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--no-ws"]
    web += ["--log-level", "warning", "--workers-kill-timeout", "1", "--respawn-failed-workers"]
    with _held_back():
        children.start("web", [*web, "config.asgi:application"])
    _await_answer(children, port)
    celery = ["celery", "--quiet", "-A", "config.celery"]
    with _held_back():
        alone = ["-l", "WARNING", "--without-gossip", "--without-mingle"]
        children.start("worker", [*celery, "worker", "-Q", "celery", "-c", "2", *alone])
        children.start("puller", [*celery, "worker", "-Q", "pull", "-P", "threads", "-c", "4", "-n", "pull@%h", *alone])
        children.start("beat", [*celery, "beat", "-l", "WARNING", "--pidfile="])
        children.start("watch", ["django", "watch"])
    steps("servers", 1, 1)


def _await_answer(children: Children, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _ready(port):
        try:
            children.revive()
        except RuntimeError as error:
            raise Refused(str(error)) from error
        if time.monotonic() > deadline:
            raise Refused(f"the web server does not answer; see {data_dir() / 'logs' / 'web.log'}.")
        time.sleep(0.1)


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(port: int, name: str, phone: str, data: Path) -> Panel:
    logins = Table.grid(padding=(0, 3))
    for username, who in LOGINS:
        logins.add_row(f"[bold]{username}[/]", who)
    page = Table.grid(padding=(0, 0, 1, 0))
    page.add_row(
        f"Open [bold underline]http://localhost:{port}/desk/[/] and sign in with the password [bold]klatsch[/]:"
    )
    page.add_row(logins)
    if phone:
        page.add_row(f"Look up [bold]{phone}[/] to meet {name}.")
    page.add_row(f"[dim]Logs: {data / 'logs'}\nCtrl-C stops everything.[/]")
    return Panel(page, title="Klatsch", expand=False, padding=(1, 2))


def _watch(children: Children, console: Console) -> int:
    """Keep everything running until we are told to stop, or `uv`, should it have started us, is gone."""
    parent = psutil.Process(os.getppid()) if os.getppid() > 1 else None
    launcher = parent if parent and parent.name().startswith("uv") else None
    try:
        while launcher is None or os.getppid() == launcher.pid:
            time.sleep(0.5)
            for name in children.revive():
                console.print(f"{name} ended by itself; started again.")
    except RuntimeError as error:
        console.print(f"[bold red]Stopped:[/] {error}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopping…")
    return 0


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _ignore_signals() -> None:
    """From here on we are leaving; a second Ctrl-C must not leave something behind."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _held_back() -> Iterator[None]:
    """Let a signal wait for the end of what must not be left half done."""
    received: list[int] = []
    for number in SIGNALS:
        signal.signal(number, lambda one, _frame: received.append(one))
    try:
        yield
    finally:
        for number in SIGNALS:
            signal.signal(number, _interrupt)
        if received:
            raise KeyboardInterrupt(received[0])
