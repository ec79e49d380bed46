"""A moment in Mautic: against a stand-in for its API that refuses what its documentation does not say."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from apps.contact.models import ContactPolicy, Delivery
from apps.contact.permission import may_contact
from apps.foundation.vault import lock
from apps.interactions.actions import record
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.delivery import mautic as sending_mautic
from tests.channels.connectors.idle import draft
from tests.channels.samples import mautic as sample
from tests.factories.accounts import MarketerFactory, OwnerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, EvidenceFactory
from tests.factories.moments import a_moment
from tests.factories.permission import ContactPolicyFactory
from tests.factories.webhooks import WebhookEndpointFactory
from tests.moments.webhooks.mautic_server import CLIENT, CLIENT_SECRET, PASSWORD, USER, MauticServer

pytestmark = pytest.mark.django_db
State = WebhookMessage.State
BASIC = {"user": USER, "password": PASSWORD}
OAUTH = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]
    sending_mautic._tokens.clear()
    ContactPolicy.objects.all().delete()


@pytest.fixture
def mautic():
    made = MauticServer()
    yield made
    made.close()


@pytest.fixture
def endpoint(mautic):
    """It is told when marketing accepts."""
    return connected(mautic, BASIC)


def connected(mautic, vault, **settings):
    return WebhookEndpointFactory(
        name="Our Mautic",
        url=mautic.url,
        format="mautic",
        events=["moment.accepted"],
        vault=lock(vault),
        settings={"segment": 3, "campaign": 5, "field": "klatsch_key", **settings},
    )


@pytest.fixture
def accepted():
    """A moment that marketing has accepted, of Anna, who permits e-mail."""

    def make(address="anna@shop.example", **said):
        agent = UserFactory(team=TeamFactory())
        sofia = MarketerFactory(team=TeamFactory(kind="department"))
        profile = ConsentFactory(profile__customer__name="Anna Weber").profile
        if address:
            EvidenceFactory(profile=profile, identifier__type="email", identifier__value=address)
        made = a_moment(agent, profile.customer, to=sofia.team, **said)
        actions.accept(actor=sofia, moment=made)
        return made

    return make


def send():
    WebhookMessage.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    WebhookEndpoint.objects.update(rests_until=None)
    return actions.send_due()


def test_the_customer_becomes_a_contact_and_joins_the_segment_and_the_campaign(mautic, endpoint, accepted):
    made = accepted(suggestion="Thank her")
    assert send() == 1
    key = f"moment:{made.public_id}:email"
    assert mautic.contacts == {40: {"email": "anna@shop.example", "tags": {"klatsch-praise"}, "klatsch_key": key}}
    assert (mautic.segments, mautic.campaigns) == ({3: {40}}, {5: {40}})
    message = WebhookMessage.objects.get()
    assert (message.state, message.their_id) == (State.SENT, "40")
    delivery = Delivery.objects.get()
    assert (delivery.key, delivery.outcome, delivery.channel) == (key, "sent", "email")
    assert (delivery.who, delivery.what, delivery.purpose) == ("Our Mautic", "Thank her", "marketing")


def test_the_log_tells_the_calls_and_nothing_that_mautic_knows(mautic, endpoint, accepted):
    accepted()
    send()
    assert WebhookAttempt.objects.get().answer.splitlines() == [
        "POST /api/contacts/new: 201",
        "POST /api/segments/3/contact/40/add: 200",
        "POST /api/campaigns/5/contact/40/add: 200",
    ]


def test_a_contact_that_is_known_stays_one(mautic, endpoint, accepted):
    first = accepted()
    send()
    second = a_moment(UserFactory(team=TeamFactory()), first.customer, kind="cart")
    sofia = MarketerFactory(team=TeamFactory(kind="department"))
    actions.offer(actor=second.owner_user, moment=second, team=sofia.team)
    actions.accept(actor=sofia, moment=second)
    send()
    assert {pk: one["tags"] for pk, one in mautic.contacts.items()} == {40: {"klatsch-praise", "klatsch-cart"}}
    assert [status for _method, path, status in mautic.calls if path == "/api/contacts/new"] == [201, 200]


def test_nothing_but_the_address_is_told_of_a_person(mautic, endpoint, accepted):
    accepted(reason="Anna Weber said so", disclose_words=True)
    send()
    assert set(mautic.contacts[40]) == {"email", "tags", "klatsch_key"}


# signing in
def test_a_token_is_fetched_once_and_renewed_when_it_opens_nothing(mautic, accepted):
    connected(mautic, OAUTH, login="oauth2", segment=None, campaign=None)
    accepted()
    send()
    accepted("ben@shop.example")
    send()
    assert mautic.paths == ["POST /oauth/v2/token", *["POST /api/contacts/new"] * 2]
    mautic.tokens.clear()
    accepted("cleo@shop.example")
    send()
    assert mautic.paths[3:] == ["POST /api/contacts/new", "POST /oauth/v2/token", "POST /api/contacts/new"]
    assert len(mautic.contacts) == 3


def test_one_that_is_slow_to_sign_us_in_holds_up_no_other(mautic, accepted):
    """While a thread waits for the token of one Mautic, others get theirs."""
    connected(mautic, OAUTH, login="oauth2", segment=None, campaign=None)
    accepted()
    with sending_mautic._renewing[("http://127.0.0.1:9", CLIENT)]:
        assert send() == 1
    assert len(mautic.contacts) == 1


def test_a_wrong_password_is_tried_again_later_and_counts_as_no_contact_in_the_end(mautic, accepted):
    connected(mautic, {"user": USER, "password": "wrong"})
    accepted()
    send()
    message = WebhookMessage.objects.get()
    assert (message.state, message.reason) == (State.PENDING, "It answered 401.")
    WebhookMessage.objects.update(attempts=9)
    send()
    message.refresh_from_db()
    assert (message.state, Delivery.objects.get().outcome) == (State.FAILED, "failed")


# half-way
def test_what_broke_half_way_is_done_again_without_another_effect(mautic, endpoint, accepted):
    accepted()
    mautic.answers = [(500, b"<html>oops</html>")]
    send()
    assert mautic.contacts == {}
    send()
    mautic.campaigns.clear()
    WebhookMessage.objects.update(state=State.PENDING)
    send()
    assert WebhookMessage.objects.get().reason == "It answered 404."
    mautic.campaigns[5] = set()
    send()
    assert (list(mautic.contacts), mautic.campaigns) == ([40], {5: {40}})
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "answer", [(200, b"<html>sign in</html>"), (200, {"errors": []}), (201, {"contact": {}}), (200, b"[]")]
)
def test_a_yes_that_is_none_is_not_believed(mautic, endpoint, accepted, answer):
    accepted()
    mautic.answers = [answer]
    send()
    assert WebhookMessage.objects.get().state == State.PENDING
    assert WebhookAttempt.objects.get().error != ""


# permission
def test_a_withdrawal_after_the_acceptance_stops_it(mautic, endpoint, accepted):
    made = accepted()
    ConsentFactory(profile=made.profile, status="withdrawn")
    send()
    assert mautic.calls == []
    assert WebhookMessage.objects.get().state == State.CANCELLED
    assert Delivery.objects.count() == 0


def test_a_withdrawal_between_two_tries_stops_the_second_and_the_contact_counts_no_longer(mautic, endpoint, accepted):
    made = accepted()
    mautic.answers = [(500, b"")]
    send()
    assert Delivery.objects.get().outcome == "sent"
    ConsentFactory(profile=made.profile, status="withdrawn")
    send()
    assert (mautic.contacts, WebhookMessage.objects.get().state) == ({}, State.CANCELLED)
    assert Delivery.objects.get().outcome == "cancelled"


def test_a_quiet_hour_puts_it_off_and_is_no_try(mautic, endpoint, accepted):
    accepted()
    now = timezone.now()
    ContactPolicyFactory(quiet_from=time(now.hour), quiet_to=(now + timedelta(hours=2)).time().replace(minute=0))
    began = timezone.now()
    send()
    message = WebhookMessage.objects.get()
    assert (message.state, message.attempts, mautic.calls) == (State.PENDING, 0, [])
    assert message.due_at > began + timedelta(minutes=30)
    ContactPolicy.objects.all().delete()
    send()
    assert list(mautic.contacts) == [40]


def test_a_contact_that_was_put_off_until_the_moment_was_over_is_not_made(mautic, endpoint, accepted):
    made = accepted()
    actions.finish(actor=made.owner_user, moment=made, outcome="reached")
    send()
    message = WebhookMessage.objects.get()
    assert (mautic.calls, message.state) == ([], State.CANCELLED)
    assert message.reason == "The moment was over before this was sent."


def test_whoever_has_no_address_is_left_alone(mautic, endpoint, accepted):
    accepted(address="")
    send()
    message = WebhookMessage.objects.get()
    assert (message.state, mautic.calls) == (State.CANCELLED, [])
    assert message.reason == "No e-mail address of the customer is known for sure."


def test_an_address_that_several_share_is_nobodys(mautic, endpoint, accepted):
    made = accepted(address="")
    EvidenceFactory(
        profile=made.profile,
        identifier__type="email",
        identifier__value="house@shop.example",
        identifier__status="shared",
    )
    send()
    assert (mautic.calls, WebhookMessage.objects.get().state) == ([], State.CANCELLED)


def test_an_address_that_was_only_typed_is_sent_nothing(mautic, endpoint, accepted):
    made = accepted(address="")
    EvidenceFactory(
        profile=made.profile,
        identifier__type="email",
        identifier__value="typed@shop.example",
        verified=False,
        typed_by=made.owner_user,
    )
    send()
    assert (mautic.calls, WebhookMessage.objects.get().state) == ([], State.CANCELLED)


def test_trying_it_out_makes_no_contact(mautic, endpoint):
    came, why = actions.send_test(actor=OwnerFactory(), endpoint=endpoint)
    assert (came.status, why, came.answer) == (200, "", "GET /api/contacts?limit=1&minimal=1: 200")
    assert mautic.contacts == {}


# and back
def told_by_mautic(kind, event):
    """An event of Mautic's, all the way into the story."""
    record([draft("mautic", sample.call({kind: [event]}), at=timezone.now())])


