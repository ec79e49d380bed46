"""How a source is doing, in one word: what a person decided comes first, then the provider's no, then the clock."""

from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.channels.models import SOURCES, Envelope, Health, HourlyTally, Source, SyncState
from apps.channels.sync import health
from apps.channels.sync.circuit_breaker import MOST_REFUSED, Outcomes, count_outcomes, pause, resume
from apps.channels.sync.health import Condition, SourceState, StreamVitals, Vitals, judge
from apps.foundation.cache import Cached
from tests.factories.channels import EnvelopeFactory, SourceFactory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=30)


def ago(**time):
    return NOON - timedelta(**time)


def called(**facts):
    """A source that calls us and last did so a minute ago."""
    return Vitals(**{"created_at": LONG_AGO, "heard_at": ago(minutes=1), **facts})


def asked(*streams, **facts):
    """A source we look into every five minutes."""
    return Vitals(**{"created_at": LONG_AGO, "asked": True, "heard_at": ago(minutes=1), "streams": streams, **facts})


def state(vitals):
    return judge(vitals, NOON).state


def test_a_source_that_calls_runs_until_something_is_wrong():
    assert judge(called(), NOON) == Condition(SourceState.RUNNING)
    assert state(called(heard_at=ago(days=9))) == SourceState.RUNNING


def test_a_source_nobody_has_heard_waits_for_its_first_event():
    assert state(called(heard_at=None)) == SourceState.WAITING


def test_a_source_switched_off_is_nothing_else():
    vitals = called(active=False, paused_at=ago(hours=1), silent_after=1, heard_at=ago(days=1))
    assert judge(vitals, NOON) == Condition(SourceState.OFF)


def test_a_pause_tells_since_when_and_why():
    condition = judge(called(paused_at=ago(hours=2), pause_reason="Moving house"), NOON)
    assert condition == Condition(SourceState.PAUSED, ago(hours=2), "Moving house")
    assert condition.stale


def test_a_source_without_a_mapping_says_so_before_anything_else_goes_wrong():
    vitals = called(unmapped=True, heard_at=None, silent_after=5)
    assert judge(vitals, NOON) == Condition(SourceState.UNMAPPED)
    assert not judge(vitals, NOON).stale


@pytest.mark.parametrize(("minutes", "expected"), [(59, SourceState.RUNNING), (61, SourceState.SILENT)])
def test_silence_is_measured_from_the_latest_event(minutes, expected):
    vitals = called(silent_after=60, heard_at=ago(minutes=minutes))
    assert state(vitals) == expected


def test_silence_of_a_source_never_heard_is_measured_from_its_beginning():
    condition = judge(called(silent_after=60, heard_at=None, created_at=ago(hours=2)), NOON)
    assert condition == Condition(SourceState.SILENT, ago(hours=2))


def test_without_a_limit_no_silence_is_too_long():
    assert state(called(heard_at=ago(days=300))) == SourceState.RUNNING


@pytest.mark.parametrize(("minutes", "expected"), [(14, SourceState.RUNNING), (16, SourceState.BEHIND)])
def test_a_stream_is_behind_after_three_looks_that_did_not_reach_its_end(minutes, expected):
    assert state(asked(StreamVitals("INBOX", last_ok_at=ago(minutes=minutes)), every=300)) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(9, SourceState.RUNNING), (11, SourceState.BEHIND)])
def test_a_source_that_is_asked_all_the_time_gets_ten_minutes(minutes, expected):
    assert state(asked(StreamVitals("INBOX", last_ok_at=ago(minutes=minutes)), every=10)) == expected


def test_the_stream_that_is_behind_longest_speaks_for_its_source_in_the_providers_words():
    late = StreamVitals("Archive", last_ok_at=ago(hours=3), error="No route to host", failures=4)
    condition = judge(asked(StreamVitals("INBOX", last_ok_at=ago(minutes=40)), late), NOON)
    assert condition == Condition(SourceState.BEHIND, ago(hours=3), "No route to host", "Archive")


