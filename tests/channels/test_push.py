"""`/in/<slug>/`: whatever calls us, with a connector of the test's own behind it."""

import hashlib
import hmac

import orjson
import pytest
from django import forms
from django.db import OperationalError

from apps.accounts.models import AuditEntry
from apps.channels import registry, tasks, views
from apps.channels.actions import change_source, create_source, issue_key, remove_source, revoke_key
from apps.channels.contract import About, Pushed, PushReply, RawEvent, Refused, SecretField, StoredEvent
from apps.channels.facts import opened
from apps.channels.ingest.process import release
from apps.channels.models import Envelope, Source, SyncState, WriteKey
from apps.channels.sync.circuit_breaker import pause, resume
from apps.channels.toolkit.http.signatures import require, signed
from apps.channels.toolkit.people import claim, emails
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Interaction
from tests.factories.accounts import SupervisorFactory

STATES = Envelope.State


class OwlForm(forms.Form):
    barn = forms.CharField()
    whistle = SecretField()


class Owl(Pushed):
    """Signed post by owl."""

    about = About(name="Owl", summary="", group="data", icon="mail", signed=True, settings_form=OwlForm)

    def verify(self, push, source):
        if push.headers.get("x-owl") == "explode":
            raise KeyError("feathers")
        require(signed(source.secrets, push.raw, push.headers.get("x-owl", "")))

    def split(self, push, source):
        return [RawEvent(one["id"], one) for one in push.content]

    def reply(self, push, source):
        if push.method == "GET":
            return PushReply(body=push.query.get("hoot", ""), content_type="text/plain")
        if push.method not in {"POST", "PUT"}:
            raise Refused(405, "method_not_allowed", "Owls post.")
        return PushReply(202, "hoo", "text/plain", {"X-Owl": source.slug})

    def normalise(self, event: StoredEvent, source):
        who = claim(source, event.received_at, sure=emails(event.payload["email"]))
        touch = InteractionDraft(event.key, event.received_at, "note", "note", event.payload["say"])
        return Draft(who, touch)


@pytest.fixture(autouse=True)
def owls(monkeypatch):
    monkeypatch.setitem(registry.CONNECTORS, "owl", Owl())


@pytest.fixture
def barn(db):
    source = create_source(actor=None, slug="barn", name="Barn", kind="owl", barn="red", whistle="tu-whit")
    issue_key(actor=None, source=source, secret="feather")
    return source


@pytest.fixture
def fly(client, barn):
    """Post letters to the barn, signed with a secret. The response."""

    def send(*letters, secret="feather", path="/in/barn/", signature=None):
        body = orjson.dumps(letters)
        mark = signature or hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return client.post(path, body, content_type="application/json", headers={"X-Owl": mark})

    return send


def letter(key="l1", say="Hello"):
    return {"id": key, "email": "anna@shop.example", "say": say}


def test_a_letter_arrives_and_its_sender_hears_what_it_wants_to_hear(fly, process_all, messages):
    response = fly(letter())
    assert (response.status_code, response.content, response["X-Owl"]) == (202, b"hoo", "barn")
    assert process_all() == (1, 0)
    assert Interaction.objects.get().title == "Hello"


@pytest.mark.parametrize("path", ["/in/barn", "/in/barn/", "/in/barn/deep/down/"])
def test_the_address_works_with_and_without_a_slash_and_with_more_behind_it(fly, path):
    assert fly(letter(), path=path).status_code == 202


