"""What happened. Interactions are a minute apart, each newer than the one made before it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.interactions.models import VISIT, Channel, Disposition, FollowUp, Interaction, Pin
from tests.factories.accounts import UserFactory
from tests.factories.customers import SourceProfileFactory

DAWN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class DispositionFactory(DjangoModelFactory):
    class Meta:
        model = Disposition
        django_get_or_create = ("code",)  # a company begins with some

    code = factory.Sequence(lambda n: f"code-{n}")
    label = factory.LazyAttribute(lambda disposition: disposition.code.replace("-", " ").capitalize())


class InteractionFactory(DjangoModelFactory):
    """A chat; the traits `call`, `order` and `visit` make it something else. Name the `profile`, or
    `profile__customer`."""

    class Meta:
        model = Interaction

    class Params:
        call = factory.Trait(channel=Channel.VOICE, kind="call", title="Call")
        order = factory.Trait(
            channel=Channel.ORDER,
            kind="order_placed",
            title="Order placed",
            amount=Decimal("49.90"),
            currency="EUR",
            reference=factory.Sequence(lambda n: f"ORD-{n:06}"),
        )
        visit = factory.Trait(
            channel=Channel.WEB,
            kind=VISIT,
            title="Start page",
            ended_at=factory.SelfAttribute("occurred_at"),
            payload=factory.LazyAttribute(
                lambda visit: {
                    "count": 1,
                    "pages": [{"title": visit.title, "url": "", "at": visit.occurred_at.isoformat()}],
                }
            ),
        )

    profile = factory.SubFactory(SourceProfileFactory)
    occurred_at = factory.Sequence(lambda n: DAWN + timedelta(minutes=n))
    channel = Channel.CHAT
    kind = "chat"
    title = "Chat"
    source = factory.SelfAttribute("profile.source")
    external_id = factory.Sequence(lambda n: f"interaction-{n}")


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    profile = factory.SubFactory(SourceProfileFactory)
    text = "Call back"
    due_at = DAWN + timedelta(days=1)
    owner = factory.SubFactory(UserFactory)


class PinFactory(DjangoModelFactory):
    class Meta:
        model = Pin

    interaction = factory.SubFactory(InteractionFactory)
    profile = factory.SelfAttribute("interaction.profile")
    actor = factory.SubFactory(UserFactory)
