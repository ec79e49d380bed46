"""What customers say. `a_verbatim` goes the way words go: logged, then taken in by the sweep; `FeedbackFactory` not."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.insights.feedback.actions import collect_span
from apps.insights.models import Feedback, Theme, ThemeSuggestion
from tests.factories.interactions import InteractionFactory


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    name = factory.Sequence(lambda n: f"Theme {n}")
    words = "late or delayed"


class ThemeSuggestionFactory(DjangoModelFactory):
    class Meta:
        model = ThemeSuggestion

    terms = factory.LazyFunction(lambda: ["courier", "doorstep", "parcel"])
    words = "courier or doorstep"
    size = 12
    recent = 4


class FeedbackFactory(DjangoModelFactory):
    """An hour old, of a chat, without an agent."""

    class Meta:
        model = Feedback

    class Params:
        words = "The parcel came late"

    interaction = factory.SubFactory(
        InteractionFactory, verbatim=factory.SelfAttribute("..words"), occurred_at=factory.SelfAttribute("..said_at")
    )
    profile = factory.SelfAttribute("interaction.profile")
    said_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    channel = factory.SelfAttribute("interaction.channel")
    staff = factory.SelfAttribute("interaction.staff")
    team = factory.LazyAttribute(lambda feedback: feedback.staff.team if feedback.staff else None)


def a_verbatim(words="The parcel came late", *, ago=timedelta(hours=1), **fields):
    """Words that were said so long ago and have been taken in."""
    now = timezone.now()
    said = InteractionFactory(verbatim=words, occurred_at=now - ago, **fields)
    collect_span(now - timedelta(minutes=1), timezone.now() + timedelta(minutes=1))
    return Feedback.objects.get(interaction=said)
