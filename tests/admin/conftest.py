"""The supervisors' room with something in it."""

import pytest

from apps.accounts.actions import audit
from tests.factories.accounts import (
    ApiTokenFactory,
    OwnerFactory,
    SupervisorFactory,
    TeamFactory,
    UserFactory,
)
from tests.factories.channels import EnvelopeFactory, SourceFactory, WriteKeyFactory
from tests.factories.customers import ConsentFactory, EvidenceFactory
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory

# The model of every list, by the path of its admin.
LISTS = (
    "accounts/user",
    "accounts/team",
    "accounts/apitoken",
    "accounts/auditentry",
    "customers/customer",
    "customers/consent",
    "channels/source",
    "channels/envelope",
    "interactions/interaction",
    "interactions/followup",
    "interactions/disposition",
    "interactions/notetemplate",
)


@pytest.fixture
def supervisor():
    return SupervisorFactory(username="supervisor")


@pytest.fixture
def owner():
    return OwnerFactory(username="owner", is_superuser=False)


@pytest.fixture
def as_supervisor(client, supervisor):
    client.force_login(supervisor)
    return client


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client


def furnish(number):
    """`number` more rows in every list."""
    for _row in range(number):
        team = TeamFactory()
        person = UserFactory(team=team)
        evidence = EvidenceFactory()
        InteractionFactory(profile=evidence.profile, staff=person)
        ConsentFactory(profile=evidence.profile, actor=person)
        FollowUpFactory(profile=evidence.profile, owner=person, team=team)
        source = WriteKeyFactory(created_by=person).source
        EnvelopeFactory(source=source)
        EnvelopeFactory(source=SourceFactory(), state="quarantined")
        ApiTokenFactory(acts_as=person)
        DispositionFactory()
        audit(person, "customer.view", subject=evidence.profile.customer.public_id)
