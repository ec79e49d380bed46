"""Who may open what, under which policy."""

import pytest

from apps.accounts.models import Role
from apps.accounts.site import site
from tests.admin.conftest import LISTS
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
OPEN_TO = {Role.SUPERVISOR: set(LISTS) - {"accounts/apitoken"}, Role.OWNER: set(LISTS)}


def test_every_registered_model_is_in_this_matrix():
    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in site._registry}
    assert registered == set(LISTS)


@pytest.mark.parametrize("page", ["", *LISTS])
def test_stranger_is_sent_to_the_login_and_back(client, page):
    path = f"/admin/{page}/" if page else "/admin/"
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", LISTS)
def test_list_is_open_to_its_roles_only(client, role, page):
    client.force_login(UserFactory(role=role, is_staff=role in OPEN_TO))
    expected = 200 if page in OPEN_TO.get(role, set()) else 403
    assert client.get(f"/admin/{page}/").status_code == expected


@pytest.mark.parametrize("role", Role)
def test_overview_is_open_to_staff_and_shows_only_what_they_may_open(client, role):
    client.force_login(UserFactory(role=role, is_staff=role in OPEN_TO))
    response = client.get("/admin/")
    assert response.status_code == (200 if role in OPEN_TO else 403)
    if role in OPEN_TO:
        groups = response.context["sidebar_navigation"]
        links = {str(item["link"]) for group in groups for item in group["items"]}
        assert links == {"/admin/", *(f"/admin/{page}/" for page in OPEN_TO[role])}


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_staff_flag_alone_opens_no_list(client, role):
    client.force_login(UserFactory(role=role, is_staff=True))
    assert {client.get(f"/admin/{page}/").status_code for page in LISTS} == {403}


def test_turned_away_means_a_page_that_says_so_and_no_loop(client):
    client.force_login(UserFactory())
    for path in ("/admin/", "/admin/login/?next=/admin/"):
        response = client.get(path, follow=True)
        assert response.status_code == 403
        assert "accounts/forbidden.html" in [template.name for template in response.templates]


FACTS = (
    "accounts/auditentry",
    "customers/customer",
    "contact/consent",
    "interactions/interaction",
    "customers/mergerecord",
    "customers/matchcandidate",
    "customers/matchmodel",
    "customers/verdict",
    "customers/identityrule",
)


@pytest.mark.parametrize("page", [*FACTS, "interactions/followup", "channels/envelope"])
def test_facts_can_be_neither_added_nor_removed_by_anybody(as_owner, page):
    assert as_owner.get(f"/admin/{page}/add/").status_code == 403
    assert as_owner.post(f"/admin/{page}/add/", {}).status_code == 403


def test_policy_is_loosened_for_unfold_and_only_there(as_supervisor):
    loose = directives(as_supervisor.get("/admin/"))
    assert "'unsafe-eval'" in loose["script-src"]
    assert "'unsafe-inline'" in loose["style-src"]
    assert "'unsafe-inline'" not in loose["script-src"]
    for path in ("/desk/", "/accounts/logout/", "/accounts/password/change/"):
        strict = as_supervisor.get(path)
        assert (strict.status_code, "unsafe" in strict["Content-Security-Policy"]) == (200, False)


def test_page_for_those_turned_away_keeps_the_strict_policy(client):
    client.force_login(UserFactory())
    assert "unsafe" not in client.get("/admin/")["Content-Security-Policy"]


def directives(response):
    parts = response["Content-Security-Policy"].split("; ")
    return {name: values for name, _space, values in (part.partition(" ") for part in parts)}


def test_admins_own_logout_and_password_pages_are_ours(as_supervisor):
    assert as_supervisor.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    response = as_supervisor.post("/admin/logout/")
    assert (response.status_code, response["Location"]) == (307, "/accounts/logout/")
