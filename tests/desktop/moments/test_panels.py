"""Moments on the first page of whoever has to do with them, and beside their customer."""

import pytest

from apps.moments import actions
from tests.desktop.conftest import signed_in
from tests.desktop.html import queries
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina(db):
    return UserFactory(username="mina", first_name="Mina", team=TeamFactory(name="Care"))


@pytest.fixture
def sofia(marketing):
    return MarketerFactory(username="sofia", first_name="Sofia", team=marketing)


@pytest.fixture
def anna(db):
    return ConsentFactory(profile__customer__name="Anna Weber").profile.customer


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_what_others_turn_down_lies_in_the_senders_inbox(mina, sofia, marketing, anna):
    """Until it is answered it waits there too; once it is offered again it has not come back."""
    moment = a_moment(mina, anna, to=marketing)
    home = signed_in(mina)
    assert "offered to Marketing, still with you" in text(home.get("/desk/"))
    actions.decline(actor=sofia, moment=moment, reason="Which grinder?")
    page = text(home.get("/desk/"))
    assert "<b>Declined by Sofia</b> · Praise worth answering, <bdi>Anna Weber</bdi>" in page
    assert "Which grinder?" in page
    assert (
        page.index("My moments")
        < page.index("Came back to you")
        < page.index("Declined by Sofia")
        < page.index("Open now")
    )
    assert "<b>Declined by Sofia</b>: <bdi>Which grinder?</bdi>" in text(home.get(f"/desk/moments/{moment.public_id}/"))
    actions.offer(actor=mina, moment=moment, team=marketing)
    assert "Declined by Sofia" not in text(home.get("/desk/"))


def test_the_inbox_costs_the_same_with_one_and_with_many(mina, sofia, marketing, anna):
    def turned_down(count):
        for number in range(count):
            one = a_moment(mina, anna, to=marketing, key=f"{count} {number}")
            actions.decline(actor=sofia, moment=one, reason="Not now")
            a_moment(mina, anna, to=marketing, key=f"waits {count} {number}")

    turned_down(1)
    desk = signed_in(mina)
    queries(desk, "/desk/")
    one = queries(desk, "/desk/")
    turned_down(5)
    assert queries(desk, "/desk/") == one


def test_open_moments_stand_beside_the_customer(mina, marketing, anna):
    a_moment(mina, anna, to=marketing, suggestion="Send her the new mill")
    page = text(signed_in(mina).get(f"{anna.get_absolute_url()}aside/"))
    assert "Send her the new mill" in page
    assert "offered to Marketing, still with you" in page
