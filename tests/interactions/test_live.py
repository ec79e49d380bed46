import uuid

import pytest
from django.db import transaction

from apps.foundation.live import BATCH
from apps.interactions.live import announce
from tests.interactions.doorbell import listening

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_bell_rings_when_the_transaction_commits_and_names_the_page_that_did_it():
    customer = uuid.uuid4()
    with listening() as heard:
        with transaction.atomic():
            announce([customer, customer], tab="tab-1")
            assert heard() == []

        assert heard() == [f"tab-1|{customer}"]


def test_nothing_rings_when_the_transaction_fails():
    with listening() as heard:
        with transaction.atomic():
            announce([uuid.uuid4()])
            transaction.set_rollback(True)

        assert heard() == []


def test_many_customers_are_told_in_payloads_that_fit():
    customers = {uuid.uuid4() for _ in range(BATCH + 1)}
    with listening() as heard:
        announce(customers)
        payloads = heard()

    assert [payload.partition("|")[0] for payload in payloads] == ["", ""]
    assert max(len(payload) for payload in payloads) < 8000
    assert {one for payload in payloads for one in payload.partition("|")[2].split(",")} == set(map(str, customers))


def test_nobody_to_tell_is_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        announce([])
