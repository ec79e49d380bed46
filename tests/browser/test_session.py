"""The session ends while somebody works: they sign in over the page, and nothing they typed is lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from apps.accounts.models import AuditEntry
from apps.interactions.models import Interaction
from tests.browser.furnished import a_customer, composer, entries
from tests.factories.accounts import PASSWORD, MarketerFactory, UserFactory

DEVICES = ["desktop", "tablet", "tablet_portrait"]


@pytest.fixture
def agent(server):
    return UserFactory(username="mina", first_name="Mina", last_name="Agent")


@pytest.fixture
def customer(server):
    return a_customer(name="Anna Example")


@pytest.fixture
def at_work(open_page, sign_in, agent, customer, watch):
    """`at_work("tablet")`: the customer's page of an agent whose session ends as soon as it is drawn."""
    watch.allow(401, 400)
    watch.allow(console="^htmx:|Error Code 401|EventSource")

    def at(device="desktop", address="", **options):
        page = open_page(device, **options)
        sign_in(page, agent)
        page.goto(address or customer.get_absolute_url())
        expect(page.locator("html")).to_be_visible()
        Session.objects.all().delete()
        return page

    return at


def sheet(page):
    return page.get_by_role("dialog", name="Sign in to go on")


def enter(page, password=PASSWORD):
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("device", DEVICES)
def test_a_note_is_saved_after_signing_in_over_the_page(at_work, axe, no_overflow, screenshot, device):
    page = at_work(device, dark=device == "tablet")
    page.evaluate("window.sameDocument = true")
    composer(page).fill("The parcel is late")
    page.keyboard.press("Control+Enter")
    expect(sheet(page)).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    screenshot(page, f"sign-in-{device}")
    axe(page)
    no_overflow(page)
    enter(page)
    expect(entries(page)).to_contain_text("The parcel is late")
    expect(sheet(page)).to_be_hidden()
    expect(page.locator("#connection")).to_be_hidden()
    assert page.evaluate("window.sameDocument") is True
    assert Interaction.objects.count() == 1


def test_a_wrong_password_is_told_and_can_be_corrected(at_work, axe):
    page = at_work()
    composer(page).fill("Half a sen")
    page.keyboard.press("Control+Enter")
    expect(sheet(page)).to_be_visible()
    enter(page, "not this one")
    expect(sheet(page).get_by_role("alert")).to_contain_text("not correct")
    axe(page)
    enter(page)
    expect(entries(page)).to_contain_text("Half a sen")


def test_signing_in_may_be_put_off_and_the_words_stay(at_work, axe):
    page = at_work()
    composer(page).fill("Half a sen")
    page.keyboard.press("Control+Enter")
    expect(sheet(page)).to_be_visible()
    page.keyboard.press("Escape")
    line = page.locator("#connection")
    expect(line).to_contain_text("You have been signed out; 1 note not saved")
    expect(composer(page)).to_have_value("Half a sen")
    axe(page)
    line.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_be_focused()
    enter(page)
    expect(entries(page)).to_contain_text("Half a sen")


def test_who_is_typing_is_not_asked_in_the_middle_of_a_word(at_work):
    page = at_work()
    composer(page).press_sequentially("Half a sen", delay=20)
    expect(page.locator("#connection")).to_contain_text("You have been signed out")
    expect(sheet(page)).to_be_hidden()
    composer(page).press_sequentially("tence")
    expect(composer(page)).to_have_value("Half a sentence")
    page.keyboard.press("Control+Enter")
    expect(sheet(page)).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("1 note not saved")
    enter(page)
    expect(entries(page)).to_contain_text("Half a sentence")


def test_words_in_every_other_form_stay_too(at_work):
    page = at_work()
    composer(page).fill("A note")
    aside = page.locator("#aside")
    aside.get_by_text("Never contact them again").or_(aside.get_by_text("Do not contact")).first.click()
    reason = page.locator("#suppress [name=reason]")
    reason.fill("Asked for it")
    page.keyboard.press("Enter")
    expect(sheet(page)).to_be_visible()
    enter(page)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\w"))).not_to_have_count(0)
    expect(composer(page)).to_have_value("A note")
    expect(sheet(page)).to_be_hidden()


def test_a_plain_form_is_sent_after_signing_in(at_work):
    page = at_work(address="/desk/customers/new/")
    page.get_by_label("Name", exact=True).fill("New Caller")
    page.keyboard.press("Enter")
    expect(sheet(page)).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("New Caller")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("New Caller")


def test_somebody_else_is_told_and_sees_nothing_of_the_page(at_work, customer, axe, screenshot):
    UserFactory(username="nora", first_name="Nora", last_name="Other")
    page = at_work()
    composer(page).fill("Private words")
    page.keyboard.press("Control+Enter")
    expect(sheet(page)).to_be_visible()
    page.get_by_label("User name").fill("nora")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in as Nora Other")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    screenshot(page, "put-away")
    axe(page)
    left = page.content() + page.url + page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    for word in ("Anna Example", "Private words", str(customer.public_id), "Mina"):
        assert word not in left
    assert Interaction.objects.count() == 0
    page.get_by_role("link", name="To the desk").click()
    expect(page.locator(".person")).to_contain_text("Nora Other")


def test_somebody_else_signed_in_in_another_window_and_nothing_is_done_in_their_name(at_work, sign_in, open_page):
    page = at_work()
    composer(page).fill("Private words")
    other = MarketerFactory(username="nora", first_name="Nora", last_name="Other")
    sign_in(page, other)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in as Nora Other")
    assert Interaction.objects.count() == 0
    assert not AuditEntry.objects.filter(actor=other).exists()


def test_an_answer_from_before_somebody_else_signed_in_is_not_gone_by(at_work, sign_in):
    page = at_work()
    first = []

    def hold_the_first(route):
        if first:
            route.continue_()
        else:
            first.append((route, route.fetch()))

    page.route("**/session/", hold_the_first)
    with page.expect_request("**/session/"):
        composer(page).fill("Private words")
    page.wait_for_timeout(300)  # it is being answered
    sign_in(page, UserFactory(username="nora", first_name="Nora", last_name="Other"))
    with page.expect_response("**/log/"):
        page.keyboard.press("Control+Enter")
    route, answer = first.pop()
    route.fulfill(response=answer)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in as Nora Other")


def test_the_same_person_signed_in_in_another_window_and_nothing_is_asked(at_work, agent):
    page = at_work()
    composer(page).fill("Half a sen")
    window = page.context.new_page()
    window.goto("/accounts/login/")
    window.get_by_label("User name").fill("mina")
    window.get_by_label("Password").fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    expect(window).to_have_url(re.compile("/desk/$"))
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_contain_text("Half a sen")
    expect(sheet(page)).to_be_hidden()
