"""Reading a stream in tests, and what has arrived of it."""

import pytest
from django.utils import timezone

from apps.channels.models import SyncRun
from apps.channels.sync.run import sync
from apps.interactions.models import Interaction


def arrived():
    return sorted(Interaction.objects.values_list("external_id", flat=True))


def read_to_the_end(stream, **options):
    for _ in range(40):
        run = sync(stream.pk, **options)
        if run.state == SyncRun.State.DONE:
            return run
    pytest.fail(f"the reading does not end: {run.state} {run.error}")
    return None


def seconds_until(instant):
    return (instant - timezone.now()).total_seconds()
