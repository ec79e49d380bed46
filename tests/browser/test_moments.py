"""A moment goes from the call centre to marketing and back, with the keyboard and with thumbs."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Team
from apps.contact.models import Delivery
from apps.insights.models import PropensityScore
from apps.moments import actions
from apps.moments.models import Moment, Outcome
from tests.browser.furnished import WORDS, a_customer, small_targets
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, EvidenceFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import a_moment
from tests.stack import eventually

TABLETS = ["tablet", "tablet_portrait"]


@pytest.fixture
def marketing(server):
    return TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)


@pytest.fixture
def mina(server):
    return UserFactory(username="mina", first_name="Mina", last_name="Hartwell", team=TeamFactory(name="Care London"))


@pytest.fixture
def sofia(marketing):
    return MarketerFactory(username="sofia", first_name="Sofia", last_name="Lindgren", team=marketing)


@pytest.fixture
def anna(server):
    customer = a_customer("+442079460018", name="Anna Weber", city="Leeds", tier="gold")
    profile = customer.profiles.get()
    ConsentFactory(profile=profile)
    InteractionFactory(
        profile=profile, call=True, title="Called to say thank you", occurred_at=timezone.now() - timedelta(hours=2),
        verbatim="The grinder is the best thing in my kitchen", body="Wanted to tell us how glad she is.",
    )  # fmt: skip
    return customer


@pytest.fixture
def queue(mina, sofia, marketing):
    """Sofia's desk with moments in every state, with names and words that need room."""
    many(mina, sofia, marketing, 14)
    return sofia


@pytest.fixture
def few(mina, sofia, marketing):
    """The same with five that are unclaimed and two of hers."""
    many(mina, sofia, marketing, 10)
    return sofia


@pytest.fixture
def praised(mina, sofia, marketing, anna):
    """Anna, of whom one moment is done and one is offered."""
    moment = a_moment(mina, anna, to=marketing, suggestion="Ask whether we may quote her", disclose_words=True)
    actions.accept(actor=sofia, moment=moment)
    actions.finish(actor=sofia, moment=moment, outcome=Outcome.THANKED, line="She was glad to be asked")
    a_moment(mina, anna, to=marketing, suggestion="Invite her to the roastery")
    return anna


def title(page):
    return page.locator("#moment-title")


def marked_from_the_entry(desk, anna):
    """She hears praise, marks it from the entry with M, and sees what will leave."""
    desk.goto(anna.get_absolute_url())
    desk.locator("#timeline > .entry").first.focus()
    desk.keyboard.press("m")
    sheet = desk.locator("#moment-sheet")
    expect(sheet.get_by_label("In their words")).to_have_value("The grinder is the best thing in my kitchen")
    expect(sheet.locator("#leaving")).to_contain_text("Anna W.")
    expect(sheet.locator("#leaving")).to_contain_text("stay here")
    sheet.get_by_label(re.compile("Share quote, anonymised")).check()
    expect(sheet.locator("#leaving")).to_contain_text("“The grinder is the best thing in my kitchen”")
    sheet.get_by_role("button", name="Mark it").click()
    expect(sheet).to_be_hidden()
    expect(desk.locator("#aside")).to_contain_text("offered to Marketing, still with you")
    expect(desk.locator("#timeline")).to_contain_text("Praise worth answering: a moment to seize")


def declined_with_a_reason(hers):
    """Marketing declines with a reason."""
    hers.goto("/desk/moments/?tab=unclaimed")
    expect(title(hers)).to_have_text("Praise worth answering")
    hers.keyboard.press("d")
    expect(hers.locator("[data-act][open] [name=reason]")).to_be_focused()
    hers.keyboard.press("Enter")  # without a reason: the question stays open, and what is typed goes into it
    hers.keyboard.type("Which grinder is it?")
    hers.keyboard.press("Enter")
    expect(hers.locator("#toasts")).to_contain_text("Declined")
    expect(title(hers)).to_have_text("That was the last one")


def amended_and_offered_again(desk):
    """It is hers again; she amends it and offers it once more."""
    sheet = desk.locator("#moment-sheet")
    desk.goto("/desk/")
    inbox = desk.get_by_role("region", name="My moments")
    inbox.get_by_role("link", name="Declined by Sofia Lindgren").click()
    expect(desk.locator("#moment")).to_contain_text("Declined by Sofia Lindgren: Which grinder is it?")
    desk.wait_for_load_state("load")  # keys are heard from then on
    desk.keyboard.press("a")
    sheet.get_by_label("Product category").fill("Grinders")
    sheet.get_by_role("button", name="Save and offer").click()
    expect(desk.locator("#toasts")).to_contain_text("Offered to Marketing")


