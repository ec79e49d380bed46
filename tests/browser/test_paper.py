"""A story on paper."""

import pytest
from playwright.sync_api import expect

from apps.accounts.models import AuditEntry
from tests.browser.furnished import a_customer, a_long_story, a_whole_story, entries
from tests.factories.accounts import UserFactory
from tests.factories.interactions import InteractionFactory
from tests.stack import eventually

CHROME = (".top", ".open-tabs", ".composer", ".filters", "#aside", ".pin", "#toasts", ".presence")


@pytest.fixture
def page(desktop, sign_in):
    sign_in(desktop, UserFactory(username="agent", first_name="Gwendolyn", last_name="Ashcroft"))
    return desktop


def on_paper(page):
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def test_who_what_and_when_are_printed_and_nothing_for_hands(page, screenshot):
    customer = a_whole_story()
    page.goto(customer.get_absolute_url())
    expect(entries(page)).to_have_count(15)
    on_paper(page)
    for part in CHROME:
        expect(page.locator(part).first).to_be_hidden()
    head = page.locator(".printed")
    expect(head).to_contain_text("+44 20 7946 0018")
    expect(head).to_contain_text("Printed by Gwendolyn Ashcroft")
    expect(head).to_contain_text("15 entries, back to the start of history")
    expect(page.locator("h1")).to_be_visible()
    for place in (0, 14):
        expect(entries(page).nth(place).locator("time").first).to_be_visible()
    hidden_texts = page.locator("#timeline details:not([open])")
    expect(hidden_texts).to_have_count(0)
    inside = page.evaluate(
        "document.querySelector('#stream').scrollHeight <= document.querySelector('#stream').clientHeight + 1"
    )
    assert inside, "the story is cut off"
    screenshot(page, "printed")
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") + paper.count(b"/Type /Page/") > 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(hidden_texts).not_to_have_count(0)


def test_it_says_whether_there_is_more_and_is_noted(page):
    customer = a_long_story(60)
    page.goto(customer.get_absolute_url())
    expect(entries(page)).to_have_count(50)
    on_paper(page)
    expect(page.locator(".printed")).to_contain_text("the newest 50 entries: there are older ones")
    noted = AuditEntry.objects.filter(action="customer.print")
    eventually(lambda: noted.count() == 1)
    entry = noted.get()
    assert (entry.subject, entry.detail) == (customer.public_id, {"entries": 50})


def test_a_command_prints(page):
    customer = a_customer()
    InteractionFactory(profile=customer.profiles.get())
    page.goto(customer.get_absolute_url())
    page.evaluate("window.print = () => { window.printedOnce = true; }")
    page.keyboard.press("Control+k")
    page.keyboard.type("print")
    page.keyboard.press("Enter")
    page.wait_for_function("window.printedOnce")
