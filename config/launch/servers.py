"""Every process of the product on this machine: how each is started, and when the web server answers."""

import http.client
import time
from collections.abc import Sequence
from pathlib import Path

from config.launch.interrupts import held_back
from config.launch.processes import Children

PATIENCE = 60.0  # seconds the web server has to answer


class NoAnswer(Exception):
    """The web server does not come up; the message says where to read why."""


def start_all(children: Children, port: int, web_words: Sequence[str], logs: Path) -> None:
    """Start everything; the web server alone at first, so that it answers sooner. Raises NoAnswer."""
    web = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    web += ["--log-level", "warning", "--workers-kill-timeout", "1", *web_words]
    with held_back():
        children.start("web", [*web, "config.asgi:application"])
    _await_answer(children, port, logs)
    celery = ["celery", "--quiet", "-A", "config.celery"]
    with held_back():
        alone = ["-l", "WARNING", "--without-gossip", "--without-mingle"]
        children.start("worker", [*celery, "worker", "-Q", "celery", "-c", "2", *alone])
        children.start("puller", [*celery, "worker", "-Q", "pull", "-P", "threads", "-c", "4", "-n", "pull@%h", *alone])
        children.start("beat", [*celery, "beat", "-l", "WARNING", "--pidfile="])
        children.start("watch", ["django", "watch"])


def _await_answer(children: Children, port: int, logs: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready(port):
        try:
            children.revive()
        except RuntimeError as error:
            raise NoAnswer(str(error)) from error
        if time.monotonic() > deadline:
            raise NoAnswer(f"the web server does not answer; see {logs / 'web.log'}.")
        time.sleep(0.1)


def ready(port: int) -> bool:
    """Whether the web server answers, and the database behind it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
