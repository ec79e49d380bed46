"""Sending what waits: proved by the specification's own library at the other end of real connections."""

import base64
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.channels.actions import relock
from apps.contact.models import Avoided
from apps.foundation.vault import lock, unlock
from apps.moments import actions
from apps.moments.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.delivery import queue, request, result
from tests.factories.accounts import MarketerFactory, OwnerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SuppressionFactory
from tests.factories.moments import a_moment
from tests.factories.webhooks import SECRET, WebhookEndpointFactory, WebhookMessageFactory
from tests.moments.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db
State = WebhookMessage.State
NEWER = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # a key that nothing was locked with yet


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]


@pytest.fixture
def receiver():
    made = Receiver(SECRET)
    yield made
    made.close()


@pytest.fixture
def endpoint(receiver):
    return WebhookEndpointFactory(url=receiver.url)


@pytest.fixture
def people():
    agent = UserFactory(team=TeamFactory(name="Care"))
    sofia = MarketerFactory(team=TeamFactory(name="Marketing", kind="department"))
    customer = ConsentFactory(profile__customer__name="Anna Weber").profile.customer
    return agent, sofia, customer


def waiting(endpoint, **fields):
    """A message about a moment whose customer permits everything."""
    profile = ConsentFactory().profile
    return WebhookMessageFactory(endpoint=endpoint, moment__profile=profile, **fields)


def send(at=None):
    if at:
        WebhookMessage.objects.filter(state=State.PENDING).update(due_at=at)
    return actions.send_due()


def now_of(message):
    message.refresh_from_db()
    return message


# what arrives
def test_the_way_of_a_moment_arrives_signed_and_in_the_form_of_the_specification(people, endpoint, receiver):
    agent, sofia, customer = people
    made = a_moment(agent, customer, to=sofia.team)
    actions.accept(actor=sofia, moment=made)
    assert send() == 2
    assert sorted(receiver.types) == ["moment.accepted", "moment.offered"]
    assert receiver.refused == 0
    sent = {one.public_id: one.payload for one in WebhookMessage.objects.all()}
    assert {one.identity: one.event for one in receiver.got} == sent
    headers = receiver.got[0].headers
    assert (headers["Content-Type"], headers["User-Agent"]) == ("application/json", "Klatsch")
    assert all(one.event["data"]["copy"]["who"] == "Anna W." for one in receiver.got)


def test_what_was_answered_is_in_the_log(endpoint, receiver):
    message = waiting(endpoint)
    receiver.answers = [(202, {}, b"x" * 9000)]
    send()
    assert (now_of(message).state, message.attempts, message.leased_until) == (State.SENT, 1, None)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error, len(attempt.answer)) == (202, "", 2000)
    assert send() == 0
    assert len(receiver.got) == 1


def test_while_a_secret_is_replaced_both_sign(endpoint, receiver):
    actor = OwnerFactory()
    new = actions.replace_secret(actor=actor, endpoint=endpoint)
    waiting(endpoint)
    send()
    receiver.secret = new
    waiting(endpoint)
    send()
    assert [len(one.signatures) for one in receiver.got] == [2, 2]
    WebhookEndpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    waiting(endpoint)
    send()
    assert len(receiver.got[-1].signatures) == 1
    assert receiver.refused == 0
    assert set(unlock(WebhookEndpoint.objects.get().vault)) == {"secret", "previous"}


def test_a_new_secret_is_as_the_specification_writes_it(settings):
    endpoint, secret = actions.connect_endpoint(actor=OwnerFactory(), name="CRM", url="https://crm.example/hook")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert secret not in endpoint.vault
    assert unlock(endpoint.vault) == {"secret": secret}
    assert secret not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


# what does not
@pytest.mark.parametrize("answer", [500, 404, (302, {"Location": "https://elsewhere.example/"}, b"")])
def test_what_was_refused_is_tried_again_later_under_the_same_id(endpoint, receiver, answer):
    message = waiting(endpoint)
    receiver.answers = [answer]
    began = timezone.now()
    send()
    assert (now_of(message).state, message.attempts) == (State.PENDING, 1)
    assert timedelta(seconds=5) <= message.due_at - began < timedelta(seconds=12)
    assert send() == 0, "it is not due yet"
    send(at=timezone.now())
    assert now_of(message).state == State.SENT
    assert [one.identity for one in receiver.got] == [message.public_id] * 2
    assert len(receiver.paths) == 2


