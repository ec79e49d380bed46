"""A customer whose story has a call, a letter, an order and a visit, each a day after the other, and who reads it."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import Team
from apps.channels import health
from apps.customers.actions import merge_customers
from apps.interactions.models import Channel, Direction
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import DAWN, InteractionFactory


@pytest.fixture(autouse=True)
def remembered(monkeypatch):
    """What is remembered of sources begins anew with each test, and lasts as long."""
    health.forget()
    monkeypatch.setattr(health, "KEPT", 3600.0)
    yield
    health.forget()


@pytest.fixture
def agent(db):
    return UserFactory(username="agent")


@pytest.fixture
def desk(agent):
    """The browser of the agent."""
    return signed_in(agent)


@pytest.fixture
def desk_of(db):
    """`desk_of("store")`: the browser of somebody in that role."""
    return lambda role: signed_in(UserFactory(role=role))


@pytest.fixture
def care(db):
    return TeamFactory(name="Care")


@pytest.fixture
def marketing(db):
    return TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)


@pytest.fixture
def mina(care):
    """An agent."""
    return UserFactory(username="mina", first_name="Mina", last_name="Hartwell", team=care)


@pytest.fixture
def sofia(marketing):
    """A marketer."""
    return MarketerFactory(username="sofia", first_name="Sofia", last_name="Lindgren", team=marketing)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def profile(db):
    return SourceProfileFactory(customer__name="Known Customer")


@pytest.fixture
def customer(profile):
    return profile.customer


@pytest.fixture
def other(customer):
    """A younger customer, whom another source knows."""
    return SourceProfileFactory(customer__name="Second Customer", source="mail").customer


@pytest.fixture
def merged(agent, customer, other):
    return merge_customers(actor=agent, survivor=customer, absorbed=other, reason="Told me so")


@pytest.fixture
def url(customer):
    return customer.get_absolute_url()


@pytest.fixture
def story(profile):
    """Four entries, eldest first."""

    def on(day, **fields):
        return InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(days=day), **fields)

    return [
        on(0, call=True, staff_name="Colleague One", touchpoint="Queue billing", body="A broken espresso machine"),
        on(1, channel=Channel.EMAIL, kind="email", title="Letter", direction=Direction.OUTBOUND, touchpoint="Store 12"),
        on(2, order=True, reference="ORD-1", title="Order placed"),
        on(3, visit=True),
    ]


CALL, LETTER, ORDER, VISIT = "Call", "Letter", "Order placed", "Browsed 1 page: Start page"
