"""What is done to a source: each act once, with its audit row, and a way back where it hurts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.channels import keyring
from apps.channels.actions import backfill
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, Source, SyncState, WriteKey
from apps.channels.registry import CONNECTORS
from apps.desktop.sources.page import progress
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, triggers
from tests.desktop.sources.rows import Lighthouse, furnished, nobody, tracked
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import SourceFactory, WriteKeyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Whom the workers were told about, instead of telling them."""
    heard = []
    for name in ("process", "pull_due", "sweep"):
        monkeypatch.setattr(f"apps.channels.tasks.{name}.apply_async", lambda name=name, **_options: heard.append(name))
    return heard


@pytest.fixture(autouse=True)
def lighthouse(monkeypatch):
    connector = Lighthouse()
    monkeypatch.setitem(CONNECTORS, "lighthouse", connector)
    return connector


@pytest.fixture
def supervisor():
    return SupervisorFactory(username="supervisor")


@pytest.fixture
def tower():
    return furnished("tower")


@pytest.fixture
def act(supervisor, tower, django_capture_on_commit_callbacks):
    """`act("pause_source", reason="Moving")`: do it to the tower, and what follows the commit."""
    desk = signed_in(supervisor)

    def do(what, /, *args, slug="tower", **typed):
        with django_capture_on_commit_callbacks(execute=True):
            return desk.post(reverse(what, args=[slug, *args]), typed)

    return do


def audited():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def said(response):
    return triggers(response)["toast"]


def test_looking_at_once_makes_every_stream_due_and_tells_the_workers(act, tower, rung):
    SyncState.objects.filter(source=tower).update(next_at=timezone.now() + timedelta(hours=1))
    response = act("sync_now")
    assert (response.status_code, said(response)["text"]) == (204, "Looking into 2 streams now.")
    assert "source" in triggers(response), "the page looks again"
    assert not SyncState.objects.filter(source=tower, next_at__gt=timezone.now()).exists()
    assert (rung, audited()) == (["pull_due"], ["source.sync_now"])


def test_a_source_that_calls_us_has_nothing_to_be_looked_into(act):
    SourceFactory(slug="web")
    assert "pushes" in said(act("sync_now", slug="web"))["text"]


def test_a_pause_keeps_its_reason_and_can_be_undone(act, tower, rung):
    response = act("pause_source", reason="  Moving\n house ")
    tower.refresh_from_db()
    assert (tower.paused_at is not None, tower.pause_reason) == (True, "Moving house")
    undo = said(response)
    assert undo["undo"] == reverse("resume_source", args=["tower"])
    assert undo["values"]
    act("resume_source")
    tower.refresh_from_db()
    assert (tower.paused_at, tower.pause_reason) == (None, "")
    assert (rung, audited()) == (["sweep"], ["source.pause", "source.resume"])


def test_switching_off_turns_away_at_once_and_can_be_undone(act, tower):
    assert keyring.source_at("tower") is not None
    response = act("switch_source", active="off")
    assert keyring.source_at("tower") is None
    act("switch_source", **said(response)["values"])
    assert keyring.source_at("tower") is not None
    assert audited() == ["source.change", "source.change"]


def test_older_events_are_fetched_since_a_day(act, tower, rung):
    response = act("backfill", since="2026-01-31")
    assert "Older events" in said(response)["text"]
    since = set(SyncState.objects.filter(source=tower).values_list("backfill_since", flat=True))
    assert {timezone.localtime(one).date().isoformat() for one in since} == {"2026-01-31"}
    assert (rung, audited()) == (["pull_due"], ["source.backfill"])
    assert 'id="backfill"' in html(response)


@pytest.mark.parametrize("since", ["", "yesterday", "2999-01-01", "9999-12-31"])
def test_a_day_that_has_not_passed_is_refused_beside_its_field(act, tower, since):
    SyncState.objects.update(backfill_since=None)
    response = act("backfill", since=since)
    assert (response.status_code, 'aria-invalid="true"' in html(response)) == (422, True)
    assert not SyncState.objects.exclude(backfill_since=None).exists()


