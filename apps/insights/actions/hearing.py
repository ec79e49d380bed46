"""Taking in what customers say: a sweep finds the words that were recorded since the last one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.insights import listening
from apps.insights.models import Progress
from apps.interactions.settled import settled_until

HEARD = "feedback"  # the name of this sweep's progress
FIRST = timedelta(days=91)  # how far back the first sweep of all looks: the longest period of the desk
SLICE = timedelta(days=1)  # of recording time, taken in at once
OVERLAP = timedelta(minutes=1)  # read again each time: clocks of two machines differ


@transaction.atomic
def hear() -> tuple[int, bool]:
    """Take in the next slice: how many verbatims were new, and whether there is more to do at once.

    The mark never passes the beginning of a transaction that is still open: what it commits later is found later. What
    is read twice is taken in once. Days and themes are counted in the same transaction. Where somebody else is at it,
    nothing is done.
    """
    Progress.objects.get_or_create(name=HEARD, defaults={"reached": timezone.now() - FIRST})
    mark = Progress.objects.select_for_update(skip_locked=True).filter(name=HEARD).first()
    if mark is None:
        return 0, False
    safe, now = settled_until(), timezone.now()
    until = mark.reached + SLICE if safe > mark.reached + SLICE else now
    new = listening.take_in(mark.reached - OVERLAP, until + OVERLAP)
    _arrange(new)
    mark.reached = max(mark.reached, min(until, safe))
    mark.save(update_fields=["reached"])
    return len(new.ids), until < now


def _arrange(new: listening.New) -> None:
    if new.ids:
        listening.put_into_themes(new.ids)
        listening.count_days(new.days)


@transaction.atomic
def hear_again(since: datetime, until: datetime) -> int:
    """Take in what was recorded in this time and was missed, such as what existed before the first sweep."""
    new = listening.take_in(since, until)
    _arrange(new)
    return len(new.ids)
