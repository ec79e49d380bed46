"""Nobody opens who was not shown for exactly what was typed: fast fingers, corrections, scanners, slow networks."""

import re
import time

import pytest
from playwright.sync_api import expect

from apps.customers.models import IdentifierType
from tests.browser.furnished import a_customer, composer
from tests.factories.accounts import UserFactory
from tests.factories.customers import EvidenceFactory
from tests.factories.interactions import InteractionFactory

FAST = 15  # milliseconds a key: a scanner, or a script


@pytest.fixture
def at_desk(desktop, sign_in):
    sign_in(desktop, UserFactory(username="agent"))
    desktop.goto("/desk/")
    return desktop


@pytest.fixture
def slowly(at_desk):
    """Answers to look-ups take their time."""

    def late(route):
        time.sleep(0.4)
        route.continue_()

    at_desk.route("**/desk/lookup/**", late)
    return at_desk


def options(page, box="who-found"):
    return page.locator(f"#{box}").get_by_role("option")


def opened(page, customer):
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_enter_waits_for_the_answer_to_what_stands_in_the_field(slowly):
    a_customer("+442079460001", name="Ada Smith")
    imogen = a_customer("+442079460002", name="Imogen Smith")
    field = slowly.locator("#who")
    field.press_sequentially("smith")
    expect(options(slowly)).to_have_count(2)
    field.press_sequentially(" imogen")
    field.press("Enter")
    expect(options(slowly)).to_have_count(1)
    expect(options(slowly)).to_contain_text("Imogen Smith")
    expect(options(slowly).first).to_have_attribute("aria-selected", "true")
    expect(slowly).to_have_url(re.compile("/desk/$"))  # a name is nobody for sure: it is shown first
    field.press("Enter")
    opened(slowly, imogen)


def test_a_corrected_digit_opens_whose_number_it_is_now(slowly):
    a_customer("+442079460001", name="Wrong Person")
    right = a_customer("+442079460002", name="Right Person")
    field = slowly.locator("#who")
    field.press_sequentially("020 7946 0001")
    expect(options(slowly)).to_contain_text("Wrong Person")
    field.press("Backspace")
    expect(options(slowly)).to_have_count(0)  # it belonged to other words
    field.press("2")
    field.press("Enter")
    opened(slowly, right)


def test_fast_fingers_open_the_one_who_is_meant(at_desk):
    customer = a_customer("+442079460018", name="Known Caller")
    at_desk.keyboard.type("02079460018", delay=FAST)
    at_desk.keyboard.press("Enter")
    opened(at_desk, customer)


def test_the_answer_to_earlier_words_is_nobodys(slowly):
    a_customer("+442079460001", name="Ada Smith")
    field = slowly.locator("#who")
    field.press_sequentially("smith")
    slowly.wait_for_timeout(200)  # it is asked for, and not here yet
    field.fill("zzz nobody")
    slowly.wait_for_timeout(350)
    expect(options(slowly).filter(has_text="Ada Smith")).to_have_count(0)


def test_several_with_one_number_are_shown_and_none_is_opened(slowly):
    for name in ("Parent", "Child"):
        a_customer("+442079460018", name=name)
    slowly.keyboard.type("02079460018", delay=FAST)
    slowly.keyboard.press("Enter")
    expect(options(slowly)).to_have_count(2)
    expect(slowly).to_have_url(re.compile("/desk/$"))


def with_card(name, number):
    customer = a_customer("+442079460050", name=name)
    EvidenceFactory(profile=customer.profiles.get(), identifier__type=IdentifierType.LOYALTY, identifier__value=number)
    InteractionFactory(profile=customer.profiles.get(), title="Bought a kettle")
    return customer


def test_a_scan_is_heard_while_another_customer_is_open_and_lands_in_no_draft(at_desk):
    other = a_customer("+442079460077", name="Other Customer")
    scanned = with_card("Card Holder", "2001468810234")
    at_desk.goto(other.get_absolute_url())
    composer(at_desk).fill("She asks for ")
    composer(at_desk).press("End")
    at_desk.keyboard.type("2001468810234", delay=FAST)
    at_desk.keyboard.press("Enter")
    opened(at_desk, scanned)
    at_desk.goto(other.get_absolute_url())
    expect(composer(at_desk)).to_have_value("She asks for ")


def test_a_scan_where_a_digit_would_choose_opens_only_whom_it_names(at_desk):
    for name in ("Parent", "Child"):
        a_customer("+442079460018", name=name)
    scanned = with_card("Card Holder", "1001468810234")
    at_desk.goto("/desk/pop?phone=02079460018")
    expect(at_desk.locator("[data-numbered] li")).to_have_count(2)
    at_desk.keyboard.type("1001468810234", delay=FAST)
    at_desk.keyboard.press("Enter")
    opened(at_desk, scanned)


