from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from apps.customers.models import Customer, Identifier, SourceProfile
from tests.factories.customers import CustomerFactory, EvidenceFactory, SourceProfileFactory

pytestmark = pytest.mark.django_db
MAY = datetime(2024, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def british():
    with translation.override("en-gb"):
        yield


def nameless(source="web-shop", first_seen=MAY, customer=None, **identifiers):
    customer = customer or CustomerFactory(name="")
    profile = SourceProfileFactory(customer=customer, source=source, first_seen=first_seen)
    for kind, value in identifiers.items():
        EvidenceFactory(profile=profile, identifier__type=kind, identifier__value=value)
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.parametrize(
    ("identifiers", "name"),
    [
        ({"phone": "+493012345678"}, "Customer from +49 30 12345678"),
        ({"email": "a@shop.example", "device": "d1"}, "Customer from a@shop.example"),
        ({"email": "a@shop.example", "phone": "+493012345678"}, "Customer from +49 30 12345678"),
        ({"loyalty": "LOY1"}, "Customer with card LOY1"),
        ({"social": "annas"}, "Customer annas"),
        ({"device": "d1"}, "Visitor from Web shop, 3 May 2024"),
        ({}, "Visitor from Web shop, 3 May 2024"),
    ],
)
def test_who_has_no_name_is_called_by_what_is_known(identifiers, name):
    assert str(nameless(**identifiers)) == name


def test_of_this_year_the_day_is_enough():
    this_year = timezone.now().replace(month=1, day=3, hour=12)
    assert str(nameless(first_seen=this_year)) == "Visitor from Web shop, 3 January"


def test_a_name_that_is_known_is_said():
    customer = CustomerFactory(name="Ada")
    assert str(Customer.objects.get(pk=customer.pk)) == "Ada"


def test_the_first_who_told_of_them_and_a_proved_number_count():
    customer = nameless("late", first_seen=MAY.replace(month=6))
    assert str(nameless("early", customer=customer)) == "Visitor from Early, 3 May 2024"
    profile = customer.profiles.first()
    for value, verified in (("+493000000001", False), ("+493000000002", True)):
        EvidenceFactory(profile=profile, identifier__value=value, verified=verified)
    assert str(Customer.objects.get(pk=customer.pk)) == "Customer from +49 30 00000002"


def test_a_number_that_is_nobodys_or_was_another_s_says_nothing():
    blocked, gone = nameless(phone="+493012345678"), nameless(phone="+493012345679")
    Identifier.objects.filter(value="+493012345678").update(status=Identifier.Status.BLOCKED)
    gone.profiles.get().evidence.update(active=False)
    assert {str(one) for one in Customer.objects.filter(pk__in=[blocked.pk, gone.pk])} == {
        "Visitor from Web shop, 3 May 2024"
    }


def test_who_was_never_met_is_still_called_something():
    assert str(CustomerFactory(name="")) == str(Customer(name="")) == "Unnamed customer"


def test_however_many_are_listed_they_are_asked_for_once():
    for number in range(5):
        nameless(phone=f"+4930123456{number:02}")
    CustomerFactory(name="Ada")
    profiles = SourceProfile.objects.only("customer__public_id", "customer__name")
    with CaptureQueriesContext(connection) as captured:
        names = [str(one) for one in Customer.objects.order_by("pk")]
        again = [str(profile.customer) for profile in profiles.select_related("customer").order_by("pk")]
    assert names == [*(f"Customer from +49 30 123456{number:02}" for number in range(5)), "Ada"]
    assert again == names[:5]
    assert len(captured) == 4  # those who are listed, what is known of the nameless; and the same beside their profiles
