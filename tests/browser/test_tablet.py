"""The shop floor: thumbs, a keypad, and the profile as a sheet."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.furnished import PHONE, a_customer, a_whole_story, composer, entries, small_targets
from tests.factories.accounts import StoreFactory, TeamFactory
from tests.factories.interactions import FollowUpFactory

TABLETS = ["tablet", "tablet_portrait"]


@pytest.fixture
def tablet_of(open_page, sign_in, server):
    def at(device, **options):
        page = open_page(device, **options)
        sign_in(page, StoreFactory(username="store", team=TeamFactory(name="Store 12", place="Station hall")))
        page.goto("/desk/")
        return page

    return at


@pytest.mark.parametrize("device", TABLETS)
def test_a_number_is_tapped_and_the_customer_opens(tablet_of, axe, no_overflow, screenshot, device):
    customer = a_customer(name="At the counter")
    FollowUpFactory(profile=customer.profiles.get())
    page = tablet_of(device)
    keypad = page.get_by_role("group", name="Keypad")
    for key in "020794600189":
        keypad.get_by_role("button", name=key, exact=True).tap()
    keypad.get_by_role("button", name="Delete the last digit").tap()
    found = page.locator("#who-found").get_by_role("option")
    expect(found).to_contain_text("At the counter")
    screenshot(page, f"home-{device}")
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    found.tap()
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


@pytest.mark.parametrize("device", TABLETS)
def test_several_and_nobody_are_told_in_tappable_lines(tablet_of, axe, no_overflow, device):
    for name in ("Parent", "Child"):
        a_customer(name=name)
    page = tablet_of(device)
    for phone in (PHONE, "+442079460999"):
        page.goto(f"/desk/pop?phone={phone}")
        axe(page)
        no_overflow(page)
        assert "\n".join(small_targets(page)) == ""


@pytest.mark.parametrize("device", TABLETS)
def test_palette_and_menu_are_for_thumbs_too(tablet_of, axe, no_overflow, device):
    page = tablet_of(device)
    page.goto("/desk/customers/new/")  # without the keypad, which the open menu would cover in part
    page.locator(".person summary").tap()
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    page.get_by_role("button", name="Keyboard shortcuts").first.tap()
    expect(page.locator("#keys")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    axe(page)
    assert "\n".join(small_targets(page)) == ""


def test_in_portrait_the_profile_is_a_sheet(tablet_of, axe, no_overflow, screenshot):
    page = tablet_of("tablet_portrait")
    page.goto(a_whole_story().get_absolute_url())
    button, sheet = page.get_by_role("button", name="Profile"), page.locator("#aside")
    expect(sheet).to_be_hidden()
    button.tap()
    expect(sheet).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    sheet.evaluate("(sheet) => Promise.all(sheet.getAnimations().map((one) => one.finished))")
    screenshot(page, "profile-tablet_portrait")
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    button.tap()
    expect(sheet).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_the_sheet_stays_open_when_the_profile_is_refreshed(tablet_of):
    page = tablet_of("tablet_portrait")
    page.goto(a_whole_story().get_absolute_url())
    page.get_by_role("button", name="Profile").tap()
    with page.expect_response(lambda response: response.url.endswith("/aside/")):
        page.evaluate("htmx.trigger('#aside', 'refresh')")
    expect(page.locator("#aside")).to_be_visible()
    page.locator(".consents summary").first.tap()
    page.get_by_role("button", name="No, they do not want it").first.tap()
    expect(page.locator(".consents summary").first).to_contain_text("Withdrawn")
    expect(page.locator("#aside")).to_be_visible()


def test_in_landscape_story_and_profile_stand_side_by_side(tablet_of):
    page = tablet_of("tablet")
    page.goto(a_whole_story().get_absolute_url())
    expect(page.locator("#aside")).to_be_visible()
    expect(page.get_by_role("button", name="Profile")).to_be_hidden()


@pytest.mark.parametrize("mode", ["Call", "Note"])
def test_the_composer_does_not_move_away_under_the_finger(tablet_of, mode):
    page = tablet_of("tablet")
    page.goto(a_customer().get_absolute_url())
    expect(page.get_by_label("Wrap-up")).to_be_hidden()
    page.locator("#composer").get_by_role("radio", name=mode, exact=True).tap()
    expect(page.locator(f"#mode-{mode.lower()}")).to_be_checked()
    expect(page.get_by_label("Wrap-up")).to_be_visible()


def test_a_visit_is_logged_with_a_template(tablet_of, axe):
    page = tablet_of("tablet")
    page.goto(a_whole_story().get_absolute_url())
    page.locator(".templates summary").tap()
    axe(page)
    page.get_by_role("button", name="Asked for opening hours").tap()
    expect(composer(page)).to_have_value("Asked for the opening hours.")
    page.get_by_role("button", name=re.compile("^Save")).tap()
    expect(entries(page).first).to_contain_text("Asked for the opening hours.")
    expect(entries(page).first).to_contain_text("Station hall")


# --- names, and little room -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", TABLETS)
def test_a_name_is_typed_and_the_keyboard_follows(tablet_of, axe, no_overflow, screenshot, device):
    customer = a_customer(name="Gwendolyn Ashcroft")
    page = tablet_of(device)
    field, keypad = page.locator("#who"), page.get_by_role("group", name="Keypad")
    expect(field).to_have_attribute("inputmode", "tel")
    page.get_by_role("button", name="Letters").tap()
    expect(field).to_have_attribute("inputmode", "text")
    expect(field).to_be_focused()
    expect(keypad).to_be_hidden()
    field.press_sequentially("gwen")
    expect(page.locator("#who-found").get_by_role("option")).to_contain_text("Gwendolyn Ashcroft")
    screenshot(page, f"home-letters-{device}")
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    page.get_by_role("button", name="Digits").tap()
    expect(field).to_have_attribute("inputmode", "tel")
    expect(keypad).to_be_visible()
    field.fill("")
    field.press_sequentially("ash")  # on a keyboard of its own
    expect(field).to_have_attribute("inputmode", "text")
    page.locator("#who-found").get_by_role("option").tap()
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


def test_a_scan_is_heard_with_either_keyboard(tablet_of):
    customer = a_customer("+442079460050", name="Card Holder")
    page = tablet_of("tablet")
    page.get_by_role("button", name="Letters").tap()
    page.keyboard.type("02079460050", delay=15)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{customer.get_absolute_url()}$"))


@pytest.mark.parametrize("device", TABLETS)
def test_filters_fold_and_say_in_words_what_they_are(tablet_of, axe, no_overflow, screenshot, device):
    page = tablet_of(device)
    page.goto(a_whole_story().get_absolute_url())
    call = page.locator(".chips .chip").filter(has_text="Call")
    expect(call).to_be_hidden()
    screenshot(page, f"folded-{device}")
    page.get_by_role("button", name="Filters", exact=True).tap()
    expect(call.locator("span")).to_be_visible()
    screenshot(page, f"filters-{device}")
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""
    call.tap()
    expect(entries(page)).to_have_count(1)
    page.get_by_role("button", name="Filters", exact=True).tap()
    expect(call).to_be_hidden()
    for place in ("Promises", "Moments", "Reports"):
        expect(page.locator(".places").get_by_text(place)).to_be_visible()


def in_sight(page, locator):
    expect(locator).to_be_in_viewport(ratio=0.99)


def test_with_the_keyboard_open_the_field_its_label_and_save_stay(tablet_of, axe, no_overflow, screenshot):
    page = tablet_of("tablet", viewport={"width": 1180, "height": 420})
    page.goto(a_whole_story().get_absolute_url())
    composer(page).tap()
    composer(page).press_sequentially("She wants the blue one")
    in_sight(page, composer(page))
    in_sight(page, page.locator("label[for=body]"))
    assert page.locator("label[for=body]").evaluate("(label) => label.getBoundingClientRect().height") > 12
    in_sight(page, page.get_by_role("button", name=re.compile("^Save")))
    in_sight(page, page.locator("h1"))
    screenshot(page, "keyboard-open")
    axe(page)
    no_overflow(page)
    page.get_by_role("button", name=re.compile("^Save")).tap()
    expect(entries(page).first).to_contain_text("She wants the blue one")


@pytest.mark.parametrize(("width", "height"), [(720, 450), (640, 512), (360, 225), (320, 256), (320, 568)])
@pytest.mark.parametrize("device", ["desktop", "tablet"])
def test_at_200_and_400_per_cent_name_story_and_composer_are_there(
    tablet_of, axe, no_overflow, screenshot, device, width, height
):
    page = tablet_of(device, viewport={"width": width, "height": height})
    no_overflow(page)
    page.goto(a_whole_story().get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    screenshot(page, f"zoom-{device}-{width}x{height}")
    axe(page)
    no_overflow(page)
    for shown in (page.get_by_role("heading", level=1), entries(page).first.locator("h3"), composer(page)):
        shown.scroll_into_view_if_needed()
        expect(shown).to_be_in_viewport()
    story = page.locator("#stream").bounding_box()
    assert story["height"] >= min(200, 0.7 * height), "the story has no room"
    composer(page).click()
    composer(page).press_sequentially("She wants the blue one")
    expect(composer(page)).to_be_in_viewport(ratio=0.99)
    screenshot(page, f"zoom-writing-{device}-{width}x{height}")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(entries(page).first).to_contain_text("She wants the blue one")
