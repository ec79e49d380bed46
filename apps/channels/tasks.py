"""Work on envelopes. Any of it may be lost or run twice: the envelopes wait in the database."""

from time import monotonic

import structlog
from celery import shared_task
from django.db import Error

from apps.channels import actions
from apps.channels.models import Envelope

log = structlog.get_logger(__name__)

TIME_BOX = 20.0  # seconds a worker drains before it lets other work through


@shared_task(name="apps.channels.tasks.drain")
def drain() -> int:
    """Drain until nothing is due. How many envelopes became part of a story."""
    until, done = monotonic() + TIME_BOX, 0
    try:
        while (drained := actions.drain()) != (0, 0):
            done += drained.done
            if monotonic() > until:
                drain.delay()
                break
    except Error as error:
        log.warning("drain.interrupted", error=type(error).__name__)
    return done


@shared_task(name="apps.channels.tasks.sweep")
def sweep() -> bool:
    """Ring for envelopes nobody was told of, and for those whose next try is due. Whether there were any."""
    waiting = Envelope.objects.due().exists()
    if waiting:
        drain.delay()
    return waiting
