"""The demo's listening desk has something to say on every tab when somebody looks for the first time."""

import pytest
from django.utils import timezone

from apps.demo import feedback, world
from apps.insights.models import DigestReader, Feedback, FeedbackReply, FeedbackTheme, ReadReceipt, ShadowedDay, Theme

pytestmark = pytest.mark.django_db


def test_three_months_are_heard_some_of_it_read_and_answered():
    now = timezone.now()
    world.build(300, 7, now)
    assert feedback.fill(now) == Feedback.objects.count() > 100
    assert set(FeedbackTheme.objects.values_list("theme", flat=True)) == set(Theme.objects.values_list("pk", flat=True))
    assert {*Feedback.objects.values_list("product", flat=True)} > {"", "coffee", "kitchen"}
    assert Feedback.objects.filter(loudness__gte=6).exists()
    assert ReadReceipt.objects.filter(reader__username="marketer", staff__username="agent").exists()
    assert FeedbackReply.objects.filter(to__username="agent").exists()
    assert (ShadowedDay.objects.count(), DigestReader.objects.get().person.username) == (1, "marketer")
