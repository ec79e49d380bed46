"""What the alarm clock asks of customers. What is due is a row: any of it may be lost or run twice."""

from time import monotonic

from celery import shared_task
from django.core.management import call_command

from apps.customers.attributes.traits import show_next
from apps.customers.models import Customer
from apps.foundation.extras import has

TIME_BOX = 20.0  # seconds after which other work is let through
TIME_LIMIT = 4 * 3600  # seconds for the whole base


@shared_task(name="apps.customers.tasks.compare_due")
def compare_due() -> bool:
    """Compare whoever is new or has changed, if anybody is and we are furnished for it. The command loads what it
    needs only where it runs."""
    waiting = has("matching") and Customer.objects.to_compare().exists()
    if waiting:
        call_command("suggest_matches", most=5, stdout=_Silence())
    return waiting


@shared_task(name="apps.customers.tasks.compare_all", time_limit=TIME_LIMIT)
def compare_all() -> None:
    """Every night."""
    if has("matching"):
        call_command("suggest_matches", all=True, stdout=_Silence())


@shared_task(name="apps.customers.tasks.show_all")
def show_all(after: int = 0) -> None:
    """Show everybody again who comes after this id: the order in which sources are believed has changed. Also every
    night, should it have been lost on the way."""
    until, last = monotonic() + TIME_BOX, show_next(after)
    while last is not None and monotonic() < until:
        last = show_next(last)
    if last is not None:
        show_all.delay(last)


class _Silence:
    """Where a command's words go when nobody is at the terminal."""

    def write(self, _words: str) -> None:
        """Say nothing."""
