"""One contract for every connector: what its vendor sends arrives once, in any order, from nobody else, and nothing
that anybody sends breaks it. The material is in `samples`, a module a kind."""

import gzip
import re
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.channels.actions import issue_key, revoke_key
from apps.channels.contract import FileConnector, PushConnector, Secret, SecretField
from apps.channels.ingest.receive import receive
from apps.channels.models import Envelope
from apps.channels.registry import CONNECTORS, GROUPS
from apps.interactions.actions import record
from apps.interactions.models import VISIT, Interaction
from tests.channels import vendors
from tests.channels.forgery import HOSTILE, absurdities
from tests.channels.vendors import ANOTHER, CALLED, FILED, KINDS, PROVED, address_of, sample

SELF_EVIDENT = {
    "S3 bucket", "S3 secret key", "S3 access key", "Password", "User name", "Port", "Server", "Folder",
    "E-mail address", "Encryption",
}  # fmt: skip
KEY_ELSEWHERE = {"posthog", "snowplow"}  # in the body, in the path
BOMB = gzip.compress(b" " * 40_000_000)
QUIET = {Envelope.State.QUARANTINED, Envelope.State.HELD, Envelope.State.CONFLICT}


def deliver(client, kind, source, *, backwards=False):
    """Everything of the sample reaches us: calls first, then files, or all of it the other way round."""
    steps = [(vendors.ring, one) for one in vendors.calls_of(kind, address_of(source.slug))] if kind in CALLED else []
    files = vendors.files_of(kind) if hasattr(sample(kind), "calls") or kind not in CALLED else []
    for step in list(reversed([*steps, *files])) if backwards else [*steps, *files]:
        if step[0] is vendors.ring:
            response = vendors.ring(client, source.slug, step[1])
            assert response.status_code == step[1].status, response.content
        else:
            events = list(vendors.read_file(kind, *step, vendors.facts(kind, source.slug)))
            receive(source, events[::-1] if backwards else events)


def story(source, since):
    """What an agent would read, however it was told: entries, and how much each person looked around."""
    told = set()
    for entry in Interaction.objects.filter(source=source.slug).select_related("profile"):
        when = "at its arrival" if entry.occurred_at >= since else entry.occurred_at
        person = entry.profile.external_id
        if entry.kind == VISIT:
            told.add((VISIT, person, when, entry.channel))
        else:
            told.add((entry.external_id, entry.title, when, entry.channel, entry.direction, person))
    return told


@pytest.fixture
def source(request, db):
    """A source of the kind under test."""
    return vendors.make(request.getfixturevalue("kind"), "sample")


@pytest.fixture
def trusting(monkeypatch):
    """Whatever comes is taken for correctly signed."""

    def trust(kind):
        monkeypatch.setattr(type(CONNECTORS[kind]), "verify", lambda *_arguments: None)

    return trust


# what arrives
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_vendor_sends_is_told_once_however_often_it_comes(kind, source, client, process_all):
    for _time in range(2):
        deliver(client, kind, source)
        process_all()
        states = set(Envelope.objects.values_list("state", flat=True))
        assert states == {Envelope.State.DONE}, list(Envelope.objects.exclude(state="done").values("state", "error"))
        assert Interaction.objects.filter(source=source.slug).count() == sample(kind).DRAFTS
    assert Interaction.objects.exclude(source=source.slug).count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_does_not_depend_on_the_order_of_its_events(kind, source, client, process_all):
    since = timezone.now() - timedelta(minutes=6)
    deliver(client, kind, source)
    process_all()
    source.keys.all().delete()  # no two sources have the same secret
    other = vendors.make(kind, "backwards")
    deliver(client, kind, other, backwards=True)
    process_all()
    assert story(other, since) == story(source, since)


