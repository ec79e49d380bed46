"""Whatever is killed while messages are on their way: each arrives, under one id, and none is lost."""

from collections import Counter

import pytest
from django.utils import timezone

from apps.moments import actions
from apps.moments.models import WebhookMessage
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory
from tests.factories.moments import a_moment
from tests.factories.webhooks import SECRET, WebhookEndpointFactory
from tests.faults.sender import send
from tests.moments.webhooks.receiver import Receiver
from tests.stack import eventually

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MOMENTS = 8
KILLS = 2


@pytest.fixture
def receiver(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    made = Receiver(SECRET)
    yield made
    made.close()


def test_a_sender_killed_between_sending_and_noting_sends_nothing_twice_under_another_id(nursery, receiver):
    WebhookEndpointFactory(url=receiver.url)
    agent = UserFactory(team=TeamFactory())
    sofia = MarketerFactory(team=TeamFactory(kind="department"))
    customer = ConsentFactory().profile.customer
    for _moment in range(MOMENTS):
        a_moment(agent, customer, to=sofia.team)
    assert WebhookMessage.objects.count() == MOMENTS
    for _kill in range(KILLS):
        before, receiver.hold = len(receiver.paths), 0.3  # believed, and the answer still under way
        sender = nursery.start(send, 0.5)
        sender.awaited()
        eventually(lambda known=before: receiver.under_way or len(receiver.paths) > known, what="a request")
        nursery.clear()
    receiver.hold = 0.0
    leased = WebhookMessage.objects.filter(state="pending", leased_until__isnull=False).count()
    assert leased > 0, "it was killed too late to leave anything behind"
    eventually(
        lambda: not WebhookMessage.objects.filter(leased_until__gt=timezone.now()).exists(), what="the leases' end"
    )
    actions.send_due()

    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {"sent"}
    arrived = Counter(one.identity for one in receiver.got)
    assert set(arrived) == set(WebhookMessage.objects.values_list("public_id", flat=True))
    assert max(arrived.values()) > 1, "what was killed in between came again"
    bodies = {one.identity: one.event for one in receiver.got}
    assert all(bodies[one.identity] == one.event for one in receiver.got), "and was the same"
    assert receiver.refused == 0
