"""When a reading does not go well: what is written on the stream and the run, and when its turn comes again."""

import random
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.channels.contract import Denied, Throttled, Unavailable
from apps.channels.models import SyncRun, SyncState, SyncStateQuerySet
from apps.foundation.masking import mask, storable
from apps.foundation.network.backoff import Backoff, exponential
from apps.foundation.vault import Unreadable

log = structlog.get_logger(__name__)

BACKOFF = Backoff(exponential(10.0, 3600.0), spread=(0.0, 1.0))
LONGEST_ASKED = 6 * 3600.0  # what a Retry-After may ask for
DENIED_WAIT = 3600.0  # between tries while the provider says no


class Overtaken(Exception):
    """Another reader holds the lease, or something else is wanted by now: what this one has read is not kept."""


class Endless(Exception):
    """A reading that would never come to an end."""


def put_off(state: SyncState, run: SyncRun, error: Exception) -> None:
    """End a reading that `error` has interrupted. A backfill holds up what is new by no more than its usual turn,
    unless the provider names a time."""
    if isinstance(error, Overtaken):
        _ours(state).update(leased_until=None, next_at=timezone.now())
        finish(run, SyncRun.State.LOST)
        return
    words, wait = _words(error), _wait(state, error)
    if isinstance(error, Throttled):
        _hold_siblings(state, wait)
    elif run.kind == SyncRun.Kind.BACKFILL:
        wait = min(wait, state.source.every)
    if not isinstance(error, Throttled | Denied | Unreadable):
        log.warning("sync.failed", source=state.source.slug, stream=state.stream, error=type(error).__name__)
    denied = {"denied": True} if isinstance(error, Denied | Unreadable) else {}
    next_at = timezone.now() + timedelta(seconds=wait)
    _ours(state).update(leased_until=None, next_at=next_at, error=words, failures=F("failures") + 1, **denied)
    run.error = words
    finish(run, SyncRun.State.WAITING if isinstance(error, Throttled) else SyncRun.State.FAILED)


def finish(run: SyncRun, result: str) -> None:
    """Its source may have been forgotten meanwhile, and its readings with it."""
    run.state, run.finished_at = result, timezone.now()
    SyncRun.objects.filter(pk=run.pk).update(state=run.state, finished_at=run.finished_at, error=run.error)


def _ours(state: SyncState) -> SyncStateQuerySet:
    return SyncState.objects.filter(pk=state.pk, fence=state.fence)


def _wait(state: SyncState, error: Exception) -> float:
    if isinstance(error, Denied | Unreadable):
        return DENIED_WAIT
    if isinstance(error, Throttled) and error.seconds > 0:
        return min(error.seconds, LONGEST_ASKED) * random.uniform(1, 1.1)  # noqa: S311 - not all at the same time
    return BACKOFF.seconds(state.failures + 1)


def _words(error: Exception) -> str:
    """For the supervisor: the provider's own where it said any, without card numbers and what no column takes."""
    said = str(error)
    if isinstance(error, Throttled):
        said = said or "The provider asks us to slow down."
    elif not isinstance(error, Denied | Unreadable | Unavailable | Endless):
        said = f"{type(error).__name__}: {said}"
    return mask(storable(said))[:500]


@transaction.atomic
def _hold_siblings(state: SyncState, wait: float) -> None:
    """Limits are a provider's for all that we ask of it: other streams of the source wait as long."""
    next_at = timezone.now() + timedelta(seconds=wait)
    siblings = SyncState.objects.filter(source=state.source_id, next_at__lt=next_at).exclude(pk=state.pk)
    held = list(siblings.select_for_update(skip_locked=True).values_list("pk", flat=True))
    SyncState.objects.filter(pk__in=held).update(next_at=next_at)
