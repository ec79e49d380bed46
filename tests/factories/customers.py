"""Customers, and how sources know them. A customer has no profile by itself; a profile brings one."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from apps.contact.models import Consent, Preference, Suppression
from apps.customers.models import (
    AttributeChange,
    AttributeDefinition,
    Customer,
    Evidence,
    Identifier,
    IdentifierType,
    MatchCandidate,
    MatchModel,
    MergeRecord,
    SourceProfile,
    Verdict,
)
from apps.desktop.models import OpenTab
from tests.factories.accounts import UserFactory


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Customer {n}")


class SourceProfileFactory(DjangoModelFactory):
    class Meta:
        model = SourceProfile

    source = "shop"
    external_id = factory.Sequence(lambda n: f"profile-{n}")
    customer = factory.SubFactory(CustomerFactory)


class IdentifierFactory(DjangoModelFactory):
    """A phone number; other types name their own `value`, already normalised."""

    class Meta:
        model = Identifier

    type = IdentifierType.PHONE
    value = factory.Sequence(lambda n: f"+4420794{n:05}")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    profile = factory.SubFactory(SourceProfileFactory)
    identifier = factory.SubFactory(IdentifierFactory)


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    profile = factory.SubFactory(SourceProfileFactory)
    channel = Consent.Channel.EMAIL
    status = Consent.Status.GRANTED
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    origin = "web form"


class SuppressionFactory(DjangoModelFactory):
    """Of a person; of a value with `profile=None, type=..., value=...`."""

    class Meta:
        model = Suppression

    profile = factory.SubFactory(SourceProfileFactory)
    reason = "Asked never to be contacted"
    source = "At the desk"


class PreferenceFactory(DjangoModelFactory):
    class Meta:
        model = Preference

    profile = factory.SubFactory(SourceProfileFactory)


class OpenTabFactory(DjangoModelFactory):
    class Meta:
        model = OpenTab

    user = factory.SubFactory(UserFactory)
    customer = factory.SubFactory(CustomerFactory)


class AttributeDefinitionFactory(DjangoModelFactory):
    class Meta:
        model = AttributeDefinition

    key = factory.Sequence(lambda n: f"attribute_{n}")
    label = factory.Sequence(lambda n: f"Attribute {n}")


class AttributeChangeFactory(DjangoModelFactory):
    """The row of the history alone: what the profile says now is in its `traits`."""

    class Meta:
        model = AttributeChange

    profile = factory.SubFactory(SourceProfileFactory)
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class MatchModelFactory(DjangoModelFactory):
    class Meta:
        model = MatchModel

    parameters = factory.LazyFunction(dict)
    customers = 1200
    pairs = 40


class MatchCandidateFactory(DjangoModelFactory):
    """Two customers with a profile each, `a` the elder; name their fields with `a__name` and so on."""

    class Meta:
        model = MatchCandidate
        skip_postgeneration_save = True

    a = factory.SubFactory(CustomerFactory)
    b = factory.SubFactory(CustomerFactory)
    score = 0.97
    features = factory.LazyFunction(
        lambda: {
            "given": {"level": "same", "weight": 6.5},
            "family": {"level": "close", "weight": 4.0},
            "born": {"level": "same", "weight": 9.5},
            "phones": {"level": "unknown", "weight": 0.0},
        }
    )
    origin = MatchCandidate.Origin.MODEL

    @factory.post_generation
    def profiles(self, create, extracted):
        """`profiles=False` leaves them without."""
        if create and extracted is not False:
            for customer in (self.a, self.b):
                if not customer.profiles.exists():
                    SourceProfileFactory(customer=customer)


class MergeRecordFactory(DjangoModelFactory):
    """The record alone, of a merge by a rule; `actions.merge_customers` makes one with all that belongs to it."""

    class Meta:
        model = MergeRecord

    survivor = factory.SubFactory(CustomerFactory)
    absorbed = factory.SubFactory(CustomerFactory, merged_into=factory.SelfAttribute("..survivor"))
    profiles = factory.LazyFunction(list)
    rule = "shared identifier"


class VerdictFactory(DjangoModelFactory):
    """Somebody said that two profiles are never the same."""

    class Meta:
        model = Verdict

    a = factory.SubFactory(SourceProfileFactory)
    b = factory.SubFactory(SourceProfileFactory)
    same = False
    actor = factory.SubFactory(UserFactory)
