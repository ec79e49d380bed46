"""Finding the customer, with the keyboard or without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from tests.browser.furnished import PHONE, a_customer, a_whole_story, composer, entries
from tests.factories.accounts import UserFactory
from tests.factories.customers import OpenTabFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

STORED = """async () => ({
  local: { ...localStorage }, session: { ...sessionStorage },
  databases: (await indexedDB.databases()).map((one) => one.name), caches: await caches.keys(),
})"""


@pytest.fixture
def at_desk(desktop, sign_in):
    """The desk of an agent who uses the keyboard."""
    sign_in(desktop, UserFactory(username="agent"))
    desktop.goto("/desk/")
    return desktop


def test_somebody_is_found_while_a_local_number_is_typed(at_desk, axe, no_overflow):
    customer = a_customer(name="Caller")
    a_customer("+442079460999", name="Somebody else")
    field = at_desk.get_by_role("combobox", name="Phone, e-mail, order, card or name")
    expect(field).to_be_focused()
    axe(at_desk)
    field.press_sequentially("020 7946 0018")
    options = at_desk.locator("#who-found").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("+44 20 7946 0018")
    expect(field).to_have_attribute("aria-expanded", "true")
    axe(at_desk)
    no_overflow(at_desk)
    field.press("Enter")
    expect(at_desk).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_arrows_choose_among_those_found_and_escape_clears(at_desk):
    for number in range(3):
        a_customer(f"+44207946000{number}", name=f"Rare Name {number}")
    field = at_desk.locator("#who")
    field.fill("rare")
    options = at_desk.locator("#who-found").get_by_role("option")
    expect(options).to_have_count(3)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "found-2")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("")


def test_nobody_found_leads_to_making_somebody(at_desk, axe):
    at_desk.locator("#who").fill("020 7946 0555")
    expect(at_desk.get_by_text("Nobody is known by “020 7946 0555”.")).to_be_visible()
    axe(at_desk)
    at_desk.locator("#who").press("Enter")
    expect(at_desk.get_by_role("heading", name="New customer")).to_be_visible()
    expect(at_desk.get_by_label("Phone", exact=True)).to_have_value("020 7946 0555")


def test_a_known_caller_opens(at_desk):
    customer = a_customer()
    at_desk.goto(f"/desk/pop?phone={PHONE}")
    expect(at_desk).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_of_several_the_number_chooses(at_desk, axe, no_overflow):
    for name in ("Parent", "Child"):
        InteractionFactory(profile=a_customer(name=name).profiles.get())
    at_desk.goto(f"/desk/pop?phone={PHONE}")
    expect(at_desk.get_by_role("heading", level=1).first).to_have_text("2 customers are known by this")
    axe(at_desk)
    no_overflow(at_desk)
    second = at_desk.locator("[data-numbered] li").nth(1).locator("a")
    address = second.get_attribute("href")
    at_desk.keyboard.press("2")
    expect(at_desk).to_have_url(re.compile(f"{address}$"))


def test_an_unknown_caller_is_made_with_a_name(at_desk, axe, no_overflow):
    at_desk.goto(f"/desk/pop?phone={PHONE}")
    expect(at_desk.get_by_label("Phone", exact=True)).to_have_value(PHONE)
    expect(at_desk.get_by_label("Name", exact=True)).to_be_focused()
    axe(at_desk)
    no_overflow(at_desk)
    at_desk.keyboard.type("New Caller")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("heading", level=1)).to_have_text("New Caller")
    expect(at_desk.get_by_text("This is the first time we meet.")).to_be_visible()


def test_the_keyboard_leads_everywhere(at_desk):
    at_desk.goto(a_whole_story().get_absolute_url())
    key, body = at_desk.keyboard.press, composer(at_desk)
    first, second = entries(at_desk).nth(0), entries(at_desk).nth(1)
    key("/")
    expect(at_desk.locator("#finder")).to_be_focused()
    key("Escape")
    expect(at_desk.locator("#finder")).not_to_be_focused()
    key("j")
    expect(first).to_be_focused()
    key("J")
    expect(second).to_be_focused()
    key("k")
    expect(first).to_be_focused()
    key("PageDown")
    expect(second).to_be_focused()
    key("Enter")
    expect(second.locator("details").first).to_have_attribute("open", "")
    key("p")
    expect(second.locator(".pin")).to_have_attribute("aria-pressed", re.compile("true|false"))
    key("n")
    expect(at_desk.locator("#mode-note")).to_be_checked()
    expect(body).to_be_focused()
    at_desk.keyboard.type("nj/c?")
    expect(body).to_have_value("nj/c?")
    key("Escape")
    key("c")
    expect(at_desk.locator("#mode-call")).to_be_checked()
    key("Escape")
    key("f")
    expect(at_desk.locator("#search-story")).to_be_focused()
    key("Escape")
    key("g")
    key("h")
    expect(at_desk).to_have_url(re.compile("/desk/$"))


def test_p_pins_the_entry_that_has_the_focus(at_desk):
    customer = a_customer()
    InteractionFactory(profile=customer.profiles.get(), title="Keep this in mind")
    at_desk.goto(customer.get_absolute_url())
    expect(at_desk.locator("#aside .identifiers")).to_be_attached()
    at_desk.keyboard.press("j")
    at_desk.keyboard.press("p")
    expect(at_desk.locator("#last_time .pinned-list")).to_contain_text("Keep this in mind")
    expect(entries(at_desk).locator(".pin")).to_have_attribute("aria-pressed", "true")
    at_desk.keyboard.press("p")
    expect(at_desk.locator("#last_time .pinned-list")).to_have_count(0)
    expect(entries(at_desk).locator(".pin")).to_have_attribute("aria-pressed", "false")


def test_sheet_and_palette_open_and_close(at_desk, axe):
    a_customer(name="Found in the palette")
    at_desk.locator("#who").press("Escape")
    at_desk.keyboard.press("?")
    expect(at_desk.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    axe(at_desk)
    at_desk.keyboard.press("Control+k")
    palette = at_desk.get_by_role("dialog", name="Commands")
    expect(palette).to_be_visible()
    expect(at_desk.get_by_role("heading", name="Keyboard shortcuts")).to_be_hidden()
    axe(at_desk)
    at_desk.keyboard.type("palette")
    expect(palette.get_by_role("option")).to_contain_text("Found in the palette")
    axe(at_desk)
    at_desk.keyboard.press("Escape")
    at_desk.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_single_keys_can_be_switched_off(at_desk):
    at_desk.locator(".person summary").click()
    with at_desk.expect_navigation():
        at_desk.get_by_role("group", name="Single-key shortcuts").get_by_role("button", name="Off").click()
    at_desk.goto(a_customer().get_absolute_url())
    for key in ("n", "j", "/", "?"):
        at_desk.keyboard.press(key)
    expect(at_desk.locator("#keys")).to_be_hidden()
    expect(composer(at_desk)).not_to_be_focused()
    expect(at_desk.locator("#finder")).not_to_be_focused()
    at_desk.keyboard.press("Control+k")
    expect(at_desk.get_by_role("dialog", name="Commands")).to_be_visible()


def test_nothing_of_a_customer_stays_in_the_browser(at_desk):
    customer = a_whole_story()
    at_desk.locator("#who").fill("long double")
    at_desk.locator("#who-found").get_by_role("option").click()
    with at_desk.expect_response("**/draft/"):  # the page hears, and stands still
        composer(at_desk).fill("Half a sen")
    at_desk.get_by_label("Channels").get_by_text("Call").click(force=True)
    expect(at_desk).to_have_url(re.compile("channel=voice"))
    at_desk.goto("/desk/")
    at_desk.goto(customer.get_absolute_url())
    path = {"htmx-current-path-for-history": customer.get_absolute_url()}  # htmx's own, gone with the tab
    assert at_desk.evaluate(STORED) == {"local": {}, "session": path, "databases": [], "caches": []}


def test_open_customers_are_changed_with_alt_and_closed_with_a_key(at_desk):
    first, second = a_customer("+442079460001", name="First"), a_customer("+442079460002", name="Second")
    for customer in (first, second):
        at_desk.goto(customer.get_absolute_url())
    tabs = at_desk.locator("#open-tabs li")
    expect(tabs).to_have_count(2)
    expect(tabs.first).to_contain_text("just now")
    at_desk.keyboard.press("c")
    at_desk.keyboard.type("In the middle of a wo")
    names = tabs.locator(".tab-name").all_inner_texts()
    at_desk.keyboard.press(f"Alt+{names.index('First') + 1}")
    expect(at_desk.locator("h1")).to_have_text("First")
    expect(at_desk.locator("html")).to_be_visible()  # it hears keys
    at_desk.keyboard.press("x")
    expect(at_desk).to_have_url(re.compile("/desk/$"))
    expect(tabs).to_have_count(1)
    at_desk.goto(second.get_absolute_url())
    expect(composer(at_desk)).to_have_value("In the middle of a wo")


def test_what_is_late_comes_first_and_many_open_customers_scroll(at_desk, axe, no_overflow, screenshot):
    agent, now = User.objects.get(username="agent"), timezone.now()
    for number in range(24):
        customer = a_customer(f"+4420794601{number:02}", name="" if number % 6 == 0 else f"Open Customer {number}")
        OpenTabFactory(user=agent, customer=customer, opened_at=now - timedelta(minutes=number))
        if number < 3:
            FollowUpFactory(
                profile=customer.profiles.get(), owner=agent, due_at=now + timedelta(days=2 - number, minutes=-1)
            )
    at_desk.goto("/desk/")
    expect(at_desk.get_by_text("1 late")).to_be_visible()
    promises, opened = at_desk.locator("#my-promises"), at_desk.locator(".open-list")
    assert promises.bounding_box()["y"] < opened.bounding_box()["y"]
    expect(promises.locator(".promise-line").first).to_contain_text("Late")
    expect(promises.get_by_role("link", name="Customer from +44 20 7946 0100")).to_be_visible()
    assert opened.evaluate("(list) => list.scrollHeight > list.clientHeight + 100")
    screenshot(at_desk, "home-full")
    axe(at_desk)
    no_overflow(at_desk)
    last = opened.get_by_role("link").last
    last.focus()
    expect(last).to_be_in_viewport()
    at_desk.keyboard.press("Enter")
    expect(at_desk.locator("#open-tabs [aria-current]")).to_be_in_viewport()
    clocks = re.compile(r"\b\d{1,2}:\d{2}\b")
    assert [text for text in at_desk.locator("#open-tabs small").all_inner_texts() if clocks.search(text)] == []


def test_a_nameless_customer_is_found_opened_and_named_alike(at_desk):
    a_customer("+442079460018", name="")
    at_desk.locator("#who").press_sequentially("020 7946 0018")
    at_desk.locator("#who").press("Enter")
    expect(at_desk.locator("h1")).to_have_text("Customer from +44 20 7946 0018")
    expect(at_desk.locator("#open-tabs")).to_contain_text("Customer from +44 20 7946 0018")