def test_the_waits_are_the_specifications_and_end(endpoint, receiver):
    message = waiting(endpoint)
    receiver.usual = 500
    waits = []
    for _attempt in range(10):
        at = timezone.now()
        send(at=at)
        waits.append((now_of(message).due_at - at).total_seconds())
    named = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert all(one <= wait < one * 1.2 + 5 for one, wait in zip(named, waits, strict=False))
    assert (message.state, message.attempts, message.reason) == (State.FAILED, 10, "It answered 500.")
    assert WebhookAttempt.objects.count() == len(receiver.got) == 10


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_asks_us_to_wait_is_left_alone_that_long(endpoint, receiver, status):
    first, second = waiting(endpoint), waiting(endpoint)
    receiver.answers = [(status, {"Retry-After": "1800"}, b""), (status, {"Retry-After": "1800"}, b"")]
    send()
    tried = len(receiver.got)
    endpoint.refresh_from_db()
    assert endpoint.rests_until > timezone.now() + timedelta(minutes=29)
    send(at=timezone.now())
    assert len(receiver.got) == tried, "it asked to be left alone"
    WebhookEndpoint.objects.update(rests_until=timezone.now())
    send(at=timezone.now())
    assert {now_of(first).state, now_of(second).state} == {State.SENT}
    endpoint.refresh_from_db()
    assert (endpoint.rests_until, endpoint.failing_since) == (None, None)


def test_gone_means_gone_until_somebody_switches_it_on(people, endpoint, receiver):
    agent, sofia, customer = people
    waiting(endpoint)
    receiver.answers = [410]
    later = waiting(endpoint, due_at=timezone.now() + timedelta(hours=1))
    send()
    endpoint.refresh_from_db()
    assert "410" in endpoint.disabled_why
    assert now_of(later).state == State.FAILED
    a_moment(agent, customer, to=sofia.team)
    assert WebhookMessage.objects.count() == 2, "nothing is written for it"
    assert AuditEntry.objects.filter(action="webhook.disable", detail__name=endpoint.name).count() == 1
    owner = OwnerFactory()
    assert actions.switch_on(actor=owner, endpoint=endpoint)
    assert not actions.switch_on(actor=owner, endpoint=endpoint)
    assert actions.replay_failed(actor=owner, endpoint=endpoint, since=timezone.now() - timedelta(hours=1)) == 2
    send()
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {State.SENT}


def test_five_days_of_nothing_but_failures_switch_it_off(endpoint, receiver):
    receiver.usual = 500
    message = waiting(endpoint)
    send()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=4, hours=23))
    send(at=timezone.now())
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    send(at=timezone.now())
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert now_of(message).state == State.FAILED


@pytest.mark.parametrize(
    "place", ["127.0.0.1:9", "10.1.2.3", "169.254.169.254", "[::ffff:127.0.0.1]", "localhost", "0x7f000001"]
)
def test_addresses_inside_our_own_network_are_asked_nothing(settings, place):
    settings.PRIVATE_PEERS = []
    message = waiting(WebhookEndpointFactory(url=f"http://{place}/latest/meta-data/"))
    send()
    assert now_of(message).state == State.FAILED
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (None, "private_address")


def test_whoever_does_not_answer_fails_in_time_and_holds_up_nobody(endpoint, receiver, monkeypatch):
    monkeypatch.setattr(request, "TIMEOUT", (2.0, 0.9))
    slow = Receiver(SECRET)
    slow.hold = 1.4
    stuck = WebhookEndpointFactory(url=slow.url)
    held = [waiting(stuck) for _message in range(5)]
    quick = [waiting(endpoint) for _message in range(5)]
    try:
        send()
        assert {now_of(one).state for one in quick} == {State.SENT}
        assert {now_of(one).state for one in held} == {State.PENDING}
        assert set(WebhookAttempt.objects.filter(message__in=held).values_list("error", flat=True)) == {"timeout"}
        done = WebhookAttempt.objects.filter(message__in=quick).order_by("at").values_list("at", flat=True)
        first_timeout = WebhookAttempt.objects.filter(message__in=held).earliest("at").at
        assert min(done) < first_timeout, "the quick ones were settled while the slow one was waited for"
    finally:
        slow.close()


