"""What was promised, gone through with the keyboard and with thumbs; and what a conversation begins with."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Team, User
from apps.customers.models import Customer
from apps.interactions.models import FollowUp
from apps.interactions.promises.models import Handover
from tests.browser.furnished import a_customer, small_targets
from tests.factories.accounts import SupervisorFactory, TeamFactory, UserFactory
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
    desktop.wait_for_load_state()  # from then on it hears keys
    desktop.keyboard.press("j")
    desktop.keyboard.press("j")
    expect(lines.nth(1)).to_be_focused()
    desktop.keyboard.press("e")
    expect(lines).to_have_count(2)
    expect(desktop.locator("#toasts")).to_contain_text("Done")
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


def promising(page, customer):
    """A note with a promise begun, on the customer's page."""
    page.goto(customer.get_absolute_url())
    page.keyboard.press("n")
    page.get_by_placeholder("What happened?").fill("She wants the blue one")
    page.locator("#composer summary", has_text="Promise").click()
    return page.get_by_label("What did you promise?")


def test_a_promise_is_given_for_a_colleague(desktop, sign_in, mina, anna):
    sign_in(desktop, mina)
    promising(desktop, anna).fill("Ring her when it is here")
    desktop.get_by_role("button", name="In a week").click()
    desktop.locator("#composer [name=keeper]").select_option(label="Priti Nair")
    desktop.keyboard.press("Control+Enter")
    expect(desktop.locator("#timeline")).to_contain_text("Ring her when it is here")
    assert FollowUp.objects.get(text="Ring her when it is here").owner.username == "priti"


def test_tomorrow_noon_is_one_key_and_right_after_the_words(desktop, sign_in, mina, anna):
    """Enter takes it; Tab leads to the same button and to the others; none has passed, and theirs is said."""
    Customer.objects.filter(pk=anna.pk).update(timezone="Asia/Tokyo")
    sign_in(desktop, mina)
    words = promising(desktop, anna)
    words.focus()
    expect(desktop.locator("[data-due]").first).to_contain_text("Tomorrow noon")
    desktop.keyboard.type("Ring her when it is here")
    desktop.keyboard.press("Tab")
    expect(desktop.locator(":focus")).to_contain_text("Tomorrow noon")
    expect(desktop.locator(":focus")).to_contain_text("21:00 their time")
    desktop.keyboard.press("Shift+Tab")
    desktop.keyboard.press("Enter")
    noon = timezone.localtime() + timedelta(days=1)
    expect(desktop.locator("#composer [name=due]")).to_have_value(f"{noon:%Y-%m-%d}T12:00")
    expect(desktop.locator("[data-due][aria-pressed=true]")).to_have_count(1)
    expect(desktop.locator("[data-due-said]")).to_contain_text("Tomorrow noon")
    offered = desktop.locator("[data-due]").evaluate_all("all => all.map((one) => one.dataset.due)")
    assert all(datetime.fromisoformat(due) > timezone.localtime().replace(tzinfo=None) for due in offered)
    desktop.keyboard.press("Control+Enter")
    expect(desktop.locator("#timeline")).to_contain_text("Ring her when it is here")
    kept = FollowUp.objects.get(text="Ring her when it is here")
    assert timezone.localtime(kept.due_at).replace(tzinfo=None) == datetime.fromisoformat(f"{noon:%Y-%m-%d}T12:00")


def test_nothing_is_offered_on_days_without_business(desktop, sign_in, mina, anna):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Team.objects.update(business_days=[(tomorrow + timedelta(days=1)).isoweekday()])
    sign_in(desktop, mina)
    promising(desktop, anna)
    first = desktop.locator("[data-due]").first
    expect(first).to_be_visible()
    days = desktop.locator("[data-due]").evaluate_all("all => all.map((one) => one.dataset.due)")
    allowed = Team.objects.get(pk=mina.team_id).business_days
    assert {datetime.fromisoformat(due).isoweekday() for due in days} == set(allowed)


