"""Several reads as one statement give what each would have given alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import Count

from apps.customers.models import Customer, SourceProfile
from apps.foundation.db.bundle import Bundle, Param
from apps.interactions.models import Interaction
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


def compose(titled):
    return {
        "people": Customer.objects.filter(pk=Param("customer")).values("public_id", "name", "born"),
        "story": Interaction.objects.filter(profile__any=Param("profiles", many=True), title__startswith=titled)
        .select_related("profile__customer")
        .defer("search")
        .order_by("-occurred_at")[:2],
        "counted": SourceProfile.objects.filter(customer=Param("customer")).values("source").annotate(rows=Count("pk")),
        "sources": SourceProfile.objects.filter(customer=Param("customer")).values_list("source", flat=True),
    }


SHEET = Bundle(compose)


@pytest.fixture
def customer():
    found = CustomerFactory(name='Ana "O\'Brien" %s', born=date(1980, 2, 29))
    profile = SourceProfileFactory(customer=found)
    for day in (1, 2, 3):
        InteractionFactory(
            profile=profile,
            occurred_at=datetime(2026, 3, day, 12, 0, 0, 123456, tzinfo=UTC),
            amount=Decimal("0.10") * day,
            title=f"day {day}, ünïcode",
            payload={"n": [1, None, "x"]},
        )
    return found


def read(customer, titled="day"):
    profiles = list(SourceProfile.objects.filter(customer=customer).values_list("pk", flat=True))
    return profiles, SHEET.read({"customer": customer.pk, "profiles": profiles}, titled, titled)


def test_every_part_gives_what_its_queryset_gives(customer, django_assert_num_queries):
    profiles, found = read(customer)
    story = Interaction.objects.filter(profile__in=profiles).order_by("-occurred_at")
    assert found["people"] == list(Customer.objects.filter(pk=customer.pk).values("public_id", "name", "born"))
    assert [vars_of(row) for row in found["story"]] == [vars_of(row) for row in story.defer("search")[:2]]
    assert found["story"][0].amount == Decimal("0.30")
    with django_assert_num_queries(0):
        assert found["story"][0].profile.customer == customer
    assert sum(row["rows"] for row in found["counted"]) == len(profiles) == len(found["sources"])


def vars_of(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_it_is_one_statement_planned_once_and_read_for_anybody(customer, django_assert_num_queries):
    other = CustomerFactory(name="Somebody else")
    for who in (customer, other, customer):
        profiles = list(SourceProfile.objects.filter(customer=who).values_list("pk", flat=True))
        with django_assert_num_queries(1):
            found = SHEET.read({"customer": who.pk, "profiles": profiles}, "day", "day")
        assert [row["name"] for row in found["people"]] == [who.name]


def test_another_key_is_another_statement(customer):
    assert [row.title for row in read(customer, "day 2")[1]["story"]] == ["day 2, ünïcode"]


def test_nothing_found_is_an_empty_list_and_a_large_id_is_no_other_statement(customer):
    found = SHEET.read({"customer": 2**40, "profiles": []}, "day", "day")
    assert set(map(tuple, found.values())) == {()}


def test_a_parameter_without_a_value_is_refused(customer):
    with pytest.raises(KeyError, match="profiles"):
        SHEET.read({"customer": 1}, "day", "day")
