"""How often a source is asked, however many processes ask it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from apps.channels.contract import SourceFacts, Throttled
from apps.channels.models import Health
from apps.channels.toolkit.http import pace as pacing
from apps.channels.toolkit.http.session import PacedSession
from tests.factories.channels import SourceFactory


@pytest.fixture
def source(db):
    return SourceFactory()


def test_a_quiet_source_may_be_asked_some_times_at_once(source):
    waits = [pacing.request_wait(source.pk, 2) for _time in range(int(pacing.BURST) + 2)]
    assert waits[: int(pacing.BURST)] == [0] * int(pacing.BURST)
    assert waits[-2] == pytest.approx(0.5, abs=0.1)
    assert waits[-1] == pytest.approx(1, abs=0.1)


def test_the_bucket_fills_again_but_never_over(source):
    for _time in range(int(pacing.BURST)):
        pacing.request_wait(source.pk, 10)
    Health.objects.filter(source=source).update(tokens_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [pacing.request_wait(source.pk, 10) for _time in range(int(pacing.BURST))] == [0] * int(pacing.BURST)
    assert pacing.request_wait(source.pk, 10) > 0


def test_sources_have_buckets_of_their_own(source):
    other = SourceFactory()
    for _time in range(int(pacing.BURST) + 5):
        pacing.request_wait(source.pk, 1)
    assert pacing.request_wait(other.pk, 1) == 0


def test_a_pace_of_nothing_is_slow_and_not_an_error(source):
    waits = [pacing.request_wait(source.pk, 0) for _time in range(int(pacing.BURST) + 1)]
    assert waits[-1] == pytest.approx(100, rel=0.1)


def test_when_the_pace_is_used_up_others_have_their_turn(source):
    facts = SourceFacts(pk=source.pk, slug=source.slug, kind="segment", pace=0.1)
    for _time in range(int(pacing.BURST)):
        pacing.request_wait(source.pk, 0.1)
    with pytest.raises(Throttled) as waiting:
        PacedSession(facts).get("http://127.0.0.1/")
    assert waiting.value.seconds == pytest.approx(10, abs=1)


@pytest.mark.django_db(transaction=True)
def test_all_processes_together_keep_the_pace():
    """Every right to ask is for a time of its own: however many take one at once, none is given twice."""
    source, pace, takers, each = SourceFactory(), 20.0, 6, 10

    def take_some():
        try:
            return [(time.monotonic(), pacing.request_wait(source.pk, pace)) for _time in range(each)]
        finally:
            connection.close()

    began = time.monotonic()
    with ThreadPoolExecutor(takers) as pool:
        rights = [right for future in [pool.submit(take_some) for _taker in range(takers)] for right in future.result()]
    times = sorted(at - began + wait for at, wait in rights)
    assert len(times) == takers * each
    last = (takers * each - pacing.BURST) / pace
    assert times[-1] == pytest.approx(last, abs=0.4)
    assert sum(wait == 0 for _at, wait in rights) <= pacing.BURST + pace * 1.0
