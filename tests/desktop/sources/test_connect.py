"""Connecting a source: what is asked, what is tried out, and the secret that is seen once."""

import base64
import re
import threading

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.channels.contract import PushConnector
from apps.channels.facts import opened
from apps.channels.models import Health, Source, SyncState
from apps.channels.registry import CONNECTORS, GROUPS
from apps.channels.toolkit.http.pace import request_wait
from apps.desktop.sources import trial
from apps.desktop.sources.addresses import EXAMPLES, address_of, example, steps
from apps.desktop.sources.forms import gallery, slug_of
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline
from tests.desktop.sources.rows import REFUSAL, WAIT, Lighthouse
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
OWN = {"name": "North tower", "slug": "", "region": "FR", "timezone": "Europe/Paris", "silent_after": "90"}
TYPED = {
    **OWN,
    "secret": "keepers-word",
    "settings-host": "tower.example",
    "settings-since": "2026-01-02",
    "settings-region": "eu-west-1",
    "settings-password": "pass-word-one",
}


@pytest.fixture(autouse=True)
def lighthouse(monkeypatch):
    connector = Lighthouse()
    monkeypatch.setitem(CONNECTORS, "lighthouse", connector)
    return connector


@pytest.fixture
def desk():
    return signed_in(SupervisorFactory(username="supervisor"))


@pytest.fixture
def connect(desk):
    return lambda kind="lighthouse", **typed: desk.post(reverse("connect", args=[kind]), {**TYPED, **typed})


@pytest.fixture
def tower(connect):
    connect()
    return Source.objects.get()


# the gallery
def test_every_kind_is_offered_in_its_group():
    offered = gallery()
    assert {one.kind for _words, kinds in offered for one in kinds} == set(CONNECTORS)
    assert [words for words, _kinds in offered] == [str(w) for w in GROUPS.values() if str(w) in dict(offered)]


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_the_form_of_every_kind_opens_and_comes_back_when_it_is_empty(desk, kind):
    url = reverse("connect", args=[kind])
    page = desk.get(url)
    assert (page.status_code, inline(page)) == (200, [])
    empty = desk.post(url, {})
    assert (empty.status_code, 'role="alert"' in html(empty)) == (422, True)
    assert not Source.objects.exists()


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_steps_name_the_address_where_there_is_one(kind):
    address = address_of(kind, "tower", "https://klatsch.example/")
    assert address in ("", "https://klatsch.example/in/tower/", "https://klatsch.example/v1/")
    assert bool(address) == isinstance(CONNECTORS[kind], PushConnector)
    assert "{" not in "".join(steps(kind, address))


def test_a_kind_nobody_knows_is_not_found(desk):
    assert desk.get(reverse("connect", args=["carrier-pigeon"])).status_code == 404


# connecting
def test_a_source_is_made_as_it_was_typed(connect):
    response = connect()
    source = Source.objects.get()
    assert response["Location"] == reverse("source", args=["north-tower"])
    assert (source.name, source.slug, source.kind) == ("North tower", "north-tower", "lighthouse")
    assert (source.region, source.timezone, source.silent_after, source.every) == ("FR", "Europe/Paris", 90, 60)
    assert source.settings == {"host": "tower.example", "since": "2026-01-02", "region": "eu-west-1"}
    assert opened(source).settings["password"] == "pass-word-one"
    assert opened(source).secrets == ("keepers-word",)
    assert "pass-word-one" not in source.vault
    trail = str(list(AuditEntry.objects.values_list("action", "detail")))
    assert ("source.create" in trail, "pass-word" in trail, "keepers" in trail) == (True, False, False)


def test_without_the_providers_secret_it_is_made_and_asks_for_it_later(connect):
    connect(secret="")
    assert Source.objects.get().keys.count() == 0


