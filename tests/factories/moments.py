"""Moments. `MomentFactory()` is open and owned by an agent; `a_moment` goes the way people go."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.moments.actions import mark, offer
from apps.moments.drafts import Sighting
from apps.moments.models import Moment, MomentKind
from tests.factories.accounts import UserFactory
from tests.factories.customers import SourceProfileFactory


class MomentKindFactory(DjangoModelFactory):
    class Meta:
        model = MomentKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    label = factory.LazyAttribute(lambda kind: kind.code.replace("-", " ").capitalize())


class MomentFactory(DjangoModelFactory):
    class Meta:
        model = Moment

    profile = factory.SubFactory(SourceProfileFactory)
    kind = "praise"
    reason = "Best coffee in town"
    suggestion = "Thank them"
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    act_by = factory.SelfAttribute("due_at")
    owner_user = factory.SubFactory(UserFactory)
    queue = factory.SelfAttribute("owner_user.team")
    marked_by = factory.SelfAttribute("owner_user")
    key = factory.Sequence(lambda n: f"moment-{n}")


def a_moment(actor, customer, to=None, **said):
    """One that `actor` has marked and, with `to` (a team), offered."""
    number = Moment.objects.count()
    seen = Sighting(**{"kind": "praise", "key": f"key-{number}", "reason": "Best coffee in town", **said})
    made = mark(actor=actor, customer=customer, seen=seen)
    return offer(actor=actor, moment=made, team=to) if to else made
