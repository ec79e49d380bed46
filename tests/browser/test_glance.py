"""What a conversation begins with: the last contact, pinned warnings, whose number it is, how sure we are of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.customers.models import Customer
from apps.interactions.models import Channel, Direction
from apps.moments.models import Moment
from tests.browser.furnished import PHONE, a_customer, a_long_story, a_whole_story, entries, small_targets
from tests.factories.accounts import UserFactory
from tests.factories.customers import EvidenceFactory, SourceProfileFactory, SuppressionFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory, PinFactory
from tests.factories.moments import MomentFactory

WARNING = "Never offer a voucher: she was sent one last week and found it insulting. " * 9
DEVICES = ["desktop", "tablet", "tablet_portrait"]
FITS = "(aside) => aside.scrollHeight <= 2 * aside.clientHeight"


@pytest.fixture
def mia(server):
    return UserFactory(username="mia", first_name="Mia", last_name="")


@pytest.fixture
def pinned(server):
    """The oldest of 120 entries is pinned, and says much."""
    customer = a_long_story(120, name="Anna Weber")
    oldest = customer.profiles.get().interactions.order_by("occurred_at").first()
    oldest.body = WARNING
    oldest.save()
    PinFactory(interaction=oldest)
    return customer, oldest


def glance(page):
    return page.locator("#last_time")


def is_in_sight(entry):
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()


# --- the last contact, and what is open ---------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
def test_what_matters_within_ten_seconds_stands_above_the_story(
    open_page, sign_in, axe, no_overflow, screenshot, mia, device
):
    customer = a_customer(name="Gwen Ashcroft")
    profile, now = customer.profiles.get(), timezone.now()
    order = {"channel": Channel.ORDER, "thread": "LW-1", "reference": "LW-1", "profile": profile}
    InteractionFactory(profile=profile, call=True, occurred_at=now - timedelta(days=2), verbatim="Never again")
    InteractionFactory(**order, kind="order", amount="774.30", currency="GBP", occurred_at=now - timedelta(days=3))
    InteractionFactory(**order, kind="delivery", title="Delivery failed", occurred_at=now - timedelta(days=1))
    InteractionFactory(
        profile=profile, channel=Channel.EMAIL, kind="email", title="Where is it?", occurred_at=now - timedelta(hours=2)
    )
    InteractionFactory(profile=profile, visit=True, occurred_at=now - timedelta(minutes=5))
    FollowUpFactory(profile=profile, text="Ring her back", due_at=now - timedelta(hours=1), owner=mia)
    MomentFactory(profile=profile, kind="complaint", suggestion="Answer where she said it")
    page = open_page(device)
    sign_in(page, mia)
    page.goto(customer.get_absolute_url())
    for words in (
        "Last contact",
        "E-mail · From the customer",
        "Not answered yet",
        "Open complaint",
        "Answer where she said it",
        "774.30\xa0GBP",
        "Delivery failed",
        "Ring her back",
        "Late",
    ):
        expect(glance(page).get_by_text(words).first).to_be_in_viewport()
    expect(glance(page)).to_contain_text("Never again")
    screenshot(page, f"glance-{device}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""


def test_a_pin_stands_above_the_story_as_soon_as_it_is_made(desktop, sign_in, mia):
    customer = a_customer()
    InteractionFactory(profile=customer.profiles.get(), channel=Channel.ORDER, kind="cart", title="Left the cart")
    sign_in(desktop, mia)
    desktop.goto(customer.get_absolute_url())
    expect(glance(desktop)).to_be_hidden()
    desktop.keyboard.press("j")
    desktop.keyboard.press("p")
    expect(glance(desktop).locator(".pinned")).to_contain_text("Left the cart")


# --- an old pin ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
def test_a_long_warning_ends_after_three_lines_until_more_is_asked_for(
    open_page, sign_in, axe, no_overflow, screenshot, mia, pinned, device
):
    page = open_page(device)
    sign_in(page, mia)
    page.goto(pinned[0].get_absolute_url())
    text, more = glance(page).locator(".pinned p"), glance(page).get_by_role("button", name="More")
    short = text.bounding_box()["height"]
    line = text.evaluate("(one) => parseFloat(getComputedStyle(one).lineHeight)")
    assert short <= 3 * line + 2
    screenshot(page, f"pinned-{device}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""
    more.click()
    expect(glance(page).get_by_role("button", name="Less")).to_have_attribute("aria-expanded", "true")
    assert text.bounding_box()["height"] > short
    axe(page)


@pytest.mark.parametrize("device", DEVICES)
def test_an_old_pin_leads_to_its_entry_with_what_is_around_it(open_page, sign_in, axe, mia, pinned, device):
    customer, oldest = pinned
    page = open_page(device)
    sign_in(page, mia)
    page.goto(customer.get_absolute_url())
    expect(page.locator(f"#e{oldest.pk}")).to_have_count(0)
    glance(page).get_by_role("link", name="Chat 120").click()
    is_in_sight(page.locator(f"#e{oldest.pk}"))
    expect(entries(page)).to_have_count(26)
    axe(page)
    first = entries(page).first
    known = first.get_attribute("id")
    page.get_by_role("button", name="Newer entries").click()
    expect(entries(page)).to_have_count(76)
    expect(page.locator(f"#{known}")).to_be_in_viewport()
    places = entries(page).evaluate_all("(all) => all.map((one) => Number(one.ariaPosInSet))")
    assert places == list(range(1, 77))
    days = page.locator("#timeline .day").all_inner_texts()
    assert len(days) == len(set(days))
    page.get_by_role("link", name="Back to the newest").click()
    expect(entries(page)).to_have_count(50)


def test_with_the_keyboard_alone_a_pin_leads_there_and_back(desktop, sign_in, mia, pinned):
    customer, oldest = pinned
    sign_in(desktop, mia)
    desktop.goto(customer.get_absolute_url())
    glance(desktop).get_by_role("link", name="Chat 120").focus()
    desktop.keyboard.press("Enter")
    is_in_sight(desktop.locator(f"#e{oldest.pk}"))
    desktop.keyboard.press("k")
    expect(entries(desktop).nth(24)).to_be_focused()
    desktop.get_by_role("button", name="Newer entries").focus()
    desktop.keyboard.press("Enter")
    expect(entries(desktop).nth(49)).to_be_focused()
    desktop.go_back()
    expect(entries(desktop)).to_have_count(50)


def test_an_entry_on_the_page_is_gone_to_without_loading_it(desktop, sign_in, mia, pinned):
    customer, _oldest = pinned
    near = customer.profiles.get().interactions.order_by("-occurred_at")[30]
    PinFactory(interaction=near)
    sign_in(desktop, mia)
    desktop.goto(customer.get_absolute_url())
    desktop.evaluate("() => { window.still = true }")
    glance(desktop).get_by_role("link", name=near.title, exact=True).click()
    is_in_sight(desktop.locator(f"#e{near.pk}"))
    assert desktop.evaluate("() => window.still")


def test_any_address_that_names_an_old_entry_leads_to_it(desktop, sign_in, mia, pinned):
    customer, oldest = pinned
    sign_in(desktop, mia)
    desktop.goto(f"{customer.get_absolute_url()}#e{oldest.pk}")
    is_in_sight(desktop.locator(f"#e{oldest.pk}"))


def test_what_happens_meanwhile_does_not_take_the_reader_away(desktop, sign_in, mia, pinned):
    customer, oldest = pinned
    sign_in(desktop, mia)
    desktop.goto(f"{customer.get_absolute_url()}?around={oldest.pk}#e{oldest.pk}")
    is_in_sight(desktop.locator(f"#e{oldest.pk}"))
    desktop.locator("#stream").evaluate("(stream) => stream.scrollTo(0, 0)")
    InteractionFactory(profile=customer.profiles.get(), title="Just now", occurred_at=timezone.now())
    desktop.evaluate("() => window.htmx.trigger('#news', 'ask')")
    expect(desktop.get_by_role("button", name="1 new")).to_be_visible()
    expect(entries(desktop)).to_have_count(26)
    desktop.get_by_role("button", name="1 new").click()
    expect(entries(desktop).first).to_contain_text("Just now")
    expect(desktop.get_by_role("button", name="Newer entries")).to_have_count(0)
    assert "around" not in desktop.url


# --- a number of several people -----------------------------------------------------------------------------------


@pytest.fixture
def family(server):
    """Aysel and Kerem, one telephone."""
    aysel = a_customer(name="Aysel Demirci")
    identifier = aysel.profiles.get().evidence.get().identifier
    EvidenceFactory(profile=SourceProfileFactory(customer__name="Kerem Demirci"), identifier=identifier)
    return aysel


@pytest.mark.parametrize("device", DEVICES)
def test_a_shared_number_names_the_others_and_a_tap_leads_to_them(
    open_page, sign_in, axe, no_overflow, screenshot, mia, family, device
):
    page = open_page(device)
    sign_in(page, mia)
    page.goto(family.get_absolute_url())
    banner = page.locator(".household")
    expect(banner).to_contain_text("Shared number")
    expect(banner).to_contain_text("Ask for the first name.")
    screenshot(page, f"household-{device}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""
    banner.get_by_role("link", name="Kerem Demirci").click()
    expect(page.get_by_role("heading", name="Kerem Demirci", level=1)).to_be_visible()


def test_a_call_of_two_chooses_nobody_and_a_digit_does_and_another_switches(desktop, sign_in, axe, mia, family):
    sign_in(desktop, mia)
    desktop.goto(f"/desk/pop?phone={PHONE}")
    expect(desktop.get_by_text("Ask for the first name.")).to_be_visible()
    expect(desktop.locator(".found-list a")).to_have_count(2)
    assert desktop.evaluate("() => document.activeElement.closest('.found-list') === null")
    axe(desktop)
    first = desktop.locator(".found-list .found-name").first.inner_text()
    desktop.keyboard.press("1")
    expect(desktop.get_by_role("heading", name=first, level=1)).to_be_visible()
    other = {"Aysel Demirci": "Kerem Demirci", "Kerem Demirci": "Aysel Demirci"}[first]
    desktop.keyboard.press("1")
    expect(desktop.get_by_role("heading", name=other, level=1)).to_be_visible()


def test_a_digit_that_is_typed_is_no_key(desktop, sign_in, mia, family):
    sign_in(desktop, mia)
    desktop.goto(family.get_absolute_url())
    desktop.keyboard.press("n")
    desktop.keyboard.type("1 of 2")
    desktop.wait_for_timeout(500)
    expect(desktop.get_by_role("heading", name="Aysel Demirci", level=1)).to_be_visible()


# --- what was typed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
def test_a_number_that_was_typed_says_so(open_page, sign_in, axe, no_overflow, mia, device):
    page = open_page(device)
    sign_in(page, mia)
    page.goto("/desk/customers/new/")
    page.get_by_label("Name").fill("New Caller")
    page.get_by_label("Phone").fill("020 7946 0018")
    page.get_by_label("Phone").press("Enter")
    expect(page.get_by_role("heading", name="New Caller", level=1)).to_be_visible()
    if device == "tablet_portrait":
        page.get_by_role("button", name="Profile").click()
    expect(page.locator(".identifiers")).to_contain_text("Typed by Mia, not verified")
    axe(page)
    no_overflow(page)
    assert Customer.objects.get(merged_into=None).name == "New Caller"


# --- the side panel -----------------------------------------------------------------------------------------------


def everything() -> Customer:
    """A customer with all that a side panel can show."""
    customer = a_whole_story()
    profile, now = customer.profiles.get(), timezone.now()
    profile.traits = {f"trait_{number}": f"Value {number}" for number in range(14)} | {"name": customer.name}
    profile.save()
    for kind, value in (("email", "second@shop.example"), ("social", "@anna@post.example"), ("user_id", "cust-1")):
        EvidenceFactory(profile=profile, identifier__type=kind, identifier__value=value)
    for number in range(3):
        MomentFactory(profile=profile, suggestion="Thank them, and ask whether we may quote them")
        sent = {"channel": Channel.CAMPAIGN, "direction": Direction.OUTBOUND, "kind": "email_sent"}
        InteractionFactory(profile=profile, title=f"Letter {number}", occurred_at=now - timedelta(days=number), **sent)
    SuppressionFactory(profile=None, type="email", value="second@shop.example", reason="Bounces")
    return customer


def test_the_side_panel_of_everything_fits_on_two_screens(desktop, sign_in, axe, no_overflow, screenshot, mia):
    sign_in(desktop, mia)
    desktop.goto(everything().get_absolute_url())
    aside = desktop.locator("#aside")
    expect(aside.get_by_text("more attributes")).to_be_attached()
    screenshot(desktop, "side-panel")
    assert aside.evaluate(FITS), aside.evaluate("(one) => [one.scrollHeight, one.clientHeight]")
    heights = aside.locator(".consents > li").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert len(heights) == 5
    assert max(heights) <= 36  # a line each
    axe(desktop)
    no_overflow(desktop)
    aside.get_by_text("more attributes").click()
    aside.get_by_text("Reasons").click()
    expect(aside.get_by_text("Value 13")).to_be_visible()
    expect(aside.get_by_text("Buys every month").first).to_be_visible()
    axe(desktop)
    no_overflow(desktop)
    assert Moment.objects.count() == 3


@pytest.mark.parametrize("device", ["tablet", "tablet_portrait"])
def test_on_a_tablet_all_of_it_is_within_a_thumb(open_page, sign_in, axe, no_overflow, mia, device):
    page = open_page(device)
    sign_in(page, UserFactory(role=Role.STORE))
    page.goto(everything().get_absolute_url())
    if device == "tablet_portrait":
        page.get_by_role("button", name="Profile").click()
    page.locator("#aside").get_by_text("more attributes").click()
    page.locator(".consents summary").first.click()
    axe(page)
    no_overflow(page)
    assert "\n".join(small_targets(page)) == ""


def test_what_a_colleague_pins_is_there_without_a_reload(open_page, sign_in, mia):
    customer = a_customer()
    InteractionFactory(profile=customer.profiles.get(), call=True, body="Never offer a voucher")
    mine, theirs = open_page(), open_page()
    for page, person in ((mine, mia), (theirs, UserFactory())):
        sign_in(page, person)
        page.goto(customer.get_absolute_url())
    expect(mine.locator("#presence")).to_contain_text("is here too")  # it hears of others
    theirs.locator(".entry").first.focus()
    theirs.keyboard.press("p")
    expect(glance(mine).locator(".pinned")).to_contain_text("Never offer a voucher")
