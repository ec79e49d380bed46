"""What is written for other systems: with the step, once, and nothing that has not left the service side."""

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.contact.permission import active_policies
from apps.moments import actions
from apps.moments.drafts import MomentDraft
from apps.moments.models import MomentKind, Step, WebhookEvent, WebhookMessage
from apps.moments.webhooks.outbox import EVENTS, endpoints
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory
from tests.factories.moments import a_moment
from tests.factories.webhooks import WebhookEndpointFactory

pytestmark = pytest.mark.django_db
SEEDED = ("Abramowitsch", "0171 2345678", "anna@shop.example", "cried on the phone")


@pytest.fixture
def people():
    """An agent of Care, a marketer of Marketing, and a customer who permits everything."""
    agent = UserFactory(team=TeamFactory(name="Care"))
    sofia = MarketerFactory(team=TeamFactory(name="Marketing", kind="department"))
    customer = ConsentFactory(profile__customer__name="Anna Abramowitsch").profile.customer
    return agent, sofia, customer


def written():
    return list(WebhookMessage.objects.order_by("id").values_list("event", flat=True))


def last():
    return WebhookMessage.objects.order_by("-id").first().payload["data"]


# what is told
def test_each_step_of_a_moment_that_left_is_written_for_whoever_wants_it(people):
    agent, sofia, customer = people
    WebhookEndpointFactory()
    made = a_moment(agent, customer, to=sofia.team)
    actions.accept(actor=sofia, moment=made)
    actions.finish(actor=sofia, moment=made, outcome="thanked", line="Sent her a card")
    assert written() == ["moment.offered", "moment.accepted", "moment.done"]
    told = last()
    assert told == {
        "id": str(made.public_id),
        "version": made.version,
        "state": "done",
        "outcome": "thanked",
        "kind": "praise",
        "due": made.due_at.isoformat(),
        "owner": "Marketing",
        "offered_to": "",
        "copy": made.disclosed,
    }


def test_the_body_is_as_the_specification_has_it(people):
    agent, sofia, customer = people
    WebhookEndpointFactory()
    made = a_moment(agent, customer, to=sofia.team)
    message = WebhookMessage.objects.get()
    assert list(message.payload) == ["data", "type", "timestamp"]
    assert message.payload["type"] == "moment.offered"
    assert message.payload["timestamp"] == made.steps.get(act="offer").at.isoformat()
    assert (message.public_id[:4], len(message.public_id), "." in message.public_id) == ("msg_", 32, False)
    assert (last()["owner"], last()["offered_to"]) == ("Care", "Marketing")


def test_what_a_rule_puts_into_a_department_s_queue_is_offered_to_it(people):
    _agent, sofia, customer = people
    WebhookEndpointFactory()
    seen = MomentDraft(kind="praise", key="rule:praise:1", rule="praise@1")
    made = actions.mark(actor=None, owner=sofia.team, customer=customer, seen=seen)
    assert written() == ["moment.offered"]
    assert (last()["owner"], last()["copy"]) == ("Marketing", made.disclosed)


def test_what_stays_among_those_who_talk_to_customers_is_told_to_nobody(people):
    agent, _sofia, customer = people
    WebhookEndpointFactory()
    store = UserFactory(team=TeamFactory(name="Lyon", kind="store"))
    made = a_moment(agent, customer, to=store.team)
    actions.accept(actor=store, moment=made)
    assert written() == []


def test_no_word_leaves_that_did_not_travel(people):
    agent, sofia, customer = people
    WebhookEndpointFactory()
    words = "Anna Abramowitsch, 0171 2345678, anna@shop.example, cried on the phone"
    made = a_moment(agent, customer, reason=words, suggestion="Call Abramowitsch at 0171 2345678")
    actions.offer(actor=agent, moment=made, team=sofia.team, note="She cried on the phone")
    actions.decline(actor=sofia, moment=made, reason="Abramowitsch is known to us")
    everything = b"".join(orjson.dumps(one) for one in WebhookMessage.objects.values_list("payload", flat=True))
    assert written() == ["moment.offered", "moment.declined"]
    assert [word for word in SEEDED if word.encode() in everything] == []
    assert str(customer.public_id).encode() not in everything