@pytest.mark.parametrize("kind", KINDS)
def test_entries_can_be_read_at_a_glance(kind, source, client, process_all):
    deliver(client, kind, source)
    process_all()
    for entry in Interaction.objects.filter(source=source.slug):
        assert entry.title == " ".join(entry.title.split()) != ""
        assert not re.search(r"%\(|\{\w*\}|\bNone\b|\bnull\b|<[a-z/]", entry.title), entry.title
        assert len(entry.thread) < 120
        assert len(entry.reference) < 80
        assert entry.ended_at is None or entry.ended_at >= entry.occurred_at
        assert entry.amount is None or entry.currency, f"an amount of no currency: {entry.title}"


@pytest.mark.parametrize("kind", KINDS)
def test_explaining_an_event_again_gives_the_same_without_any_outside_help(kind, monkeypatch):
    """Without the mark for it a test has no database; here it has no network either."""
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, None)
    facts = vendors.facts(kind)

    def drafts():
        calls = vendors.calls_of(kind, address_of(facts.slug)) if kind in CALLED else []
        read = [event for one in calls for event in vendors.split(kind, one, facts)]
        read += [event for file in vendors.files_of(kind) for event in vendors.read_file(kind, *file, facts)]
        return [vendors.understood(kind, read, facts) for _time in range(2)]

    first, again = drafts()
    assert first == again
    assert len(first) >= sample(kind).DRAFTS > 0


@pytest.mark.parametrize("kind", FILED)
def test_a_file_is_read_the_same_every_time(kind):
    facts = vendors.facts(kind)
    files = vendors.files_of(kind)
    first, again = ([list(vendors.read_file(kind, *file, facts)) for file in files] for _time in range(2))
    assert first == again
    assert all(event.key for events in first for event in events), "every event of a file has a key"


# who may call
@pytest.mark.parametrize("kind", CALLED)
def test_nobody_else_is_believed(kind, db, client):
    source = vendors.make(kind, "sample", vendors.wrong(kind))
    for call in vendors.calls_of(kind, address_of(source.slug)):
        assert vendors.ring(client, source.slug, call).status_code == 401
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("kind", sorted({*PROVED} - KEY_ELSEWHERE))
def test_without_any_credentials_nobody_is_believed(kind, source, client):
    for call in vendors.calls_of(kind, address_of(source.slug)):
        bare = replace(call, headers={}, path=call.path.partition("?")[0])
        assert vendors.ring(client, source.slug, bare).status_code == 401
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("kind", PROVED)
def test_two_secrets_are_in_force_while_one_is_replaced(kind, source, client):
    former = source.keys.get()
    issue_key(actor=None, source=source, secret="" if CONNECTORS[kind].about.secret == Secret.OURS else ANOTHER)
    first, *_rest = calls = vendors.calls_of(kind, address_of(source.slug))
    assert vendors.ring(client, source.slug, first).status_code == first.status
    kept = Envelope.objects.count()
    revoke_key(actor=None, key=former)
    for call in calls:
        assert vendors.ring(client, source.slug, call).status_code == 401
    assert Envelope.objects.count() == kept


# what nobody should send
@pytest.mark.parametrize("kind", CALLED)
def test_a_hostile_body_breaks_nothing_and_tells_nothing(kind, source, client, trusting, process_all):
    trusting(kind)
    calls = vendors.calls_of(kind, address_of(source.slug))
    doors = {(one.path.partition("?")[0], one.content_type): one for one in calls if one.method != "GET"}
    for call in doors.values():
        for named, body in HOSTILE.items():
            response = vendors.ring(client, source.slug, replace(call, body=body))
            assert response.status_code < 500, f"{named} at {call.path!r}"
        headers = {**call.headers, "Content-Encoding": "gzip"}
        for body, status in ((BOMB, 413), (BOMB[:200], 400), (b"not gzip", 400)):
            response = vendors.ring(client, source.slug, replace(call, body=body, headers=headers))
            assert response.status_code == status
    process_all()
    states = set(Envelope.objects.values_list("state", flat=True))
    assert states <= QUIET, list(Envelope.objects.exclude(state__in=QUIET).values("state", "error", "payload"))
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("kind", CALLED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "PATCH"])
def test_other_methods_are_answered_and_store_nothing(kind, method, source, client):
    for path in {"", "x/y", *(call.path.partition("?")[0] for call in vendors.calls_of(kind, address_of("sample")))}:
        answer = client.generic(method, f"/in/{source.slug}/{path}", headers={"Origin": "https://shop.example"})
        assert answer.status_code < 500
        assert not answer.headers.get("Location")
    assert not Envelope.objects.exclude(state=Envelope.State.QUARANTINED).exists()


