"""A sweep collects the customers' words that were recorded since the last one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.foundation.db.watermark import watermark
from apps.insights.calendar import zone
from apps.insights.feedback.words import Intake, intake
from apps.insights.models import Feedback, SweepProgress
from apps.insights.themes.assignment import assign
from apps.insights.themes.counts import count_days
from apps.interactions.models import Correction

SWEEP = "feedback"  # the name of this sweep's progress
FIRST = timedelta(days=91)  # how far back the first sweep of all looks: the longest period of the desk
SLICE = timedelta(days=1)  # of recording time, collected at once
OVERLAP = timedelta(minutes=1)  # read again each time: clocks of two machines differ


@transaction.atomic
def collect() -> tuple[int, bool]:
    """Collect the next slice: how many verbatims were new, and whether there is more to do at once.

    The mark never passes the beginning of a transaction that is still open: what it commits later is found later. What
    is read twice is noted once. Days and themes are counted in the same transaction. Where somebody else is at it,
    nothing is done.
    """
    SweepProgress.objects.get_or_create(name=SWEEP, defaults={"reached": timezone.now() - FIRST})
    mark = SweepProgress.objects.select_for_update(skip_locked=True).filter(name=SWEEP).first()
    if mark is None:
        return 0, False
    safe, now = watermark(), timezone.now()
    until = mark.reached + SLICE if safe > mark.reached + SLICE else now
    found = intake(mark.reached - OVERLAP, until + OVERLAP)
    _arrange(found)
    mark.reached = max(mark.reached, min(until, safe))
    mark.save(update_fields=["reached"])
    return len(found.ids), until < now


def _arrange(found: Intake) -> None:
    if found.ids:
        assign(found.ids)
        count_days(found.days)


@transaction.atomic
def collect_span(since: datetime, until: datetime) -> int:
    """Collect what was recorded in this time and was missed, such as what existed before the first sweep."""
    found = intake(since, until)
    _arrange(found)
    return len(found.ids)


def follow(correction: Correction) -> None:
    """Words go with their entry: to its copy and back, out of every count and into them again. What a sweep passed
    while the entry did not stand is collected now."""
    entry, stands = correction.interaction, correction.taken_back_at is not None
    if correction.copy:
        here, there = (correction.copy, entry) if stands else (entry, correction.copy)
        Feedback.originals.filter(interaction=here).update(interaction=there, profile=there.profile)
    else:
        said = Feedback.originals.filter(interaction=entry)
        if said.update(withdrawn=not stands):
            count_days([entry.occurred_at.astimezone(zone()).date()])
    if stands:
        collect_span(entry.recorded_at, entry.recorded_at + timedelta(microseconds=1))
