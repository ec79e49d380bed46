from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.contact.models import Consent
from apps.customers.drafts import ProfileKey
from apps.customers.identity.rules import identity_rules
from apps.customers.models import Customer, SourceProfile
from apps.interactions.actions import Promise, close_follow_up, log, new_key, pin, record
from apps.interactions.drafts import ConsentLine
from apps.interactions.models import FollowUp, Interaction, Pin
from tests.customers.identity.claims import email
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import DAWN, DispositionFactory, FollowUpFactory, InteractionFactory
from tests.interactions.doorbell import listening
from tests.interactions.drafts import draft, touch, view

pytestmark = pytest.mark.django_db

ORDER = {
    "channel": "order", "kind": "order_placed", "title": "Order placed", "direction": "inbound", "body": "two cups",
    "verbatim": "a gift", "sentiment": "positive", "amount": Decimal("49.90"), "currency": "EUR",
    "touchpoint": "web shop", "staff_name": "Bot", "reference": "ORD-1", "thread": "t-1",
    "ended_at": DAWN + timedelta(minutes=3), "payload": {"items": [{"sku": 1}]},
}  # fmt: skip


# record


def test_what_a_source_reports_becomes_an_interaction_of_whom_it_names():
    found = record([draft(touch("e1", **ORDER), handles=[email("anna")], name="Anna")]).people

    row = Interaction.objects.get()
    assert row.profile_id == found[ProfileKey("shop", "u1")].profile
    assert row.profile.customer.name == "Anna"
    assert {name: getattr(row, name) for name in ORDER} == ORDER
    assert (row.source, row.external_id, row.occurred_at) == ("shop", "e1", DAWN)
    assert row.search is not None


def test_a_second_delivery_changes_nothing():
    record([draft(touch("e1", title="First")), draft(touch("e2"))])
    before = list(Interaction.objects.order_by("id").values())

    record([draft(touch("e1", title="Other")), draft(touch("e2")), draft(touch("e2"))])

    assert list(Interaction.objects.order_by("id").values()) == before


def test_the_same_id_from_another_source_is_another_interaction():
    record([draft(touch("e1")), draft(touch("e1"), source="app")])

    assert Interaction.objects.count() == 2


def test_what_does_not_fit_is_cut_and_what_cannot_be_stored_is_left_out():
    record([draft(touch("e1", title="T" * 300, body="a\0b", currency="EURO", payload={"x": "a\0b", "y": "\\u0000"}))])

    row = Interaction.objects.get()
    assert (row.title, row.body, row.currency) == ("T" * 200, "ab", "EUR")
    assert row.payload == {"x": "ab", "y": "\\u0000"}


def test_a_claim_alone_only_tells_who_somebody_is():
    found = record([draft(None, name="Anna")]).people

    assert list(found) == [ProfileKey("shop", "u1")]
    assert Customer.objects.get().name == "Anna"
    assert Interaction.objects.count() == 0


def test_consents_that_come_with_a_draft_are_kept_in_the_ledger():
    said = ConsentLine(channel="email", status="withdrawn", origin="unsubscribe link")
    record([draft(touch("e1"), consents=[said])])

    line = Consent.objects.get()
    assert (line.profile.external_id, line.channel, line.purpose, line.status, line.origin, line.at) == (
        "u1", "email", "marketing", "withdrawn", "unsubscribe link", DAWN,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_every_customer_of_a_batch_is_rung_for_once():
    with listening() as heard:
        record([draft(touch("e1"), "u1"), draft(view("e2"), "u1"), draft(touch("e3"), "u2")])
        (payload,) = heard()

    customers = Customer.objects.values_list("public_id", flat=True)
    assert payload == "|" + ",".join(sorted(map(str, customers)))


def test_nothing_to_record_is_nothing():
    assert record([]).people == {}


def test_the_number_of_queries_to_record_does_not_depend_on_the_batch():
    def queries(numbers):
        drafts = [
            one
            for n in numbers
            for one in (
                draft(touch(f"t{n}"), f"u{n}", handles=[email(f"u{n}")], name="N"),
                draft(view(f"v{n}"), f"u{n}"),
                draft(touch(f"c{n}"), f"u{n}", consents=[ConsentLine("email", "granted", "form")]),
            )
        ]
        identity_rules()  # remembered for a while
        with CaptureQueriesContext(connection) as captured:
            record(drafts)
        return len(captured)

    assert queries([0]) == queries(range(1, 40))


# log


def call(external_id="k1", **fields):
    return touch(external_id, **{"channel": "voice", "kind": "call", "title": "Call"} | fields)


def test_a_call_is_logged_with_its_audit_row():
    agent, customer = UserFactory(), CustomerFactory()
    code = DispositionFactory()

    row = log(actor=agent, customer=customer, touch=call(disposition_id=code.pk, staff_id=agent.pk, body="Hello"))

    assert (row.profile.customer, row.source, row.profile.source) == (customer, "desk", "desk")
    assert (row.channel, row.body, row.disposition, row.staff) == ("voice", "Hello", code, agent)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_label, entry.action, entry.subject) == (
        agent, str(agent), "interaction.log", customer.public_id,
    )  # fmt: skip
    assert entry.detail == {"interaction": row.pk, "channel": "voice"}


