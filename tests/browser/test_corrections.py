"""A slip is put right: undone at once, retracted, moved to whom it belongs to; by key, by tap, in both open pages."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.interactions.corrections import retract
from apps.interactions.models import Correction, Disposition, FollowUp, Interaction
from tests.browser.furnished import a_customer, a_long_story, composer, entries, scroll, small_targets
from tests.factories.accounts import UserFactory
from tests.factories.interactions import DispositionFactory
from tests.interactions.test_corrections import logged

AGAIN = "Undone: your words are in the composer again."


@pytest.fixture
def agent(server):
    return UserFactory(username="agent", first_name="Mina", last_name="Hartwell")


@pytest.fixture
def page(desktop, sign_in, agent):
    sign_in(desktop, agent)
    return desktop


def log_with_everything(page):
    page.keyboard.press("n")
    composer(page).fill("Wants the blue one")
    page.get_by_label("Wrap-up").select_option(label="Delivery")
    page.locator(".moods label:has([value=negative])").click()
    page.get_by_text("Promise", exact=True).click()
    page.locator("[name=promise]").fill("Ring back")
    page.locator("[name=due]").fill((timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT12:00"))
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(entries(page)).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Logged.")


@pytest.mark.parametrize("how", ["Control+z", "u", "click"])
def test_what_was_just_logged_is_undone_and_all_of_it_is_in_the_composer_again(page, how):
    Disposition.objects.all().delete()  # those that an installation begins with
    DispositionFactory(label="Delivery")
    page.goto(a_customer().get_absolute_url())
    log_with_everything(page)
    expect(entries(page).first).to_be_focused()
    toast, below = page.locator(".toast").bounding_box(), page.locator("#composer").bounding_box()
    assert toast["y"] + toast["height"] <= below["y"]  # the next call is written meanwhile
    if how == "click":
        page.locator(".toast").get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press(how)
    expect(composer(page)).to_have_value("Wants the blue one")
    expect(composer(page)).to_be_focused()
    expect(page.locator("#mode-note")).to_be_checked()
    expect(page.locator(".moods input[value=negative]")).to_be_checked()
    expect(page.locator("[name=promise]")).to_have_value("Ring back")
    expect(page.locator("[name=due]")).to_have_value(re.compile("T12:00$"))
    expect(entries(page)).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text(AGAIN)
    expect(page.locator("#aside .promises")).to_have_count(0)
    assert not FollowUp.objects.open().exists()
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(1)
    assert (Interaction.objects.count(), Interaction.originals.count()) == (1, 2)


def test_what_has_been_typed_since_stays_behind_the_words_that_come_back(page):
    page.goto(a_customer().get_absolute_url())
    page.keyboard.press("n")
    page.keyboard.type("First")
    page.keyboard.press("Control+Enter")
    expect(entries(page).first).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("Second")
    page.keyboard.press("Control+z")  # inside a field it is the field's own
    expect(entries(page)).to_have_count(1)
    composer(page).fill("Second")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(composer(page)).to_have_value("First\nSecond")


@pytest.mark.parametrize("device", ["tablet", "tablet_portrait"])
def test_a_tap_undoes_it_on_the_tablet(open_page, sign_in, device):
    page = open_page(device)
    sign_in(page, UserFactory(role=Role.STORE))
    page.goto(a_customer().get_absolute_url())
    composer(page).fill("Looked at kettles")
    page.get_by_role("button", name=re.compile("^Save")).tap()
    expect(entries(page)).to_have_count(1)
    expect(page.locator("#mode-store")).to_be_checked()
    expect(entries(page).first).to_be_focused()
    assert small_targets(page) == []
    page.locator(".toast").get_by_role("button", name="Undo").tap()
    expect(composer(page)).to_have_value("Looked at kettles")
    expect(entries(page)).to_have_count(0)


def test_after_ten_seconds_there_is_nothing_to_undo(page):
    page.clock.install()
    page.goto(a_customer().get_absolute_url())
    page.keyboard.press("n")
    page.keyboard.type("First")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()
    page.clock.fast_forward(9_000)
    expect(page.locator(".toast")).to_be_visible()
    page.clock.fast_forward(1_500)
    expect(page.locator(".toast")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("u")
    expect(entries(page)).to_have_count(1)
    assert Interaction.objects.exists()


def test_an_entry_is_retracted_by_keyboard_and_put_back_from_the_toast(page, agent):
    customer = a_customer()
    entry = logged(agent, customer)
    page.goto(customer.get_absolute_url())
    page.keyboard.press("j")
    link = entries(page).get_by_role("link", name="Correct this entry")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Correct an entry")).to_be_visible()
    page.get_by_label("Why?").fill("Somebody else called")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))
    mark = page.locator(".entry.is-mark")
    expect(mark).to_contain_text("Retracted by Mina Hartwell")
    expect(mark).to_contain_text("Somebody else called")
    page.keyboard.press("u")
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()
    expect(entries(page)).to_contain_text("A leaking frother")
    assert Interaction.objects.get() == entry


def test_an_entry_is_moved_with_the_look_up_and_both_open_pages_hear_of_it(open_page, sign_in, agent):
    here, there = a_customer(name="Wrong Customer"), a_customer("+442079460099", name="Right Customer")
    logged(agent, here)
    page, reader = open_page(), open_page()
    for one in (page, reader):
        sign_in(one, agent)
    reader.goto(there.get_absolute_url())
    expect(reader.get_by_text("No story yet")).to_be_visible()
    page.goto(here.get_absolute_url())
    entries(page).get_by_role("link", name="Correct this entry").click()
    expect(page.get_by_label("Find the other customer")).to_be_focused()
    page.keyboard.type("020 7946 0099")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Move from Wrong Customer to Right Customer?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{here.get_absolute_url()}$"))
    expect(page.locator(".is-mark")).to_contain_text("Moved to Right Customer by Mina Hartwell")
    expect(entries(reader)).to_contain_text("Moved here by Mina Hartwell")
    expect(reader.locator("#aside .promises")).to_contain_text("Call back")
    page.get_by_role("link", name="See the original").click()
    page.get_by_role("button", name="Move back to Wrong Customer").click()
    expect(entries(page)).to_contain_text("A leaking frother")
    expect(entries(reader)).to_have_count(0)
    assert Correction.objects.get().taken_back_by == agent


def test_a_reader_who_has_scrolled_reads_on_nothing_that_does_not_stand(page, agent):
    customer = a_long_story(40)
    entry = logged(agent, customer, occurred_at=timezone.now() - timedelta(minutes=1))
    page.goto(customer.get_absolute_url())
    scroll(page, 600)
    expect(entries(page).first).to_contain_text("A leaking frother")
    retract(actor=agent, entry=entry, reason="No")
    expect(entries(page).first).to_contain_text("This entry has just been retracted or moved.")
    expect(entries(page).first).not_to_contain_text("A leaking frother")


@pytest.mark.parametrize(
    ("device", "dark"), [("desktop", False), ("desktop", True), ("tablet", False), ("tablet_portrait", False)]
)
def test_everybody_can_read_and_use_the_pages(open_page, sign_in, agent, axe, no_overflow, screenshot, device, dark):
    here, there = a_customer(name="Wrong Customer"), a_customer("+442079460099", name="Right Customer", city="Leeds")
    entry, stays = logged(agent, here), logged(agent, here, key="k2", minute=3)
    page, name = open_page(device, dark=dark), f"{device}-{'dark' if dark else 'light'}"

    def check(what):
        screenshot(page, f"{what}-{name}")
        axe(page)
        no_overflow(page)
        if device != "desktop":
            assert "\n".join(small_targets(page)) == ""

    sign_in(page, agent)
    page.goto(f"/desk/entries/{entry.pk}/correction/")
    page.get_by_label("Find the other customer").fill("Right")
    expect(page.locator("#move-found .found")).to_have_count(1)
    check("correction")
    page.locator("#move-found .found").click()
    expect(page.get_by_role("button", name="Move to Right Customer")).to_be_visible()
    check("correction-move")
    page.get_by_role("button", name="Move to Right Customer").click()
    expect(page.locator(".is-mark")).to_be_visible()
    retract(actor=agent, entry=stays, reason="Nobody called: the line was dead before anything was said")
    page.reload()
    expect(page.locator(".is-mark")).to_have_count(2)
    check("correction-marks")
    page.goto(there.get_absolute_url())
    check("correction-moved-here")
    page.goto(f"/desk/entries/{stays.pk}/correction/")
    check("correction-original")
