"""Whatever is killed while moments go from hand to hand: each has one owner and its whole history."""

import os
import random
import time

import pytest
from django.db import connection

from apps.accounts.models import AuditEntry
from apps.interactions.models import Interaction
from apps.moments.models import Moment, Step
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory
from tests.faults.handoff import hand_on
from tests.stack import eventually

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

KILLS = int(os.environ.get("KLATSCH_KILLS", "6"))
STORIED = ["mark", "accept", "done"]


def somebody_is_connected():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state LIKE '%%transaction%%'"
        )
        return cursor.fetchone()[0]


def test_killed_in_between_every_moment_is_whole(nursery):
    agent = UserFactory(team=TeamFactory(name="Care"))
    sofia = MarketerFactory(team=TeamFactory(name="Marketing", kind="department"))
    customer = ConsentFactory().profile.customer
    chance = random.Random(7)
    for kill in range(KILLS):
        nursery.start(hand_on, customer.pk, agent.pk, sofia.pk, f"kill {kill}").awaited()
        time.sleep(chance.uniform(0, 0.4))
        nursery.clear()
    eventually(lambda: not somebody_is_connected(), what="the database's letting go")

    assert Moment.objects.count() >= KILLS
    owners = [bool(user) + bool(team) for user, team in Moment.objects.values_list("owner_user", "owner_team")]
    assert set(owners) == {1}
    for moment in Moment.objects.all():
        acts = list(Step.objects.filter(moment=moment).order_by("version").values_list("act", flat=True))
        assert len(acts) == moment.version
        told = Interaction.objects.filter(thread=f"moment:{moment.public_id}").count()
        assert told == sum(act in STORIED for act in acts)
        assert AuditEntry.objects.filter(detail__moment=str(moment.public_id)).count() == len(acts)
    assert Step.objects.filter(act="done").exists(), "it was killed too early to say anything"
