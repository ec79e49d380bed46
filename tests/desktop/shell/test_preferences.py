"""How the desk looks and listens to one person."""

import pytest
from django.urls import reverse

from tests.desktop.html import html
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(desk, agent):
    """Send some preferences; what they all are afterwards."""

    def post(**fields):
        response = desk.post(reverse("preferences"), fields)
        agent.refresh_from_db()
        return response, (agent.theme, agent.density, agent.shortcuts)

    return post


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({"theme": "dark"}, ("dark", "comfortable", True)),
        ({"density": "compact"}, ("system", "compact", True)),
        ({"shortcuts": "false"}, ("system", "comfortable", False)),
        ({"theme": "light", "density": "compact", "shortcuts": "false"}, ("light", "compact", False)),
    ],
)
def test_what_is_not_sent_stays_as_it_is(change, fields, after):
    response, now = change(**fields)
    assert now == after
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_shortcuts_come_back(change):
    assert change(shortcuts="false")[1][2] is False
    assert change(shortcuts="true")[1][2] is True


@pytest.mark.parametrize("fields", [{"theme": "neon"}, {"density": "tiny", "theme": "dark"}])
def test_a_value_nobody_knows_changes_nothing(change, fields):
    response, now = change(**fields)
    assert (response.status_code, now) == (422, ("system", "comfortable", True))


def test_nothing_else_of_a_person_is_changed(change, agent):
    change(theme="dark", role="owner", is_superuser="true")
    assert (agent.role, agent.is_superuser) == ("agent", False)


def test_pages_say_how_they_shall_look(desk, change):
    change(theme="dark", density="compact", shortcuts="false")
    page = html(desk.get(reverse("desk")))
    assert 'data-theme="dark" data-density="compact"' in page
    assert '<body data-shortcuts="off"' in page


def test_preferences_are_one_s_own(change):
    other = UserFactory()
    change(theme="dark")
    other.refresh_from_db()
    assert other.theme == "system"
