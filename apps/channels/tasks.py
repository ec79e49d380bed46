"""Work on envelopes and streams. Any of it may be lost or run twice: what is to do waits in the database."""

from datetime import timedelta
from time import monotonic

import structlog
from celery import shared_task
from django.db import Error
from django.utils import timezone

from apps.channels.ingest.process import process_due, release
from apps.channels.masked_ids import look_further
from apps.channels.models import Envelope, HourlyTally, Slot, Source, SyncRun, SyncState, UnreadTally
from apps.channels.sync.run import claim_due, is_being_read, sync

log = structlog.get_logger(__name__)

TIME_BOX = 20.0  # seconds a worker processes before it lets other work through
KEPT = timedelta(days=30)  # readings and hourly counts
BUSY = 40  # seconds after which a comparison that found its stream being read tries again


@shared_task(name="apps.channels.tasks.process")
def process() -> int:
    """Process until nothing is due. How many envelopes became part of a story."""
    until, done = monotonic() + TIME_BOX, 0
    try:
        while (processed := process_due()) != (0, 0):
            done += processed.done
            if monotonic() > until:
                process.delay()
                break
    except Error as error:
        log.warning("process.interrupted", error=type(error).__name__)
    return done


@shared_task(name="apps.channels.tasks.sweep")
def sweep() -> bool:
    """Send a worker to envelopes nobody was told of, to those whose next try is due, and to those held back until now.
    Whether there were any."""
    released = release()
    waiting = released > 0 or Envelope.objects.due().exists()
    if waiting:
        process.delay()
    return waiting


@shared_task(name="apps.channels.tasks.pull_due")
def pull_due() -> int:
    """Send somebody to every stream whose turn it is."""
    due = claim_due()
    for pk in due:
        pull.delay(pk)
    return len(due)


@shared_task(name="apps.channels.tasks.pull")
def pull(pk: int, kind: str = SyncRun.Kind.INCREMENTAL) -> int:
    """Read one stream. How many events were new."""
    try:
        run = sync(pk, kind)
    except Error as error:
        log.warning("pull.interrupted", error=type(error).__name__)
        return 0
    if run is None and kind == SyncRun.Kind.RECONCILIATION and is_being_read(pk):
        pull.apply_async((pk, kind), countdown=BUSY)
    if run and run.fresh:
        process.delay()
    if run and not run.stream:
        pull_due.delay()
    return run.fresh if run else 0


@shared_task(name="apps.channels.tasks.reconcile")
def reconcile() -> int:
    """Compare every stream with what its provider has of the last days."""
    streams = SyncState.objects.filter(source__in=Source.objects.running()).exclude(stream="")
    found = list(streams.values_list("pk", flat=True))
    for pk in found:
        pull.delay(pk, SyncRun.Kind.RECONCILIATION)
    return len(found)


@shared_task(name="apps.channels.tasks.look_for_masked_ids")
def look_for_masked_ids() -> bool:
    """Look through what came since last time for ids that were masked. Whether all of it was seen."""
    until = monotonic() + TIME_BOX
    for source in Source.objects.existing().order_by("pk"):
        while look_further(source):
            if monotonic() > until:
                look_for_masked_ids.delay()
                return False
    return True


@shared_task(name="apps.channels.tasks.prune")
def prune() -> None:
    """Forget readings and counts that are a month old, and slots of yesterday."""
    before = timezone.now() - KEPT
    SyncRun.objects.filter(started_at__lt=before).delete()
    HourlyTally.objects.filter(hour__lt=before).delete()
    UnreadTally.objects.filter(day__lt=before.date()).delete()
    Slot.objects.filter(due_at__lt=timezone.now() - timedelta(days=1)).delete()