def test_no_endpoint_gets_more_than_its_share_at_once(endpoint, receiver):
    receiver.hold, receiver.meet = 0.1, threading.Barrier(queue.EACH)
    for _message in range(2 * queue.EACH):
        waiting(endpoint)
    assert send() == 2 * queue.EACH
    assert receiver.most == queue.EACH


def test_nobody_at_the_other_end_is_said_in_words(endpoint, receiver):
    message = waiting(endpoint)
    receiver.close()
    send()
    assert (now_of(message).state, message.reason) == (State.PENDING, "Nobody could be reached there.")
    assert WebhookAttempt.objects.get().error == "unreachable"


# permission, asked again
def test_a_withdrawal_in_between_stops_what_waits_and_says_why(people, endpoint, receiver):
    agent, sofia, customer = people
    made = a_moment(agent, customer, to=sofia.team)
    ConsentFactory(profile=made.profile, status="withdrawn")
    send()
    assert receiver.got == []
    message = WebhookMessage.objects.get()
    assert (message.state, message.reason) == (State.CANCELLED, "They agreed once and have withdrawn it.")
    assert WebhookAttempt.objects.count() == 0
    avoided = Avoided.objects.get()
    assert (avoided.where, avoided.codes, avoided.about, avoided.kind) == (
        "outbox", ["withdrawn"], made.public_id, made.kind,
    )  # fmt: skip
    assert WebhookMessage.objects.count() == 1, "nor is anybody told that it was cancelled"


def test_a_stop_holds_for_every_purpose(people, endpoint, receiver):
    agent, sofia, customer = people
    made = a_moment(agent, customer, kind="leaving", to=sofia.team)
    assert made.purpose == "service"
    SuppressionFactory(profile=made.profile)
    send()
    assert (receiver.got, WebhookMessage.objects.get().state) == ([], State.CANCELLED)


def test_what_was_called_back_before_it_was_sent_is_not_sent_after(people, endpoint, receiver):
    agent, sofia, customer = people
    made = a_moment(agent, customer, to=sofia.team)
    actions.undo(actor=agent, moment=made)
    send()
    assert receiver.types == ["moment.undone"]
    assert receiver.got[0].event["data"]["copy"] is None
    assert WebhookMessage.objects.get(event="moment.offered").state == State.CANCELLED


# again
def test_one_message_is_sent_again_under_its_id(endpoint, receiver):
    message = waiting(endpoint)
    send()
    owner = OwnerFactory()
    assert actions.replay(actor=owner, message=message)
    assert not actions.replay(actor=owner, message=message), "it is waiting already"
    send()
    assert [one.identity for one in receiver.got] == [message.public_id] * 2
    assert AuditEntry.objects.get(action="webhook.replay").detail["message"] == message.public_id


def test_what_failed_since_a_time_is_sent_again_and_nothing_else(endpoint, receiver):
    now = timezone.now()
    failed = waiting(endpoint, state=State.FAILED, done_at=now - timedelta(hours=1), attempts=10)
    old = waiting(endpoint, state=State.FAILED, done_at=now - timedelta(days=3))
    cancelled = waiting(endpoint, state=State.CANCELLED, done_at=now)
    others = waiting(WebhookEndpointFactory(url=receiver.url), state=State.FAILED, done_at=now)
    count = actions.replay_failed(actor=OwnerFactory(), endpoint=endpoint, since=now - timedelta(days=1))
    send()
    assert (count, [one.identity for one in receiver.got]) == (1, [failed.public_id])
    assert [now_of(one).state for one in (failed, old, cancelled, others)] == ["sent", "failed", "cancelled", "failed"]


