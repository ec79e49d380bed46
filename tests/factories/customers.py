"""Customers, and how sources know them. A customer has no profile by itself; a profile brings one."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from apps.customers.models import (
    Consent,
    Customer,
    DeskTab,
    Evidence,
    Identifier,
    IdentifierType,
    SourceProfile,
)
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


class DeskTabFactory(DjangoModelFactory):
    class Meta:
        model = DeskTab

    user = factory.SubFactory(UserFactory)
    customer = factory.SubFactory(CustomerFactory)
