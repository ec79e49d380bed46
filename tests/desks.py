"""An agent who sees something, and a marketing team that may accept it: fixtures for a package's conftest."""

import pytest

from apps.accounts.models import Team
from tests.factories.accounts import MarketerFactory, SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory

__all__ = ["agent", "care", "customer", "lead", "marco", "marketing", "profile", "sofia"]


@pytest.fixture
def care(db):
    return TeamFactory(name="Care")


@pytest.fixture
def marketing(db):
    return TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)


@pytest.fixture
def agent(care):
    return UserFactory(username="agent", first_name="Mina", team=care)


@pytest.fixture
def sofia(marketing):
    return MarketerFactory(username="sofia", first_name="Sofia", team=marketing)


@pytest.fixture
def marco(marketing):
    return MarketerFactory(username="marco", first_name="Marco", team=marketing)


@pytest.fixture
def lead(care):
    return SupervisorFactory(username="lead", first_name="Ruth", team=care)


@pytest.fixture
def profile(db):
    return SourceProfileFactory(customer__name="Anna Weber")


@pytest.fixture
def customer(profile):
    """They agreed to e-mails."""
    ConsentFactory(profile=profile)
    return profile.customer