def test_whoever_types_a_number_into_a_note_keeps_it(at_desk):
    customer = a_customer(name="Caller")
    at_desk.goto(customer.get_absolute_url())
    composer(at_desk).click()
    at_desk.keyboard.type("order 20014688", delay=70)
    at_desk.keyboard.press("Enter")
    expect(composer(at_desk)).to_have_value("order 20014688\n")
    expect(at_desk).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_a_command_comes_before_customers_and_enter_runs_what_is_marked(at_desk):
    a_customer("+442079460018", name="Ada Reports")
    at_desk.keyboard.press("Control+k")
    at_desk.keyboard.type("reports", delay=FAST)
    expect(options(at_desk, "palette-found")).to_have_count(1)
    marked = at_desk.locator("#palette [aria-selected=true]")
    expect(marked).to_have_count(1)
    expect(marked).to_have_text(re.compile("Reports"))
    at_desk.keyboard.press("Enter")
    expect(at_desk).to_have_url(re.compile("/desk/reports/"))


def test_a_similar_name_is_offered_and_never_opened_by_enter_alone(at_desk, axe, no_overflow, screenshot):
    customer = a_customer("+442079460018", name="Gwendolyn Ashcroft", city="Leeds")
    field = at_desk.locator("#who")
    field.press_sequentially("gwendolin ashcroft", delay=FAST)
    field.press("Enter")
    expect(options(at_desk)).to_have_count(2)
    expect(options(at_desk).first).to_contain_text("Gwendolyn Ashcroft")
    expect(options(at_desk).last).to_contain_text("New customer")
    expect(at_desk.get_by_role("group", name=re.compile("Similar names"))).to_be_visible()
    expect(at_desk.locator("#who-found [aria-selected=true]")).to_have_count(0)
    axe(at_desk)
    no_overflow(at_desk)
    screenshot(at_desk, "lookup-similar")
    for _again in range(3):
        field.press("Enter")
    at_desk.wait_for_timeout(600)
    expect(at_desk).to_have_url(re.compile("/desk/$"))
    expect(options(at_desk)).to_have_count(2)
    field.press("ArrowDown")
    expect(options(at_desk).first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    opened(at_desk, customer)


@pytest.mark.parametrize("typed", ["smith leeds", "leeds smith", "ls1 1ur smith"])
def test_a_name_and_where_they_live_find_the_one(at_desk, typed):
    customer = a_customer("+442079460001", name="Ada Smith", city="Leeds", postcode="LS1 1UR")
    a_customer("+442079460002", name="Imogen Smith", city="York", postcode="YO1 7HH")
    field = at_desk.locator("#who")
    field.press_sequentially(typed, delay=FAST)
    field.press("Enter")
    expect(options(at_desk)).to_have_count(1)
    expect(options(at_desk)).to_contain_text("LS1 1UR Leeds")
    field.press("Enter")
    opened(at_desk, customer)


def many(number):
    for place in range(number):
        a_customer(f"+4420794600{place:02}", name=f"Rare Name {place}")


def test_the_keyboard_goes_beyond_the_first_eight(at_desk, axe, screenshot):
    many(11)
    field = at_desk.locator("#who")
    field.press_sequentially("rare")
    expect(options(at_desk)).to_have_count(9)
    expect(options(at_desk).last).to_have_text("More")
    axe(at_desk)
    field.press("ArrowUp")
    expect(options(at_desk).last).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(options(at_desk)).to_have_count(11)
    expect(field).to_be_focused()
    ninth = options(at_desk).nth(8)
    expect(ninth).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "found-9")
    axe(at_desk)
    screenshot(at_desk, "lookup-more")
    field.press("ArrowDown")
    address = options(at_desk).nth(9).get_attribute("href")
    field.press("Enter")
    expect(at_desk).to_have_url(re.compile(f"{address}$"))


def test_the_next_page_of_other_words_is_nobodys(at_desk):
    many(11)
    field = at_desk.locator("#who")
    field.press_sequentially("rare")
    expect(options(at_desk)).to_have_count(9)

    def late(route):
        time.sleep(0.5)
        route.continue_()

    at_desk.route("**/desk/lookup/?q=rare&after*", late)
    options(at_desk).last.click()
    field.fill("rare name 10")
    expect(options(at_desk)).to_have_count(1)
    at_desk.wait_for_timeout(700)
    expect(options(at_desk)).to_have_count(1)
    expect(options(at_desk)).to_contain_text("Rare Name 10")


def test_what_somebody_types_fast_after_a_pause_is_the_end_of_what_they_typed(at_desk):
    """The second part alone is the whole number of somebody else."""
    other = with_card("Somebody Else", "79460018")
    meant = a_customer(phone="+442079460018", name="Who Is Meant")
    field = at_desk.locator("#who")
    field.focus()
    at_desk.keyboard.type("020", delay=FAST)
    at_desk.wait_for_timeout(400)
    at_desk.keyboard.type("79460018", delay=FAST)
    at_desk.keyboard.press("Enter")
    opened(at_desk, meant)
    assert other != meant
