"""The connection is lost while somebody works: a lasting line says so, and what was not saved is sent when it is back,
once."""

import re

import pytest
from playwright.sync_api import expect

from apps.customers.models import Customer
from apps.interactions.models import Interaction, Pin
from tests.browser.furnished import a_customer, composer, entries
from tests.browser.test_desk import STORED
from tests.factories.accounts import UserFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

LOSE_THE_NEXT_ANSWER = """() => {
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...more) {
    this.loses = /\\/(log|pin)\\/$/.test(address);
    return open.call(this, method, address, ...more);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.loses) {
      Object.assign(XMLHttpRequest.prototype, { open, send });
      this.onload = this.onerror;
    }
    return send.call(this, body);
  };
}"""
LOST = re.compile(r"Not connected since \d\d:\d\d")


@pytest.fixture
def customer(server):
    return a_customer(name="Anna Example")


@pytest.fixture
def agent(server):
    return UserFactory(username="mina", first_name="Mina")


@pytest.fixture
def at(open_page, sign_in, agent, watch):
    """`at(address, "tablet")`: a page of an agent."""
    watch.allow(502, 503, 504)
    watch.allow(console="^htmx:|Error Code 50|EventSource|net::ERR")

    def opened(address, device="desktop", **options):
        page = open_page(device, **options)
        sign_in(page, agent)
        page.goto(address)
        return page

    return opened


def line(page):
    return page.locator("#connection")


def typed(page, words):
    """Typed, known by the server as a draft, and the key for what cannot be sent is here."""
    with page.expect_response(re.compile("/draft/$")), page.expect_response(re.compile("/accounts/session/$")):
        composer(page).fill(words)


@pytest.mark.parametrize("device", ["desktop", "tablet", "tablet_portrait"])
def test_a_note_waits_for_the_connection_and_is_saved_by_itself(at, customer, axe, no_overflow, screenshot, device):
    page = at(customer.get_absolute_url(), device, dark=device == "tablet")
    typed(page, "The parcel is late")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(line(page)).to_contain_text(LOST)
    expect(line(page)).to_contain_text("; 1 note not saved")
    expect(composer(page)).to_have_value("The parcel is late")
    screenshot(page, f"not-connected-{device}")
    axe(page)
    no_overflow(page)
    page.context.set_offline(False)
    expect(entries(page)).to_contain_text("The parcel is late")
    expect(line(page)).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Connected again. What waited is saved.")
    expect(composer(page)).to_have_value("")
    assert Interaction.objects.count() == 1
    assert page.evaluate(STORED)["local"] == {}


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_cannot_reach_the_server_counts_as_away(at, customer, status):
    page = at(customer.get_absolute_url())
    composer(page).fill("The parcel is late")
    page.route(
        re.compile("/log/$|/accounts/session/$"), lambda route: route.fulfill(status=status, body="<h1>Bad</h1>")
    )
    page.keyboard.press("Control+Enter")
    expect(line(page)).to_contain_text("1 note not saved")
    page.unroute_all()
    expect(entries(page)).to_contain_text("The parcel is late", timeout=20_000)
    assert Interaction.objects.count() == 1


def test_a_note_whose_answer_was_lost_is_logged_once(at, customer):
    page = at(customer.get_absolute_url())
    composer(page).fill("The parcel is late")
    page.evaluate(LOSE_THE_NEXT_ANSWER)
    page.keyboard.press("Control+Enter")
    expect(line(page)).to_contain_text("1 note not saved")
    assert Interaction.objects.count() == 1
    expect(entries(page)).to_contain_text("The parcel is late")
    expect(line(page)).to_be_hidden()
    expect(composer(page)).to_have_value("")
    assert Interaction.objects.count() == 1


def test_what_has_no_key_in_its_form_is_done_once_too(at, customer):
    entry = InteractionFactory(profile=customer.profiles.get(), title="Keep this in mind")
    page = at(customer.get_absolute_url())
    page.evaluate(LOSE_THE_NEXT_ANSWER)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(line(page)).to_contain_text("1 change not saved")
    expect(line(page)).to_be_hidden()  # a second time would let go of it
    assert Pin.objects.get().interaction == entry


