"""Moments. `MomentFactory()` is open and owned by an agent; `a_moment` goes the way people go."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.contact.blocks import replace_blocks
from apps.contact.models import Avoided
from apps.moments.actions import keep_rule, mark, offer
from apps.moments.drafts import MomentDraft
from apps.moments.models import Moment, MomentKind, MomentRule
from tests.factories.accounts import UserFactory
from tests.factories.customers import SourceProfileFactory


class MomentKindFactory(DjangoModelFactory):
    class Meta:
        model = MomentKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    label = factory.LazyAttribute(lambda kind: kind.code.replace("-", " ").capitalize())


class MomentRuleFactory(DjangoModelFactory):
    """One that is on, has its first version, and would propose every chat from now on."""

    class Meta:
        model = MomentRule

    code = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.LazyAttribute(lambda rule: rule.code.replace("-", " ").capitalize())
    kind = "praise"
    active = True
    channels = factory.LazyFunction(lambda: ["chat"])

    @classmethod
    def _create(cls, model_class, *args, **values):
        rule = model_class(*args, **values)
        keep_rule(actor=None, rule=rule)
        return rule


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

    @classmethod
    def _create(cls, *args, **kwargs):
        made = super()._create(*args, **kwargs)
        replace_blocks([made.blocking] if made.tags else [])
        return made


def a_moment(actor, customer, to=None, **said):
    """One that `actor` has marked and, with `to` (a team), offered."""
    number = Moment.objects.count()
    seen = MomentDraft(**{"kind": "praise", "key": f"key-{number}", "reason": "Best coffee in town", **said})
    made = mark(actor=actor, customer=customer, seen=seen)
    return offer(actor=actor, moment=made, team=to) if to else made


class AvoidedFactory(DjangoModelFactory):
    """A contact that somebody without a team was about to make, and that was refused since they were never asked."""

    class Meta:
        model = Avoided

    profile = factory.SubFactory(SourceProfileFactory)
    channel = "email"
    purpose = "marketing"
    codes = factory.LazyFunction(lambda: ["not_asked"])
    where = "contact"
    actor = factory.SubFactory(UserFactory)
    team = factory.SelfAttribute("actor.team")
    key = factory.Sequence(lambda n: f"avoided-{n}")
