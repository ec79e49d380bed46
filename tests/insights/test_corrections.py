"""Words go with the entry they were said in."""

import pytest

from apps.accounts.models import Role
from apps.insights.feedback.actions import collect_span
from apps.insights.models import Feedback, FeedbackTheme, ReadReceipt, ThemeDay
from apps.interactions.corrections import move, retract, take_back
from apps.interactions.models import Interaction
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.insights import ThemeFactory
from tests.interactions.test_corrections import logged

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def theme():
    return ThemeFactory(words="never")


def taken_in(entry):
    collect_span(entry.recorded_at, entry.recorded_at.replace(year=entry.recorded_at.year + 1))
    return Feedback.originals.filter(interaction=entry).first()


def mentions():
    return sum(day.mentions for day in ThemeDay.objects.filter(theme=None))


def test_retracted_words_are_counted_and_listed_by_nobody_until_they_stand_again(agent, theme):
    entry = logged(agent, CustomerFactory())
    feedback = taken_in(entry)
    ReadReceipt.objects.create(feedback=feedback, reader=UserFactory(role=Role.SUPERVISOR), staff=agent)
    since = feedback.said_at
    assert (FeedbackTheme.objects.standing().count(), mentions()) == (1, 1)
    correction = retract(actor=agent, entry=entry, reason="No")
    assert not Feedback.objects.exists()
    assert (FeedbackTheme.objects.standing().count(), mentions()) == (0, 0)
    assert not ReadReceipt.objects.for_staff(agent, since).exists()
    collect_span(entry.recorded_at, entry.recorded_at.replace(year=entry.recorded_at.year + 1))
    assert not Feedback.objects.exists()
    take_back(actor=agent, correction=correction)
    assert Feedback.objects.get() == feedback
    assert (FeedbackTheme.objects.standing().count(), mentions()) == (1, 1)


def test_words_that_were_not_collected_before_they_were_retracted_are_collected_when_they_stand_again(agent):
    entry = logged(agent, CustomerFactory())
    correction = retract(actor=agent, entry=entry, reason="No")
    assert taken_in(entry) is None
    take_back(actor=agent, correction=correction)
    assert Feedback.objects.get().interaction == entry


def test_words_move_with_their_entry_and_back(agent):
    there = CustomerFactory()
    entry = logged(agent, CustomerFactory())
    feedback = taken_in(entry)
    correction = move(actor=agent, entry=entry, to=there, reason="")
    assert taken_in(correction.copy) == feedback
    feedback.refresh_from_db()
    assert (feedback.profile.customer, Feedback.objects.count()) == (there, 1)
    take_back(actor=agent, correction=correction)
    feedback.refresh_from_db()
    assert (feedback.interaction, feedback.profile) == (entry, entry.profile)
    assert Interaction.objects.count() == 1
