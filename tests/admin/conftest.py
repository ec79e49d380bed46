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
from tests.factories.customers import (
    AttributeDefinitionFactory,
    ConsentFactory,
    EvidenceFactory,
    MatchCandidateFactory,
    MatchModelFactory,
    MergeRecordFactory,
    SuppressionFactory,
    VerdictFactory,
)
from tests.factories.insights import ThemeFactory, ThemeSuggestionFactory
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory
from tests.factories.moments import MomentFactory, MomentKindFactory, MomentRuleFactory
from tests.factories.permission import ContactPolicyFactory, DeliveryFactory
from tests.factories.webhooks import WebhookMessageFactory

# The model of every list, by the path of its admin.
LISTS = (
    "accounts/user",
    "accounts/team",
    "accounts/apitoken",
    "accounts/auditentry",
    "customers/customer",
    "contact/consent",
    "customers/attributedefinition",
    "customers/identifier",
    "customers/identityrule",
    "customers/matchcandidate",
    "customers/matchmodel",
    "customers/mergerecord",
    "customers/verdict",
    "contact/suppression",
    "contact/contactpolicy",
    "contact/delivery",
    "moments/moment",
    "insights/theme",
    "insights/themesuggestion",
    "moments/momentkind",
    "moments/webhookendpoint",
    "moments/webhookmessage",
    "moments/momentrule",
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
        AttributeDefinitionFactory()
        SuppressionFactory(profile=evidence.profile, added_by=person)
        ContactPolicyFactory()
        DeliveryFactory(profile=evidence.profile)
        MomentFactory(profile=evidence.profile, owner_user=person)
        MomentKindFactory(team=team)
        WebhookMessageFactory(moment__profile=evidence.profile)
        MomentRuleFactory()
        ThemeSuggestionFactory(theme=ThemeFactory(), decided_by=person)
        MergeRecordFactory(survivor=evidence.profile.customer, actor=person)
        MatchCandidateFactory(model=MatchModelFactory(), reviewer=person)
        VerdictFactory(a=evidence.profile, actor=person)
        audit(person, "customer.view", subject=evidence.profile.customer.public_id)