def test_what_is_called_back_is_said_without_its_copy(people):
    agent, sofia, customer = people
    WebhookEndpointFactory()
    made = a_moment(agent, customer, to=sofia.team)
    actions.undo(actor=agent, moment=made)
    assert written() == ["moment.offered", "moment.undone"]
    assert last()["copy"] is None


def test_every_act_has_an_event_and_only_marking_none_of_its_own():
    assert set(EVENTS) == set(Step.Act.values)
    assert EVENTS[Step.Act.MARK] == EVENTS[Step.Act.OFFER]
    assert len(set(EVENTS.values())) == len(EVENTS) - 1 == len(WebhookEvent.values)


# to whom
def test_an_endpoint_is_told_of_the_events_and_kinds_that_it_chose(people):
    agent, sofia, customer = people
    WebhookEndpointFactory(name="accepted", events=["moment.accepted"])
    WebhookEndpointFactory(name="carts", kinds=["cart"])
    WebhookEndpointFactory(name="praise", kinds=["praise", "cart"], events=["moment.offered"])
    WebhookEndpointFactory(name="off", active=False)
    WebhookEndpointFactory(name="disabled", disabled_at=timezone.now())
    made = a_moment(agent, customer, to=sofia.team)
    actions.accept(actor=sofia, moment=made)
    told = WebhookMessage.objects.order_by("id").values_list("endpoint__name", "event")
    assert list(told) == [("praise", "moment.offered"), ("accepted", "moment.accepted")]


def test_time_tells_too(people):
    agent, sofia, customer = people
    lead = TeamFactory(name="Growth", kind="department")
    MomentKind.objects.create(code="praise", label="Praise", lead_team=lead)
    WebhookEndpointFactory()
    made = a_moment(agent, customer, to=sofia.team)
    actions.sweep(at=made.answer_by + timezone.timedelta(minutes=1))
    assert written() == ["moment.offered", "moment.escalated"]
    assert (last()["owner"], last()["offered_to"]) == ("Care", "Growth")


# with the step, and once
def test_a_step_that_is_rolled_back_tells_nobody(people):
    agent, sofia, customer = people
    WebhookEndpointFactory()
    made = a_moment(agent, customer)
    with transaction.atomic():
        actions.offer(actor=agent, moment=made, team=sofia.team)
        assert written() == ["moment.offered"]
        transaction.set_rollback(True)
    assert written() == []


def test_a_message_is_one_for_each_endpoint_and_version(people):
    agent, sofia, customer = people
    WebhookEndpointFactory.create_batch(2)
    made = a_moment(agent, customer, to=sofia.team)
    keys = WebhookMessage.objects.order_by("id").values_list("key", flat=True)
    assert list(keys) == [f"{one.pk}:{made.public_id}:{made.version}" for one in endpoints()]


def test_where_nobody_listens_a_step_costs_nothing_more(people):
    agent, sofia, customer = people
    endpoints()
    made = a_moment(agent, customer)
    with CaptureQueriesContext(connection) as captured:
        actions.offer(actor=agent, moment=made, team=sofia.team)
    assert [query["sql"] for query in captured if "webhook" in query["sql"]] == []


def test_ten_endpoints_cost_as_much_as_one(people):
    agent, sofia, customer = people

    def cost():
        endpoints(), active_policies()  # what is remembered is read before
        made = a_moment(agent, customer)
        with CaptureQueriesContext(connection) as captured:
            actions.offer(actor=agent, moment=made, team=sofia.team)
        return len(captured)

    WebhookEndpointFactory()
    one = cost()
    WebhookEndpointFactory.create_batch(9)
    assert cost() == one
    assert WebhookMessage.objects.count() == 11
