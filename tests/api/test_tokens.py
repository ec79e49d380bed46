"""Who may call, and what errors look like."""

import uuid

import pytest
from django.utils.timezone import now

from tests.api.calling import System
from tests.factories.accounts import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db

PATHS = ["customers/lookup?q=anna", f"customers/{uuid.UUID(int=7)}", f"customers/{uuid.UUID(int=7)}/timeline"]


def refused(response, status, code):
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/json")
    error = response.json()
    assert error["code"] == code
    assert error["message"]
    return error


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "open sesame"}])
def test_nobody_reads_without_a_token(client, system, path, headers):
    response = client.get(f"/api/v1/{path}", headers=headers)

    refused(response, 401, "unauthorized")
    assert response["WWW-Authenticate"] == "Bearer"


def test_nobody_logs_without_a_token(client):
    response = client.post("/api/v1/interactions", {}, content_type="application/json")

    refused(response, 401, "unauthorized")


def test_a_session_is_no_token(client):
    client.force_login(UserFactory(), backend="apps.accounts.backends.RoleBackend")

    refused(client.get("/api/v1/customers/lookup?q=anna"), 401, "unauthorized")


def test_a_revoked_token_and_one_of_somebody_who_has_left_open_nothing(client):
    ApiTokenFactory(secret="revoked", revoked_at=now())
    ApiTokenFactory(secret="left", acts_as__is_active=False)

    for secret in ("revoked", "left"):
        refused(System(client, None, secret).get("customers/lookup", q="anna"), 401, "unauthorized")


@pytest.mark.parametrize("path", PATHS)
def test_reading_takes_its_scope(client, path):
    ApiTokenFactory(secret="writer", scopes=["log"])

    refused(System(client, None, "writer").get(path), 403, "forbidden")


def test_logging_takes_its_scope(client):
    ApiTokenFactory(secret="reader", scopes=["read"])

    refused(System(client, None, "reader").log(), 403, "forbidden")


def test_a_body_that_is_no_json_is_a_bad_request(client, system):
    response = client.post("/api/v1/interactions", "{", content_type="application/json", headers=system.headers())

    refused(response, 400, "bad_request")


ACTS = {"accept", "decline", "finish", "offer", "return", "snooze"}


def test_the_reference_needs_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs")
    described = client.get("/api/v1/openapi.json").json()

    assert page.status_code == 200
    assert "//" not in page.content.decode().replace("<!--", "")
    assert "unsafe" not in page["Content-Security-Policy"]
    assert sorted(described["paths"]) == [
        "/api/v1/customers/lookup",
        "/api/v1/customers/{public_id}",
        "/api/v1/customers/{public_id}/may-contact",
        "/api/v1/customers/{public_id}/timeline",
        "/api/v1/interactions",
        "/api/v1/moments",
        "/api/v1/moments/{public_id}",
        *(f"/api/v1/moments/{{public_id}}/{act}" for act in sorted(ACTS)),
    ]
    assert {scheme["scheme"] for scheme in described["components"]["securitySchemes"].values()} == {"bearer"}
    assert {"200", "201", "401", "403", "404", "409", "422"} == set(
        described["paths"]["/api/v1/interactions"]["post"]["responses"]
    )
