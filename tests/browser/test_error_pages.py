"""A page that is not there is drawn like every other."""

import pytest

from tests.factories.accounts import UserFactory


@pytest.mark.parametrize("device", ["desktop", "tablet_portrait"])
def test_whoever_mistyped_an_address_is_led_back(open_page, watch, sign_in, axe, no_overflow, screenshot, device):
    watch.allow(404)
    page = open_page(device, dark=device != "desktop")
    sign_in(page, UserFactory())
    page.goto("/desk/nowhere/")
    screenshot(page, f"missing-{device}")
    axe(page)
    no_overflow(page)
    page.get_by_role("link", name="To the desk").click()
    page.wait_for_url("**/desk/")
