"""A customer's attributes, corrected where they are shown."""

import pytest
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer
from apps.interactions.live import announce
from tests.browser.furnished import small_targets
from tests.customers.identity.claims import claim, email
from tests.factories.accounts import UserFactory
from tests.factories.customers import AttributeDefinitionFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory


@pytest.fixture
def anna(server):
    AttributeDefinitionFactory(key="water", label="Water hardness", type="choice", choices=["Soft", "Hard"])
    resolve([claim("u1", email("anna"), name="Anna Lind", city="York", street="3 Mill Lane", vip=True)])
    resolve([claim("b1", email("anna"), source="bank", day=1, city="Leeds")])
    return Customer.objects.get(merged_into=None)


def attribute(page, label):
    return page.locator(".trait").filter(has=page.locator(".trait-label", has_text=label))


def open_profile(page, customer):
    page.goto(customer.get_absolute_url())
    expect(page.locator("#attributes")).to_be_attached()
    toggle = page.locator("[data-toggle=aside]")
    if toggle.is_visible():
        toggle.click()


def test_a_value_is_corrected_and_put_back_and_the_head_of_the_page_follows(desktop, sign_in, anna):
    sign_in(desktop, UserFactory(username="agent"))
    open_profile(desktop, anna)
    name = attribute(desktop, "Name")
    name.locator("summary").click()
    field = name.get_by_label("Name")
    expect(field).to_have_value("Anna Lind")
    field.fill("Anna Lindqvist")
    field.press("Enter")
    expect(desktop.locator("h1")).to_have_text("Anna Lindqvist")
    expect(attribute(desktop, "Name").get_by_label("Typed by hand")).to_be_visible()
    expect(attribute(desktop, "Name").locator("summary")).to_be_focused()
    desktop.locator(".toast").get_by_role("button", name="Undo").click()
    expect(desktop.locator("h1")).to_have_text("Anna Lind")
    expect(attribute(desktop, "Name").get_by_label("Typed by hand")).to_have_count(0)


def test_what_is_no_value_is_said_beside_the_field(desktop, sign_in, watch, anna):
    watch.allow(422)
    sign_in(desktop, UserFactory())
    open_profile(desktop, anna)
    desktop.get_by_text("Write down another").click()
    desktop.get_by_role("button", name="Country").click()
    desktop.get_by_label("Country").fill("G1")
    desktop.get_by_role("button", name="Save", exact=True).click()
    expect(desktop.get_by_text("A country is two letters")).to_be_visible()
    desktop.get_by_label("Country").fill("gb")
    desktop.get_by_role("button", name="Save", exact=True).click()
    expect(attribute(desktop, "Country")).to_contain_text("GB")


def test_an_attribute_without_a_value_is_written_down(desktop, sign_in, anna):
    sign_in(desktop, UserFactory())
    open_profile(desktop, anna)
    desktop.get_by_text("Write down another").click()
    desktop.get_by_role("button", name="Water hardness").click()
    desktop.get_by_label("Water hardness").select_option("Hard")
    desktop.get_by_role("button", name="Save", exact=True).click()
    expect(attribute(desktop, "Water hardness")).to_contain_text("Hard")


def test_what_is_being_typed_survives_what_happens_meanwhile(desktop, sign_in, anna):
    sign_in(desktop, UserFactory())
    open_profile(desktop, anna)
    name = attribute(desktop, "Name")
    something_happens(anna, "Ring back")
    expect(desktop.locator("#aside .promises")).to_contain_text("Ring back")
    name.locator("summary").click()
    name.get_by_label("Name").fill("Anna Lindqvist")
    something_happens(anna, "Send a letter")
    expect(name.get_by_label("Name")).to_have_value("Anna Lindqvist")
    name.get_by_label("Name").press("Enter")
    expect(desktop.locator("#aside .promises")).to_contain_text("Send a letter")
    expect(name).to_contain_text("Anna Lindqvist")


def something_happens(customer, promise):
    """A colleague notes a call and promises something."""
    profile = customer.profiles.first()
    FollowUpFactory(profile=profile, interaction=InteractionFactory(profile=profile), text=promise)
    announce([customer.public_id])


@pytest.mark.parametrize("device", ["desktop", "tablet_portrait"])
def test_everybody_can_read_and_use_it(open_page, sign_in, axe, no_overflow, anna, device):
    page = open_page(device)
    sign_in(page, UserFactory(role=Role.STORE))
    open_profile(page, anna)
    attribute(page, "City").locator("summary").click()
    expect(page.get_by_text("All sources")).to_be_visible()
    page.get_by_text("Write down another").click()
    page.get_by_role("button", name="Water hardness").click()
    expect(page.get_by_label("Water hardness")).to_be_visible()
    axe(page)
    no_overflow(page)
    if device == "desktop":
        page.emulate_media(color_scheme="dark")
        axe(page)
    else:
        assert "\n".join(small_targets(page)) == ""