def test_a_stream_never_read_is_behind_since_its_source_exists():
    condition = judge(asked(StreamVitals("INBOX"), created_at=ago(hours=1), heard_at=None), NOON)
    assert condition == Condition(SourceState.BEHIND, ago(hours=1), "", "INBOX")


def test_a_source_just_made_waits_for_its_first_look():
    assert state(asked(StreamVitals(""), created_at=ago(minutes=1), heard_at=None)) == SourceState.WAITING


@pytest.mark.parametrize(("minutes", "expected"), [(44, SourceState.RUNNING), (46, SourceState.BEHIND)])
def test_the_search_for_new_streams_comes_less_often_and_has_longer(minutes, expected):
    streams = StreamVitals("", last_ok_at=ago(minutes=minutes)), StreamVitals("INBOX", last_ok_at=ago(minutes=1))
    assert state(asked(*streams)) == expected


def test_what_the_provider_refuses_is_said_before_how_late_it_is():
    denied = StreamVitals("INBOX", last_ok_at=ago(days=2), error="Invalid credentials", denied=True, failures=9)
    condition = judge(asked(denied), NOON)
    assert condition == Condition(SourceState.DENIED, ago(days=2), "Invalid credentials", "INBOX")


def test_a_passing_fault_is_told_and_makes_nothing_stale():
    failing = StreamVitals("INBOX", last_ok_at=ago(minutes=4), error="Timed out", failures=1)
    condition = judge(asked(failing), NOON)
    assert condition == Condition(SourceState.RETRYING, ago(minutes=4), "Timed out", "INBOX")
    assert (condition.stale, condition.troubled) == (False, True)


def test_streams_of_a_source_that_calls_us_make_nobody_wait():
    assert state(called(streams=(StreamVitals("INBOX", last_ok_at=ago(days=3)),))) == SourceState.RUNNING


def test_exactly_what_agents_must_not_rely_on_is_stale():
    stale = {one for one in SourceState if Condition(one).stale}
    assert stale == {SourceState.BEHIND, SourceState.SILENT, SourceState.DENIED, SourceState.PAUSED}


# with a database
@pytest.mark.django_db
def test_a_source_that_paused_itself_is_told_from_one_that_somebody_paused():
    itself, somebody = SourceFactory(), SourceFactory()
    outcomes = Outcomes()
    for _event in range(MOST_REFUSED + 1):
        outcomes.refused(timezone.now())
    count_outcomes({itself.pk: outcomes})
    pause(actor=None, source=somebody, reason="Moving house")
    judged = {one.pk: judge(health.vitals_of(one), timezone.now()) for one in health.with_vitals()}
    assert (judged[itself.pk].state, judged[itself.pk].itself) == (SourceState.PAUSED, True)
    assert (judged[somebody.pk].state, judged[somebody.pk].itself) == (SourceState.PAUSED, False)


@pytest.mark.django_db
def test_vitals_of_all_sources_take_two_queries():
    for _source in range(3):
        source = SourceFactory(kind="imap")
        SyncState.objects.create(source=source, stream="INBOX")
        Health.objects.create(source=source)
    with CaptureQueriesContext(connection) as asked_for:
        found = [health.vitals_of(one) for one in health.with_vitals()]
    assert (len(found), len(asked_for)) == (3, 2)
    assert [len(vitals.streams) for vitals in found] == [1, 1, 1]


@pytest.mark.django_db
def test_removed_sources_are_not_looked_at():
    SourceFactory(removed_at=timezone.now())
    assert health.with_vitals() == []