def test_our_secret_is_shown_this_once_with_the_address_and_a_command(desk):
    response = desk.post(reverse("connect", args=["segment"]), OWN)
    page = html(response)
    secret = re.search(r'id="new-secret"[^>]*>([^<]+)<', page)[1]
    assert Source.objects.keyed(secret).get().slug == "north-tower"
    assert ("http://testserver/v1/" in page, f"curl -u &#39;{secret}:&#39;" in page) == (True, True)
    assert "no-store" in response["Cache-Control"]
    assert secret not in html(desk.get(reverse("source", args=["north-tower"])))


def test_the_address_is_how_the_outside_reaches_us(desk, settings):
    settings.PUBLIC_URL = "https://hooks.shop.example/"
    page = html(desk.post(reverse("connect", args=["webhook"]), OWN))
    assert 'id="address" dir="ltr">https://hooks.shop.example/in/north-tower/<' in page


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_the_command_that_is_shown_is_let_in(desk, client, kind):
    made = desk.post(reverse("connect", args=[kind]), OWN)
    source = Source.objects.get()
    secret = re.search(r'id="new-secret"[^>]*>([^<]+)<', html(made))[1]
    command = example(kind, address_of(kind, source.slug, ""), secret)
    path = re.search(r" (/\S+)", command)[1]
    headers = dict(re.findall(r"-H '([^:]+): ([^']+)'", command))
    basic = re.search(r"-u '([^']+)'", command)
    if basic:
        headers["Authorization"] = f"Basic {base64.b64encode(basic[1].encode()).decode()}"
    body = re.search(r"-d '([^']+)'", command)[1]
    response = client.post(path, body, content_type=headers.pop("Content-Type"), headers=headers)
    assert (response.status_code, source.envelopes.count()) == (200, 1), response.content


def test_a_command_for_files_posts_one_to_the_address():
    command = example("camt", "https://klatsch.example/in/bank/", "word")
    assert command.endswith("--data-binary @statement.xml https://klatsch.example/in/bank/statement.xml")
    assert "Bearer word" in command
    assert example("imap", "", "word") == "", "nobody posts to us"


@pytest.mark.parametrize("slug", ["taken", "new", "desk", "TAKEN"])
def test_a_short_name_that_is_taken_is_refused_and_what_was_typed_stays(connect, slug):
    SourceFactory(slug="taken")
    response = connect(slug=slug)
    page = html(response)
    assert (response.status_code, "is taken" in page) == (422, True)
    for typed in ("North tower", "tower.example", "pass-word-one", "keepers-word"):
        assert f'value="{typed}"' in page, typed


def test_a_name_without_letters_needs_a_short_name(connect):
    response = connect(name="北塔")
    assert (response.status_code, "Give it a short name" in html(response)) == (422, True)
    assert connect(name="北塔", slug="north").status_code == 302


@pytest.mark.parametrize(
    ("name", "slug"),
    [("ATM feed", "atm-feed"), ("  Über & co. ", "ber-co"), ("x" * 60, "x" * 40), ("—", "")],
    ids=["words", "signs", "long", "nothing"],
)
def test_a_short_name_is_proposed(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("field", "typed"),
    [("region", "ZZ"), ("timezone", "Mars/Olympus"), ("silent_after", "0"), ("settings-host", "")],
)
def test_what_cannot_be_is_refused_at_its_field(connect, field, typed):
    response = connect(**{field: typed})
    assert (response.status_code, 'aria-invalid="true"' in html(response)) == (422, True)


# trying it out
def test_the_connection_is_tested_with_what_was_typed_and_nothing_is_made(desk, lighthouse):
    response = desk.post(reverse("try_new", args=["lighthouse"]), TYPED)
    assert "3 ships in 2 lanes" in html(response)
    facts = lighthouse.asked_with
    assert (facts.pk, facts.settings["host"], facts.settings["password"]) == (0, "tower.example", "pass-word-one")
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (REFUSAL, "Invalid credentials (Failure)"),
        (WAIT, "Slow down, please"),
        (OSError("No route to host"), "OSError: No route to host"),
    ],
    ids=["refused", "asked to wait", "fault"],
)
def test_a_failed_test_speaks_in_the_providers_words(desk, lighthouse, says, words):
    lighthouse.says = says
    page = html(desk.post(reverse("try_new", args=["lighthouse"]), TYPED))
    assert (words in page, "It does not work yet" in page) == (True, True)