def test_a_permission_gone_meanwhile_stops_what_is_sent_again(endpoint, receiver):
    message = waiting(endpoint)
    send()
    ConsentFactory(profile=message.moment.profile, status="withdrawn")
    actions.replay(actor=OwnerFactory(), message=message)
    send()
    assert (len(receiver.got), now_of(message).state) == (1, State.CANCELLED)


# trying out
def test_a_test_is_sent_at_once_and_only_once(endpoint, receiver):
    owner = OwnerFactory()
    came, why = actions.send_test(actor=owner, endpoint=endpoint)
    assert (came.status, came.answer, why) == (200, "thank you", "")
    assert receiver.got[0].event["type"] == "test"
    receiver.usual = 500
    came, why = actions.send_test(actor=owner, endpoint=endpoint)
    assert (came.status, why) == (500, "It answered 500.")
    assert send(at=timezone.now()) == 0
    states = WebhookMessage.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SENT, State.FAILED]


# one for each
def test_a_share_of_an_endpoint_counts_what_others_have_under_way(endpoint):
    for _message in range(queue.EACH + 2):
        waiting(endpoint)
    first = queue.claim(2)
    second = queue.claim(10)
    assert (len(first), len(second), len(queue.claim(10))) == (2, queue.EACH - 2, 0)
    assert not {one.pk for one in first} & {one.pk for one in second}


def test_a_lease_that_ran_out_lets_another_send(endpoint, receiver):
    message = waiting(endpoint, leased_until=timezone.now() + timedelta(minutes=1))
    assert send() == 0
    WebhookMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    send()
    assert now_of(message).state == State.SENT


def test_a_sender_given_up_for_dead_changes_nothing_when_it_comes_back(endpoint):
    message = waiting(endpoint)
    (lost,) = queue.claim(1)
    result.settle(message, request.Answered(200))
    assert result.settle(lost, request.Answered(500)) == State.PENDING
    assert (now_of(message).state, message.attempts) == (State.SENT, 1)


def test_a_secret_locked_under_a_lost_key_switches_the_endpoint_off(endpoint, receiver, settings):
    message = waiting(endpoint)
    settings.CHANNEL_KEYS = [NEWER]
    send()
    endpoint.refresh_from_db()
    assert "KLATSCH_CHANNEL_KEYS" in endpoint.disabled_why
    assert (now_of(message).state, receiver.got) == (State.FAILED, [])
    secret = actions.replace_secret(actor=None, endpoint=endpoint)
    actions.switch_on(actor=None, endpoint=endpoint)
    actions.replay(actor=None, message=message)
    receiver.secret = secret
    send()
    assert (now_of(message).state, receiver.refused) == (State.SENT, 0), "a new secret mends it"


def test_secrets_are_locked_anew_with_all_others(endpoint, settings):
    settings.CHANNEL_KEYS = [NEWER, *settings.CHANNEL_KEYS]
    assert relock(actor=None) == 1
    settings.CHANNEL_KEYS = [NEWER]
    endpoint.refresh_from_db()
    assert unlock(endpoint.vault) == {"secret": SECRET}


def test_the_log_is_forgotten_after_a_month_and_nothing_that_waits(endpoint):
    past = timezone.now() - timedelta(days=31)
    gone = waiting(endpoint, state=State.SENT, done_at=past)
    WebhookAttempt.objects.create(message=gone, at=past, status=200)
    waits = waiting(endpoint, created_at=past)
    WebhookAttempt.objects.create(message=waits, at=past, status=500)
    kept = waiting(endpoint, state=State.FAILED, done_at=timezone.now() - timedelta(days=29))
    assert actions.prune_webhooks() == {"attempts": 2, "messages": 1}
    assert set(WebhookMessage.objects.values_list("pk", flat=True)) == {waits.pk, kept.pk}


def test_credentials_left_empty_stay(settings):
    endpoint = WebhookEndpointFactory(format="mautic", vault=lock({"user": "klatsch", "password": "old"}))
    actions.change_endpoint(actor=OwnerFactory(), endpoint=endpoint, name="M", credentials={"user": "", "password": ""})
    endpoint.refresh_from_db()
    assert (endpoint.name, unlock(endpoint.vault)) == ("M", {"user": "klatsch", "password": "old"})
