import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import AuditEntry
from apps.customers.models import Customer, Evidence, MergeRecord
from apps.interactions.models import FollowUp, Interaction
from tests.api.calling import System
from tests.factories.accounts import ApiTokenFactory
from tests.factories.customers import CustomerFactory, EvidenceFactory, IdentifierFactory
from tests.factories.interactions import DispositionFactory

pytestmark = pytest.mark.django_db

FULL = {
    "channel": "store", "kind": "return", "direction": "internal", "title": "Brought it back", "body": "Two cups",
    "verbatim": "They are broken", "sentiment": "negative", "amount": "12.50", "currency": "EUR",
    "touchpoint": "Lyon Part-Dieu", "staff_name": "Desk 4", "reference": "ORD-7", "thread": "t-7",
    "occurred_at": "2026-01-05T10:00:00+01:00", "ended_at": "2026-01-05T09:05:00Z", "disposition": "refunded",
}  # fmt: skip


def person(kind="phone", value="+442079460018", **options):
    return {"type": kind, "value": value, **options}


def known(kind="phone", value="+442079460018"):
    return EvidenceFactory(identifier=IdentifierFactory(type=kind, value=value)).profile.customer


def test_an_interaction_of_a_known_customer_is_logged(system):
    customer, code = CustomerFactory(), DispositionFactory(code="refunded")
    promise = {"text": "Send new cups", "due_at": "2026-01-07T09:00:00Z"}

    response = system.log(customer=str(customer.public_id), promise=promise, **FULL)

    row = Interaction.objects.get()
    assert response.status_code == 201
    assert response.json()["customer"] == str(customer.public_id)
    told = response.json()["interaction"]
    assert {name: told[name] for name in FULL} == {**FULL, "occurred_at": "2026-01-05T09:00:00Z"}
    assert (told["id"], told["source"]) == (row.pk, "api:voice-portal")
    assert (row.profile.customer, row.disposition, row.amount) == (customer, code, Decimal("12.50"))
    assert row.occurred_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    follow_up = FollowUp.objects.get()
    assert (follow_up.text, follow_up.owner, follow_up.interaction) == (
        "Send new cups", system.token.acts_as, row,
    )  # fmt: skip
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor, entry.actor_label) == (
        "interaction.log", customer.public_id, system.token.acts_as, "API Voice Portal",
    )  # fmt: skip


def test_what_is_left_out_is_filled_in(system):
    system.log(customer=str(CustomerFactory().public_id))

    row = Interaction.objects.get()
    assert (row.kind, row.direction, row.sentiment, row.amount) == ("voice", "inbound", "", None)
    assert row.occurred_at <= row.recorded_at or (row.occurred_at - row.recorded_at).total_seconds() < 5


def test_the_old_id_of_a_merged_customer_logs_with_the_survivor(system):
    survivor = CustomerFactory()
    absorbed = CustomerFactory(merged_into=survivor)

    assert system.log(customer=str(absorbed.public_id)).json()["customer"] == str(survivor.public_id)


# by identifiers


def test_a_caller_who_is_known_is_found(system):
    customer = known()

    response = system.log(identifiers=[person(value="020 7946 0018")])

    assert (response.status_code, response.json()["customer"]) == (201, str(customer.public_id))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor_label) == (
        "interaction.log", customer.public_id, "API Voice Portal",
    )  # fmt: skip


def test_a_caller_nobody_knows_becomes_a_customer_once(system):
    first = system.log("k1", identifiers=[person()], name="Anna").json()
    second = system.log("k2", identifiers=[person()]).json()

    assert first["customer"] == second["customer"]
    assert Customer.objects.get().name == "Anna"
    assert Evidence.objects.get().verified is False


def test_only_verified_identifiers_make_two_customers_one(system):
    mail, phone = known("email", "anna@example.org"), known()
    both = [person(), person("email", "anna@example.org")]

    system.log("k1", identifiers=both)
    assert MergeRecord.objects.count() == 0

    response = system.log("k2", identifiers=[one | {"verified": True} for one in both])
    assert response.json()["customer"] == str(min(mail, phone, key=lambda one: one.pk).public_id)
    assert MergeRecord.objects.count() == 1