@pytest.mark.django_db
def test_envelopes_in_trouble_are_counted_by_source_and_not_beyond_a_limit(monkeypatch):
    monkeypatch.setattr(health, "COUNTED", 2)
    one, other = SourceFactory(), SourceFactory()
    for _event in range(5):
        EnvelopeFactory(source=one, state=Envelope.State.QUARANTINED)
    EnvelopeFactory(source=one, state=Envelope.State.DONE)
    EnvelopeFactory(source=other, state=Envelope.State.HELD)
    EnvelopeFactory(source=other, state=Envelope.State.CONFLICT)
    EnvelopeFactory(source=other, state=Envelope.State.DONE, unread="total (amount)")
    assert health.troubles([one.pk, other.pk]) == {one.pk: (3, 0, 0, 0), other.pk: (0, 1, 1, 1)}


HISTORY = """
    INSERT INTO channels_envelope (
        source_id, dedupe_key, digest, payload, received_at, state, attempts, retry_at, error, unread)
    SELECT %s, 'e' || n, '', '{}', now(), CASE WHEN n %% 500 = 0 THEN 'quarantined' ELSE 'done' END, 0, now(), '',
        CASE WHEN n %% 500 = 1 THEN 'total (amount)' ELSE '' END
    FROM generate_series(1, 20000) AS n
"""


@pytest.mark.django_db
def test_counting_trouble_looks_at_troubled_envelopes_alone_however_long_the_history():
    sources = [SourceFactory().pk for _source in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, sources[:1])
        cursor.execute("ANALYZE channels_envelope")
        cursor.execute("EXPLAIN " + health.TROUBLES, [sources, *[health.COUNTED + 1] * 4])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert (plan.count("envelope_troubled"), plan.count("envelope_unread")) == (3, 1), plan
    assert health.troubles(sources) == {sources[0]: (40, 0, 0, 40), sources[1]: (0, 0, 0, 0)}


@pytest.mark.parametrize(("minute", "expected"), [(0, 60), (30, 50), (59, 21)])
def test_the_rate_is_that_of_the_last_sixty_minutes(minute, expected):
    hours = {NOON - timedelta(hours=1): (50, 10), NOON: (20, 0)}
    if minute == 0:
        hours[NOON] = (0, 0)
    assert health.rate(hours, NOON + timedelta(minutes=minute)) == expected


@pytest.mark.django_db
def test_hours_are_grouped_by_source_and_old_ones_left_out():
    one, other = SourceFactory(), SourceFactory()
    HourlyTally.objects.create(source=one, hour=NOON, understood=3, refused=1)
    HourlyTally.objects.create(source=one, hour=LONG_AGO, understood=9)
    found = health.tallies([one.pk, other.pk], ago(hours=1))
    assert found == {one.pk: {NOON: (3, 1)}, other.pk: {}}


@pytest.mark.django_db
def test_stale_sources_are_found_by_their_slugs_and_remembered():
    behind = SourceFactory(slug="atm", name="ATM feed", silent_after=10)
    SourceFactory(slug="shop")
    Source.objects.filter(pk=behind.pk).update(created_at=timezone.now() - timedelta(hours=3))
    assert [one.name for one in health.stale_among(["atm", "shop", "desk"])] == ["ATM feed"]
    assert health.stale_among(["shop"]) == []
    with CaptureQueriesContext(connection) as asked_for:
        health.stale_among(["atm"])
    assert len(asked_for) == 0


@pytest.mark.django_db
def test_a_pause_is_known_at_once():
    source = SourceFactory(slug="atm")
    assert health.stale_among(["atm"]) == []
    pause(actor=None, source=source)
    assert [stale.name for stale in health.stale_among(["atm"])] == [source.name]
    resume(actor=None, source=source)
    assert health.stale_among(["atm"]) == []


@pytest.mark.django_db
def test_what_is_remembered_is_asked_again_after_a_while(monkeypatch):
    monkeypatch.setattr(health, "_stale_by_slug", Cached(health._load_stale, name=SOURCES, seconds=0.5))
    SourceFactory(slug="atm")
    assert health.stale_among(["atm"]) == []
    Source.objects.update(paused_at=timezone.now())
    assert health.stale_among(["atm"]) == []
    sleep(0.6)
    assert [one.condition.state for one in health.stale_among(["atm"])] == [SourceState.PAUSED]
