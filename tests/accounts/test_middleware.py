from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def ask(client, current_url, path="/desk/"):
    return client.get(path, headers={"HX-Request": "true", "HX-Current-URL": current_url})


def test_fragment_after_the_session_ended_sends_the_page_to_the_login_and_back(client):
    response = ask(client, "http://testserver/desk/customers/1/?channel=voice")
    target = urlsplit(response["HX-Redirect"])
    assert (response.status_code, target.path) == (200, "/accounts/login/")
    assert parse_qs(target.query) == {"next": ["/desk/customers/1/?channel=voice"]}
    assert response.content == b""


def test_page_of_another_site_is_not_gone_back_to(client):
    assert ask(client, "https://evil.example/desk/")["HX-Redirect"] == "/accounts/login/"


def test_whole_page_is_redirected_as_ever(client):
    response = client.get("/desk/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/desk/")


def test_fragment_of_somebody_signed_in_is_left_alone(client):
    client.force_login(UserFactory())
    response = ask(client, "http://testserver/desk/")
    assert (response.status_code, response.get("HX-Redirect")) == (200, None)