def test_user_ids_are_those_of_the_system_that_says_them(system):
    known("user_id", "7")  # of another source

    system.log(identifiers=[person("user_id", "7", verified=True)])

    evidence = Evidence.objects.order_by("id").last()
    assert (evidence.identifier.scope, evidence.verified) == ("api:voice-portal", True)
    assert Customer.objects.count() == 2


# keys


@pytest.mark.parametrize("whom", ["customer", "identifiers"])
def test_the_same_request_again_answers_with_the_first_interaction(system, whom):
    body = {"customer": str(CustomerFactory().public_id)} if whom == "customer" else {"identifiers": [person()]}
    first = system.log("k1", **body)
    again = system.log("k1", **body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Interaction.objects.count() == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("whom", ["customer", "identifiers"])
def test_another_request_under_the_same_key_is_a_conflict(system, whom):
    body = {"customer": str(CustomerFactory().public_id)} if whom == "customer" else {"identifiers": [person()]}
    system.log("k1", **body)

    for other in ({**body, "title": "Else"}, {"identifiers": [person(value="+442079460019")]}):
        response = system.log("k1", **other)
        assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")
    assert Interaction.objects.count() == 1
    assert Customer.objects.count() == 1


def test_the_key_may_come_in_the_body_and_the_header_goes_first(system):
    customer = str(CustomerFactory().public_id)

    assert system.log(None, customer=customer, idempotency_key="k1").status_code == 201
    assert system.log("k1", customer=customer).status_code == 200
    assert system.log("k2", customer=customer, idempotency_key="k1").status_code == 201


def test_two_systems_may_use_the_same_key(client, system):
    ApiTokenFactory(name="Other", secret="other")
    customer = str(CustomerFactory().public_id)

    assert system.log(customer=customer).status_code == 201
    assert System(client, None, "other").log(customer=customer).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_request_many_times_at_once_logs_once(system):
    def send(_number):
        try:
            return System(Client(), None).log(identifiers=[person()])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        responses = list(threads.map(send, range(8)))

    assert {response.status_code for response in responses} <= {200, 201}
    assert len({response.json()["interaction"]["id"] for response in responses}) == 1
    assert Interaction.objects.count() == 1


# what is refused


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"occurred_at": "2026-01-05T10:00:00"}, "occurred_at"),
        ({"amount": "1.2345"}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"disposition": "unknown"}, "disposition"),
        ({"promise": {"text": "x", "due_at": "soon"}}, "promise.due_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(system, wrong, field):
    response = system.log(customer=str(CustomerFactory().public_id), **wrong)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert list(response.json()["fields"]) == [field]
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize(
    "whom",
    [
        {},
        {"identifiers": []},
        {"customer": str(uuid.uuid4()), "identifiers": [person()]},
        {"identifiers": [person()], "promise": {"text": "x", "due_at": "2026-01-05T10:00:00Z"}},
        {"identifiers": [person(value="not a phone")]},
        {"identifiers": [person("user_id", "null")]},
        {"identifiers": [person("shoe_size", "43")]},
    ],
)
def test_whoever_it_is_must_be_clear(system, whom):
    response = system.log(**whom)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert Customer.objects.count() == 0


def test_a_key_is_needed(system):
    response = system.log(None, customer=str(CustomerFactory().public_id))

    assert (response.status_code, list(response.json()["fields"])) == (422, ["idempotency_key"])


def test_an_unknown_customer_is_not_found(system):
    response = system.log(customer=str(uuid.uuid4()))

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_text_that_cannot_be_stored_does_not_fail(system):
    response = system.log(customer=str(CustomerFactory().public_id), body="a\0b")

    assert response.status_code == 201
    assert Interaction.objects.get().body == "ab"
