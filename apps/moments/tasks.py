"""What the alarm clock asks of moments. What is due is a row: any of it may be lost or run twice."""

from celery import shared_task

from apps.moments.actions import sweep


@shared_task(name="apps.moments.tasks.sweep")
def sweep_moments() -> dict[str, int]:
    """Every minute: wake, expire, escalate."""
    return sweep()
