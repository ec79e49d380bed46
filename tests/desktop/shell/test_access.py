"""Every address of the desk: who may open it, how it is kept out of caches, and what the browser may run on it."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from tests.desktop.html import html, inline
from tests.factories.customers import OpenTabFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
READ = ["desk", "lookup", "pop", "open_tabs", "create", "customer", "timeline", "news", "aside", "presence"]
WRITTEN = ["preferences", "close", "consent", "log", "draft", "pin", "promise"]
ABOUT_ONE = ["customer", "timeline", "news", "aside", "presence", "close", "consent", "log", "draft"]
BY_NUMBER = ["pin", "promise", "attachment"]


@pytest.fixture
def address(customer):
    def of(name, public_id=customer.public_id):
        if name in ABOUT_ONE:
            return reverse(name, args=[public_id])
        return reverse(name, args=[1] if name in BY_NUMBER else [])

    return of


@pytest.mark.parametrize("name", [*READ, *WRITTEN, "attachment"])
def test_a_stranger_is_led_to_the_login(client, address, name):
    response = client.post(address(name)) if name in WRITTEN else client.get(address(name))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={address(name)}"


@pytest.mark.parametrize("name", ["timeline", "log"])
def test_a_fragment_asked_for_by_a_stranger_sends_the_whole_page_to_the_login(client, address, name):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address('customer')}?channel=voice"}
    response = (client.post if name in WRITTEN else client.get)(address(name), headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/accounts/login/?next=%2Fdesk%2Fcustomers%2F")
    assert response.content == b""


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", READ)
def test_every_role_may_read(desk_of, address, role, name):
    assert desk_of(role).get(address(name)).status_code == 200


def test_somebody_who_left_is_a_stranger(agent, desk, url):
    agent.is_active = False
    agent.save()
    assert desk.get(url)["Location"] == f"/accounts/login/?next={url}"


@pytest.mark.parametrize("name", ABOUT_ONE)
def test_nobody_is_found_under_an_unknown_id(desk, address, name):
    unknown = address(name, uuid4())
    response = desk.post(unknown) if name in WRITTEN else desk.get(unknown)
    assert response.status_code == (204 if name == "close" else 404)  # closing what is not open is no error


@pytest.mark.parametrize("name", BY_NUMBER)
def test_nothing_is_found_under_an_unknown_number(desk, address, name):
    assert (desk.post if name in WRITTEN else desk.get)(address(name)).status_code == 404


@pytest.mark.parametrize("name", READ[:4] + READ[5:])
def test_what_is_read_is_not_written(desk, address, name):
    assert desk.post(address(name)).status_code == 405


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_not_read(desk, address, name):
    assert desk.get(address(name)).status_code == 405


@pytest.mark.parametrize("name", READ)
def test_no_cache_keeps_a_page(desk, address, name):
    wanted = {"max-age=0", "no-cache", "no-store", "must-revalidate", "private"}
    assert set(desk.get(address(name))["Cache-Control"].split(", ")) == wanted


@pytest.mark.parametrize("name", READ)
def test_the_policy_lets_nothing_run_but_our_own_files(desk, address, name):
    policy = desk.get(address(name))["Content-Security-Policy"]
    assert "unsafe" not in policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["default-src"], rules["style-src"], rules["object-src"]) == ("'self'", "'self'", "'none'")
    assert re.fullmatch(r"'self'( 'nonce-[^']+')?", rules["script-src"])
    assert (rules["base-uri"], rules["form-action"], rules["frame-ancestors"]) == ("'self'", "'self'", "'none'")


@pytest.mark.parametrize("name", READ)
def test_nothing_on_a_page_is_inline(desk, agent, address, customer, story, name):
    OpenTabFactory(user=agent, draft={"body": "Unfinished", "promise": "Call"})
    InteractionFactory(profile=story[0].profile, title="<script>alert(1)</script>", body='"><b style="x" onclick="y">')
    query = {"q": "Known", "phone": "nobody"}
    response = desk.get(address(name), query)
    assert inline(response) == []
    assert "<script>alert" not in html(response)


def test_the_watch_for_what_is_inline_sees_it(rf):
    page = type("Page", (), {"content": b'<p style="x" onclick="y"><style></style><script>1</script><a href="js:1">'})
    assert inline(page) == ["p style", "p onclick", "style", "script", "a href"]
