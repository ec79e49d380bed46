"""The door: the first page anybody sees."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, UserFactory


@pytest.mark.parametrize("device", ["desktop", "tablet", "tablet_portrait"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_anybody_can_read_the_door(open_page, axe, no_overflow, screenshot, device, dark):
    page = open_page(device, dark=dark)
    page.goto("/accounts/login/")
    screenshot(page, f"login-{device}-{'dark' if dark else 'light'}")
    axe(page)
    no_overflow(page)


def test_an_agent_signs_in_with_name_and_password(desktop):
    UserFactory(username="ines")
    desktop.goto("/desk/")
    expect(desktop).to_have_url(re.compile(r"/accounts/login/\?next=/desk/$"))
    desktop.get_by_label("User name").fill("ines")
    desktop.get_by_label("Password").fill(PASSWORD)
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop).to_have_url(re.compile("/desk/$"))


def test_a_wrong_password_is_told_and_can_be_corrected(desktop, axe, watch):
    UserFactory(username="ines")
    desktop.goto("/accounts/login/")
    desktop.get_by_label("User name").fill("ines")
    desktop.get_by_label("Password").fill("not this one")
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop.get_by_role("alert")).to_be_visible()
    axe(desktop)


def test_a_session_made_for_a_test_opens_the_desk(desktop, sign_in):
    sign_in(desktop, UserFactory())
    desktop.goto("/desk/")
    expect(desktop).to_have_url(re.compile("/desk/$"))
