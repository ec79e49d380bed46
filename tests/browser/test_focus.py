"""Wherever somebody presses a key that changes the page, the focus stays on the page, on every screen."""

import re

import pytest
from playwright.sync_api import Error, expect

from apps.accounts.models import Team
from apps.moments import actions
from tests.browser.furnished import a_customer, a_whole_story
from tests.factories.accounts import SupervisorFactory, TeamFactory
from tests.factories.channels import SourceFactory
from tests.factories.customers import ConsentFactory, MatchCandidateFactory, SourceProfileFactory
from tests.factories.insights import FeedbackFactory
from tests.factories.interactions import FollowUpFactory
from tests.factories.moments import a_moment

# How long, at a stretch, the focus was on nothing since a control had it.
WATCH = """() => {
  window.nowhere = { longest: 0, since: 0 };
  setInterval(() => {
    const lost = document.activeElement === document.body || !document.activeElement;
    nowhere.since = lost ? nowhere.since || performance.now() : 0;
    if (lost) nowhere.longest = Math.max(nowhere.longest, performance.now() - nowhere.since);
  }, 20);
}"""
# Every control that swaps, opens, closes or takes away, each kind of it once.
CONTROLS = """() => {
  const found = document.querySelectorAll(`[hx-get], [hx-post], [data-open], [data-close], [data-toggle],
    [data-refresh], [data-compose],
    [data-choose-none], [data-step], [data-retry], .pin, .tab-close, dialog .close, summary`);
  const kinds = new Map();
  for (const one of found) {
    const tag = one.matches("button:not([disabled]), a, summary");
    if (!tag || !one.checkVisibility({ visibilityProperty: true })) continue;
    if (one.closest("dialog:not([open]), [data-leaves]")) continue;
    const does = ["hx-get", "hx-post", "data-open", "data-compose"].map((name) => one.getAttribute(name) || "");
    const kind = `${one.tagName}.${one.className} ${does.join(" ").replace(/[0-9a-f-]{36}|[0-9]+/g, "…")}`;
    if (kinds.has(kind)) continue;
    kinds.set(kind, one);
    one.dataset.walk = kinds.size - 1;
  }
  return [...kinds.keys()];
}"""
LONGEST = 250  # milliseconds: a server's answer and a swap may lie between


@pytest.fixture
def ruth(server):
    """She may do everything that is done at the desk."""
    return SupervisorFactory(username="ruth", first_name="Ruth", team=TeamFactory(kind=Team.Kind.DEPARTMENT))


@pytest.fixture
def furnished(ruth):
    """Something on every screen; gives the address of the customer's page."""
    customer = a_whole_story()
    other = a_customer("+442079460019", name="Somebody Else")
    ConsentFactory(profile=other.profiles.get(), channel="email")
    for _number in range(3):
        FollowUpFactory(profile=customer.profiles.get(), owner=ruth)
        FeedbackFactory(interaction__profile=customer.profiles.get(), interaction__staff=ruth)
    for number in range(3):
        candidate = MatchCandidateFactory(a__name="Anna", b__name=f"Ann {number}", score=0.9)
        SourceProfileFactory(customer=candidate.a)
        SourceProfileFactory(customer=candidate.b)
    for number in range(3):
        moment = a_moment(ruth, other, to=ruth.team, suggestion=f"Ask {number}")
        if number == 0:
            actions.accept(actor=ruth, moment=moment)
    SourceFactory()
    return customer.get_absolute_url()


def nowhere(page):
    """For how long the focus was nowhere; 0 where the control led to another page."""
    try:
        return round(page.evaluate("window.nowhere?.longest || 0"))
    except Error:
        page.wait_for_load_state()
        return 0


SCREENS = ["customer", "/desk/", "/desk/promises/", "/desk/moments/", "/desk/listening/", "/desk/matches/"]
SCREENS += ["/desk/reports/", "/desk/sources/"]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_focus_never_falls_to_the_body(desktop, sign_in, watch, ruth, furnished, screen):
    watch.allow(400, 403, 404, 409)
    watch.allow(console="^htmx:|Error Code 4")
    sign_in(desktop, ruth)
    address, lost = furnished if screen == "customer" else screen, {}

    def opened():
        desktop.goto(address)
        expect(desktop.locator("#main")).to_be_visible()
        return desktop.evaluate(CONTROLS)

    kinds = opened()
    assert kinds
    for place, kind in enumerate(kinds[:30]):
        here = opened()
        if place >= len(here):
            break
        control = desktop.locator(f'[data-walk="{place}"]')
        if not control.is_visible():
            continue
        control.focus()
        desktop.evaluate(WATCH)
        desktop.keyboard.press("Enter")
        desktop.wait_for_timeout(450)
        desktop.keyboard.press("Escape")
        desktop.wait_for_timeout(150)
        if (longest := nowhere(desktop)) > LONGEST:
            lost[kind] = longest
    assert lost == {}


def test_undo_and_a_toast_that_leaves_keep_it(desktop, sign_in, ruth, furnished):
    sign_in(desktop, ruth)
    desktop.goto("/desk/promises/")
    desktop.keyboard.press("j")
    desktop.keyboard.press("e")
    undo = desktop.locator("#toasts button")
    undo.focus()
    desktop.evaluate(WATCH)
    desktop.keyboard.press("Enter")
    expect(undo).to_have_count(0)
    desktop.wait_for_timeout(500)
    assert desktop.evaluate("nowhere.longest") <= LONGEST
    assert desktop.evaluate("document.activeElement.closest('main') !== null")


def test_escape_in_a_field_leads_to_its_part_of_the_page(desktop, sign_in, ruth, furnished):
    sign_in(desktop, ruth)
    desktop.goto(furnished)
    desktop.keyboard.press("c")
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#main")).to_be_focused()
    desktop.keyboard.press("/")
    expect(desktop.locator("#finder")).to_be_focused()


def test_who_closes_a_sheet_is_where_they_were(desktop, sign_in, ruth, furnished):
    sign_in(desktop, ruth)
    desktop.goto(furnished)
    desktop.locator(".commands").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("dialog", name="Commands")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".commands")).to_be_focused()


def test_what_comes_by_itself_is_said_once(desktop, sign_in, ruth, furnished, open_page):
    sign_in(desktop, ruth)
    desktop.goto(furnished)
    other = open_page()
    sign_in(other, SupervisorFactory(username="nora"))
    other.goto(furnished)
    expect(desktop.locator("#presence")).to_contain_text("nora")
    other.get_by_label("What happened", exact=True).fill("Another note")
    other.keyboard.press("Control+Enter")
    expect(desktop.locator("#announced")).to_have_text("1 new entry")
    expect(other.locator("#toasts")).to_contain_text(re.compile("."))
    expect(other.locator("#announced")).to_have_text("")
