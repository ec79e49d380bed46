"""The scheduler of Celery beat: several may run, and each due time of a job is sent once.

django-celery-beat keeps the schedules in the database, where a supervisor may change them. Before a beat sends a
task it claims the slot (job, due time) in the database; whoever comes second sends nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from celery.result import AsyncResult
from celery.schedules import schedule
from django.db import Error
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler

from apps.channels.models import Slot

log = structlog.get_logger(__name__)

MINUTE = 60.0


class SlotScheduler(DatabaseScheduler):  # type: ignore[misc] # untyped
    """django-celery-beat's scheduler, sending only what this beat has claimed."""

    def apply_async(
        self, entry: Any, producer: Any = None, advance: bool = True, **rest: Any
    ) -> AsyncResult[Any] | None:
        due_at = slot(entry.schedule, timezone.now())
        try:
            ours = claim(entry.name, due_at)
        except Error as error:
            log.warning("beat.unclaimed", job=entry.name, error=type(error).__name__)
            return None
        if not ours:
            return None
        try:
            sent: AsyncResult[Any] = super().apply_async(entry, producer=producer, advance=advance, **rest)
        except Exception:
            give_back(entry.name, due_at)
            raise
        return sent


def slot(when: Any, now: datetime) -> datetime:
    """When a job was due: the beginning of its interval, or of the minute for anything like a crontab."""
    every = when.run_every.total_seconds() if isinstance(when, schedule) and hasattr(when, "run_every") else MINUTE
    every = max(every, 0.001)
    return datetime.fromtimestamp(now.timestamp() // every * every, UTC)


def claim(job: str, due_at: datetime) -> bool:
    """Whether the slot is ours: nobody else sends this job at this time."""
    _slot, ours = Slot.objects.get_or_create(job=job, due_at=due_at)
    return ours


def give_back(job: str, due_at: datetime) -> None:
    """It could not be sent: another beat, whose turn is about to come, may."""
    try:
        Slot.objects.filter(job=job, due_at=due_at).delete()
    except Error as error:
        log.warning("beat.unclaimed", job=job, error=type(error).__name__)