def accepted_and_finished(hers):
    """Marketing accepts it, takes that back, accepts it again, and finishes."""
    hers.goto("/desk/moments/?tab=unclaimed")
    expect(hers.locator("#moment")).to_contain_text("Grinders")
    hers.keyboard.press("c")
    expect(hers.locator("#toasts")).to_contain_text("It is yours now")
    hers.keyboard.press("u")
    expect(hers.locator("#moment").get_by_role("button", name=re.compile("Accept"))).to_be_visible()
    expect(title(hers)).to_be_focused()
    hers.keyboard.press("c")
    expect(hers.locator("#moment").locator("summary", has_text="Finish")).to_be_visible()
    hers.keyboard.press("e")
    hers.get_by_label("Thanked").check()
    hers.get_by_label("Message to sender").fill("She may be quoted in the shop window")
    hers.get_by_label("We contacted them by").select_option("email")
    hers.get_by_role("button", name="Done", exact=True).click()
    expect(hers.locator("#toasts")).to_contain_text("told what came of it")


def what_came_of_it(desk, anna):
    """It is on the timeline, and the agent learns of it."""
    desk.goto("/desk/")
    inbox = desk.get_by_role("region", name="Moment outcomes")
    expect(inbox).to_contain_text("Thanked")
    expect(inbox).to_contain_text("She may be quoted in the shop window")
    desk.goto(anna.get_absolute_url())
    expect(desk.locator("#timeline")).to_contain_text("Praise worth answering: thanked")


def test_from_the_agent_to_marketing_and_what_came_of_it(open_page, sign_in, mina, sofia, marketing, anna):
    desk, hers = open_page("desktop"), open_page("desktop")
    sign_in(desk, mina)
    sign_in(hers, sofia)

    marked_from_the_entry(desk, anna)
    declined_with_a_reason(hers)
    amended_and_offered_again(desk)
    accepted_and_finished(hers)
    what_came_of_it(desk, anna)


def test_a_withdrawal_in_between_stops_it(open_page, sign_in, mina, sofia, marketing, anna):
    """Marketing has it on the screen with the permission as it was; the customer takes it back on the telephone."""
    moment = actions.accept(actor=sofia, moment=a_moment(mina, anna, to=marketing))
    desk, hers = open_page("desktop"), open_page("desktop")
    sign_in(desk, mina)
    sign_in(hers, sofia)
    hers.goto("/desk/moments/?tab=mine")
    contact = hers.get_by_role("button", name="Contact them now: E-mail")
    expect(contact).to_be_visible()

    desk.goto(anna.get_absolute_url())
    consent = desk.locator("#aside .consents > li", has_text="E-mail").first
    consent.locator("summary").click()
    consent.locator("button[value=withdrawn]").click()
    expect(desk.locator("#toasts")).to_contain_text("It holds from now on")

    contact.click()
    expect(hers.locator("#toasts")).to_contain_text("They agreed once and have withdrawn it.")
    expect(contact).to_have_count(0)
    assert Moment.objects.get(pk=moment.pk).is_live
    assert not Delivery.objects.exists()


def many(mina, sofia, marketing, count):
    """Moments in every state, with names and words that need room."""
    kinds = ["praise", "complaint", "big_order", "wish", "leaving", "cart"]
    for number in range(count):
        name = "Maximiliane von Hohenwarth-Sonnenfeld" if number % 4 == 0 else f"Grace Okafor {number}"
        customer = a_customer(f"+4420794601{number:02}", name=name)
        profile = customer.profiles.get()
        for channel, status in (("email", "granted"), ("sms", "denied" if number % 3 else "granted")):
            ConsentFactory(profile=profile, channel=channel, status=status)
        PropensityScore.objects.create(customer=customer, kind="buy", value=20 + number * 5, model="demo 1")
        moment = a_moment(
            mina, customer, to=marketing, kind=kinds[number % 6], reason=WORDS[:160] if number % 2 else "I love it",
            suggestion="Write to them before the weekend and ask how it went", disclose_words=number % 3 != 0,
            value="1249.00" if number % 2 else None, currency="GBP", category="Coffee machines",
            due_at=timezone.now() + timedelta(hours=number * 5 - 4),
        )  # fmt: skip
        if number % 2:
            actions.accept(actor=sofia, moment=moment)
        if number in (3, 5):
            actions.finish(actor=sofia, moment=moment, outcome=Outcome.THANKED, line="She was glad to be asked")
        if number == 7:
            actions.snooze(actor=sofia, moment=moment, until=timezone.now() + timedelta(days=1))