@pytest.mark.parametrize("signature", ["00", "not hex", "explode", "é", "", "long" * 999])
def test_whoever_cannot_prove_who_they_are_is_turned_away(client, barn, signature):
    headers = {"X-Owl": signature.encode("utf-8").decode("latin-1")}
    response = client.post("/in/barn/", b"[]", content_type="application/json", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_signature")
    assert not Envelope.objects.exists()


def test_an_unknown_address_is_no_address(client, db):
    assert client.post("/in/nowhere/", b"{}", content_type="application/json").status_code == 404


def test_a_segment_source_also_answers_at_its_own_address(client, db, process_all):
    source = create_source(actor=None, slug="web", name="Web", kind="segment")
    key, track = issue_key(actor=None, source=source), {"userId": "u1", "event": "Signed Up"}
    sent = client.post("/in/web/v1/track", orjson.dumps({**track, "writeKey": key}), content_type="application/json")
    assert (sent.status_code, sent.content) == (200, b'{"success": true}')
    assert client.post("/in/web/", orjson.dumps(track), content_type="application/json").status_code == 401
    lost = client.post("/in/web/x", orjson.dumps({**track, "writeKey": key}), content_type="application/json")
    assert lost.status_code == 404
    assert process_all() == (1, 0)


def test_a_handshake_is_answered_without_a_signature(client, barn):
    assert client.get("/in/barn/?hoot=hoo").content == b"hoo"
    assert client.delete("/in/barn/").status_code == 405


def test_while_the_database_is_away_the_sender_is_asked_to_come_again(fly, monkeypatch):
    def away(*args, **options):
        raise OperationalError("gone")

    monkeypatch.setattr(views, "receive", away)
    response = fly(letter())
    assert (response.status_code, response["Retry-After"]) == (503, "1")


def test_two_secrets_open_while_one_is_replaced_and_a_third_closes_the_first(fly, barn):
    second = issue_key(actor=None, source=barn)
    assert second.startswith("whsec_")
    assert {fly(letter("a")).status_code, fly(letter("b"), secret=second).status_code} == {202}
    third = issue_key(actor=None, source=barn)
    assert [fly(letter("c"), secret=one).status_code for one in ("feather", second, third)] == [401, 202, 202]
    assert WriteKey.objects.filter(revoked_at=None).count() == 2


def test_the_same_secret_may_belong_to_two_sources_and_come_back_after_it_was_revoked(fly, barn):
    other = create_source(actor=None, slug="shed", name="Shed", kind="owl", barn="green")
    issue_key(actor=None, source=other, secret="feather")
    issue_key(actor=None, source=other, secret="feather")
    assert other.keys.count() == 1
    assert {fly(letter()).status_code, fly(letter(), path="/in/shed/").status_code} == {202}
    revoke_key(actor=None, key=other.keys.get())
    issue_key(actor=None, source=other, secret="feather")
    assert fly(letter("l2"), path="/in/shed/").status_code == 202


def test_a_revoked_secret_opens_nothing_and_is_not_kept(fly, barn):
    assert revoke_key(actor=None, key=WriteKey.objects.get()) is True
    assert fly(letter()).status_code == 401
    assert WriteKey.objects.get().vault == ""


def test_a_source_switched_off_is_turned_away(fly, barn):
    change_source(actor=None, source=barn, settings={}, active=False)
    assert fly(letter()).status_code == 404


def test_a_paused_source_is_heard_and_held_back_until_it_goes_on(fly, barn, process_all):
    assert pause(actor=SupervisorFactory(), source=barn, reason="Moving house") is True
    assert pause(actor=None, source=barn) is False
    assert fly(letter()).status_code == 202
    process_all()
    assert Envelope.objects.get().state == STATES.HELD
    assert release() == 0
    assert resume(actor=None, source=barn) is True
    assert release() == 1
    assert process_all() == (1, 0)
    assert Interaction.objects.count() == 1
    assert AuditEntry.objects.get(action="source.pause").detail["reason"] == "Moving house"


def test_the_sweep_lets_go_what_was_held_back(fly, barn, process_all, monkeypatch):
    pause(actor=None, source=barn)
    fly(letter())
    process_all()
    resume(actor=None, source=barn)
    rung = []
    monkeypatch.setattr(tasks.process, "delay", lambda: rung.append(1))
    assert (tasks.sweep(), rung) == (True, [1])


def test_secret_settings_are_locked_and_left_alone_when_left_empty(barn):
    assert barn.settings == {"barn": "red"}
    assert "tu-whit" not in barn.vault
    changed = change_source(actor=None, source=barn, settings={"barn": "blue", "whistle": ""}, name="Blue barn")
    facts = opened(changed)
    assert (facts.settings["barn"], facts.settings["whistle"], changed.name) == ("blue", "tu-whit", "Blue barn")
    changed = change_source(actor=None, source=barn, settings={"whistle": "tu-whoo"})
    assert opened(changed).settings["whistle"] == "tu-whoo"


def test_a_source_that_told_nothing_is_removed_without_a_trace(barn):
    assert remove_source(actor=None, source=barn) is True
    assert not Source.objects.exists()


def test_a_source_that_told_something_leaves_its_story_and_no_credentials(fly, barn, process_all):
    fly(letter())
    process_all()
    assert remove_source(actor=None, source=barn) is False
    assert fly(letter("l2")).status_code == 404
    left = Source.objects.get()
    assert (left.vault, left.settings, left.active) == ("", {}, False)
    assert not WriteKey.objects.filter(revoked_at=None).exists()
    assert not SyncState.objects.exists()
    assert Interaction.objects.count() == 1
