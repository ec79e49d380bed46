"""What was promised, gone through with the keyboard and with thumbs; and what a conversation begins with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.interactions.models import FollowUp
from tests.browser.furnished import a_customer, small_targets
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory


@pytest.fixture
def mina(server):
    team = TeamFactory(name="Care London")
    UserFactory(username="priti", first_name="Priti", last_name="Nair", team=team)
    return UserFactory(username="mina", first_name="Mina", last_name="Hartwell", team=team)


@pytest.fixture
def anna(mina):
    """She called two days ago, and three things were promised her."""
    customer = a_customer("+442079460018", name="Anna Weber", city="Leeds", tier="gold")
    now, profile = timezone.now(), customer.profiles.get()
    call = InteractionFactory(
        profile=profile, call=True, title="A hook is missing", occurred_at=now - timedelta(days=2), staff=mina,
        staff_name="Mina Hartwell", verbatim="I have forty people and no hook.",
        read_back="Forty coats and nowhere to hang them.",
    )  # fmt: skip
    for hours, text in ((-30, "Send the hook"), (-2, "Call about the invoice"), (1, "Write to the workshop")):
        FollowUpFactory(
            profile=profile,
            interaction=call,
            owner=mina,
            team=mina.team,
            text=text,
            due_at=now + timedelta(hours=hours),
        )
    return customer


def test_they_are_gone_through_with_the_keyboard(desktop, sign_in, mina, anna):
    sign_in(desktop, mina)
    desktop.goto("/desk/")
    desktop.keyboard.press("Escape")  # out of the look-up
    desktop.keyboard.press("g")
    desktop.keyboard.press("p")
    lines = desktop.locator("#promises-list .promise-line")
    expect(lines).to_have_count(3)
    desktop.keyboard.press("j")
    desktop.keyboard.press("j")
    desktop.keyboard.press("e")
    expect(lines).to_have_count(2)
    expect(desktop.locator("#toasts")).to_contain_text("Kept")
    assert FollowUp.objects.get(state="kept").text == "Call about the invoice"
    expect(desktop.locator("#promises-list :focus")).to_contain_text("Write to the workshop")
    desktop.keyboard.press("k")
    desktop.keyboard.press("b")
    expect(lines).to_have_count(1)
    expect(desktop.locator("#promises-list :focus")).to_have_count(1)
    assert FollowUp.objects.get(state="broken").text == "Send the hook"
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name="Anna Weber", level=1)).to_be_visible()
    last = desktop.locator("#last_time")
    expect(last).to_contain_text("I have forty people and no hook.")
    expect(last).to_contain_text("Forty coats and nowhere to hang them.")
    last.get_by_role("button", name="Done").click()
    expect(last.locator(".promise.kept")).to_have_count(2)


def test_a_promise_is_given_for_a_colleague(desktop, sign_in, mina, anna):
    sign_in(desktop, mina)
    desktop.goto(anna.get_absolute_url())
    desktop.keyboard.press("n")
    desktop.get_by_placeholder("What happened?").fill("She wants the blue one")
    desktop.locator("#composer summary", has_text="Promise").click()
    desktop.get_by_label("What did you promise?").fill("Ring her when it is here")
    desktop.get_by_role("button", name="In a week").click()
    desktop.get_by_label("Owner").select_option(label="Priti Nair")
    desktop.keyboard.press("Control+Enter")
    expect(desktop.locator("#timeline")).to_contain_text("Ring her when it is here")
    assert FollowUp.objects.get(text="Ring her when it is here").owner.username == "priti"


@pytest.mark.parametrize("device", ["desktop", "tablet_portrait"])
def test_everybody_can_use_them(open_page, sign_in, axe, no_overflow, screenshot, device, mina, anna):
    page = open_page(device)
    sign_in(page, mina)
    for name, address in (("promises", "/desk/promises/"), ("last-time", anna.get_absolute_url())):
        page.goto(address)
        expect(page.get_by_text("Send the hook").first).to_be_visible()
        axe(page)
        no_overflow(page)
        if device != "desktop":
            assert small_targets(page) == []
        screenshot(page, f"{name}-{device}")
