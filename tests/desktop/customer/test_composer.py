"""Writing down what happened: nothing typed is ever lost, and nothing is saved twice."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.desktop.models import OpenTab
from apps.interactions.models import Attachment, FollowUp, Interaction
from tests.desktop.html import html, titles, triggers
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.interactions import DispositionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(desk, customer):
    """Save the composer with these fields."""

    def post(**fields):
        return desk.post(reverse("log", args=[customer.public_id]), {"mode": "call", "key": uuid.uuid4(), **fields})

    return post


@pytest.fixture
def keep(desk, customer):
    """What the page sends while somebody types."""

    def post(**fields):
        return desk.post(reverse("draft", args=[customer.public_id]), {"mode": "call", "key": uuid.uuid4(), **fields})

    return post


def in_(**span):
    return (timezone.now() + timedelta(**span)).strftime("%Y-%m-%dT%H:%M")


def draft():
    return OpenTab.objects.get().draft


def test_a_call_is_logged_and_stands_in_the_story(log, desk, url, agent, customer):
    response = log(body="The milk frother leaks", direction="inbound")
    assert response.status_code == 200
    assert "story" in triggers(response)
    assert html(response).startswith('<form method="post" id="composer"')
    assert "The milk frother leaks" not in html(response)
    entry = Interaction.objects.get()
    assert (entry.profile.customer, entry.source, entry.channel, entry.staff) == (customer, "desk", "voice", agent)
    assert json.loads(response.headers["HX-Trigger-After-Settle"]) == {"saved": {"entry": f"e{entry.pk}"}}
    assert titles(desk.get(url)) == ["Call from the customer"]


@pytest.mark.parametrize("mode", ["call", "note", "store"])
def test_what_was_logged_last_is_what_is_logged_next(log, mode):
    drawn = html(log(mode=mode, body="x"))
    assert re.search(rf'value="{mode}"[^>]*checked', drawn)


@pytest.mark.parametrize(
    ("fields", "title", "direction"),
    [
        ({"mode": "call"}, "Call from the customer", "inbound"),
        ({"mode": "call", "direction": "outbound"}, "Call to the customer", "outbound"),
        ({"mode": "note", "direction": "outbound"}, "Note", "internal"),
        ({"mode": "store"}, "Store visit", "inbound"),
    ],
)
def test_every_kind_of_entry_has_its_name_and_direction(log, fields, title, direction):
    assert log(body="Words", **fields).status_code == 200
    entry = Interaction.objects.get()
    assert (entry.title, entry.direction) == (title, direction)


def test_a_wrap_up_code_is_the_title_and_enough_by_itself(log):
    code = DispositionFactory(label="Refund given")
    assert log(disposition=code.pk).status_code == 200
    entry = Interaction.objects.get()
    assert (entry.title, entry.disposition) == ("Refund given", code)


def test_what_is_logged_names_the_place_of_the_team(desk, agent, log):
    agent.team = TeamFactory(place="Store 12")
    agent.save()
    log(body="Words", mode="store")
    assert Interaction.objects.get().touchpoint == "Store 12"


def test_a_form_sent_twice_is_saved_once(log):
    fields = {"key": uuid.uuid4(), "body": "Once", "promise": "Ring back", "due": in_(days=1)}
    assert (log(**fields).status_code, log(**fields).status_code) == (200, 200)
    assert Interaction.objects.get().body == "Once"
    assert FollowUp.objects.count() == 1
    assert AuditEntry.objects.filter(action="interaction.log").count() == 1


def test_the_next_form_has_a_key_of_its_own(log):
    key = str(uuid.uuid4())
    assert key not in html(log(key=key, body="Words"))


def test_a_promise_is_kept_with_who_made_it(log, agent, customer):
    log(body="Words", promise="Ring back", due=in_(days=1))
    promise = FollowUp.objects.get()
    assert (promise.text, promise.owner, promise.profile.customer) == ("Ring back", agent, customer)
    assert promise.interaction == Interaction.objects.get()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Write what happened, or choose a wrap-up code."),
        ({"body": "Words", "promise": "Ring back"}, "Say until when you promised it."),
        ({"body": "Words", "due": in_(days=1)}, "Say what you promised."),
        ({"body": "Words", "promise": "Ring back", "due": in_(hours=-2)}, "This time has passed already."),
        ({"body": "Words", "mode": "letter"}, "Something in this form is no longer valid."),
        ({"body": "Words", "disposition": 999}, "Something in this form is no longer valid."),
        ({"body": "Words", "key": "mine"}, "Something in this form is no longer valid."),
    ],
)
def test_what_cannot_be_saved_says_why_and_saves_nothing(log, fields, said):
    response = log(**fields)
    assert response.status_code == 422
    assert said in html(response)
    assert (Interaction.objects.count(), FollowUp.objects.count()) == (0, 0)


def test_due_is_read_where_the_agent_is(agent, log):
    agent.team = TeamFactory(timezone="Asia/Tokyo")
    agent.save()
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    log(body="Words", promise="Ring back", due=f"{tomorrow}T09:00")
    due = FollowUp.objects.get().due_at
    assert (due.date(), due.hour) == (tomorrow, 0)


def test_an_error_leaves_everything_that_was_typed(log, desk, url):
    code = DispositionFactory(label="Refund given")
    key = str(uuid.uuid4())
    typed = {
        "key": key, "mode": "store", "body": "The <b>frother</b> leaks", "verbatim": "Never again",
        "promise": "Ring back", "sentiment": "negative", "disposition": str(code.pk),
    }  # fmt: skip
    first = html(log(**typed))
    for page in (first, html(desk.get(url))):  # as it comes back, and after a reload
        assert f'name="key" value="{key}"' in page
        assert 'id="mode-store" value="store" checked' in page
        assert ">The &lt;b&gt;frother&lt;/b&gt; leaks</textarea>" in page
        assert ">Never again</textarea>" in page
        assert 'name="promise" maxlength="300" value="Ring back"' in page
        assert 'value="negative" checked' in page
        assert f'<option value="{code.pk}" selected>Refund given</option>' in page
    assert draft()["body"] == typed["body"]


def test_errors_are_tied_to_their_fields(log):
    page = html(log(promise="Ring back"))
    assert 'aria-invalid="true" aria-describedby="body-error"' in page
    assert 'aria-invalid="true" aria-describedby="due-error"' in page
    assert 'id="due-error">Say until when you promised it.<' in page


def test_a_draft_is_kept_and_saving_clears_it(keep, log, desk, url):
    assert keep(body="Half a sen", promise="Ring").status_code == 204
    page = html(desk.get(url))
    assert ">Half a sen</textarea>" in page
    assert "Your draft" in page
    log(body="Half a sentence")
    assert draft() == {}
    assert "Half a sen" not in html(desk.get(url)).split('id="composer"')[1]


def test_a_draft_that_is_emptied_is_forgotten(keep):
    keep(body="Half a sen")
    keep(body="")
    assert draft() == {}


def test_a_draft_keeps_its_key_so_that_a_lost_answer_is_no_second_entry(keep, desk, url):
    key = uuid.uuid4()
    keep(body="Half a sen", key=key)
    assert f'name="key" value="{key}"' in html(desk.get(url))


def test_drafts_are_each_person_s_own(keep, log, customer):
    keep(body="Mine")
    other = UserFactory()
    OpenTab.objects.create(user=other, customer=customer, draft={"body": "Theirs"})
    log(body="Mine, at length")
    assert OpenTab.objects.get(user=other).draft == {"body": "Theirs"}


def test_a_draft_holds_what_the_form_can_hold(keep):
    keep(body="x" * 30_000, unknown="field")
    assert len(draft()["body"]) == 20_000
    assert "unknown" not in draft()


def test_files_are_kept_with_the_entry(log):
    files = [SimpleUploadedFile("one.txt", b"1"), SimpleUploadedFile("two.pdf", b"%PDF-2")]
    assert log(body="See the letters", attachments=files).status_code == 200
    kept = Attachment.objects.order_by("pk").values_list("name", "content_type", "interaction")
    entry = Interaction.objects.get().pk
    assert list(kept) == [("one.txt", "application/octet-stream", entry), ("two.pdf", "application/pdf", entry)]


def test_a_file_too_large_is_refused_and_the_words_stay(log, monkeypatch):
    monkeypatch.setattr("apps.desktop.customer.forms.LARGEST", 10)
    response = log(body="See the letter", attachments=[SimpleUploadedFile("letter.txt", b"x" * 11)])
    assert response.status_code == 422
    assert "A file is larger than 10 MB." in html(response)
    assert ">See the letter</textarea>" in html(response)
    assert Attachment.objects.count() == 0


def test_logging_is_in_the_audit_trail_without_a_word_of_it(log, agent, customer):
    log(body="Very private")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.subject) == ("interaction.log", agent, customer.public_id)
    assert entry.detail == {"interaction": Interaction.objects.get().pk, "channel": "voice"}


def test_store_staff_begin_with_a_store_visit(desk_of, url):
    assert 'id="mode-store" value="store" checked' in html(desk_of(Role.STORE).get(url))
    assert 'id="mode-call" value="call" checked' in html(desk_of(Role.AGENT).get(url))
