"""How the customer of a moment may be reached, as its pane shows it."""

import re

import pytest

from apps.moments import actions
from tests.desktop.conftest import signed_in
from tests.desktop.html import html
from tests.factories.customers import ConsentFactory, EvidenceFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db
PANE = {"HX-Request": "true", "HX-Target": "moment"}


@pytest.fixture
def anna(db):
    return ConsentFactory(profile=SourceProfileFactory(customer__name="Anna Weber")).profile.customer


def pane_of(user, moment):
    return html(signed_in(user).get(f"/desk/moments/{moment.public_id}/", headers=PANE))


def test_who_owns_it_sees_where_to_reach_them_and_where_they_wrote(mina, sofia, marketing, anna):
    profile = anna.profiles.get()
    EvidenceFactory(profile=profile, identifier__type="email", identifier__value="anna@post.example")
    post = InteractionFactory(profile=profile, channel="social", kind="post", link="https://social.example/@anna/1")
    moment = a_moment(mina, anna, to=marketing, origins=(post.pk,))
    assert "anna@post.example" not in pane_of(sofia, moment)
    actions.accept(actor=sofia, moment=moment)
    hers = pane_of(sofia, moment)
    assert 'href="mailto:anna@post.example"' in hers
    assert "social.example" not in hers  # marketing does not read what is said in public posts of a customer's story
    assert "anna@post.example" not in pane_of(mina, moment)
    assert 'href="https://social.example/@anna/1"' in pane_of(mina, moment)


def test_an_address_is_not_shown_over_a_channel_they_do_not_permit(mina, sofia, marketing, anna):
    EvidenceFactory(profile=anna.profiles.get(), identifier__value="+442079460018")
    moment = actions.accept(actor=sofia, moment=a_moment(mina, anna, to=marketing))
    assert "tel:" not in pane_of(sofia, moment)


def test_service_and_marketing_stand_side_by_side(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    ConsentFactory(profile=moment.profile, channel="email", purpose="service", status="denied")
    hers = pane_of(sofia, moment)
    row = re.search(r'<th scope="row">E-mail.*?</tr>', hers, re.DOTALL)[0]
    assert row.count("Opted out") == 2
    assert "Allowed now" not in row
