"""Going through possible duplicates: deciding, taking it back, many at once, with the keyboard and on a tablet."""

import re

import pytest
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.customers.models import Customer, MatchCandidate, MergeRecord
from tests.browser.duplicates import suggested
from tests.browser.furnished import small_targets
from tests.factories.accounts import UserFactory


@pytest.fixture
def page(desktop, sign_in, server):
    sign_in(desktop, UserFactory(username="agent", first_name="Mina", last_name="Sommer"))
    return desktop


def expect_shown(page, candidate):
    """The two are side by side, and their line is marked: the page is ready for the next key."""
    expect(page.locator("#match-title")).to_have_text(f"{candidate.a.name} and {candidate.b.name}")
    expect(page.locator(".match-line a[aria-current]")).to_have_attribute("data-match", str(candidate.pk))


def test_suggestions_are_gone_through_with_the_keyboard(page, server, axe, no_overflow):
    first = suggested("Anna Lind", "Anne Lindt", 0.99)
    second = suggested("Ben Weber", "Benn Weber", 0.98)
    third = suggested("Cleo Park", "Clea Park", 0.97)
    page.goto("/desk/")
    page.keyboard.press("Escape")  # out of the look-up
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect_shown(page, first)
    axe(page)
    no_overflow(page)
    page.keyboard.press("j")
    expect_shown(page, second)
    page.keyboard.press("k")
    expect_shown(page, first)
    page.keyboard.press("d")
    expect(page.locator(".toast")).to_contain_text("Anna Lind and Anne Lindt are two people.")
    expect_shown(page, second)
    expect(page.locator("#match-title")).to_be_focused()
    expect(page.locator(".match-line")).to_have_count(2)
    page.keyboard.press("l")
    expect_shown(page, third)
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That was the last one")).to_be_visible()
    axe(page)
    for candidate in (third, second, first):  # back in the order in which they went
        page.keyboard.press("u")
        expect_shown(page, candidate)
    expect(page.locator(".match-line")).to_have_count(3)
    expect(page.locator("[data-undo-last]")).to_be_disabled()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_have_count(0)
    assert set(MatchCandidate.objects.values_list("status", flat=True)) == {"open"}
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_merge_takes_a_second_key_that_names_both(page, server, axe, no_overflow, screenshot):
    first = suggested("Anna Lind", "Anne Lindt", 0.99)
    second = suggested("Ben Weber", "Benn Weber", 0.98)
    page.goto("/desk/matches/")
    expect_shown(page, first)
    page.keyboard.press("m")
    sure = page.get_by_role("dialog", name="Merge Anna Lind and Anne Lindt?")
    expect(sure).to_contain_text("Anne Lindt becomes part of Anna Lind")
    expect(sure.get_by_role("button", name="Merge the two")).to_be_focused()
    axe(page)
    no_overflow(page)
    screenshot(page, "identity-merge-sure")
    page.keyboard.press("d")  # while it asks, no other key decides
    page.keyboard.press("Escape")
    expect(sure).to_be_hidden()
    expect_shown(page, first)
    assert not MergeRecord.objects.exists()
    assert set(MatchCandidate.objects.values_list("status", flat=True)) == {"open"}
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect_shown(page, second)
    expect(page.locator("#match-title")).to_be_focused()
    assert MergeRecord.objects.get().absorbed == first.b
    page.keyboard.press("u")
    expect_shown(page, first)
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_conflict_is_seen_before_anything_else_and_again_before_the_merge(
    open_page, sign_in, server, axe, no_overflow, screenshot
):
    features = {
        "given": {"level": "same", "weight": 6.5},
        "family": {"level": "same", "weight": 7.0},
        "born": {"level": "differs", "weight": -3.2},
        "address": {"level": "same", "weight": 9.0},
        "phones": {"level": "same", "weight": 12.0},
        "emails": {"level": "unknown", "weight": 0.0},
    }
    born = {"a__born": "1950-03-01", "b__born": "1981-07-19"}
    suggested("Karl Weber", "Karl Weber", 0.98, features=features, **born)
    suggested("Anna Lind", "Anne Lindt", 0.8)
    for device, dark in (("desktop", False), ("desktop", True), ("tablet", False), ("tablet_portrait", False)):
        page = open_page(device, dark=dark)
        sign_in(page, UserFactory(username=f"{device}-{dark}"))
        page.goto("/desk/matches/")
        expect(page.locator(".match-line").first).to_contain_text("different dates of birth")
        expect(page.locator(".score-now")).to_have_text("85\xa0%")
        expect(page.locator(".comparison tbody tr").first).to_contain_text("Date of birth")
        expect(page.get_by_text(re.compile(r"98\s%"))).to_have_count(0)
        axe(page)
        screenshot(page, f"identity-conflict-{device}{'-dark' if dark else ''}")
        page.locator(".match-acts").get_by_role("button", name="Merge").click()
        expect(page.get_by_role("dialog")).to_contain_text("Their dates of birth differ.")
        axe(page)
        no_overflow(page)
        screenshot(page, f"identity-conflict-sure-{device}{'-dark' if dark else ''}")
        page.get_by_role("button", name="Leave them as they are").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert small_targets(page) == [] or device == "desktop"
    assert not MergeRecord.objects.exists()


