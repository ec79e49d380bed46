"""One customer's page: reading the story, writing it on, losing nothing."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.desktop.models import OpenTab
from apps.interactions.models import FollowUp, Interaction
from tests.browser.furnished import a_customer, a_long_story, a_whole_story, composer, entries, scroll, small_targets
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.interactions import InteractionFactory

START = "Start of history."


@pytest.fixture
def agent(server):
    return UserFactory(username="agent")


@pytest.fixture
def page(desktop, sign_in, agent):
    sign_in(desktop, agent)
    return desktop


@pytest.mark.parametrize(
    ("device", "dark"), [("desktop", False), ("desktop", True), ("tablet", False), ("tablet_portrait", True)]
)
def test_everybody_can_read_the_page_and_use_it(open_page, sign_in, axe, no_overflow, screenshot, device, dark):
    page = open_page(device, dark=dark)
    role = Role.AGENT if device == "desktop" else Role.STORE
    sign_in(page, UserFactory(role=role, density="compact" if dark else "comfortable"))
    page.goto(a_whole_story().get_absolute_url())
    expect(entries(page).first).to_be_visible()
    expect(page.locator("#aside .identifiers")).to_be_attached()
    screenshot(page, f"customer-{device}-{'dark' if dark else 'light'}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""
    composer(page).fill("x")
    composer(page).fill("")
    page.get_by_text("Promise", exact=True).click()
    page.get_by_label("What did you promise?").fill("Ring back")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_text("Write what happened, or choose a wrap-up code.")).to_be_visible()
    expect(page.get_by_text("Say until when you promised it.")).to_be_visible()
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""


def test_scrolling_leads_to_where_the_story_begins(page):
    page.goto(a_long_story(120).get_absolute_url())
    expect(entries(page)).to_have_count(50)
    for shown in (100, 120):
        scroll(page, 10_000_000)
        expect(entries(page)).to_have_count(shown)
    expect(page.get_by_text(START)).to_be_visible()
    places = entries(page).evaluate_all("(all) => all.map((one) => Number(one.ariaPosInSet))")
    assert places == list(range(1, 121))
    days = page.locator("#timeline .day").all_inner_texts()
    assert len(days) == len(set(days))


def test_older_entries_that_do_not_come_can_be_asked_for_again(page, watch, axe):
    watch.allow(console="^htmx:")
    page.route("**/timeline/**", lambda route: route.abort())
    page.goto(a_long_story(60).get_absolute_url())
    scroll(page, 10_000_000)
    expect(page.get_by_text("The older entries did not come.")).to_be_visible()
    axe(page)
    page.unroute("**/timeline/**")
    page.get_by_role("button", name="Try again").click()
    expect(entries(page)).to_have_count(60)
    expect(page.get_by_text(START)).to_be_attached()


def test_filters_stand_in_the_address_and_survive_a_reload(page):
    customer = a_customer()
    for fields in ({"call": True}, {"order": True}, {"visit": True}):
        InteractionFactory(profile=customer.profiles.get(), **fields)
    page.goto(customer.get_absolute_url())
    expect(entries(page)).to_have_count(3)
    page.locator('.chips input[value="voice"]').check(force=True)
    expect(entries(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/\?channel=voice$"))
    page.reload()
    expect(page.locator('.chips input[value="voice"]')).to_be_checked()
    expect(entries(page)).to_have_count(1)
    page.locator('.chips input[value="voice"]').uncheck(force=True)
    expect(entries(page)).to_have_count(3)
    page.get_by_label("Hide browsing").check(force=True)
    expect(entries(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/\?browsing=hide$"))
    page.go_back()
    expect(entries(page)).to_have_count(3)


def test_a_search_that_finds_nothing_is_cleared_with_a_click(page, axe):
    customer = a_customer()
    InteractionFactory(profile=customer.profiles.get(), body="A leaking frother")
    InteractionFactory(profile=customer.profiles.get(), body="Something else")
    page.goto(customer.get_absolute_url())
    page.get_by_label("Search inside this story").fill("frother")
    expect(entries(page)).to_have_count(1)
    page.get_by_label("Search inside this story").fill("unheard")
    expect(page.get_by_role("heading", name="Nothing in this story matches")).to_be_visible()
    axe(page)
    page.locator(".blank").get_by_role("link", name="Clear all filters").click()
    expect(entries(page)).to_have_count(2)


def test_a_call_is_logged_with_ctrl_enter(page):
    page.goto(a_customer().get_absolute_url())
    page.keyboard.press("c")
    page.keyboard.type("Asked where the shop is")
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    expect(entries(page)).to_contain_text("Asked where the shop is")
    expect(composer(page)).to_have_value("")
    assert Interaction.objects.count() == 1


def test_a_promise_is_made_with_two_clicks_and_kept_with_one(page):
    page.goto(a_customer().get_absolute_url())
    expect(page.locator("#aside .identifiers")).to_be_attached()
    composer(page).fill("The frother leaks")
    page.get_by_text("Promise", exact=True).click()
    page.get_by_label("What did you promise?").fill("Send a new one")
    page.get_by_role("button", name="In a week").click()
    page.get_by_role("button", name=re.compile("^Save")).click()
    panel = page.locator("#last_time .promises:has(.promise-line)")
    expect(panel).to_contain_text("Send a new one")
    panel.get_by_role("button", name="Done").click()
    expect(panel).to_have_count(0)
    expect(entries(page).locator(".promise.kept")).to_be_visible()
    assert FollowUp.objects.get().state == "kept"


def test_consent_is_noted_where_it_is_shown(page):
    page.goto(a_customer().get_absolute_url())
    expect(page.locator("#aside .identifiers")).to_be_attached()
    line = page.locator(".consents li").filter(has_text="SMS")
    line.locator("summary").click()
    line.get_by_role("button", name="Yes, they agree").click()
    expect(page.locator(".consents li").filter(has_text="SMS").locator("summary")).to_have_text("Opted in")


# --- drafts -------------------------------------------------------------------------------------------------------


def begin(page, text):
    """Type, and wait until the server has it."""

    def has_all(response):
        return response.url.endswith("/draft/") and text.split()[-1] in (response.request.post_data or "")

    with page.expect_response(has_all):
        composer(page).press_sequentially(text)


def test_a_draft_survives_a_reload(page):
    page.goto(a_customer().get_absolute_url())
    begin(page, "Half a sen")
    page.reload()
    expect(composer(page)).to_have_value("Half a sen")
    expect(page.get_by_text("Your draft")).to_be_visible()


def test_a_draft_survives_a_lost_session(page, agent, watch):
    watch.allow(401, console="Error Code 401")
    customer = a_customer(name="Known Customer")
    page.goto(customer.get_absolute_url())
    begin(page, "Half a sen")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Password")).to_be_focused()
    page.reload()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("User name").fill(agent.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))
    expect(entries(page)).to_contain_text("Half a sen")


def test_what_was_typed_stays_when_the_connection_breaks(page, watch):
    watch.allow(console="^htmx:")
    page.goto(a_customer().get_absolute_url())
    page.route("**/log/", lambda route: route.abort())
    composer(page).fill("Still here")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#connection")).to_contain_text("1 note not saved")
    expect(composer(page)).to_have_value("Still here")
    page.unroute("**/log/")
    expect(entries(page)).to_have_count(1)


def test_after_saving_the_next_number_is_looked_up_and_the_mode_stays(page):
    customer, caller = a_customer(name="Known Customer"), a_customer("+442079460099", name="Next Caller")
    page.goto(customer.get_absolute_url())
    page.keyboard.press("n")
    page.keyboard.type("Wants the blue one")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("/020 7946 0099", delay=15)
    expect(page.locator("#finder")).to_have_value("020 7946 0099")
    expect(entries(page)).to_have_count(1)
    expect(composer(page)).to_have_value("")
    expect(page.locator("#mode-note")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{caller.get_absolute_url()}$"))


def test_what_is_begun_while_the_last_is_saved_is_the_next_entry(page):
    page.goto(a_customer().get_absolute_url())
    saving = []

    def hold(route):
        saving.append(route)

    page.route("**/log/", hold)
    page.keyboard.type("nFirst", delay=15)
    with page.expect_request("**/log/"):
        page.keyboard.press("Control+Enter")
    page.keyboard.type("cSecond", delay=15)
    assert len(saving) == 1
    saving[0].continue_()
    expect(entries(page)).to_have_count(1)
    expect(entries(page).first).to_contain_text("First")
    expect(composer(page)).to_have_value("Second")
    expect(composer(page)).to_be_focused()
    expect(page.locator("#mode-call")).to_be_checked()
    assert Interaction.objects.get().body == "First"


def test_what_was_begun_while_the_last_was_saved_is_kept_without_another_letter(page):
    page.goto(a_customer().get_absolute_url())
    saving = []
    page.route("**/log/", lambda route: saving.append(route))  # noqa: PLW0108 - Playwright wraps functions only
    page.keyboard.type("nFirst", delay=15)
    with page.expect_request("**/log/"):
        page.keyboard.press("Control+Enter")
    with page.expect_response("**/draft/"):
        page.keyboard.type("cSecond", delay=15)
    with page.expect_request(lambda request: "/draft/" in request.url and "Second" in str(request.post_data)) as kept:
        saving[0].continue_()
        expect(composer(page)).to_have_value("Second")
    assert kept.value.response().ok
    assert OpenTab.objects.get().draft["body"] == "Second"


def test_the_saved_entry_has_the_focus(page):
    page.goto(a_customer().get_absolute_url())
    page.keyboard.press("s")
    page.keyboard.type("Looked at kettles")
    page.keyboard.press("Control+Enter")
    expect(entries(page).first).to_be_focused()
    expect(page.locator("#mode-store")).to_be_checked()
    page.keyboard.press("c")
    expect(composer(page)).to_be_focused()


def test_what_cannot_be_saved_has_the_focus_again(page):
    page.goto(a_customer().get_absolute_url())
    page.keyboard.press("c")
    page.keyboard.press("Control+Enter")
    expect(composer(page)).to_be_focused()


# --- searching inside the story -----------------------------------------------------------------------------------


@pytest.fixture
def searched(page):
    """A story in which seven entries speak of a frother, one of them far down in a long text."""
    customer = a_customer()
    profile = customer.profiles.get()
    for number in range(20):
        body = "The frother leaks" if number % 3 == 0 else "Something else"
        InteractionFactory(
            profile=profile, title=f"Entry {number}", body=body if number else f"{'A word. ' * 60}{body}"
        )
    page.goto(customer.get_absolute_url())
    expect(entries(page)).to_have_count(20)
    return page


def marked_now(page):
    return page.locator(".entry.is-hit h3")


def test_what_is_looked_for_is_marked_counted_and_walked_with_the_keyboard(searched, axe, no_overflow, screenshot):
    searched.keyboard.press("f")
    searched.keyboard.type("fro leak")
    expect(searched.get_by_text("7 found")).to_be_visible()
    expect(entries(searched)).to_have_count(7)
    expect(entries(searched).locator("mark").first).to_have_text("fro")
    screenshot(searched, "story-found")
    axe(searched)
    no_overflow(searched)
    field = searched.get_by_label("Search inside this story")
    field.press("ArrowDown")
    expect(marked_now(searched)).to_have_text("Entry 18")
    expect(searched.locator(".hits")).to_contain_text("1 of 7")
    field.press("Enter")
    expect(marked_now(searched)).to_have_text("Entry 15")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(marked_now(searched)).to_have_text("Entry 0")
    expect(marked_now(searched).locator("xpath=ancestor::article").locator("p mark").first).to_be_in_viewport()
    expect(field).to_be_focused()
    field.press("Escape")
    expect(entries(searched).last).to_be_focused()
    searched.keyboard.press("f")
    searched.keyboard.type("kettle")
    expect(searched.get_by_text("0 found")).to_be_visible()
    searched.get_by_label("Search inside this story").fill("")
    expect(entries(searched)).to_have_count(20)
    expect(searched.locator("mark")).to_have_count(0)
    expect(searched.locator("#found")).to_be_empty()


def test_from_the_last_that_is_there_the_search_goes_on_to_older_ones(page):
    page.goto(a_long_story(70).get_absolute_url())
    expect(entries(page)).to_have_count(50)
    page.get_by_label("Search inside this story").fill("machine leak")
    expect(page.get_by_text("70 found")).to_be_visible()
    expect(page.locator(".older")).to_be_attached()
    field = page.get_by_label("Search inside this story")
    for _step in range(51):
        field.press("ArrowDown")
    expect(page.locator(".hits")).to_contain_text("51 of 70")
    expect(marked_now(page)).to_be_in_viewport()


@pytest.mark.parametrize("typed", ["49,90", "€49", "ord4711", "ORD-4711", "gwen"])
def test_amounts_references_and_colleagues_are_found(page, typed):
    customer = a_customer()
    profile = customer.profiles.get()
    fields = {"amount": "49.90", "currency": "EUR", "reference": "ORD-4711", "staff_name": "Gwendolyn Ashcroft"}
    InteractionFactory(profile=profile, order=True, title="A kettle", **fields)
    InteractionFactory(profile=profile, title="Something else", staff_name="Somebody")
    page.goto(customer.get_absolute_url())
    page.get_by_label("Search inside this story").press_sequentially(typed)
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(entries(page)).to_contain_text("A kettle")
    expect(entries(page).locator("mark")).to_have_count(1)