def test_one_is_moved_and_given_away_with_the_keyboard_and_taken_back(desktop, sign_in, mina, anna):
    sign_in(desktop, mina)
    desktop.goto("/desk/promises/")
    lines = desktop.locator("#promises-list .promise-line")
    expect(lines).to_have_count(3)
    desktop.keyboard.press("j")
    desktop.keyboard.press("r")
    sheet = desktop.locator("#promise-sheet")
    expect(sheet).to_contain_text("Send the hook")
    sheet.get_by_role("button", name="Tomorrow noon").focus()
    desktop.keyboard.press("Enter")
    expect(sheet).to_be_hidden()
    expect(lines).to_have_count(2)
    expect(desktop.locator("#toasts")).to_contain_text("Moved: 1 promise.")
    expect(desktop.locator("#promises-list :focus")).to_have_count(1)
    desktop.locator("#toasts button", has_text="Undo").click()
    expect(lines).to_have_count(3)
    desktop.locator(".promise-line", has_text="Send the hook").focus()
    desktop.keyboard.press("r")
    sheet.get_by_label("Owner").select_option(label="Priti Nair")
    sheet.get_by_role("button", name="Assign").press("Enter")
    expect(lines).to_have_count(2)
    assert FollowUp.objects.get(text="Send the hook").owner.username == "priti"


def test_a_supervisor_moves_several_of_their_team_at_once(desktop, sign_in, mina, anna):
    ruth = SupervisorFactory(username="ruth", first_name="Ruth", last_name="Adler", team=mina.team)
    sign_in(desktop, ruth)
    desktop.goto("/desk/promises/?tab=team")
    lines = desktop.locator("#promises-list .promise-line")
    expect(lines).to_have_count(3)
    for _line in range(2):
        desktop.keyboard.press("j")
        desktop.keyboard.press("x")
    expect(desktop.locator("#several")).to_contain_text("2")
    desktop.keyboard.press("a")
    sheet = desktop.locator("#promise-sheet")
    sheet.get_by_label("Owner").select_option(label="Priti Nair")
    sheet.get_by_role("button", name="Assign").click()
    expect(desktop.locator("#toasts")).to_contain_text("Assigned to Priti Nair: 2 promises.")
    expect(desktop.locator("#several")).to_be_hidden()
    assert FollowUp.objects.filter(owner__username="priti").count() == 2


def test_a_shift_is_handed_over_and_the_receiver_is_told(open_page, sign_in, mina, anna):
    desk, hers = open_page("desktop"), open_page("tablet")
    sign_in(desk, mina)
    sign_in(hers, User.objects.get(username="priti"))
    desk.goto("/desk/promises/")
    expect(desk.locator(".promise-line")).to_have_count(3)
    desk.keyboard.press("h")
    sheet = desk.locator("#promise-sheet")
    expect(sheet).to_contain_text("Your 3 open promises go to:")
    sheet.get_by_role("button", name="Hand over").click()
    expect(sheet).to_contain_text("Choose a colleague or a team.")
    sheet.locator("[name=to]").select_option(label="Priti Nair")
    sheet.get_by_label("Note to them").fill("Anna is in a hurry")
    sheet.get_by_role("button", name="Hand over").click()
    expect(sheet).to_be_hidden()
    expect(desk.locator("#toasts")).to_contain_text("Handed to Priti Nair, who is told: 3 promises.")
    hers.goto("/desk/promises/")
    expect(hers.locator(".told")).to_contain_text("Mina Hartwell handed you 3 promises")
    expect(hers.locator(".told")).to_contain_text("Anna is in a hurry")
    expect(hers.locator(".promise-line", has_text="Send the hook")).to_contain_text("From Mina Hartwell")
    hers.get_by_role("button", name="Got it").click()
    expect(hers.locator(".told")).to_have_count(0)
    desk.locator("#toasts button", has_text="Undo").click()
    expect(desk.locator(".promise-line")).to_have_count(3)
    assert set(FollowUp.objects.values_list("owner__username", flat=True)) == {"mina"}


