"""A whole wrap-up in one line: `/` and `@` in the composer, and what is no command."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.interactions.models import Disposition, FollowUp, Interaction, NoteTemplate
from tests.browser.furnished import a_customer, composer, entries, small_targets
from tests.factories.accounts import UserFactory
from tests.factories.interactions import DispositionFactory

# A Wednesday, ten in the morning, wherever the browser is.
NOW = "new Date(2026, 11, 2, 10, 0)"
TIMES = """async ([words, now]) => {
    const { dueTimes } = await import("/static/desktop/components/due.js");
    const two = (number) => String(number).padStart(2, "0");
    return dueTimes(words, eval(now)).map((time) => `${time.getMonth() + 1}-${two(time.getDate())} ` +
        `${two(time.getHours())}:${two(time.getMinutes())}`);
}"""


@pytest.fixture
def agent(server):
    Disposition.objects.all().delete()  # those that an installation begins with
    for place, label in enumerate(("Delivery", "Return or exchange", "Wrong item (delivery)")):
        DispositionFactory(label=label, position=place)
    NoteTemplate.objects.create(title="Opening hours", text="Asked for the opening hours.")
    return UserFactory(username="agent")


@pytest.fixture
def page(desktop, sign_in, agent):
    sign_in(desktop, agent)
    desktop.goto(a_customer().get_absolute_url())
    desktop.keyboard.press("c")
    return desktop


def proposals(page):
    return page.locator("#proposals [role=option]")


def chips(page):
    return page.locator("[data-said] .chip")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("tomorrow noon", "12-03 12:00"), ("tomorrow", "12-03 12:00"), ("tom", "12-03 12:00"),
        ("tom 9", "12-03 09:00"), ("mon 9", "12-07 09:00"), ("wed", "12-09 12:00"), ("thu 14:30", "12-03 14:30"),
        ("in 2h", "12-02 12:00"), ("in 2 h", "12-02 12:00"), ("in 30 min", "12-02 10:30"),
        ("in 3 days", "12-05 12:00"), ("in 1 week", "12-09 12:00"), ("next week", "12-09 12:00"),
        ("today 16:00", "12-02 16:00"), ("today 4pm", "12-02 16:00"), ("today", "12-02 12:00"),
        ("16:00", "12-02 16:00"), ("9", "12-03 09:00"), ("noon", "12-02 12:00"), ("fri evening", "12-04 18:00"),
        ("24.12. 15:30", "12-24 15:30"), ("1.2.", "2-01 12:00"), ("", "12-02 18:00"),
        ("morgen mittag", "12-03 12:00"), ("morgen um 9", "12-03 09:00"), ("heute 16 uhr", "12-02 16:00"),
        ("übermorgen", "12-04 12:00"), ("mo 9", "12-07 09:00"), ("in 2 std", "12-02 12:00"),
        ("in 3 tagen", "12-05 12:00"), ("freitag abend", "12-04 18:00"), ("nächste woche", "12-09 12:00"),
    ],
)  # fmt: skip
def test_times_are_understood_as_people_write_them(server, desktop, sign_in, words, first):
    desktop.goto("/accounts/login/")
    found = desktop.evaluate(f"({TIMES.replace('eval(now)', NOW)})", [words, NOW])
    assert found[0] == first


@pytest.mark.parametrize("words", ["today 9", "shop.example", "klatsch", "mia", "25:00", "31.2.", "99", "in", "in 2 x"])
def test_what_is_no_time_or_a_past_one_is_not_proposed(server, desktop, words):
    desktop.goto("/accounts/login/")
    assert desktop.evaluate(f"({TIMES.replace('eval(now)', NOW)})", [words, NOW]) == []


def test_a_wrap_up_a_promise_and_a_mood_are_said_in_one_line(page):
    page.keyboard.type("/del")
    expect(proposals(page).first).to_have_text(re.compile(r"^\s*Delivery\s+Wrap-up"))
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("")
    page.keyboard.type("Parcel is lost. We look for it and ring back @tomorrow noon")
    page.keyboard.press("Enter")
    page.keyboard.type("/neg")
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text(
        [re.compile("Delivery"), re.compile("Promise: Tomorrow, 12:00"), re.compile("Negative")]
    )
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    expect(chips(page)).to_have_count(0)
    logged, promise = Interaction.objects.get(), FollowUp.objects.get()
    assert (logged.disposition.label, logged.sentiment) == ("Delivery", "negative")
    assert logged.body == "Parcel is lost. We look for it and ring back"
    assert promise.text == "We look for it and ring back"
    assert timezone.localtime(promise.due_at).date() == timezone.localdate() + timedelta(days=1)


def test_a_time_that_stands_first_promises_what_comes_after_it(page):
    page.keyboard.type("@tom")
    page.keyboard.press("Enter")
    page.keyboard.type("Call back about the grinder")
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    assert FollowUp.objects.get().text == "Call back about the grinder"


def test_saving_takes_what_is_marked_along(page):
    page.keyboard.type("Wants it back /ret")
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    logged = Interaction.objects.get()
    assert (logged.body, logged.disposition.label) == ("Wants it back", "Return or exchange")


@pytest.mark.parametrize(
    "words",
    [
        "Ordered 1/2 kilo", "and/or", "See /var/log/delivery", "https://shop.example/delivery", "w/ milk", "/nothing",
        "mail ann@delivery.example", "on 3/4 or 24/12", "@klatsch said so", "/ alone", "a / b",
    ],
)  # fmt: skip
def test_a_path_a_date_and_an_address_are_no_commands(page, words):
    page.keyboard.type(words)
    expect(proposals(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.type("more")
    expect(composer(page)).to_have_value(f"{words}\nmore")
    expect(chips(page)).to_have_count(0)


def test_a_lone_slash_shows_what_there_is_and_enter_is_still_a_new_line(page):
    page.keyboard.type("/")
    expect(proposals(page).first).to_be_visible()
    expect(page.locator("#proposals [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("/\n")


def test_arrows_choose_and_escape_leaves_the_words_alone(page):
    page.keyboard.type("/del")
    expect(composer(page)).to_have_attribute("aria-activedescendant", "proposal-0")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#proposals [aria-selected=true]")).to_contain_text("Wrong item (delivery)")
    page.keyboard.press("Escape")
    expect(proposals(page)).to_have_count(0)
    expect(composer(page)).to_be_focused()
    page.keyboard.type("ivery")
    expect(proposals(page)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("/delivery\n")


def test_chips_are_taken_away_by_backspace_and_by_click(page):
    for command in ("/del", "@mon 9"):
        page.keyboard.type(command)
        page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(2)
    page.keyboard.press("Backspace")
    expect(chips(page)).to_have_count(1)
    expect(page.locator("[name=due]")).to_have_value("")
    page.get_by_role("button", name="Remove: Delivery").click()
    expect(chips(page)).to_have_count(0)
    expect(page.get_by_label("Wrap-up")).to_have_value("")
    expect(composer(page)).to_be_focused()


def test_what_is_chosen_by_hand_afterwards_counts(page):
    page.keyboard.type("/del")
    page.keyboard.press("Enter")
    page.get_by_label("Wrap-up").select_option(label="Return or exchange")
    expect(chips(page)).to_have_count(0)
    composer(page).fill("Sent back")
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    assert Interaction.objects.get().disposition.label == "Return or exchange"


def test_a_template_is_written_where_its_letters_stood(page):
    page.keyboard.type("Rang. /open")
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("Rang. Asked for the opening hours.")


def test_what_was_said_by_command_is_kept_in_the_draft(page):
    with page.expect_response(lambda response: response.url.endswith("/draft/")):
        page.keyboard.type("/del")
        page.keyboard.press("Enter")
    page.wait_for_timeout(900)
    page.reload()
    expect(chips(page)).to_have_text([re.compile("Delivery")])


def test_whoever_prefers_it_goes_to_the_next_customer_and_can_undo_there(desktop, sign_in, agent):
    agent.closes_on_saving = True
    agent.save()
    customer = a_customer(name="Known Customer")
    sign_in(desktop, agent)
    desktop.goto(customer.get_absolute_url())
    desktop.keyboard.press("c")
    desktop.keyboard.type("Done /del")
    desktop.keyboard.press("Control+Enter")
    expect(desktop).to_have_url(re.compile("/desk/$"))
    expect(desktop.locator("#who")).to_be_focused()
    expect(desktop.locator("#open-tabs")).not_to_contain_text("Known Customer")
    expect(desktop.locator(".toast")).to_contain_text("Logged with Known Customer.")
    desktop.locator("#who").blur()
    desktop.keyboard.press("Control+z")
    expect(desktop).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))
    expect(composer(desktop)).to_have_value("Done")
    expect(chips(desktop)).to_have_text([re.compile("Delivery")])
    assert not Interaction.objects.exists()


def test_the_preference_is_in_the_menu(desktop, sign_in, agent):
    sign_in(desktop, agent)
    desktop.goto("/desk/")
    desktop.locator(".menu.person > summary").click()
    desktop.get_by_role("button", name="Next customer").click()
    expect(desktop.locator("button[name=closes_on_saving][value=true]")).to_have_attribute("aria-pressed", "true")
    agent.refresh_from_db()
    assert agent.closes_on_saving


@pytest.mark.parametrize(
    ("device", "dark"), [("desktop", False), ("desktop", True), ("tablet", False), ("tablet_portrait", False)]
)
def test_everybody_can_read_what_is_proposed(open_page, sign_in, agent, axe, no_overflow, screenshot, device, dark):
    page = open_page(device, dark=dark)
    name = f"{device}-{'dark' if dark else 'light'}"
    sign_in(page, agent if device == "desktop" else UserFactory(role=Role.STORE))
    page.goto(a_customer().get_absolute_url())
    composer(page).press_sequentially("Came about the parcel /d")
    expect(proposals(page).first).to_be_visible()
    screenshot(page, f"one-line-{name}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""
        proposals(page).first.tap()
    else:
        proposals(page).first.click()
    composer(page).press_sequentially("@")
    expect(proposals(page)).to_have_count(3)
    proposals(page).nth(1).click()
    expect(chips(page)).to_have_count(2)
    screenshot(page, f"one-line-said-{name}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(entries(page)).to_have_count(1)
    assert FollowUp.objects.get().text == "Came about the parcel"
