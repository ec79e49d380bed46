"""Pages that are open while something happens."""

import time
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from segment.analytics.client import Client as SegmentClient

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.interactions.actions import log
from apps.interactions.drafts import InteractionDraft
from tests.browser.furnished import PHONE, a_customer, a_long_story, composer, entries, scroll, scrolled
from tests.factories.accounts import UserFactory
from tests.factories.channels import SourceFactory

KEY = "live-key"


@pytest.fixture
def open_at(open_page, sign_in):
    """`open_at(customer, "agent")`: that person's page of the customer."""

    def at(customer, username):
        page = open_page()
        user, _new = User.objects.get_or_create(username=username, defaults={"password": UserFactory.build().password})
        sign_in(page, user)
        page.goto(customer.get_absolute_url())
        return page

    return at


def happens(customer, title):
    """A colleague's page saves a note."""
    touch = InteractionDraft(
        external_id=str(uuid.uuid4()), occurred_at=timezone.now(), channel="note", kind="note", title=title
    )
    log(actor=UserFactory(), customer=customer, touch=touch)


def test_a_call_one_logs_stands_on_the_other_s_page(open_at):
    customer = a_customer()
    mine, theirs = open_at(customer, "one"), open_at(customer, "other")
    expect(mine.locator("#presence")).to_contain_text("other is here too")
    mine.evaluate("window.sameDocument = true")
    composer(mine).fill("Half a sen")
    composer(theirs).fill("The parcel is late")
    theirs.keyboard.press("Control+Enter")
    expect(entries(mine)).to_have_count(1)
    expect(entries(mine)).to_contain_text("The parcel is late")
    expect(composer(mine)).to_have_value("Half a sen")
    assert mine.evaluate("window.sameDocument") is True


def test_what_happens_before_a_page_listens_is_on_it(open_page, sign_in):
    customer = a_customer()
    page = open_page()
    sign_in(page, UserFactory())

    def meanwhile(route):
        happens(customer, "Came in between")
        route.continue_()

    page.route("**/live/**", meanwhile)
    page.goto(customer.get_absolute_url())
    expect(entries(page)).to_have_count(1)
    expect(entries(page)).to_contain_text("Came in between")


def test_what_happens_while_a_page_is_alone_is_on_it_as_soon_as_it_listens_again(open_page, sign_in, watch):
    customer = a_customer()
    page = open_page()
    sign_in(page, UserFactory())
    page.route("**/live/**", lambda route: route.abort())
    watch.allow(console="ERR_FAILED")
    with page.expect_event("requestfailed", lambda request: "/live/" in request.url):
        page.goto(customer.get_absolute_url())
    happens(customer, "Nobody rang")
    page.unroute("**/live/**")
    expect(entries(page)).to_contain_text("Nobody rang")


def test_presence_of_a_colleague_comes_and_goes(open_at):
    customer = a_customer()
    mine = open_at(customer, "one")
    expect(mine.locator(".colleague")).to_have_count(0)
    theirs = open_at(customer, "other")
    expect(mine.locator(".colleague")).to_have_text("other is here too")
    theirs.close()
    expect(mine.locator(".colleague")).to_have_count(0)


@pytest.mark.parametrize("mode", ["call", "note", "store"])
def test_who_writes_is_seen_to_at_once_and_until_they_cease(open_at, axe, mode):
    customer = a_customer()
    mine, theirs = open_at(customer, "one"), open_at(customer, "other")
    expect(mine.locator("#presence")).to_have_text("other is here too")
    theirs.keyboard.press(mode[0])
    expect(theirs.locator(f"#mode-{mode}")).to_be_checked()
    with theirs.expect_request(lambda request: request.url.endswith("/draft/")):
        composer(theirs).press_sequentially("H")
    expect(mine.locator("#presence")).to_have_text("other is writing")
    axe(mine)
    composer(theirs).fill("")
    expect(mine.locator("#presence")).to_have_text("other is here too")
    composer(theirs).press_sequentially("Half a sentence")
    expect(mine.locator("#presence")).to_have_text("other is writing")
    expect(mine.locator("#presence")).to_have_text("other is here too", timeout=15_000)  # they pause


def test_who_has_saved_or_left_writes_no_longer(open_at):
    customer = a_customer()
    mine, theirs = open_at(customer, "one"), open_at(customer, "other")
    composer(theirs).press_sequentially("The parcel is late")
    expect(mine.locator("#presence")).to_have_text("other is writing")
    theirs.keyboard.press("Control+Enter")
    expect(mine.locator("#presence")).to_have_text("other is here too", timeout=4000)
    composer(theirs).press_sequentially("And again")
    expect(mine.locator("#presence")).to_have_text("other is writing")
    theirs.close()
    expect(mine.locator(".colleague")).to_have_count(0)


def test_fluent_typing_sends_little(open_at):
    page = open_at(a_customer(), "one")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/draft/") else None)
    composer(page).press_sequentially("x" * 40, delay=50)
    page.wait_for_timeout(1000)
    assert 2 <= len(sent) <= 4


def test_a_reader_who_has_scrolled_is_told_not_moved(open_at, axe):
    customer = a_long_story(30)
    page = open_at(customer, "one")
    expect(entries(page)).to_have_count(30)
    open_at(customer, "other")
    expect(page.locator(".colleague")).to_have_count(1)  # the doorbell is heard
    scroll(page, 500)
    happens(customer, "Just now")
    pill = page.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    axe(page)
    assert (entries(page).count(), scrolled(page)) == (30, 500)
    happens(customer, "And again")
    page.get_by_role("button", name="2 new").click()
    expect(entries(page)).to_have_count(32)
    expect(entries(page).first).to_contain_text("And again")
    expect(page.locator(".pill")).to_have_count(0)
    assert scrolled(page) == 0


def test_older_entries_on_the_page_are_not_counted_as_new(open_at):
    customer = a_long_story(60)
    page = open_at(customer, "one")
    open_at(customer, "other")
    expect(page.locator(".colleague")).to_have_count(1)
    scroll(page, 10_000_000)
    expect(entries(page)).to_have_count(60)
    happens(customer, "Just now")
    expect(page.locator(".pill")).to_have_text("1 new")


def test_one_s_own_save_raises_no_pill(open_at):
    page = open_at(a_long_story(30), "one")
    scroll(page, 500)
    composer(page).fill("My own words")
    page.keyboard.press("Control+Enter")
    expect(entries(page)).to_have_count(31)
    expect(entries(page).first).to_contain_text("My own words")
    expect(page.locator(".pill")).to_have_count(0)


def test_an_order_sent_by_a_client_of_segment_stands_on_the_open_page(server, worker, open_at, record_property):
    SourceFactory(slug="web", key=KEY)
    client = SegmentClient(KEY, host=server.url, sync_mode=True, on_error=pytest.fail)
    customer = a_customer(name="Web Customer")
    client.identify("u1", traits={"phone": PHONE})
    page = open_at(customer, "agent")
    took = []
    for number in range(1, 6):
        order = {"order_id": f"47{number}", "total": 12.5, "currency": "EUR", "products": [{"name": "Cups"}]}
        started = time.monotonic()
        client.track("u1", "Order Completed", order)
        expect(entries(page).filter(has_text=f"Order 47{number}")).to_be_visible(timeout=5000)
        took.append(round(time.monotonic() - started, 2))
    record_property("seconds", str(took))
    expect(entries(page).first).to_contain_text("12.50")
    assert sorted(took)[len(took) // 2] < 2
    assert Customer.objects.filter(merged_into=None).count() == 1
