"""Files that wait for a mapping: named on their source's page, explained in two clicks, read at once; and all that one
event tells, in its sheet."""

import shutil

import orjson
import pytest
from playwright.sync_api import expect

from apps.channels.actions import create_source
from apps.channels.ingest.process import process_due
from apps.channels.models import SyncState
from apps.channels.sync.run import sync
from apps.interactions.models import Interaction
from tests.browser.furnished import small_targets
from tests.channels.samples import shopify
from tests.factories.accounts import SupervisorFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

ORDERS = {"who": {"email": "mail"}, "when": "day", "channel": "order", "title": "Order {order}", "id": "order"}
INVOICES = (
    "Invoice No,Customer No,Customer Name,Invoice Date,Due Date,Net,VAT,Total,Currency,Cost Centre\n"
    "7,D1,Ada,2026-03-01,2026-03-31,4.00,1.00,5.00,EUR,A\n8,D2,Ben,2026-03-13,2026-04-13,5.00,1.00,6.00,EUR,A\n"
)
RETURNS = "return_id,order_id,mail,return_date,reason,refund_amount\nR1,1,ada@shop.example,2026-03-20,small,5.00\n"
DEVICES = ["desktop", "tablet", "tablet_portrait"]


@pytest.fixture
def supervisor(server):
    return SupervisorFactory(username="supervisor")


@pytest.fixture
def shop(supervisor, server, settings):
    """A source with a folder in which two kinds of files wait, and one that has a mapping of its own."""
    settings.DROP_ROOTS = [server.files.parent / "drop"]  # where the server looks, too
    folder = settings.DROP_ROOTS[0] / "files"
    folder.mkdir(parents=True)
    for month in ("02", "03"):
        (folder / f"invoices-2026-{month}.csv").write_text(INVOICES)
    (folder / "returned goods of all our shops abroad.csv").write_text(RETURNS)
    more = {"folder": str(folder), "quiet": 0, "mapping": ORDERS, "mappings": {"payments-#.csv": ORDERS}}
    yield create_source(actor=supervisor, slug="shop", name="Shop", kind="drop", **more)
    shutil.rmtree(folder)


def look():
    for _round in range(2):
        for stream in SyncState.objects.order_by("stream"):
            sync(stream.pk)
    while process_due() != (0, 0):
        pass


def test_a_file_that_waits_is_explained_in_two_clicks_and_read(desktop, sign_in, supervisor, shop, axe, no_overflow):
    look()
    page = desktop
    sign_in(page, supervisor)
    page.goto("/desk/sources/shop/")
    panel = page.get_by_role("region", name="Files that wait for a mapping")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel).to_contain_text("“invoices-2026-03.csv” has columns no mapping knows")
    axe(page)
    no_overflow(page)
    panel.get_by_role("link", name="Proposed mapping of invoices-2026-03.csv").click()
    expect(page.locator("#bench")).to_contain_text("Once it is saved, the files that wait are read.")
    kinds = page.get_by_role("navigation", name="Kinds of files")
    expect(kinds.locator("[aria-current]")).to_contain_text("invoices-#.csv")
    expect(page.locator("#outcome .entry").first).to_contain_text("7")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#outcome")).to_contain_text("2 files that waited are being read.")
    expect(kinds.locator("[aria-current] .badge")).to_have_count(0)
    expect(kinds.locator(".badge")).to_have_count(1)
    look()
    assert Interaction.objects.count() == 2
    page.get_by_role("link", name="Shop", exact=True).click()
    expect(panel.get_by_role("listitem")).to_have_count(1)


def test_another_kind_of_file_is_named_with_the_keyboard(desktop, sign_in, supervisor, shop, axe, no_overflow):
    page = desktop
    sign_in(page, supervisor)
    page.goto("/desk/sources/shop/mapping/")
    kinds = page.get_by_role("navigation", name="Kinds of files")
    expect(kinds.locator("[aria-current]")).to_have_text("All other files")
    kinds.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What their names have in common")).to_be_focused()
    axe(page)
    no_overflow(page)
    page.keyboard.type("reviews*.csv")
    page.keyboard.press("Enter")
    expect(kinds.locator("[aria-current]")).to_have_text("reviews*.csv")
    expect(page.locator(".room-head")).to_contain_text("in files called reviews*.csv")


@pytest.fixture
def told(supervisor):
    store = SourceFactory(slug="store", kind="shopify", name="Store")
    content = {"topic": "orders/updated", "shop": "shop.myshopify.com", "body": shopify.REFUNDED}
    return EnvelopeFactory(source=store, payload=orjson.loads(orjson.dumps(content)), state="done")


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.usefixtures("shop", "told")
def test_these_pages_are_for_everybody(open_page, sign_in, supervisor, axe, no_overflow, screenshot, device):
    look()
    for dark in (False, True):
        page = open_page(device, dark=dark)
        sign_in(page, supervisor)
        for name, path in {
            "waiting": "/desk/sources/shop/",
            "kinds": "/desk/sources/shop/mapping/?file=invoices-%23.csv",
            "another": "/desk/sources/shop/mapping/",
            "told": "/desk/sources/store/",
        }.items():
            page.goto(path)
            if name == "another":
                page.locator(".another-kind > summary").click()
                expect(page.get_by_label("What their names have in common")).to_be_visible()
            if name == "told":
                page.locator(".event-title").first.click()
                expect(page.locator(".told")).to_have_count(3)
            screenshot(page, f"files-{name}-{device}{'-dark' if dark else ''}")
            axe(page)
            no_overflow(page)
            if device != "desktop":
                assert "\n".join(small_targets(page)) == ""


def test_from_right_to_left_nothing_is_cut(open_page, sign_in, supervisor, shop, no_overflow):
    look()
    supervisor.language = "ar"
    supervisor.save()
    page = open_page("tablet_portrait", locale="ar")
    sign_in(page, supervisor)
    for path in ("/desk/sources/shop/", "/desk/sources/shop/mapping/?file=invoices-%23.csv"):
        page.goto(path)
        no_overflow(page)
