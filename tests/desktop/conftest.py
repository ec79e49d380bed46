"""A customer whose story has a call, a letter, an order and a visit, each a day after the other, and who reads it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.test.signals import template_rendered

from apps.accounts.models import Team
from apps.channels.models import SOURCES
from apps.channels.sync import health
from apps.customers.identity.actions import merge_customers
from apps.desktop.shell.templates import PageTemplate
from apps.foundation.cache import Cached
from apps.interactions.models import Channel, Direction
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import DAWN, InteractionFactory


@pytest.fixture(autouse=True)
def remembered(monkeypatch):
    """What is remembered of sources begins anew with each test, and lasts as long."""
    monkeypatch.setattr(health, "_stale_by_slug", Cached(health._load_stale, name=SOURCES, seconds=3600))


@pytest.fixture(autouse=True)
def contexts_kept(monkeypatch):
    """`response.context` and `response.templates` of Jinja2's templates, as Django keeps them of its own."""
    render = PageTemplate.render

    def told(template, context=None, request=None):
        template_rendered.send(sender=template, template=template, context=dict(context or {}))
        return render(template, context, request)

    monkeypatch.setattr(PageTemplate, "render", told)


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