def test_progress_is_that_of_all_streams_together(tower):
    backfill(actor=None, source=tower, since=timezone.now() - timedelta(days=9))
    streams = list(SyncState.objects.filter(source=tower))
    streams[0].backfill_done, streams[0].backfill_total, streams[0].backfill_events = 1, 2, 30
    assert progress(streams).percent == "", "one of them does not know its end"
    streams[1].backfill_done, streams[1].backfill_total = 10, 10
    shown = progress(streams)
    assert (shown.percent, shown.words.startswith("30 events since")) == ("75", True)
    for stream in streams:
        stream.backfill_since = None
    assert progress(streams) is None


@pytest.fixture
def quarantined(tower):
    """Two kinds of events nobody understood, and one of another source."""
    source = furnished("web", nobody("n1"), nobody("n2"), tracked("t1", event=""))
    furnished("elsewhere", nobody("e1"))
    while process_due() != (0, 0):
        pass
    assert Envelope.objects.quarantined().count() == 4
    return source


def waiting():
    return sorted(Envelope.objects.waiting().values_list("dedupe_key", flat=True))


def test_one_event_tries_again(act, quarantined, rung):
    response = act("replay", slug="web", id=Envelope.objects.get(dedupe_key="n1").pk)
    assert (waiting(), said(response)["text"]) == (["n1"], "1 event is tried again now.")
    assert (rung, audited()) == (["process"], ["envelope.replay"])


def test_those_with_one_reason_try_again(act, quarantined):
    act("replay", slug="web", reason=Envelope.objects.get(dedupe_key="n1").error)
    assert waiting() == ["n1", "n2"]


def test_all_of_a_source_try_again_and_those_of_others_stay(act, quarantined):
    act("replay", slug="web")
    assert waiting() == ["n1", "n2", "t1"]


def test_an_event_of_another_source_is_left_alone(act, quarantined):
    act("replay", slug="web", id=Envelope.objects.get(dedupe_key="e1").pk)
    assert waiting() == []


def test_whoever_replays_for_a_paused_source_is_told_that_it_waits(act, quarantined):
    act("pause_source", slug="web")
    assert "The source is paused" in said(act("replay", slug="web"))["text"]


def test_a_secret_of_ours_is_shown_once_and_the_old_one_stays(act):
    source = SourceFactory(slug="web", key="old-key")
    response = act("rotate", slug="web")
    (new,) = [key for key in WriteKey.objects.filter(source=source) if key.hint != "old-key"]
    shown = html(response).partition('id="new-secret"')[2].partition(">")[2].partition("<")[0]
    assert Source.objects.keyed(shown).get() == source == Source.objects.keyed("old-key").get()
    assert new.hint == shown[:4]
    assert f"curl -u &#39;{shown}:&#39;" in html(response)
    assert "no-store" in response["Cache-Control"]
    assert shown not in str(AuditEntry.objects.get(action="source.issue_key").detail)


def test_a_secret_of_the_provider_is_pasted_and_never_shown(act, tower):
    response = act("rotate", secret=" the-keepers-word ")
    assert (response.status_code, "the-keepers-word" in html(response)) == (200, False)
    assert Source.objects.keyed("the-keepers-word").get() == tower


def test_an_empty_secret_of_the_provider_is_refused(act, tower):
    assert (act("rotate", secret="  ").status_code, tower.keys.count()) == (422, 1)


def test_a_revoked_secret_opens_nothing(act, tower):
    key = tower.keys.get()
    act("revoke", key.pk)
    key.refresh_from_db()
    assert (key.revoked_at is not None, audited()) == (True, ["source.revoke_key"])


def test_a_secret_of_another_source_is_not_found(act, tower):
    assert act("revoke", WriteKeyFactory().pk).status_code == 404


def test_removing_asks_for_the_name(act, tower):
    response = act("remove_source", name="tower!")
    assert (response.status_code, "Nothing was removed" in html(response)) == (422, True)
    assert Source.objects.existing().filter(slug="tower").exists()


def test_a_removed_source_is_gone_and_what_it_told_stays(act):
    furnished("web", tracked("t1"))
    process_due()
    response = act("remove_source", slug="web", name="Web")
    assert response["HX-Redirect"] == reverse("sources")
    assert not Source.objects.existing().filter(slug="web").exists()
    assert Envelope.objects.filter(source__slug="web").count() == 1
    assert keyring.source_at("web") is None