@pytest.mark.parametrize("kind", CALLED)
def test_a_call_with_absurd_values_is_understood_or_refused(kind, db):
    facts = vendors.facts(kind)
    drafts = []
    for number, call in enumerate(vendors.calls_of(kind, address_of(facts.slug))):
        if call.headers.get("Content-Encoding"):
            continue
        for body in absurdities(call.body, call.content_type, seed=number):
            drafts += vendors.understood(kind, vendors.told(kind, replace(call, body=body), facts), facts)
    for start in range(0, len(drafts), 500):
        record(drafts[start : start + 500])  # PostgreSQL takes whatever came of it


@pytest.mark.parametrize("kind", FILED)
def test_a_file_with_absurd_contents_is_understood_or_refused(kind, db):
    facts = vendors.facts(kind)
    drafts = []
    for number, (name, content) in enumerate(vendors.files_of(kind)):
        for body in [*HOSTILE.values(), *absurdities(content, "", seed=number)]:
            drafts += vendors.understood(kind, vendors.read_file(kind, name, body, facts), facts)
    for start in range(0, len(drafts), 500):
        record(drafts[start : start + 500])


# how it presents itself
@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_a_connector_says_what_it_is(kind):
    about = CONNECTORS[kind].about
    icons = Path(settings.BASE_DIR, "static/desktop/icons.svg").read_text()
    assert f'id="{about.icon}"' in icons
    assert about.group in GROUPS
    assert str(about.name)
    assert str(about.summary).endswith("."), "a sentence"
    assert about.secret in {Secret.NONE, Secret.OURS, Secret.THEIRS}
    for step in about.steps:
        assert "{" not in str(step).format(address="https://klatsch.example/in/a/")
    if isinstance(CONNECTORS[kind], PushConnector):
        assert about.steps, "whoever connects it needs to be told what to do at the other end"


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_a_connector_is_documented(kind):
    page = next(
        (p for p in (f"docs/connectors/{kind}.md", f"docs/{kind}.md") if Path(settings.BASE_DIR, p).exists()), ""
    )
    assert page, f"docs/connectors/{kind}.md is missing"
    text = Path(settings.BASE_DIR, page).read_text()
    assert re.search(r"prove[dn]|recorded", text, re.IGNORECASE), "what it was proved against"


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_every_setting_explains_itself(kind):
    for name, field in CONNECTORS[kind].about.settings_form.base_fields.items():
        label = str(field.label or "")
        assert label, f"{name} has no label"
        assert str(field.help_text) or label in SELF_EVIDENT, f"{name} needs a sentence of help"


@pytest.mark.parametrize("kind", KINDS)
def test_secret_settings_are_locked_away(kind, source):
    fields = CONNECTORS[kind].about.settings_form.base_fields
    hidden = {
        name: value for name, value in sample(kind).SOURCE.settings.items() if isinstance(fields.get(name), SecretField)
    }
    assert not hidden.keys() & source.settings.keys()
    assert all(value not in source.vault for value in hidden.values())
    assert bool(source.vault) == bool(hidden)
    facts = vendors.without_secrets(vendors.facts(kind))
    assert not hidden.keys() & facts.settings.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_of_the_sample_could_have_been_typed(kind):
    form = CONNECTORS[kind].about.settings_form(sample(kind).SOURCE.settings)
    assert form.is_valid(), form.errors


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_a_kind_is_reached_in_at_least_one_way(kind):
    connector = CONNECTORS[kind]
    assert isinstance(connector, PushConnector | FileConnector) or hasattr(connector, "pull")
