"""The reports, and the lists they open."""

import pytest
from playwright.sync_api import expect

from apps.accounts.models import Team
from apps.moments import actions
from apps.moments.models import Outcome
from tests.browser.furnished import a_customer, small_targets
from tests.factories.accounts import MarketerFactory, SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory
from tests.factories.moments import a_moment


@pytest.fixture
def lead(server):
    """Whose call centre saw two moments: marketing has seized one of them."""
    care, marketing = TeamFactory(name="Care London"), TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
    mina, sofia = UserFactory(first_name="Mina", team=care), MarketerFactory(first_name="Sofia", team=marketing)
    anna = a_customer("+442079460018", name="Anna Weber")
    ConsentFactory(profile=anna.profiles.get())
    seized = actions.accept(actor=sofia, moment=a_moment(mina, anna, to=marketing))
    actions.finish(actor=sofia, moment=seized, outcome=Outcome.THANKED, line="Glad to be asked")
    a_moment(mina, anna, to=marketing, key="another")
    return SupervisorFactory(first_name="Ruth", team=care)


@pytest.mark.parametrize("device", ["desktop", "tablet_portrait"])
def test_a_figure_opens_what_it_counts(open_page, sign_in, axe, no_overflow, screenshot, device, lead):
    page = open_page(device)
    sign_in(page, lead)
    page.goto("/desk/reports/")
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    axe(page)
    no_overflow(page)
    if device != "desktop":
        assert small_targets(page) == []
    screenshot(page, f"reports-{device}")
    page.get_by_role("link", name="Seen", exact=False).first.click()
    expect(page.get_by_text("Anna Weber")).to_have_count(2)
    axe(page)
    no_overflow(page)
    screenshot(page, f"reports-list-{device}")
