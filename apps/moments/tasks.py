"""What the alarm clock asks of moments. What is due is a row: any of it may be lost or run twice."""

from celery import shared_task
from django.db import transaction

from apps.moments.actions import detect, gather_notices, prune_webhooks, send_due, send_notices, sweep
from apps.moments.webhooks.outbox import endpoints

STALE = 5  # seconds after which a ring nobody heard is dropped: the beat comes as often


@shared_task(name="apps.moments.tasks.sweep")
def sweep_moments() -> dict[str, int]:
    """Every minute: wake, expire, escalate."""
    return sweep()


@shared_task(name="apps.moments.tasks.detect")
def detect_moments() -> dict[str, int]:
    """Every few seconds: let the rules look at what was recorded since."""
    return detect()


@shared_task(name="apps.moments.tasks.notify")
def notify() -> dict[str, int]:
    """Every minute: tell by e-mail whoever wishes it what happened to their moments."""
    return {"noted": gather_notices(), "mails": send_notices()}


@shared_task(name="apps.moments.tasks.send_webhooks")
def send_webhooks() -> int:
    """Every few seconds, and after a step: send what waits for other systems. How many messages were settled."""
    return send_due()


@shared_task(name="apps.moments.tasks.prune")
def prune() -> dict[str, int]:
    """Nightly: forget what was sent a month ago."""
    return prune_webhooks()


def ring() -> None:
    """Have what was written for other systems sent at once, after the commit. It may fail: the beat comes anyway. Costs
    nothing where no system is told of anything."""
    if endpoints():
        transaction.on_commit(lambda: send_webhooks.apply_async(expires=STALE, retry=False), robust=True)