def the_desk_at(page, tab):
    page.goto(f"/desk/moments/?tab={tab}")
    expect(title(page)).to_be_visible()


def finishing(page):
    """The form in which one says what came of it, unfolded."""
    page.locator("summary", has_text="Finish").click()
    expect(page.get_by_label("Message to sender")).to_be_visible()


def test_the_desk_fits_and_everybody_can_use_it(open_page, sign_in, axe, no_overflow, screenshot, queue):
    """Every tab on the desktop, one of them in the dark; on the tablets the two in which people act."""
    desk = open_page("desktop")
    sign_in(desk, queue)
    for tab in ("snoozed", "today", "done", "unclaimed", "mine"):
        the_desk_at(desk, tab)
        no_overflow(desk)
        if tab == "done":
            axe(desk)
    desk.emulate_media(color_scheme="dark")
    finishing(desk)
    axe(desk)
    screenshot(desk, "moments-dark")
    for device in TABLETS:
        page = open_page(device)
        sign_in(page, queue)
        the_desk_at(page, "unclaimed")
        no_overflow(page)
        assert small_targets(page) == []
        screenshot(page, f"moments-unclaimed-{device}")
        the_desk_at(page, "mine")
        finishing(page)
        no_overflow(page)
        assert small_targets(page) == []
        screenshot(page, f"moments-finish-{device}")
        if device == "tablet":
            axe(page)


