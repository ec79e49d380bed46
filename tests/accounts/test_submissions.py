"""What is sent twice with one key is done once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Submission
from apps.customers.models import Customer
from apps.interactions.models import Pin
from tests.factories.accounts import UserFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def desk(client, agent):
    client.force_login(agent)
    return client


@pytest.fixture
def address():
    return reverse("pin", args=[InteractionFactory().pk])


def sent(client, address, key):
    return client.post(address, headers={"HX-Request": "true", "Idempotency-Key": str(key)})


def test_a_second_time_changes_nothing_and_says_so(desk, address):
    key = uuid.uuid4()
    assert sent(desk, address, key).status_code == 200
    again = sent(desk, address, key)
    assert (again.status_code, again.content, again["HX-Trigger"]) == (204, b"", '{"already-saved": {}}')
    assert Pin.objects.count() == 1


def test_another_key_or_none_is_another_submission(desk, address):
    sent(desk, address, uuid.uuid4())
    sent(desk, address, uuid.uuid4())
    assert Pin.objects.count() == 0
    desk.post(address, headers={"Idempotency-Key": "no key"})
    assert (Pin.objects.count(), Submission.objects.count()) == (1, 2)


def test_a_key_is_one_person_s_own(desk, address):
    key = uuid.uuid4()
    sent(desk, address, key)
    other = Client()
    other.force_login(UserFactory())
    sent(other, address, key)
    assert Pin.objects.count() == 0


def test_what_was_refused_may_be_sent_again_and_what_failed_too(desk, customer_form):
    key = str(uuid.uuid4())
    assert desk.post(reverse("create"), {"submission": key}).status_code == 422
    assert desk.post(reverse("create"), {**customer_form, "submission": key}).status_code == 302
    assert "This was saved already" in desk.post(reverse("create"), {**customer_form, "submission": key}).text
    assert Customer.objects.filter(name="New Caller").count() == 1


@pytest.fixture
def customer_form():
    return {"name": "New Caller", "phone": "", "email": "", "loyalty": ""}


def test_what_ends_in_an_error_leaves_no_key(desk, address, monkeypatch):
    monkeypatch.setattr("apps.interactions.actions.announce", lambda *args, **kwargs: 1 / 0)
    desk.raise_request_exception = False
    key = uuid.uuid4()
    assert sent(desk, address, key).status_code == 500
    assert (Pin.objects.count(), Submission.objects.count()) == (0, 0)


def test_keys_are_forgotten_after_two_weeks(desk, agent, address):
    Submission.objects.create(user=agent, key=uuid.uuid4(), at=timezone.now() - timedelta(days=15))
    young = Submission.objects.create(user=agent, key=uuid.uuid4(), at=timezone.now() - timedelta(days=13))
    sent(desk, address, key := uuid.uuid4())
    assert set(Submission.objects.values_list("key", flat=True)) == {young.key, key}


def test_a_stranger_leaves_none(client, address):
    assert sent(client, address, uuid.uuid4()).status_code == 200
    assert (Submission.objects.count(), Pin.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(agent, address):
    clients, key = [Client() for _one in range(4)], uuid.uuid4()
    for client in clients:
        client.force_login(agent)

    def send(client):
        try:
            return sent(client, address, key).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(send, clients)) == [200, 204, 204, 204]
    assert Pin.objects.count() == 1
