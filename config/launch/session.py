"""The whole product with the demo's world on this machine, from the first look at the port to the last process."""

import errno
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.utils.module_loading import import_string
from rich.console import Console

from apps.foundation.extras import ExtraMissing
from config.launch import interrupts, servers
from config.launch.database import provide_database
from config.launch.interrupts import held_back
from config.launch.processes import AlreadyRunning, Children, Guardian, Record
from config.launch.progress import Steps
from config.launch.startup import load
from config.launch.welcome import welcome
from config.paths import data_dir


class Refused(Exception):
    """It cannot start; the message says what to do about it."""


@dataclass(frozen=True)
class Plan:
    """What was asked for on the command line, and what attends to the processes until told to stop (exit status)."""

    attend: Callable[[Children, Console], int]  # gets them once all run
    port: int
    data_dir: Path | None
    customers: int
    fresh: bool = False
    yes: bool = False
    web_words: tuple[str, ...] = ("--workers", "2", "--respawn-failed-workers")


def run(plan: Plan, console: Console) -> int:
    """Run everything until it is told to stop. 0 then, 1 where it could not start or go on."""
    interrupts.expect()
    try:
        return _run(plan, console)
    except (Refused, ExtraMissing, servers.NoAnswer) as refusal:
        console.print(f"[bold red]Not started:[/] {refusal}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped while starting; nothing is left running.")
        return 0


def _run(plan: Plan, console: Console) -> int:
    if plan.fresh and os.environ.get("DATABASE_URL") and not plan.yes:
        raise Refused("--fresh would empty the database that DATABASE_URL names. Add --yes if you mean it.")
    _settle_in(plan.data_dir)
    record = _claim(data_dir())
    _check_port(plan.port)
    with ExitStack() as farewell:
        farewell.callback(interrupts.ignore)
        children = Children(record, plan.port, data_dir() / "logs")
        with held_back():
            farewell.enter_context(Guardian())
        farewell.callback(children.stop)
        farewell.callback(interrupts.ignore)
        _open(plan, children, console)
        return plan.attend(children, console)


def _claim(data: Path) -> Record:
    record = Record(data)
    try:
        record.claim()
    except AlreadyRunning as other:
        raise Refused(f"it is running already from {data} ({other}).") from other
    record.clear_away()
    return record


def _open(plan: Plan, children: Children, console: Console) -> None:
    with Steps(console) as steps:
        _prepare(plan, steps)
        name, phone = import_string("apps.demo.preparation.somebody_to_try")()
        steps("servers", 0, 1)
        servers.start_all(children, plan.port, plan.web_words, data_dir() / "logs")
        steps("servers", 1, 1)
    console.print(welcome(plan.port, name, phone, data_dir()))


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


def _prepare(plan: Plan, steps: Steps) -> None:
    steps("database", 0, 1)
    with held_back():
        try:
            provide_database()
        except (OSError, subprocess.SubprocessError) as error:
            raise Refused(
                f"PostgreSQL does not start: {error}. Its log is {data_dir() / 'postgres' / 'log'}."
            ) from error
    steps("database", 1, 1)
    load()
    try:
        import_string("apps.demo.preparation.prepare")(plan.customers, plan.fresh, steps)
    except import_string("apps.demo.preparation.NotEmpty") as error:
        raise Refused("this database holds customers of your own; the demo needs an empty one.") from error
