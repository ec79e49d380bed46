"""Connecting a source and looking after it, as a supervisor does: with a mouse, with the keyboard, with thumbs."""

import json
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Submission
from apps.channels.actions import connect_source
from apps.channels.contract import RawEvent
from apps.channels.ingest.process import process_due
from apps.channels.ingest.receive import receive
from apps.channels.models import Health, HourlyTally, Source, SyncRun, SyncState
from apps.channels.sync.circuit_breaker import pause
from tests.browser.furnished import entries, small_targets
from tests.desktop.sources.rows import nobody, tracked
from tests.factories.accounts import SupervisorFactory, UserFactory

MAPPING = """who:
  email: customer.email
traits:
  name: customer.name
channel: store
title: Parcel {parcel} is ready
"""
LONG = "Card payments of the online shop and of its three marketplaces abroad"
PAGES = {
    "list": "/desk/sources/",
    "kinds": "/desk/sources/new/",
    "connect": "/desk/sources/new/imap/",
    "web": "/desk/sources/web/",
    "inbox": "/desk/sources/inbox/",
    "mapping": "/desk/sources/warehouse/mapping/",
}
LIVE = 15_000  # milliseconds in which a page has looked again
DEVICES = ["desktop", "tablet", "tablet_portrait"]


def post(address, secret, body):
    """What a system without any SDK does."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200


def parcel(number):
    return {"parcel": number, "customer": {"name": "Anna Parcel", "email": "anna@shop.example"}}


@pytest.fixture
def supervisor(server):
    return SupervisorFactory(username="supervisor")


@pytest.fixture
def at_sources(desktop, sign_in, supervisor):
    sign_in(desktop, supervisor)
    desktop.goto("/desk/sources/")
    return desktop


@pytest.fixture
def furnished(supervisor):
    """Sources in every state there is, with words that need room."""
    now = timezone.now()

    def make(kind, slug, name, **more):
        source, _secret = connect_source(actor=supervisor, kind=kind, slug=slug, name=name, **more)
        hours = [now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hour) for hour in range(30)]
        HourlyTally.objects.bulk_create(
            HourlyTally(source=source, hour=at, understood=hour * 7 % 40, refused=hour % 11 // 9)
            for hour, at in enumerate(hours)
        )
        return source

    web = make("segment", "web", "Website", silent_after=60)
    receive(web, [tracked(f"t{n}", email=f"anna{n}@shop.example", colour="red") for n in range(25)])
    receive(web, [nobody(f"n{n}") for n in range(3)])
    HourlyTally.objects.filter(source=web).delete()
    process_due()
    mailbox = {"host": "imap.shop.example", "user": "care@shop.example", "password": "word"}
    inbox = make("imap", "inbox", "Customer care inbox", settings=mailbox)
    SyncState.objects.filter(source=inbox).delete()
    older = {"backfill_since": now - timedelta(days=90), "backfill_done": 40, "backfill_total": 100}
    SyncState.objects.create(source=inbox, stream="INBOX", last_ok_at=now, missed=2, **older)
    SyncState.objects.create(
        source=inbox, stream="Archive/2026", last_ok_at=now - timedelta(hours=3), error="Timed out"
    )
    SyncRun.objects.create(source=inbox, stream="INBOX", state="failed", error="Connection reset by peer")
    Health.objects.create(source=inbox, heard_at=now, drift={"X-Spam": [40, now.isoformat()]})
    pause(actor=supervisor, source=make("stripe", "cards", LONG), reason="Moving to another account until Monday")
    refused = make("imap", "returns", "Returns desk", settings=mailbox)
    SyncState.objects.filter(source=refused).update(denied=True, error="[AUTHENTICATIONFAILED] Invalid credentials")
    warehouse = make("webhook", "warehouse", "Warehouse")
    receive(warehouse, [RawEvent("p1", parcel("P-1"))])
    Source.objects.filter(pk=make("typeform", "survey", "Delivery survey").pk).update(active=False)


def test_a_webhook_is_connected_and_what_it_tells_stands_in_somebodys_story(
    at_sources, worker, server, axe, no_overflow
):
    page = at_sources
    page.get_by_role("link", name="Connect the first source").click()
    page.get_by_role("searchbox", name="A product").fill("webhook json")
    expect(page.locator(".kind:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Name", exact=True).fill("Wärehouse North")
    expect(page.get_by_label("Short name")).to_have_value("warehouse-north")
    expect(page.locator("[data-address]")).to_have_text(f"{server.url}/in/warehouse-north/")
    page.get_by_role("button", name="Connect", exact=True).click()
    address, secret = page.locator("#address").inner_text(), page.locator("#new-secret").inner_text()
    assert address == f"{server.url}/in/warehouse-north/"
    axe(page)
    no_overflow(page)
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_hidden()
    expect(page.get_by_role("heading", name="Needs a mapping")).to_be_visible()
    post(address, secret, parcel("P-1"))
    expect(page.locator(".event")).to_have_count(1, timeout=LIVE)
    page.get_by_role("link", name="Make its mapping").click()
    expect(page.get_by_text("Proposed from these rows")).to_be_visible()
    keys = Submission.objects.count()
    page.get_by_role("textbox", name="The mapping").fill(MAPPING)
    expect(page.locator("#outcome .entry")).to_contain_text("Parcel P-1 is ready")
    assert Submission.objects.count() == keys  # a preview changes nothing
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#outcome")).to_contain_text("Saved.")
    assert Submission.objects.count() == keys + 1
    page.get_by_role("link", name="Wärehouse North").click()
    post(address, secret, parcel("P-2"))
    expect(page.locator(".event").filter(has_text="Understood")).to_have_count(2, timeout=LIVE)
    axe(page)
    page.get_by_role("link", name="Anna Parcel").first.click()
    expect(entries(page).first).to_contain_text("Parcel P-2 is ready")


@pytest.fixture
def checked(axe, no_overflow, screenshot):
    """`checked(page, name)`: nothing is wider than its place, too small for a thumb, or wrong by axe."""

    def check(page, name):
        screenshot(page, f"sources-{name}")
        if not name.endswith("portrait"):
            axe(page)
        no_overflow(page)
        if not name.endswith("desktop"):
            assert "\n".join(small_targets(page)) == ""

    return check


@pytest.mark.parametrize("device", DEVICES)
def test_every_page_is_for_everybody(open_page, sign_in, supervisor, furnished, checked, device):
    page = open_page(device, dark=device == "tablet")
    sign_in(page, supervisor)
    for name, path in PAGES.items():
        page.goto(path)
        checked(page, f"{name}-{device}")


def test_in_compact_dark_nothing_gets_lost(dark_desktop, sign_in, supervisor, furnished, axe, no_overflow):
    supervisor.density = "compact"
    supervisor.save()
    sign_in(dark_desktop, supervisor)
    for path in (PAGES["list"], PAGES["web"]):
        dark_desktop.goto(path)
        axe(dark_desktop)
        no_overflow(dark_desktop)


def test_from_right_to_left_too(open_page, sign_in, supervisor, furnished, no_overflow):
    supervisor.language = "ar"
    supervisor.save()
    page = open_page("tablet_portrait", locale="ar")
    sign_in(page, supervisor)
    for path in PAGES.values():
        page.goto(path)
        no_overflow(page)


def test_the_list_looks_again_and_leaves_the_focus_where_it_is(at_sources, furnished):
    page = at_sources
    page.reload()
    resume = page.get_by_role("button", name=f"Resume {LONG}")
    resume.focus()
    Source.objects.filter(slug="web").update(name="Website, renamed")
    expect(page.locator("#open-web")).to_contain_text("Website, renamed", timeout=LIVE)
    expect(resume).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("It goes on")
    expect(resume).to_have_count(0)


def test_a_pause_is_said_why_and_undone(at_sources, furnished):
    page = at_sources
    page.goto(PAGES["web"])
    page.locator("summary#pause").click()
    page.get_by_label("Why?").fill("Moving house")
    page.wait_for_timeout(6000)  # the panel would have looked again by now, were nobody typing in it
    expect(page.get_by_label("Why?")).to_have_value("Moving house")
    page.keyboard.press("Enter")
    expect(page.locator("#health")).to_contain_text("Moving house")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("summary#pause")).to_be_visible()


def test_an_event_is_opened_replayed_and_closed_with_the_keyboard(at_sources, furnished, axe, no_overflow):
    page = at_sources
    page.goto(f"{PAGES['web']}?state=quarantined")
    expect(page.locator(".event")).to_have_count(3)
    page.locator(".event-title").first.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#event-dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text('"event": "Scrolled"')
    axe(page)
    no_overflow(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".event-title").first).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Replay").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".event")).to_have_count(2)


def test_a_source_is_removed_once_its_name_was_typed(at_sources, furnished, axe):
    page = at_sources
    page.goto(PAGES["web"])
    page.get_by_role("button", name="Remove…").click()
    dialog = page.locator("#removing")
    axe(page)
    dialog.get_by_role("button", name="Remove it").click()
    expect(dialog).to_contain_text("Nothing was removed")
    dialog.get_by_label("Type").fill("Website")
    dialog.get_by_role("button", name="Remove it").click()
    expect(page.locator("#open-web")).to_have_count(0)
    expect(page.locator("#open-inbox")).to_be_visible()


def test_a_mailbox_that_cannot_be_reached_is_said_so_and_what_was_typed_stays(at_sources):
    page = at_sources
    page.goto(PAGES["connect"])
    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label("User name").fill("care")
    page.get_by_label("Password").fill("word")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#trial")).to_contain_text("It does not work yet")
    expect(page.get_by_label("Password")).to_have_value("word")


def test_an_agent_is_told_what_is_missing_above_the_story(open_page, sign_in, furnished, axe, no_overflow, screenshot):
    page = open_page("tablet_portrait")
    sign_in(page, UserFactory(username="agent"))
    web = Source.objects.get(slug="web")
    Health.objects.filter(source=web).update(heard_at=timezone.now() - timedelta(hours=3))
    page.goto("/desk/pop?email=anna3@shop.example")
    expect(page.locator(".stale")).to_contain_text("Website: nothing since")
    screenshot(page, "missing-tablet_portrait")
    axe(page)
    no_overflow(page)
