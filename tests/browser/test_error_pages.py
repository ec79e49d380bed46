"""A page that is not there, not theirs, or has failed is drawn like every other, and leads on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.furnished import PHONE, a_customer, small_targets
from tests.factories.accounts import UserFactory

DEVICES = ["desktop", "tablet", "tablet_portrait"]
PAGES = {"/desk/nowhere/": 404, "/admin/": 403}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("address", PAGES)
def test_whoever_came_to_it_finds_a_customer_from_there(
    open_page, watch, sign_in, axe, no_overflow, screenshot, device, address
):
    customer = a_customer(name="Anna Example")
    watch.allow(PAGES[address])
    page = open_page(device, dark=device == "tablet")
    sign_in(page, UserFactory())
    page.goto(address)
    screenshot(page, f"missing-{PAGES[address]}-{device}")
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    page.get_by_label("Find a customer").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_whoever_mistyped_an_address_is_led_back(desktop, watch, sign_in):
    watch.allow(404)
    sign_in(desktop, UserFactory())
    desktop.goto("/desk/nowhere/")
    desktop.get_by_role("link", name="To the desk").click()
    desktop.wait_for_url("**/desk/")
