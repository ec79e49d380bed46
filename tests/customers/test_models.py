import uuid

import pytest
from django.db import IntegrityError

from apps.customers.models import Customer
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
)

pytestmark = pytest.mark.django_db


def names(customers):
    return sorted(customer.name for customer in customers)


@pytest.fixture
def people():
    for name in ("Léa Müller", "Ann-Marie Leclerc", "Max Lea", "Zoë Ångström", "100% Bio_Laden"):
        CustomerFactory(name=name)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lea", ["Léa Müller", "Max Lea"]),
        ("LÉ", ["Ann-Marie Leclerc", "Léa Müller", "Max Lea"]),
        ("mull le", ["Léa Müller"]),
        ("angstrom", ["Zoë Ångström"]),
        ("ea", []),
        ("100%", ["100% Bio_Laden"]),
        ("bio_", ["100% Bio_Laden"]),
        ("%", []),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_name_is_found_by_how_its_words_begin(words, found):
    assert names(Customer.objects.named(words)) == found


@pytest.mark.usefixtures("people")
def test_a_name_is_found_by_its_whole_words_and_by_its_beginning():
    assert names(Customer.objects.with_words("lea")) == ["Léa Müller", "Max Lea"]
    assert names(Customer.objects.with_words("muller LEA")) == ["Léa Müller"]
    assert names(Customer.objects.with_words("mull")) == []
    assert names(Customer.objects.beginning("lea  mu")) == ["Léa Müller"]
    assert names(Customer.objects.beginning("muller")) == []


def test_a_merged_customer_is_found_only_through_the_survivor():
    survivor = CustomerFactory()
    middle = CustomerFactory(merged_into=survivor)
    absorbed = CustomerFactory(merged_into=middle)

    for one in (survivor, middle, absorbed):
        assert Customer.objects.survivor_of(one.public_id).get() == survivor
    assert list(Customer.objects.visible_to(UserFactory())) == [survivor]
    assert Customer.objects.survivor_of(uuid.uuid4()).count() == 0


def test_somebody_who_has_left_sees_no_customers():
    CustomerFactory()

    assert Customer.objects.visible_to(UserFactory(is_active=False)).count() == 0


def test_who_has_no_name_is_still_called_something():
    assert str(CustomerFactory(name="")) == "Unnamed customer"


@pytest.mark.parametrize("factory", [SourceProfileFactory, IdentifierFactory, EvidenceFactory])
def test_the_database_keeps_what_is_unique_unique(factory):
    one = factory()
    same = {
        SourceProfileFactory: {"source": "source", "external_id": "external_id"},
        IdentifierFactory: {"type": "type", "value": "value"},
        EvidenceFactory: {"profile": "profile", "identifier": "identifier"},
    }[factory]

    with pytest.raises(IntegrityError):
        factory(**{field: getattr(one, name) for field, name in same.items()})
