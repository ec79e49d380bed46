"""Whose page asks, and who is signed in: what an open page of the desk is told when the two differ."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AuditEntry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory(first_name="Mina", last_name="Agent")


def of(user, **more):
    return {"HX-Request": "true", "X-Person": str(user.pk), **more}


def test_who_is_signed_in_gets_a_token_and_a_key_of_their_own(client, agent):
    client.force_login(agent)
    said = client.get(reverse("session"))
    assert "no-store" in said["Cache-Control"]
    assert (said.json()["person"], said.json()["name"]) == (str(agent.pk), "Mina Agent")
    other = Client()
    other.force_login(UserFactory())
    key = said.json()["key"]
    assert len(key) == 44
    assert client.get(reverse("session")).json()["key"] == key != other.get(reverse("session")).json()["key"]


def test_a_stranger_gets_a_token_only(client):
    said = client.get(reverse("session")).json()
    assert said.pop("token")
    assert said == {"person": "", "name": "", "key": ""}


def test_a_page_of_the_desk_whose_session_has_ended_is_refused_where_it_is(client, agent):
    response = client.get(reverse("open_tabs"), headers=of(agent))
    assert (response.status_code, response.content, response.get("HX-Redirect")) == (401, b"", None)


def test_somebody_else_s_page_is_refused_and_nothing_done(client, agent):
    other = UserFactory()
    client.force_login(other)
    for response in (
        client.get(reverse("desk"), headers=of(agent)),
        client.post(reverse("create"), {"name": "New"}, headers=of(agent)),
    ):
        assert (response.status_code, response.content) == (401, b"")
    assert not AuditEntry.objects.filter(actor=other).exclude(action="session.open").exists()
    assert client.get(reverse("desk"), headers=of(other)).status_code == 200


def test_a_token_that_is_too_old_is_refused_so_that_the_page_fetches_another(agent):
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    stale = client.post(reverse("create"), {"name": "New"}, headers=of(agent))
    assert (stale.status_code, stale.content) == (401, b"")
    token = client.get(reverse("session")).json()["token"]
    fresh = client.post(reverse("create"), {"name": "New"}, headers=of(agent, **{"X-CSRFToken": token}))
    assert fresh.status_code == 302