@pytest.mark.django_db(transaction=True)
def test_the_same_key_logs_once_promises_once_and_rings_once():
    agent, customer = UserFactory(team=TeamFactory()), CustomerFactory()
    promise = Promise("Call back", DAWN + timedelta(days=1))
    file = SimpleUploadedFile("bill.pdf", b"%PDF-1.7")

    with listening() as heard:
        first, again = (
            log(actor=agent, customer=customer, touch=call(), promise=promise, files=[file], tab="tab-1")
            for _ in range(2)
        )
        rung = heard()

    assert again == first
    assert Interaction.objects.count() == 1
    follow_up = FollowUp.objects.get()
    assert (follow_up.text, follow_up.due_at, follow_up.owner, follow_up.team, follow_up.interaction) == (
        "Call back", promise.due_at, agent, agent.team, first,
    )  # fmt: skip
    assert [(one.name, one.content_type) for one in first.attachments.all()] == [("bill.pdf", "application/pdf")]
    assert AuditEntry.objects.count() == 1
    assert rung == [f"tab-1|{customer.public_id}"]


def test_notes_on_a_customer_share_one_profile_and_each_source_has_its_own():
    agent, customer = UserFactory(), CustomerFactory()

    for key in ("k1", "k2"):
        log(actor=agent, customer=customer, touch=call(key))
    log(actor=agent, customer=customer, touch=call("k1"), source="api:crm", label="API crm")

    assert sorted(SourceProfile.objects.values_list("source", "customer")) == [
        ("api:crm", customer.pk), ("desk", customer.pk),
    ]  # fmt: skip
    assert Interaction.objects.count() == 3
    assert AuditEntry.objects.order_by("id").last().actor_label == "API crm"


def test_logging_costs_the_same_for_a_long_history():
    agent, profile = UserFactory(), SourceProfileFactory()
    log(actor=agent, customer=profile.customer, touch=call("k0"))

    def queries(key):
        with CaptureQueriesContext(connection) as captured:
            log(actor=agent, customer=profile.customer, touch=call(key))
        return len(captured)

    once = queries("k1")
    for _ in range(20):
        InteractionFactory(profile=profile)
    assert queries("k2") == once


# pins and promises


def test_pinning_is_for_everyone_and_pinning_again_lets_go():
    agent, entry = UserFactory(), InteractionFactory()

    assert pin(actor=agent, interaction=entry) is True
    kept = Pin.objects.get()
    assert (kept.interaction, kept.profile, kept.actor) == (entry, entry.profile, agent)
    assert pin(actor=UserFactory(), interaction=entry) is False
    assert Pin.objects.count() == 0
    assert list(AuditEntry.objects.order_by("id").values_list("action", "subject")) == [
        ("interaction.pin", entry.profile.customer.public_id),
        ("interaction.unpin", entry.profile.customer.public_id),
    ]


def test_a_promise_is_closed_once_and_may_be_opened_again():
    agent, follow_up = UserFactory(), FollowUpFactory()

    assert close_follow_up(actor=agent, follow_up=follow_up, state=FollowUp.State.KEPT) is True
    assert close_follow_up(actor=agent, follow_up=follow_up, state=FollowUp.State.KEPT) is False
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.closed_at is None) == ("kept", False)

    assert close_follow_up(actor=agent, follow_up=follow_up, state=FollowUp.State.OPEN) is True
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.closed_at) == ("open", None)
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "follow_up.kept", "follow_up.open",
    ]  # fmt: skip


def test_keys_of_forms_differ():
    assert len({new_key() for _ in range(100)}) == 100
