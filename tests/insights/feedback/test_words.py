"""What counts as words, how loud they are, what they refer to; and that none is lost or taken in twice."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.utils import timezone

from apps.foundation.db import watermark
from apps.foundation.live import conninfo
from apps.insights.feedback import actions, words
from apps.insights.feedback.actions import SWEEP, collect_span
from apps.insights.models import Feedback, SweepProgress, ThemeDay
from apps.interactions.models import Channel, Direction
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.insights import ThemeFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
COPY_OF = """
    INSERT INTO interactions_interaction (profile_id, occurred_at, recorded_at, channel, kind, direction, title, body,
        verbatim, sentiment, currency, touchpoint, staff_name, reference, thread, source, external_id, payload)
    SELECT profile_id, occurred_at, now(), channel, kind, direction, title, body, %s, sentiment, currency, touchpoint,
        staff_name, reference, thread, source, 'late', payload FROM interactions_interaction WHERE id = %s
"""


def collected():
    """Everything that is there, collected."""
    collect_span(timezone.now() - timedelta(days=1), timezone.now() + HOUR)
    return Feedback.objects.order_by("interaction")


def test_noted_words_and_public_ones_count_and_notes_of_ours_do_not():
    noted = InteractionFactory(verbatim="It leaks", body="Wants a plumber")
    public = InteractionFactory(channel=Channel.SOCIAL, kind="post", body="They never answer")
    InteractionFactory(channel=Channel.SOCIAL, kind="post", body="We are sorry", direction=Direction.OUTBOUND)
    InteractionFactory(body="Sounds unhappy to me")
    assert [one.interaction_id for one in collected()] == [noted.pk, public.pk]
    assert [words.words_of(one.interaction) for one in collected()] == ["It leaks", "They never answer"]


def test_a_second_sweep_takes_nothing_in_twice():
    InteractionFactory(verbatim="It leaks")
    assert (collected().count(), collected().count()) == (1, 1)
    assert ThemeDay.objects.get().mentions == 1


def test_where_who_and_which_product_are_kept_beside_the_words():
    team = TeamFactory(name="Care")
    mina = UserFactory(team=team)
    profile = SourceProfileFactory()
    InteractionFactory(profile=profile, order=True, reference="LW-1", payload={"products": [{"category": "coffee"}]})
    InteractionFactory(profile=profile, verbatim="It leaks", reference="LW-1", touchpoint="Lyon", staff=mina)
    one = collected().get()
    assert (one.place, one.product, one.staff, one.team) == ("Lyon", "coffee", mina, team)


def test_a_payload_that_names_its_own_category_wins_and_one_that_is_no_word_says_nothing():
    InteractionFactory(verbatim="It leaks", payload={"category": "kettles"})
    InteractionFactory(verbatim="It leaks", payload={"category": {"id": 3}})
    InteractionFactory(verbatim="It leaks", payload=["kettles"])
    assert [one.product for one in collected()] == ["kettles", "", ""]


@pytest.mark.parametrize(
    ("fields", "loudness"),
    [
        ({}, 0),
        ({"sentiment": "positive"}, 1),
        ({"sentiment": "negative"}, 4),
        ({"sentiment": "negative", "channel": "social"}, 6),
        ({"sentiment": "negative", "channel": "social", "payload": {"followers": 12_000}}, 8),
        ({"channel": "social", "payload": {"account": {"followers_count": "1500"}}}, 3),
        ({"channel": "social", "payload": {"followers": "many"}}, 2),
        ({"verbatim": "word " * 80}, 1),
    ],
)
def test_loudness_adds_up_what_makes_words_loud(fields, loudness):
    InteractionFactory(**{"verbatim": "Never again", **fields})
    assert collected().get().loudness == loudness


def test_what_is_at_stake_makes_words_louder():
    for reference, amount in (("A", 249), ("B", 250), ("C", 1000)):
        InteractionFactory(order=True, reference=reference, amount=Decimal(amount))
        InteractionFactory(verbatim="Where is it?", reference=reference)
    assert [one.loudness for one in collected()] == [0, 1, 2]


def test_whoever_has_to_say_it_again_is_louder_under_whatever_name_a_source_knows_them():
    now, web = timezone.now(), SourceProfileFactory()
    mail = SourceProfileFactory(customer=web.customer, source="mail")
    sad = {"sentiment": "negative", "verbatim": "Still broken"}
    InteractionFactory(profile=web, occurred_at=now - timedelta(days=29), **sad)
    InteractionFactory(profile=web, occurred_at=now - timedelta(days=27), **sad)
    InteractionFactory(profile=mail, occurred_at=now, **sad)
    InteractionFactory(occurred_at=now, **sad)
    assert [one.loudness for one in collected()] == [4, 6, 6, 4]


def test_days_are_counted_with_the_unhappy_among_them(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    ThemeFactory(words="parcel")
    noon = timezone.now().replace(hour=12, minute=0) - timedelta(days=2)
    InteractionFactory(verbatim="The parcel is late", sentiment="negative", occurred_at=noon)
    InteractionFactory(verbatim="Thank you", occurred_at=noon + timedelta(hours=4))  # the next day in Tokyo
    collected()
    counted = set(ThemeDay.objects.values_list("theme__name", "day", "mentions", "unhappy"))
    first, second = noon.date(), noon.date() + timedelta(days=1)
    name = ThemeDay.objects.exclude(theme=None).get().theme.name
    assert counted == {(None, first, 1, 1), (None, second, 1, 0), (name, first, 1, 1)}


def test_the_sweep_begins_three_months_back_and_goes_on_where_it_was():
    old, new = InteractionFactory(verbatim="Old"), InteractionFactory(verbatim="New")
    type(old).objects.filter(pk=old.pk).update(recorded_at=timezone.now() - timedelta(days=92))
    while actions.collect()[1]:
        pass
    assert [one.interaction_id for one in Feedback.objects.all()] == [new.pk]
    assert timezone.now() - SweepProgress.objects.get(name=SWEEP).reached < timedelta(minutes=1)
    InteractionFactory(verbatim="Newer")
    assert actions.collect() == (1, False)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_overtaken_that_is_committed_late(monkeypatch):
    """While somebody's transaction is open the mark stays before its beginning, though newer words are read."""
    monkeypatch.setattr(watermark, "MARGIN", timedelta())
    SweepProgress.objects.create(name=SWEEP, reached=timezone.now() - HOUR)
    pattern = InteractionFactory(verbatim="")
    with psycopg.connect(conninfo("klatsch test")) as slow:
        began = slow.execute("SELECT now()").fetchone()[0]
        slow.execute(COPY_OF, ["Committed late", pattern.pk])
        InteractionFactory(verbatim="Meanwhile")
        assert actions.collect() == (1, False)
        assert SweepProgress.objects.get(name=SWEEP).reached <= began
    assert actions.collect() == (1, False)
    assert SweepProgress.objects.get(name=SWEEP).reached > began


@pytest.mark.django_db(transaction=True)
def test_of_two_sweeps_at_once_one_goes_home():
    SweepProgress.objects.create(name=SWEEP, reached=timezone.now() - HOUR)
    InteractionFactory(verbatim="Once")
    with psycopg.connect(conninfo("klatsch test")) as other:
        other.execute("SELECT 1 FROM insights_sweepprogress FOR UPDATE")
        assert actions.collect() == (0, False)
    assert actions.collect() == (1, False)
