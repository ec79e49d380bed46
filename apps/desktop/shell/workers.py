"""Asking the workers to come at once. They come by themselves within half a minute: nobody waits for the broker."""

from typing import Any

from celery import Task
from django.db import transaction

from apps.channels.tasks import process, pull_due, sweep

STALE = 15  # seconds after which a message nobody heard is dropped


def _send(task: "Task[Any, Any]") -> None:
    transaction.on_commit(lambda: task.apply_async(expires=STALE, retry=False), robust=True)


def look_soon() -> None:
    """Streams are due."""
    _send(pull_due)


def try_soon() -> None:
    """Events wait that tried before."""
    _send(process)


def let_go_soon() -> None:
    """Events were held back that no longer need to be."""
    _send(sweep)
