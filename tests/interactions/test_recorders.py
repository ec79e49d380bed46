"""What rooms above keep of what sources report."""

import pytest

from apps.contact.consents import write_consents
from apps.interactions import recorders
from apps.interactions.actions import record
from apps.interactions.models import Interaction
from tests.interactions.drafts import draft, touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def writers(monkeypatch):
    """Nobody's but the test's."""
    found = []
    monkeypatch.setattr(recorders, "_writers", found)
    return found


def test_every_writer_hears_of_the_batch_after_it_was_written(writers):
    def writer(drafts, people):
        heard.append((list(drafts), dict(people), Interaction.objects.count()))

    heard, drafts = [], [draft(touch("e1")), draft(touch("e2"), who="u2")]
    recorders.register(writer)
    recorders.register(writer)  # twice is once
    people = record(drafts).people
    assert heard == [(drafts, people, 2)]


def test_a_writer_that_fails_undoes_the_batch(writers):
    def refuse(_drafts, _people):
        raise RuntimeError

    recorders.register(refuse)
    with pytest.raises(RuntimeError):
        record([draft(touch("e1"))])
    assert Interaction.objects.count() == 0


def test_consents_are_written_by_the_room_they_belong_to():
    assert write_consents in recorders._writers
