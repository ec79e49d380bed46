"""What the alarm clock asks of insights. What is due is a row: any of it may be lost or run twice."""

from time import monotonic

from celery import shared_task
from django.core.management import call_command

from apps.foundation.extras import has
from apps.insights.feedback import actions as feedback_actions
from apps.insights.models import Theme
from apps.insights.propensity import actions as propensity_actions
from apps.insights.themes import actions as themes_actions

TIME_BOX = 20.0  # seconds after which other work is let through


@shared_task(name="apps.insights.tasks.score")
def score() -> None:
    """Every night, after the day's orders have come in."""
    propensity_actions.score()


@shared_task(name="apps.insights.tasks.collect_feedback")
def collect_feedback() -> None:
    """Collect what customers have said since the last time, a slice at a time; themes whose past is still unread go on
    being read, should their own task have been lost."""
    until, more = monotonic() + TIME_BOX, True
    while more and monotonic() < until:
        _new, more = feedback_actions.collect()
    if not more and Theme.objects.to_reread().exists():
        read_themes_again.delay()


@shared_task(name="apps.insights.tasks.read_themes_again")
def read_themes_again() -> None:
    """Go on with the themes whose words have changed."""
    until = monotonic() + TIME_BOX
    for theme in Theme.objects.to_reread().values_list("pk", flat=True)[:50]:
        while themes_actions.read_again(theme) and monotonic() < until:
            pass


@shared_task(name="apps.insights.tasks.suggest_themes")
def suggest_themes() -> None:
    """Every night, if we are furnished for it. The command loads what it needs only where it runs."""
    if has("listening"):
        call_command("suggest_themes", quiet=True)
