"""Rules about contacting customers, and what was sent."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.contact.models import ContactPolicy, Delivery
from tests.factories.customers import SourceProfileFactory


class ContactPolicyFactory(DjangoModelFactory):
    """A rule that forbids nothing by itself: name `cap` and `cap_days`, or `quiet_from` and `quiet_to`."""

    class Meta:
        model = ContactPolicy

    name = factory.Sequence(lambda n: f"Policy {n}")


class DeliveryFactory(DjangoModelFactory):
    """A marketing e-mail of yesterday."""

    class Meta:
        model = Delivery

    profile = factory.SubFactory(SourceProfileFactory)
    channel = "email"
    at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    what = "Newsletter"
    who = "Marketing"
    key = factory.Sequence(lambda n: f"delivery-{n}")
