"""Every page of the supervisors' room, for people who see, hear and type differently."""

import re

import pytest
from playwright.sync_api import Page

from tests.admin.conftest import LISTS, furnish
from tests.browser.console import accessibility_violations
from tests.factories.accounts import OwnerFactory

UNLABELLED = """() => [...document.querySelectorAll("input, select, textarea")]
    .filter(field => field.type !== "hidden" && field.checkVisibility())
    .filter(field => !field.labels?.length && !field.ariaLabel && !field.getAttribute("aria-labelledby"))
    .map(field => field.outerHTML.slice(0, 200))"""


def pages_of(page: Page, path: str) -> list[str]:
    """The list, its first row and its form for a new one, as far as there are such."""
    found = [f"/admin/{path}/"]
    page.goto(found[0])
    hrefs = page.locator("#result_list a, #content-main a").evaluate_all("links => links.map(a => a.pathname)")
    first = re.compile(rf"^/admin/{path}/[^/]+/change/$")
    found += [href for href in hrefs if first.match(href)][:1]
    adds = page.locator(f'a[href^="/admin/{path}/add/"]')
    return found + ([f"/admin/{path}/add/"] if adds.count() else [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_can_be_read_and_filled_in_by_everybody(server, open_page, sign_in, screenshot, dark):
    furnish(2)
    page = open_page("desktop", dark=dark)
    sign_in(page, OwnerFactory())
    faults = {}
    for path in ["", *LISTS]:
        for address in pages_of(page, path) if path else ["/admin/"]:
            page.goto(address)
            found = [accessibility_violations(page), *page.evaluate(UNLABELLED)]
            if any(found):
                faults[address] = found
            screenshot(page, f"admin-{dark}" + address.replace("/", "-"))
    assert not faults, "\n".join(f"{address} {found}" for address, found in faults.items())