def test_a_form_with_gaps_is_not_tried(desk, lighthouse):
    page = html(desk.post(reverse("try_new", args=["lighthouse"]), {**TYPED, "settings-host": ""}))
    assert ("First fill in" in page, "Host" in page, lighthouse.asked_with) == (True, True, None)


def test_a_provider_that_never_answers_keeps_nobody_waiting(lighthouse):
    answer = threading.Event()
    lighthouse.says = answer.wait
    slow = trial.try_out("lighthouse", Source(kind="lighthouse", slug="x"), {}, deadline=0.05)
    answer.set()
    assert (slow.good, slow.words) == (False, "No answer within 0 seconds.")


def test_a_source_that_is_only_tried_out_needs_no_row_for_its_pace():
    assert (request_wait(0, 5), Health.objects.count()) == (0.0, 0)


def test_only_so_many_connections_are_tested_at_once(lighthouse, monkeypatch):
    monkeypatch.setattr(trial, "TRIALS", threading.BoundedSemaphore(1))
    answer = threading.Event()
    lighthouse.says = answer.wait
    unsaved = Source(kind="lighthouse", slug="x")
    trial.try_out("lighthouse", unsaved, {}, deadline=0.05)
    assert "Other connections" in trial.try_out("lighthouse", unsaved, {}).words
    answer.set()


@pytest.mark.parametrize("kind", ["segment", "stripe"])
def test_what_calls_us_has_no_connection_to_test(desk, kind):
    assert desk.post(reverse("try_new", args=[kind]), TYPED).status_code == 404
    assert "Test connection" not in html(desk.get(reverse("connect", args=[kind])))


def test_changed_settings_are_tried_with_the_secrets_that_are_stored(desk, lighthouse, tower):
    typed = {"settings-host": "other.example", "settings-password": ""}
    assert "3 ships" in html(desk.post(reverse("try_source", args=["north-tower"]), typed))
    facts = lighthouse.asked_with
    assert (facts.pk, facts.settings["host"], facts.settings["password"]) == (
        tower.pk,
        "other.example",
        "pass-word-one",
    )


# changing it
def test_settings_are_shown_without_their_secrets(desk, tower):
    page = html(desk.get(reverse("source_settings", args=["north-tower"])))
    assert ("tower.example" in page, "pass-word-one" in page, "Stored." in page) == (True, False, True)
    assert ('name="slug"' in page, 'name="secret"' in page, 'name="every"' in page) == (False, False, True)


def test_changed_settings_are_kept_and_empty_secrets_stay(desk, tower):
    SyncState.objects.filter(source=tower).update(denied=True, error="Invalid credentials")
    typed = {
        **OWN,
        "name": "South tower",
        "every": "120",
        "pace": "2",
        "settings-host": "south.example",
        "silent_after": "",
    }
    response = desk.post(reverse("source_settings", args=["north-tower"]), typed)
    assert response["Location"] == reverse("source", args=["north-tower"])
    tower.refresh_from_db()
    assert (tower.name, tower.every, tower.pace, tower.silent_after) == ("South tower", 120, 2.0, None)
    assert (opened(tower).settings["host"], opened(tower).settings["password"]) == ("south.example", "pass-word-one")
    assert not SyncState.objects.filter(denied=True).exists(), "it is tried again at once"
    assert AuditEntry.objects.filter(action="source.change").count() == 1


def test_settings_that_cannot_be_are_refused(desk, tower):
    response = desk.post(reverse("source_settings", args=["north-tower"]), {**OWN, "every": "1", "pace": "2"})
    assert response.status_code == 422
    tower.refresh_from_db()
    assert tower.every == 60
