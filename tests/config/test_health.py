"""What a load balancer is told."""

import httpx
import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder


@pytest.fixture
def away(monkeypatch):
    """The database does not answer."""

    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.migrations.recorder.MigrationRecorder.applied_migrations", refuse)


def test_alive_needs_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_ready_when_the_database_answers_and_is_migrated(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


@pytest.mark.django_db
def test_not_ready_while_the_database_is_away(client, away):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["reason"]) == (503, "the database does not answer")


@pytest.mark.django_db
def test_not_ready_until_every_migration_is_applied(client):
    MigrationRecorder.Migration.objects.filter(app="accounts").order_by("-id").first().delete()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["reason"]) == (503, "1 migrations to apply")


def test_the_running_server_answers_both(server):
    answers = [httpx.get(f"{server.url}{path}") for path in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "alive"), (200, "ready")]
