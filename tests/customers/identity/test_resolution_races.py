"""Workers that meet the same people at the same moment."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.customers.actions import desk_profile
from apps.customers.drafts import ProfileKey
from apps.customers.identity import suggestions
from apps.customers.identity.resolution import resolve
from apps.customers.identity.suggestions import compare_due
from apps.customers.matching.model import Suggested
from apps.customers.models import Customer, Evidence, MergeRecord, SourceProfile
from tests.customers.identity.claims import claim, device, email, phone
from tests.customers.identity.people import in_a_transaction, somebody_waits, uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


def waits_for(first, second):
    """Run `second` while `first` is not committed; it must wait, and its result is returned."""
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(first):
            future = threads.submit(in_a_transaction, second)
            while not somebody_waits():
                assert not future.done(), "the second did not wait for the first"
        return future.result(20)


def test_the_same_new_profile_in_two_workers_is_one_customer():
    def work():
        return resolve([claim("u1", email("anna"))])

    found = waits_for(work, work)

    assert found[ProfileKey("web", "u1")].customer == Customer.objects.get().pk
    assert SourceProfile.objects.count() == 1


def test_the_same_new_identifier_in_two_workers_is_one_customer():
    waits_for(lambda: resolve([claim("u1", email("anna"))]), lambda: resolve([claim("u2", email("anna"))]))

    assert Customer.objects.count() == 1
    assert SourceProfile.objects.count() == 2


def test_the_same_profile_without_identifiers_in_two_workers_is_one_customer():
    waits_for(lambda: resolve([claim("u1")]), lambda: resolve([claim("u1", name="Anna")]))

    assert Customer.objects.get().name == "Anna"


def test_who_waits_for_a_merge_finds_the_survivor():
    resolve([claim("u1", email("anna")), claim("u2", phone("0001"))])
    survivor = Customer.objects.order_by("id").first()

    found = waits_for(
        lambda: resolve([claim("u3", email("anna"), phone("0001"))]),
        lambda: resolve([claim("u2", name="Anna", day=3), claim("u4", email("anna"))]),
    )

    assert {one.customer for one in found.values()} == {survivor.pk}
    survivor.refresh_from_db()
    assert survivor.name == "Anna"


def test_who_reads_a_customer_that_is_being_merged_reads_again():
    """The second worker shares no identifier with the first, only a customer."""
    resolve([claim("u1", email("anna")), claim("u2", phone("0001"))])
    survivor = Customer.objects.order_by("id").first()

    found = waits_for(
        lambda: resolve([claim("u3", email("anna"), phone("0001"))]),
        lambda: resolve([claim("u2", email("new")), claim("u4", email("new"))]),
    )

    assert {one.customer for one in found.values()} == {survivor.pk}


def test_a_device_does_not_join_somebody_who_has_just_become_known():
    """The second worker reads a nameless visitor, whom the first one is about to find out to be somebody."""
    resolve([claim("anon-1", device("d1")), claim("u2", email("berta"))])

    waits_for(
        lambda: resolve([claim("anon-1", email("anna"), day=1)]),
        lambda: resolve([claim("u2", device("d1"), day=1)]),
    )

    assert MergeRecord.objects.count() == 0
    assert Customer.objects.count() == 2


def test_a_note_on_somebody_who_is_being_merged_lands_with_the_survivor():
    resolve([claim("u1", email("anna")), claim("u2", phone("0001"))])
    survivor, absorbed = Customer.objects.order_by("id")

    profile = waits_for(lambda: resolve([claim("u3", email("anna"), phone("0001"))]), lambda: desk_profile(absorbed))

    assert profile.customer_id == survivor.pk


def test_a_storm_of_overlapping_batches_ends_in_one_customer_per_person():
    people = [(email(f"a{n}"), phone(f"{n:04}")) for n in range(12)]
    claims = [
        one
        for n, (mail, number) in enumerate(people)
        for one in (
            claim(f"m{n}", mail),
            claim(f"p{n}", number),
            claim(f"both{n}", mail, number, name=f"N{n}"),
        )
    ]

    def worker(seed):
        shuffled = random.Random(seed).sample(claims, len(claims))
        try:
            for start in range(0, len(shuffled), 9):
                with transaction.atomic():
                    resolve(shuffled[start : start + 9])
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(worker, range(3)))

    owners = set(Evidence.objects.values_list("identifier_id", "profile__customer_id"))
    assert len(owners) == 24
    assert Customer.objects.filter(merged_into=None).count() == 12
    assert SourceProfile.objects.filter(customer__merged_into=None).count() == len(claims)


def test_nobody_waits_for_a_comparison(monkeypatch):
    """It takes seconds, and the newest customers are those somebody is talking to."""
    resolve([claim("u1", email("anna"), name="Anna Lind"), claim("u2", email("ana"), name="Anna Lind")])

    def meanwhile(*_given, **_options):
        with ThreadPoolExecutor(1) as threads:
            threads.submit(in_a_transaction, lambda: resolve([claim("u1", name="Anna Berg", day=3)])).result(20)
        return Suggested([])

    monkeypatch.setattr(suggestions, "score", meanwhile)
    assert compare_due() == 2
    assert Customer.objects.to_compare().get().name == "Anna Berg"
