"""What a batch of claims costs, and that it ends where the same claims one by one end."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.customers.identity.resolution import resolve
from apps.customers.identity.rules import identity_rules
from apps.customers.models import Customer, Evidence, SourceProfile
from tests.customers.identity.claims import claim, device, email, known, phone

pytestmark = pytest.mark.django_db


# cost


def queries_for(claims):
    identity_rules()  # remembered for a while
    with CaptureQueriesContext(connection) as queries:
        resolve(claims)
    return len(queries)


def test_the_number_of_queries_does_not_depend_on_the_batch():
    for number in range(30):
        known(email(f"a{number}"), external_id=f"a{number}")
        known(email(f"b{number}"), external_id=f"b{number}")

    def batch(numbers):
        return [
            one
            for n in numbers
            for one in (
                claim(f"new{n}", phone(f"{n:04}"), name="New"),
                claim(f"join{n}", email(f"a{n}"), email(f"b{n}"), city="Lyon"),
                claim(f"lean{n}", unverified=[email(f"a{n}")]),
            )
        ]

    assert queries_for(batch([0])) == queries_for(batch(range(1, 30)))


# order and batches


class BatchesTest(TestCase):
    """A batch ends where the same claims one by one end."""

    handles = st.sampled_from([email("a"), email("b"), email("c"), phone("0001"), phone("0002"), device("d")])
    claims = st.lists(
        st.builds(
            lambda who, held, day: claim(f"u{who}", *held, day=day),
            st.integers(0, 6),
            st.lists(handles, max_size=2, unique=True),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=8,
    )

    @staticmethod
    def partition():
        groups = {}
        for profile in SourceProfile.objects.all():
            groups.setdefault(profile.customer_id, set()).add(profile.external_id)
        return sorted(map(sorted, groups.values()))

    @given(claims=claims)
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_a_batch_equals_one_by_one_where_only_people_are_named(self, claims):
        claims = [one for one in claims if all(handle.type != "device" for handle in one.handles)]
        resolve(claims)
        together = self.partition()
        Evidence.objects.all().delete()
        SourceProfile.objects.all().delete()

        for one in claims:
            resolve([one])

        assert self.partition() == together

    @given(claims=claims, cut=st.integers(0, 8))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_always_holds(self, claims, cut):
        for part in (claims[:cut], claims[cut:], claims[:cut]):  # the last one comes again
            found = resolve(part)
            assert set(found) == {one.key for one in part}

        living = set(Customer.objects.filter(merged_into=None).values_list("pk", flat=True))
        assert set(SourceProfile.objects.values_list("customer_id", flat=True)) <= living
        assert SourceProfile.objects.count() == len({one.key for one in claims})
        # who shares a strong identifier is one person
        holders = Evidence.objects.exclude(identifier__type="device").values_list(
            "identifier_id", "profile__customer_id"
        )
        assert max(Counter(identifier for identifier, _customer in set(holders)).values(), default=1) == 1
        before = self.partition()
        resolve(claims)
        assert self.partition() == before
