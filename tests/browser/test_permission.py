"""May we contact them: at the desk, and as the customers themselves say it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.contact.models import Consent, Preference, Suppression
from apps.contact.preference_link import preferences_link
from tests.browser.furnished import a_customer, small_targets
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory, EvidenceFactory, SuppressionFactory
from tests.factories.permission import ContactPolicyFactory, DeliveryFactory


@pytest.fixture
def customer(server):
    """Somebody with something of everything in the panel."""
    customer = a_customer()
    profile = customer.profiles.get()
    EvidenceFactory(profile=profile, identifier__type="email", identifier__value="anna@lindwell.example")
    for channel, status in (("email", "granted"), ("sms", "granted"), ("voice", "denied")):
        ConsentFactory(profile=profile, channel=channel, status=status)
    ContactPolicyFactory(name="E-mails", channel="email", cap=1, cap_days=7)
    DeliveryFactory(profile=profile, what="Spring letter")
    DeliveryFactory(profile=profile, what="Summer letter", outcome="scheduled", at=timezone.now() + timedelta(days=9))
    return customer


def panel(page):
    return page.locator("#aside .permission")


@pytest.mark.parametrize(("device", "dark"), [("desktop", False), ("desktop", True), ("tablet", False)])
def test_the_panel_is_readable_for_everybody(open_page, sign_in, axe, no_overflow, screenshot, customer, device, dark):
    SuppressionFactory(profile=None, type="email", value="anna@lindwell.example", reason="Bounces")
    page = open_page(device, dark=dark)
    sign_in(page, UserFactory(role=Role.AGENT))
    page.goto(customer.get_absolute_url())
    expect(panel(page).get_by_text("E-mails: 1 in 7 days are used up.")).to_be_visible()
    expect(page.locator("#aside").get_by_text("Summer letter")).to_be_visible()
    for summary in panel(page).locator(".more-permission > summary").all():
        summary.click()
    panel(page).scroll_into_view_if_needed()
    screenshot(page, f"permission-{device}-{'dark' if dark else 'light'}")
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert "\n".join(small_targets(page)) == ""


def test_a_customer_is_stopped_let_go_and_asked_how_they_would_rather_have_it(desktop, sign_in, customer):
    sign_in(desktop, UserFactory())
    desktop.goto(customer.get_absolute_url())
    panel(desktop).get_by_text("Do not contact").click()
    panel(desktop).get_by_label("Why?").fill("Asked for it on the telephone")
    panel(desktop).get_by_role("button", name="Stop it").click()
    expect(panel(desktop).locator(".stop")).to_contain_text("Asked for it on the telephone")
    assert Suppression.objects.in_force().count() == 1
    desktop.get_by_role("button", name="Undo").click()
    expect(panel(desktop).locator(".stop")).to_have_count(0)
    assert Suppression.objects.in_force().count() == 0
    panel(desktop).get_by_text("Contact preferences").click()
    panel(desktop).get_by_label("Channel").select_option("sms")
    panel(desktop).get_by_label("From").fill("09:00")
    panel(desktop).get_by_label("To", exact=True).fill("17:00")
    panel(desktop).get_by_role("button", name="Keep").click()
    expect(panel(desktop)).to_contain_text("SMS, 09:00 to 17:00")
    assert Preference.objects.get().channel == "sms"


@pytest.mark.parametrize("options", [{}, {"dark": True}, {"java_script_enabled": False}, {"locale": "ar"}])
def test_customers_choose_on_their_own_page_without_a_login_or_a_script(
    open_page, axe, no_overflow, screenshot, customer, options
):
    page = open_page("tablet_portrait", **options)
    page.goto(preferences_link(customer.profiles.get()))
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(10)
    expect(page.get_by_text("a•••@l•••.example")).to_be_visible()
    if "java_script_enabled" not in options:  # axe is a script
        screenshot(page, f"choices-{'-'.join(map(str, options)) or 'light'}")
        axe(page)
        no_overflow(page)
    expect(boxes.first).to_be_checked()
    boxes.first.uncheck()
    page.get_by_role("button", name="Keep my choices").click()
    expect(page.get_by_role("status")).to_contain_text("This holds from now on")
    expect(page.get_by_role("checkbox").first).not_to_be_checked()
    page.get_by_role("button", name=re.compile("^Unsubscribe")).click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    said = Consent.objects.filter(origin="Preference page")
    assert set(said.values_list("status", flat=True)) == {"withdrawn", "denied"}