def test_what_is_handed_to_a_team_is_taken_by_whoever_is_there(open_page, sign_in, mina, anna):
    lyon = TeamFactory(name="Care Lyon")
    desk, theirs = open_page("desktop"), open_page("desktop")
    sign_in(desk, mina)
    sign_in(theirs, UserFactory(username="karim", first_name="Karim", last_name="Belhadj", team=lyon))
    desk.goto("/desk/promises/hand-over/")
    desk.locator("main [name=to]").select_option(label="Care Lyon")
    desk.get_by_role("button", name="Hand over", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("Handed to Care Lyon")
    theirs.goto("/desk/promises/?tab=team")
    expect(theirs.locator(".told")).to_contain_text("handed 3 promises to Care Lyon")
    theirs.keyboard.press("j")
    theirs.keyboard.press("t")
    expect(theirs.locator("#toasts")).to_contain_text("Yours now")
    expect(theirs.locator(".promise-line", has_text="Karim Belhadj")).to_have_count(1)
    assert FollowUp.objects.filter(owner__username="karim").count() == 1


def test_the_parcel_that_came_proposes_done_and_closes_nothing(desktop, sign_in, mina, anna):
    profile = anna.profiles.get()
    InteractionFactory(
        profile=profile, order=True, reference="ORD-4711", occurred_at=timezone.now() - timedelta(days=1)
    )
    sign_in(desktop, mina)
    words = promising(desktop, anna)
    words.fill("Watch that it comes")
    desktop.locator("#composer [name=about]").select_option(label="Order ORD-4711: delivery")
    words.press("Enter")
    desktop.keyboard.press("Control+Enter")
    expect(desktop.locator("#timeline")).to_contain_text("Watch that it comes")
    InteractionFactory(
        profile=profile, channel="order", kind="delivered", title="Delivered", reference="ORD-4711",
        occurred_at=timezone.now(),
    )  # fmt: skip
    expect(desktop.locator("#aside .promise-line", has_text="Watch")).not_to_contain_text("Done?")
    desktop.goto("/desk/promises/?tab=later")
    line = desktop.locator(".promise-line", has_text="Watch that it comes")
    expect(line).to_contain_text("Delivered: Today")
    expect(line).to_contain_text("Done?")
    assert FollowUp.objects.get(text="Watch that it comes").state == "open"
    line.focus()
    desktop.keyboard.press("e")
    expect(line).to_have_count(0)
    assert FollowUp.objects.get(text="Watch that it comes").state == "kept"


@pytest.mark.parametrize("device", ["desktop", "tablet", "tablet_portrait"])
def test_the_sheets_fit_everybody(open_page, sign_in, axe, no_overflow, screenshot, device, mina, anna):
    Handover.objects.create(actor=User.objects.get(username="priti"), to_user=mina, note="Please ring them", promises=2)
    Customer.objects.filter(pk=anna.pk).update(timezone="Asia/Tokyo")
    InteractionFactory(profile=anna.profiles.get(), order=True, reference="ORD-4711", occurred_at=timezone.now())
    page = open_page(device)
    sign_in(page, mina)
    page.goto("/desk/promises/")
    page.get_by_label("Choose “Send the hook”").check()
    expect(page.locator("#several")).to_be_visible()
    checked(page, axe, no_overflow, device)
    screenshot(page, f"promises-chosen-{device}")
    page.locator("#several").get_by_role("button", name="Due and owner").click()
    expect(page.locator("#promise-sheet")).to_be_visible()
    checked(page, axe, no_overflow, device)
    screenshot(page, f"promises-arrange-{device}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Hand over my open promises").click()
    expect(page.get_by_label("Note to them")).to_be_visible()
    checked(page, axe, no_overflow, device)
    screenshot(page, f"promises-hand-over-{device}")
    promising(page, anna)
    expect(page.locator("[data-due]").first).to_be_visible()
    checked(page, axe, no_overflow, device)
    screenshot(page, f"promises-composer-{device}")


def checked(page, axe, no_overflow, device):
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert small_targets(page) == []


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