def test_a_key_is_meant_for_the_moment_that_was_asked_for(desktop, sign_in, few):
    """Quick fingers on a slow line: what is typed before it has come does nothing to the one that stands there."""
    sign_in(desktop, few)
    the_desk_at(desktop, "unclaimed")
    lines = desktop.locator("[data-moment]")
    first, second, third = (lines.nth(place).get_attribute("data-moment") for place in range(3))
    held = []
    desktop.route(f"**/{second}/**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wraps functions only
    desktop.keyboard.type("jdc")
    expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    expect(desktop.locator(f"[data-shown='{first}']")).to_be_visible()
    eventually(lambda: bool(desktop.title() and held))  # asking for the title lets the route be heard
    held.pop().continue_()
    expect(desktop.get_by_label("Why? Whoever sent it reads this.")).to_be_focused()
    expect(desktop.locator(f"[data-shown='{second}']")).to_be_visible()
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("j")
    expect(desktop.locator(f"[data-shown='{third}']")).to_be_visible()
    assert not Moment.objects.filter(public_id__in=[first, second], owner_user=few).exists()


@pytest.mark.parametrize("device", ["desktop", "tablet_portrait"])
def test_the_sheet_and_the_panels_fit(open_page, sign_in, axe, no_overflow, screenshot, device, mina, praised):
    page, anna = open_page(device), praised
    sign_in(page, mina)
    page.goto("/desk/")
    axe(page)
    no_overflow(page)
    page.goto(anna.get_absolute_url())
    expect(page.locator("#timeline")).to_contain_text("Praise worth answering")
    no_overflow(page)
    if device != "desktop":
        assert small_targets(page) == []
    page.get_by_role("button", name="Moment", exact=True).click()
    expect(page.locator("#leaving")).to_contain_text("will read")
    axe(page)
    screenshot(page, f"moments-sheet-{device}")


def test_several_are_chosen_and_put_off(desktop, sign_in, few):
    sign_in(desktop, few)
    desktop.goto("/desk/moments/?tab=mine")
    boxes = desktop.locator("[name=chosen]")
    before = boxes.count()
    boxes.nth(0).check()
    boxes.nth(1).check()
    bar = desktop.locator("#several")
    expect(bar.locator("[data-several-count]")).to_have_text("2")
    bar.locator("summary", has_text="Snooze").click()
    bar.get_by_role("button", name="In a week").click()
    expect(desktop.locator("#toasts")).to_contain_text("Put off: 2 moments of 2.")
    expect(boxes).to_have_count(before - 2)
    expect(bar).to_be_hidden()
    assert Moment.objects.filter(snoozed_until__isnull=False).count() == 3
    desktop.keyboard.press("u")
    expect(desktop.locator("#toasts")).to_contain_text("Undone: 2 moments of 2.")
    expect(boxes).to_have_count(before)


def test_several_are_claimed_declined_and_taken_back_with_the_keyboard(desktop, sign_in, few):
    sign_in(desktop, few)
    the_desk_at(desktop, "unclaimed")
    lines = desktop.locator("#moments-list .moment-line")
    expect(lines).to_have_count(5)
    desktop.wait_for_load_state("load")
    desktop.locator("[name=chosen]").first.focus()
    desktop.keyboard.press("Space")
    expect(desktop.locator("#several")).to_be_visible()
    desktop.locator("[data-choose-all]").press("Enter")
    expect(desktop.locator("[data-several-count]")).to_have_text("5")
    desktop.keyboard.press("c")
    expect(desktop.locator("#toasts")).to_contain_text("Accepted: 5 moments of 5.")
    expect(lines).to_have_count(0)
    expect(desktop.locator("#several")).to_be_hidden()
    desktop.keyboard.press("u")
    expect(desktop.locator("#toasts")).to_contain_text("Undone: 5 moments of 5.")
    expect(lines).to_have_count(5)
    for box in desktop.locator("[name=chosen]").all()[:2]:
        box.focus()
        desktop.keyboard.press("Space")
    desktop.keyboard.press("d")
    expect(desktop.locator("#several [name=reason]")).to_be_focused()
    desktop.keyboard.type("Not ours this week")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#toasts")).to_contain_text("Declined: 2 moments of 2.")
    expect(lines).to_have_count(3)


def test_who_was_quicker_is_said(open_page, sign_in, few, marketing):
    marco = MarketerFactory(username="marco", first_name="Marco", last_name="Villani", team=marketing)
    page = open_page("tablet")
    sign_in(page, few)
    the_desk_at(page, "unclaimed")
    first = Moment.objects.unclaimed(marketing.pk).order_by("deadline", "id").first()
    for box in page.locator("[name=chosen]").all()[:2]:
        box.check()
    actions.accept(actor=marco, moment=Moment.objects.select_related("profile__customer").get(pk=first.pk))
    page.locator("#several").get_by_role("button", name="Accept").click()
    expect(page.locator("#toasts")).to_contain_text("Accepted: 1 moment of 2. Taken by Marco Villani.")


@pytest.mark.parametrize("device", ["desktop", *TABLETS])
def test_contact_shows_where_and_service_beside_marketing(
    open_page, sign_in, axe, no_overflow, screenshot, device, mina, anna
):
    """The address and the post's link; what is permitted, for both, channel by channel."""
    profile = anna.profiles.get()
    for kind, value in (("email", "anna.weber.with.a.long.address@department.post.example"), ("email", "a@b.example")):
        EvidenceFactory(profile=profile, identifier__type=kind, identifier__value=value, verified=True)
    ConsentFactory(profile=profile, channel="sms", purpose="service", status="denied")
    post = InteractionFactory(
        profile=profile, channel="social", kind="post", title="Best grinder there is",
        link="https://social.example/@anna/1", occurred_at=timezone.now(),
    )  # fmt: skip
    a_moment(mina, anna, origins=(post.pk,))
    page = open_page(device)
    sign_in(page, mina)
    the_desk_at(page, "mine")
    contact = page.get_by_role("region", name="Contact")
    expect(contact.get_by_role("link", name="a@b.example")).to_have_attribute("href", "mailto:a@b.example")
    expect(contact.get_by_role("link", name="Open post")).to_have_attribute("href", "https://social.example/@anna/1")
    row = contact.get_by_role("row", name=re.compile("^SMS"))
    expect(row).to_contain_text("Opted out")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert small_targets(page) == []
    contact.scroll_into_view_if_needed()
    screenshot(page, f"moment-contact-{device}")
    page.locator("[name=chosen]").first.check()
    axe(page)
    screenshot(page, f"moments-several-{device}")
    page.get_by_role("button", name="Contact them now: E-mail").click()
    expect(page.locator("#toasts")).to_contain_text("Contact logged")
    assert Delivery.objects.get().channel == "email"
