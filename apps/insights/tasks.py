"""What the alarm clock asks of insights."""

from celery import shared_task

from apps.insights import actions


@shared_task(name="apps.insights.tasks.score")
def score() -> None:
    """Every night, after the day's orders have come in."""
    actions.score()