def sent_to_anna(mautic, mail=sample.MAIL, mail_hash="5c1f"):
    contact = {**sample.FLAT, "id": 40, "klatsch_key": mautic.contacts[40]["klatsch_key"]}
    return sample.sent(mail, mail_hash, contact=contact, at=timezone.now().isoformat())


def test_the_email_that_answers_a_moment_is_the_contact_that_was_counted_already(mautic, endpoint, accepted):
    made = accepted()
    ContactPolicyFactory(channel="email", cap=4, cap_days=7)
    send()
    assert may_contact(made.customer.pk, "email", "marketing").left == 3
    told_by_mautic("mautic.email_on_send", sent_to_anna(mautic))
    entry = Interaction.objects.get(channel="campaign")
    assert entry.profile.customer == made.customer
    assert entry.thread == Delivery.objects.get().key
    assert may_contact(made.customer.pk, "email", "marketing").left == 3
    told_by_mautic("mautic.email_on_send", sent_to_anna(mautic, sample.LETTER, "77ab"))
    assert may_contact(made.customer.pk, "email", "marketing").left == 2, "another e-mail counts by itself"


def test_whoever_unsubscribes_there_is_not_handed_over_again(mautic, endpoint, accepted):
    made = accepted()
    event = {**sample.subscription(at=timezone.now().isoformat()), "contact": {**sample.FLAT, "id": 40}}
    told_by_mautic("mautic.lead_channel_subscription_changed", event)
    assert [reason.code for reason in may_contact(made.customer.pk, "email", "marketing").reasons] == ["withdrawn"]
    send()
    assert (mautic.contacts, WebhookMessage.objects.get().state) == ({}, State.CANCELLED)