def test_a_promise_waits_too_and_is_called_a_change(at, customer, agent):
    promise = FollowUpFactory(profile=customer.profiles.get(), owner=agent)
    page = at("/desk/promises/")
    page.context.set_offline(True)
    page.locator("#promises-list").get_by_role("button").first.click()
    expect(line(page)).to_contain_text("1 change not saved")
    page.context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("Connected again")
    expect(line(page)).to_be_hidden()
    promise.refresh_from_db()
    assert promise.state != "open"


def test_a_note_survives_the_end_of_the_browser(at, customer, open_page, sign_in, agent, tmp_path):
    page = at(customer.get_absolute_url())
    typed(page, "The parcel is late")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(line(page)).to_contain_text("1 note not saved")
    page.wait_for_function("() => localStorage.length > 0")
    stored = page.evaluate("JSON.stringify({...localStorage})")
    assert "parcel" not in stored
    page.context.storage_state(path=tmp_path / "browser.json")
    page.close()
    again = open_page("desktop", storage_state=tmp_path / "browser.json")
    again.goto("/desk/")
    expect(again.locator("#toasts")).to_contain_text("What waited is saved")
    again.goto(customer.get_absolute_url())
    expect(entries(again)).to_contain_text("The parcel is late")
    expect(composer(again)).to_have_value("")
    assert (Interaction.objects.count(), again.evaluate("localStorage.length")) == (1, 0)


def test_words_typed_without_a_connection_survive_a_reload(at, customer):
    page = at(customer.get_absolute_url())
    typed(page, "The parcel")
    page.context.set_offline(True)
    composer(page).press_sequentially(" is late")
    expect(line(page)).to_contain_text("1 note not saved")
    page.wait_for_function("() => localStorage.length > 0")
    page.context.set_offline(False)
    page.goto("/desk/")
    page.wait_for_function("() => localStorage.length === 0")
    page.goto(customer.get_absolute_url())
    expect(composer(page)).to_have_value("The parcel is late")


def test_nobody_else_at_this_device_reads_or_sends_what_waits(at, customer, open_page, sign_in, tmp_path):
    page = at(customer.get_absolute_url())
    typed(page, "Private words")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => localStorage.length > 0")
    page.context.storage_state(path=tmp_path / "browser.json")
    page.close()
    other = open_page("desktop", storage_state=tmp_path / "browser.json")
    sign_in(other, UserFactory(username="nora"))
    with other.expect_response(re.compile("/accounts/session/")):
        other.goto("/desk/")
    other.wait_for_timeout(300)
    assert (Interaction.objects.count(), other.evaluate("localStorage.length")) == (0, 1)


def test_a_plain_form_waits_for_the_connection(at):
    page = at("/desk/customers/new/")
    page.get_by_label("Name", exact=True).fill("New Caller")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(line(page)).to_contain_text("1 change not saved")
    expect(page.get_by_label("Name", exact=True)).to_have_value("New Caller")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("New Caller")
    assert Customer.objects.filter(name="New Caller").count() == 1


def test_a_link_does_not_lead_out_of_the_page_meanwhile(at, customer):
    page = at(customer.get_absolute_url())
    typed(page, "The parcel")
    page.context.set_offline(True)
    composer(page).press_sequentially(" is late")
    expect(line(page)).to_contain_text(LOST)
    page.get_by_role("link", name="Klatsch, to the desk").click()
    expect(composer(page)).to_have_value("The parcel is late")
    page.context.set_offline(False)
    page.get_by_role("link", name="Klatsch, to the desk").click()
    expect(page).to_have_url(re.compile("/desk/$"))


def test_the_stream_comes_back_by_itself(at, customer, open_page, sign_in):
    page = at(customer.get_absolute_url())
    page.context.set_offline(True)
    expect(line(page)).to_contain_text(LOST)
    page.context.set_offline(False)
    expect(line(page)).to_be_hidden()
    other = open_page()
    sign_in(other, UserFactory(first_name="Nora", last_name="Other"))
    other.goto(customer.get_absolute_url())
    expect(page.locator("#presence")).to_contain_text("Nora Other is here too")
