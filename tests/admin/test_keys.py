"""Sources, tokens and the quarantine."""

import pytest
from django.utils import timezone

from apps.accounts.models import ApiToken, AuditEntry
from apps.channels.models import Envelope, Health
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    heard = []

    def notify(workers):
        heard.append(workers)

    monkeypatch.setattr("apps.channels.ingest.notify.Workers.notify", notify)
    return heard


def test_sources_are_connected_and_looked_after_at_the_desk(as_supervisor):
    source = SourceFactory(slug="shop")
    assert as_supervisor.get("/admin/channels/source/add/")["Location"] == "/desk/sources/new/"
    assert as_supervisor.get(f"/admin/channels/source/{source.pk}/change/")["Location"] == "/desk/sources/shop/"
    assert as_supervisor.get("/admin/channels/source/999/change/")["Location"] == "/desk/sources/"


def test_the_list_of_sources_says_when_each_was_heard_and_leaves_out_those_removed(as_supervisor):
    Health.objects.create(source=SourceFactory(name="Heard"), heard_at=timezone.now())
    SourceFactory(name="Silent")
    SourceFactory(name="Removed", removed_at=timezone.now())
    page = as_supervisor.get("/admin/channels/source/").content.decode()
    assert (page.count("none yet"), "Heard" in page, "Removed" in page) == (1, True, False)


def test_token_is_shown_once_and_may_what_was_ticked(as_owner):
    person = UserFactory()
    form = {"name": "Loyalty", "scopes": ["read"], "acts_as": person.pk}
    response = as_owner.post("/admin/accounts/apitoken/add/", form)
    token = ApiToken.objects.bearing(response.context["secret"]).get()
    assert (token.name, token.scopes, token.acts_as) == ("Loyalty", ["read"], person)
    assert "no-store" in response["Cache-Control"].split(", ")
    assert [action for (action,) in AuditEntry.objects.values_list("action")] == ["token.issue"]


def test_token_without_a_scope_is_refused(as_owner):
    response = as_owner.post("/admin/accounts/apitoken/add/", {"name": "Loyalty", "acts_as": UserFactory().pk})
    assert list(response.context["adminform"].form.errors) == ["scopes"]


def test_revoked_token_opens_nothing(as_owner):
    token = ApiTokenFactory(secret="old")
    assert as_owner.post(f"/admin/accounts/apitoken/{token.pk}/revoke/").status_code == 302
    assert not ApiToken.objects.bearing("old").exists()


def test_supervisor_revokes_no_token(as_supervisor):
    token = ApiTokenFactory(secret="old")
    assert as_supervisor.post(f"/admin/accounts/apitoken/{token.pk}/revoke/").status_code == 403
    assert ApiToken.objects.bearing("old").exists()


def test_quarantined_events_chosen_in_the_list_are_tried_again(
    as_supervisor, messages, django_capture_on_commit_callbacks
):
    poison, other = EnvelopeFactory(state="quarantined", attempts=8), EnvelopeFactory(state="quarantined")
    form = {"action": "replay_selected", "_selected_action": [poison.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        as_supervisor.post("/admin/channels/envelope/?state__exact=quarantined", form)
    poison.refresh_from_db()
    other.refresh_from_db()
    assert (poison.state, poison.attempts, other.state) == (
        Envelope.State.RECEIVED,
        0,
        Envelope.State.QUARANTINED,
    )
    assert len(messages) == 1


def test_quarantined_event_is_tried_again_from_its_page(as_supervisor, messages):
    poison = EnvelopeFactory(state="quarantined")
    page = as_supervisor.get(f"/admin/channels/envelope/{poison.pk}/change/").content.decode()
    assert f"/admin/channels/envelope/{poison.pk}/replay/" in page
    assert as_supervisor.post(f"/admin/channels/envelope/{poison.pk}/replay/").status_code == 302
    poison.refresh_from_db()
    assert poison.state == Envelope.State.RECEIVED


def test_payload_is_shown_as_text_and_cut(as_supervisor):
    envelope = EnvelopeFactory(payload={"a": "<script>alert(1)</script>", "long": "x" * 50_000})
    page = as_supervisor.get(f"/admin/channels/envelope/{envelope.pk}/change/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert len(page) < 100_000
