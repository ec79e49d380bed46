"""Attributes typed by hand."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from apps.accounts.models import AuditEntry, Role
from apps.customers.attributes.actions import edit_attribute
from apps.customers.attributes.definitions import BadValue
from apps.customers.attributes.precedence import attributes, heard
from apps.customers.identity.actions import merge_customers, unmerge
from apps.customers.identity.resolution import resolve
from apps.customers.models import AttributeChange, Customer, SourceProfile
from tests.customers.identity.claims import claim, email, phone
from tests.factories.accounts import UserFactory
from tests.factories.customers import AttributeDefinitionFactory, CustomerFactory, SourceProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(first_name="Ada", last_name="Byron")


@pytest.fixture
def anna():
    resolve([claim("u1", email("anna"), name="Anna", city="York")])
    return Customer.objects.get()


@pytest.fixture
def edit(ada, anna):
    def to(key, value, customer=None):
        before = edit_attribute(actor=ada, customer=customer or anna, key=key, value=value)
        anna.refresh_from_db()
        return before

    return to


def found(customer, key):
    return attributes(heard([customer.pk]))[customer.pk].get(key)


def test_what_is_typed_holds_and_says_who_typed_it(edit, anna, ada):
    assert edit("city", " Leeds ") is None
    one = found(anna, "city")
    assert (anna.city, one.value, one.source, one.actor) == ("Leeds", "Leeds", "desk", "Ada Byron")
    change = AttributeChange.objects.get()
    assert (change.key, change.value, change.before, change.actor) == ("city", "Leeds", None, ada)


def test_the_trail_names_the_attribute_and_never_the_value(edit, anna):
    edit("city", "Leeds")
    edit("city", None)
    trail = list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "detail"))
    assert trail == [
        ("attribute.edit", anna.public_id, {"key": "city"}),
        ("attribute.clear", anna.public_id, {"key": "city"}),
    ]


def test_it_holds_until_a_source_says_something_else(edit, anna):
    edit("city", "Leeds")
    resolve([claim("u1", email("anna"), city="York", plan="gold", day=1)])
    anna.refresh_from_db()
    assert anna.city == "Leeds"
    later = claim("u1", email("anna"), city="Bath")
    resolve([type(later)(later.key, now() + timedelta(minutes=1), later.handles, traits=later.traits)])
    anna.refresh_from_db()
    assert anna.city == "Bath"


def test_a_correction_makes_nothing_else_fresher_that_the_desk_once_said(edit, anna):
    SourceProfileFactory(source="desk", customer=anna, traits={"name": "Ana"}, last_seen=now() - timedelta(days=9000))
    edit("city", "Leeds")
    assert (anna.name, anna.city) == ("Anna", "Leeds")


def test_taking_it_away_leaves_what_the_sources_say(edit, anna):
    edit("city", "Leeds")
    assert edit("city", None) == "Leeds"
    assert (anna.city, found(anna, "city").source) == ("York", "web")


def test_taking_away_what_no_source_says_leaves_nothing(edit, anna):
    edit("born", "1980-05-31")
    assert anna.born == date(1980, 5, 31)
    edit("born", None)
    assert (anna.born, found(anna, "born")) == (None, None)


def test_what_was_there_before_undoes_it(edit, anna):
    edit("city", "Leeds")
    before = edit("city", "Bath")
    assert before == "Leeds"
    edit("city", before)
    assert anna.city == "Leeds"


def test_nothing_typed_means_nothing_to_take_away(edit, anna):
    assert edit("city", None) is None
    assert (anna.city, AttributeChange.objects.count()) == ("York", 0)


def test_who_is_described_differently_is_compared_again(edit, anna):
    Customer.objects.update(compared_at=now())
    edit("tier", "gold")
    assert anna.compared_at
    edit("born", "1980-05-31")
    assert anna.compared_at is None


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  two   words ", "two words"),
        ("number", "12", 12),
        ("number", "12.5", 12.5),
        ("date", "2030-01-02", "2030-01-02"),
        ("flag", "true", True),
        ("flag", "False", False),
        ("choice", "blue", "blue"),
    ],
)
def test_a_value_is_kept_by_the_type_of_its_attribute(edit, anna, kind, given, kept):
    AttributeDefinitionFactory(key="own", type=kind, choices=["red", "blue"])
    edit("own", given)
    assert found(anna, "own").value == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", "x" * 501), ("text", "  "), ("text", "\0"), ("number", "twelve"), ("number", "inf"),
        ("number", "1e300"), ("date", "31.5.1980"), ("date", "0800-01-01"), ("flag", "perhaps"), ("choice", "green"),
    ],
)  # fmt: skip
def test_what_is_no_value_of_it_is_refused_in_words(edit, kind, given):
    AttributeDefinitionFactory(key="own", type=kind, choices=["red", "blue"])
    with pytest.raises(BadValue, match=r"\w+ .*\.$"):
        edit("own", given)
    assert not AttributeChange.objects.exists()


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("born", "2999-01-01"), ("born", "1753-01-01"),
        ("name", "x" * 201), ("postcode", "y" * 21), ("country", "France"), ("country", "F1"),
        ("timezone", "Mars/Base"), ("language", "12"), ("unheard_of", "x"),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_customer_fits_where_it_is_shown(edit, key, given):
    with pytest.raises(BadValue):
        edit(key, given)


def test_a_country_is_kept_in_capitals(edit, anna):
    edit("country", "gb")
    assert anna.country == "GB"


def test_an_attribute_that_is_not_edited_at_the_desk_is_not(edit):
    AttributeDefinitionFactory(key="city", label="City", editable=False)
    with pytest.raises(BadValue, match="City is what the sources say"):
        edit("city", "Leeds")


def test_nobody_edits_what_their_role_does_not_see(edit):
    AttributeDefinitionFactory(key="own", visible_to=[Role.OWNER])
    with pytest.raises(PermissionDenied):
        edit("own", "x")


def test_what_is_typed_of_somebody_just_merged_is_kept_with_who_they_are_now(edit, anna):
    gone = CustomerFactory(merged_into=anna)
    edit("city", "Leeds", customer=gone)
    assert anna.city == "Leeds"


def test_where_two_who_became_one_were_both_corrected_all_of_it_is_taken_away(edit, anna):
    other = SourceProfileFactory(customer__name="Anna L.").customer
    edit("street", "1 Old Lane", customer=other)
    edit("street", "2 Mill Lane")
    SourceProfile.objects.filter(customer=other).update(customer=anna)
    assert found(anna, "street").value == "2 Mill Lane"
    edit("street", None)
    assert (anna.street, found(anna, "street")) == ("", None)


# --- two become one -----------------------------------------------------------------------------------------------


@pytest.fixture
def double():
    resolve([claim("c1", phone("0001"), source="crm", day=3, name="Anna Lind", city="Bath")])
    return Customer.objects.get(name="Anna Lind")


def test_the_values_chosen_in_a_merge_hold(ada, anna, double):
    merge_customers(actor=ada, survivor=anna, absorbed=double, reason="Same", chosen={"city": "York"})
    anna.refresh_from_db()
    assert (anna.name, anna.city) == ("Anna Lind", "York")
    assert found(anna, "city").actor == "Ada Byron"
    assert {"key": "city"}.items() <= AuditEntry.objects.get(action="attribute.edit").detail.items()


def test_taking_the_merge_back_takes_the_choice_back(ada, anna, double):
    record = merge_customers(actor=ada, survivor=anna, absorbed=double, reason="Same", chosen={"city": "Bath"})
    unmerge(actor=ada, record=record, reason="Not the same")
    anna.refresh_from_db()
    double.refresh_from_db()
    assert (anna.city, double.city) == ("York", "Bath")
    assert found(anna, "city").source == "web"


def test_what_was_corrected_since_the_merge_stays(ada, anna, double):
    record = merge_customers(actor=ada, survivor=anna, absorbed=double, reason="Same", chosen={"city": "Bath"})
    edit_attribute(actor=ada, customer=anna, key="city", value="Leeds")
    unmerge(actor=ada, record=record, reason="Not the same")
    anna.refresh_from_db()
    assert anna.city == "Leeds"