def test_the_toast_takes_back_what_the_key_would_have(page, server):
    suggested("Anna Lind", "Anne Lindt", 0.99)
    suggested("Ben Weber", "Benn Weber", 0.98)
    page.goto("/desk/matches/")
    page.locator(".match-acts").get_by_role("button", name="Merge").click()
    page.get_by_role("button", name="Merge the two").click()
    expect(page.locator("#match-title")).to_have_text("Ben Weber and Benn Weber")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#match-title")).to_have_text("Anna Lind and Anne Lindt")
    expect(page.locator("[data-undo-last]")).to_be_disabled()


def test_enter_opens_both_and_p_the_preview(page, server):
    candidate = suggested("Anna Lind", "Anne Lindt")
    page.goto("/desk/matches/")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Are these the same person?")).to_be_visible()
    page.get_by_role("link", name="Leave them as they are").click()
    expect(page).to_have_url(re.compile(f"/desk/matches/{candidate.pk}/"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Anna Lind")
    expect(page.locator("#open-tabs")).to_contain_text("Anne Lindt")


def test_the_list_goes_on_where_it_ends(page, server):
    for number in range(60):
        suggested(f"One {number}", "Other", 0.9 - number / 1000, profiles=False)
    page.goto("/desk/matches/")
    expect(page.locator(".match-line")).to_have_count(50)
    page.locator(".matches-scroll").evaluate("(pane) => pane.scrollTo(0, pane.scrollHeight)")
    expect(page.locator(".match-line")).to_have_count(60)


def test_the_customers_page_leads_to_a_suggestion(page, server):
    candidate = suggested("Anna Lind", "Anne Lindt")
    page.goto(candidate.a.get_absolute_url())
    page.get_by_role("link", name="Look whether Anne Lindt is the same").click()
    expect(page).to_have_url(re.compile(f"/desk/matches/{candidate.pk}/"))
    expect(page.locator("#match-title")).to_have_text("Anna Lind and Anne Lindt")


def test_many_are_accepted_once_they_were_looked_at(open_page, sign_in, server, axe, no_overflow):
    for number in range(3):
        suggested(f"Anna {number}", "Anne", 0.95)
    page = open_page()
    sign_in(page, UserFactory(role=Role.SUPERVISOR))
    page.goto("/desk/matches/")
    page.get_by_role("link", name="Accept many").click()
    expect(page.get_by_text("No pair scores as high.")).to_be_visible()
    page.get_by_label("From which score on?").fill("0.94")
    expect(page.get_by_text("3 pairs score 94")).to_be_visible()
    axe(page)
    no_overflow(page)
    page.keyboard.press("Enter")  # in the field: looks, and merges nobody
    expect(page.get_by_text("3 pairs score 94")).to_be_visible()
    page.get_by_role("button", name="Merge them").focus()
    page.keyboard.press("Enter")
    sure = page.get_by_role("dialog", name="Merge 3 pairs?")
    expect(sure).to_contain_text("Anne becomes part of Anna 0")
    axe(page)
    no_overflow(page)
    page.keyboard.press("Escape")
    expect(sure).to_be_hidden()
    assert not MergeRecord.objects.exists()
    page.keyboard.press("Enter")
    expect(sure.get_by_role("button", name="Merge them")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("3 pairs were merged.")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    page.get_by_text("How often is it right?").click()
    expect(page.locator("#quality")).to_contain_text("Nobody has decided on any yet.")
