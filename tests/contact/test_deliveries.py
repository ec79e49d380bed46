"""Contacting with permission, and withdrawals that come at the same instant."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import perf_counter, sleep

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.contact.actions import lift, note_consent, suppress
from apps.contact.deliveries import send_scheduled, settle, use_permission
from apps.contact.models import Consent, ContactPolicy, Delivery, Suppression
from apps.contact.permission import Code, NotPermitted
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.interactions.actions import record
from apps.interactions.drafts import ConsentLine, Draft
from tests.customers.identity.people import PATIENCE, in_a_transaction, somebody_waits, uncommitted
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory, CustomerFactory, EvidenceFactory, SourceProfileFactory
from tests.factories.permission import ContactPolicyFactory

SOON = timedelta(hours=3)


RACES = int(os.environ.get("KLATSCH_RACES", "60"))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_policies(transactional_db):
    ContactPolicy.objects.all().delete()


@pytest.fixture
def agreed():
    """Somebody known by a phone who agreed to e-mails, calls and SMS."""
    profile = EvidenceFactory().profile
    for channel in ("email", "sms", "voice"):
        ConsentFactory(profile=profile, channel=channel)
    return profile


def use(profile, key="k1", **fields):
    about = {"channel": "email", "purpose": "marketing", "what": "Spring sale", "who": "Marketing", **fields}
    return use_permission(actor=None, customer=profile.customer_id, key=key, **about)


def why_not(work):
    with pytest.raises(NotPermitted) as caught:
        work()
    return [reason.code for reason in caught.value.answer.reasons]


def test_what_is_sent_is_kept_with_who_sent_it(agreed):
    one = use(agreed)
    assert (one.profile, one.outcome, one.who) == (agreed, "sent", "Marketing")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor_label) == (
        "contact.sent",
        agreed.customer.public_id,
        "Marketing",
    )
    assert entry.detail == {"delivery": one.pk, "channel": "email", "meant_for": "marketing"}


def test_the_same_key_is_one_delivery_however_often_it_is_asked_for(agreed):
    ContactPolicyFactory(cap=1, cap_days=7)
    assert use(agreed) == use(agreed)
    assert Delivery.objects.count() == 1
    assert why_not(lambda: use(agreed, "k2")) == [Code.CAP]


def test_what_failed_is_asked_about_again_under_its_key(agreed):
    one = use(agreed)
    settle(actor=None, delivery=one, outcome="failed")
    assert (use(agreed), use(agreed).outcome) == (one, "sent")
    settle(actor=None, delivery=one, outcome="cancelled")
    ConsentFactory(profile=agreed, status="withdrawn", at=timezone.now())
    assert why_not(lambda: use(agreed)) == [Code.WITHDRAWN]
    one.refresh_from_db()
    assert one.outcome == "cancelled"


def test_who_is_not_to_be_contacted_gets_nothing_and_no_row(agreed):
    ConsentFactory(profile=agreed, status="withdrawn", at=timezone.now())
    assert why_not(lambda: use(agreed)) == [Code.WITHDRAWN]
    assert (Delivery.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_one_found_to_be_somebody_else_is_contacted_as_whoever_they_are(agreed):
    once = CustomerFactory(merged_into=agreed.customer)
    assert use(SourceProfileFactory.build(customer=once)).profile == agreed


def test_what_is_scheduled_is_asked_about_again_when_it_is_due(agreed):
    ContactPolicyFactory(cap=1, cap_days=7)
    one = use(agreed, at=timezone.now() + SOON)
    assert one.outcome == "scheduled"
    assert send_scheduled(actor=None, delivery=one).allowed  # it does not stand in its own way
    one.refresh_from_db()
    assert (one.outcome, one.at < timezone.now()) == ("sent", True)
    assert not send_scheduled(actor=None, delivery=one).allowed  # once is enough


def test_a_withdrawal_between_scheduling_and_sending_stops_it(agreed):
    one = use(agreed, at=timezone.now() + SOON)
    note_consent(
        actor=UserFactory(), customer=agreed.customer, channel="email", status="withdrawn", origin="At the desk"
    )
    answer = send_scheduled(actor=None, delivery=one)
    assert (answer.allowed, answer.reasons[0].code) == (False, Code.WITHDRAWN)
    one.refresh_from_db()
    assert one.outcome == "cancelled"
    cancelled, avoided = AuditEntry.objects.order_by("-pk")[:2][::-1]
    assert (cancelled.action, cancelled.detail["reasons"]) == ("contact.cancelled", ["withdrawn"])
    assert avoided.action == "contact.avoided"


def test_what_failed_gives_its_place_back(agreed):
    ContactPolicyFactory(cap=1, cap_days=7)
    one = use(agreed)
    assert settle(actor=None, delivery=one, outcome="failed")
    assert not settle(actor=None, delivery=one, outcome="failed")
    assert use(agreed, "k2").outcome == "sent"


# --- at the same instant ------------------------------------------------------------------------------------------


def withdraw(profile):
    return lambda: note_consent(
        actor=UserFactory(), customer=profile.customer, channel="email", status="withdrawn", origin="At the desk"
    )


def told_of_a_withdrawal(profile, at=None):
    key = ProfileKey(profile.source, profile.external_id)
    line = ConsentLine("email", "withdrawn", "Unsubscribe link")
    return lambda: record([Draft(Claim(key, at or timezone.now()), consents=(line,))])


def stop_the_phone(profile):
    value = profile.evidence.get().identifier.value
    return lambda: suppress(actor=UserFactory(), handle=Handle("phone", value), reason="Asked", source="Desk")


def waits_for(first, second):
    """Run `second` while `first` is not committed; it must wait, and its future is returned."""
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(first):
            future = threads.submit(in_a_transaction, second)
            while not somebody_waits():
                assert not future.done(), "the second did not wait for the first"
                sleep(0.01)
        future.exception(PATIENCE)
        return future


@pytest.mark.parametrize(
    ("stop", "channel", "expected"),
    [(withdraw, "email", Code.WITHDRAWN), (stop_the_phone, "sms", Code.ADDRESS_SUPPRESSED)],
)
def test_a_stop_that_is_being_written_is_waited_for(agreed, stop, channel, expected):
    future = waits_for(stop(agreed), lambda: use(agreed, channel=channel))
    assert [reason.code for reason in future.exception().answer.reasons] == [expected]
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("stop", "channel"), [(withdraw, "email"), (told_of_a_withdrawal, "email"), (stop_the_phone, "sms")]
)
def test_a_stop_waits_for_a_contact_that_is_being_made(agreed, stop, channel):
    future = waits_for(lambda: use(agreed, channel=channel), stop(agreed))
    assert future.exception() is None
    assert Delivery.objects.count() == 1
    assert why_not(lambda: use(agreed, "k2", channel=channel))


def test_lifting_waits_too(agreed):
    stop = stop_the_phone(agreed)()
    agent = UserFactory()
    future = waits_for(
        lambda: lift(actor=agent, suppression=Suppression.objects.get(pk=stop.pk), reason="A slip"),
        lambda: use(agreed, channel="sms"),
    )
    assert future.result().outcome == "sent"


def test_no_permission_is_used_after_a_withdrawal_was_committed():
    """Meetings of a sender and a withdrawal, each a little earlier or later, at the desk or from a source, of people
    who have said this and that before and agreed last. `KLATSCH_RACES` says how many."""
    chance, met = random.Random(7), {True: 0, False: 0}
    for number in range(RACES):
        profile = SourceProfileFactory()
        for day in range(1, chance.randint(1, 6)):
            status = chance.choice(["granted", "denied", "withdrawn"])
            channel = chance.choice(["email", "sms"])
            ConsentFactory(profile=profile, at=datetime(2026, 1, day, tzinfo=UTC), status=status, channel=channel)
        ConsentFactory(profile=profile, at=datetime(2026, 1, 6, tzinfo=UTC))
        stop = (withdraw, told_of_a_withdrawal)[number % 2](profile)
        allowed, before_commit, withdrawn = meeting(profile, stop, chance)
        assert not (allowed and withdrawn < before_commit), "the contact was committed after the withdrawal"
        met[allowed] += 1
        last = Consent.objects.filter(profile__customer=profile.customer, channel="email").order_by("at").last()
        assert last.status == "withdrawn"
    assert min(met.values()) > 5, met  # both came first often enough for this to mean something


def meeting(profile, stop, chance):
    """Whether the contact was made, the moment just before it was committed, and the moment the withdrawal was."""
    start, moments = Barrier(2, timeout=PATIENCE), {}
    pauses = [chance.random() * 0.02 for _ in range(4)]

    def send():
        start.wait()
        sleep(pauses[0])
        try:
            in_a_transaction(lambda: use(profile, f"key {profile.pk}"), lambda: (sleep(pauses[1]), note("sent")))
        except NotPermitted:
            return False
        return True

    def note(what):
        moments[what] = perf_counter()

    def refuse():
        start.wait()
        sleep(pauses[2])
        in_a_transaction(stop, lambda: sleep(pauses[3]))
        note("withdrawn")

    with ThreadPoolExecutor(2) as threads:
        sender, refuser = threads.submit(send), threads.submit(refuse)
        refuser.result(PATIENCE)
        allowed = sender.result(PATIENCE)
    assert connection.in_atomic_block is False
    return allowed, moments.get("sent", 0.0), moments["withdrawn"]
