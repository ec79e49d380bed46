"""What is shown of a customer, and under which names it may come."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import now

from apps.customers.attributes.traits import canonical, fitting, show, show_next, under_other_names
from apps.customers.identity.actions import merge_customers, unmerge
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, SourceProfile
from tests.customers.identity.claims import DAWN, claim, counted, email
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AttributeChangeFactory,
    AttributeDefinitionFactory,
    CustomerFactory,
    SourceProfileFactory,
)

# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["birthday", "date_of_birth", "birthdate", "dob", "birthDate", "dateOfBirth"])
def test_a_day_of_birth_goes_by_many_names(name):
    assert canonical({name: "1980-05-31"}) == {"born": "1980-05-31"}


@pytest.mark.parametrize("name", ["zip", "postal_code", "postalCode", "zip_code", "zipCode", "zipcode"])
def test_a_postcode_goes_by_many_names(name):
    assert canonical({name: "SW1A 1AA"}) == {"postcode": "SW1A 1AA"}


def test_our_own_name_counts_where_both_are_said():
    assert canonical({"born": "1980-05-31", "birthday": "31 May"}) == {"born": "1980-05-31", "birthday": "31 May"}


def test_an_address_is_a_street_or_all_of_it():
    assert canonical({"address": "3 Mill Lane"}) == {"street": "3 Mill Lane"}
    address = {"street": "3 Mill Lane", "city": "York", "postalCode": "YO1 7HH", "state": "Yorkshire", "country": "GB"}
    assert canonical({"name": "Anna", "address": address}) == {
        "name": "Anna", "street": "3 Mill Lane", "city": "York", "postcode": "YO1 7HH", "region": "Yorkshire",
        "country": "GB",
    }  # fmt: skip


def test_parts_of_an_address_that_have_no_place_stay_there():
    address = {"city": "York", "country": "United Kingdom", "floor": 3, "note": "", "street": None}
    told = canonical({"city": "Leeds", "address": address})
    assert told == {"city": "Leeds", "address": {"country": "United Kingdom", "floor": 3}}


def test_the_state_of_an_account_is_no_region():
    assert canonical({"state": "active", "name": "Anna"}) == {"state": "active", "name": "Anna"}
    assert canonical({"state": "CA", "zip": "94016"}) == {"region": "CA", "postcode": "94016"}


def test_who_does_not_see_one_name_sees_none_of_the_others():
    assert under_other_names({"born"}) >= {"born", "birthday", "dob"}
    assert under_other_names({"city"}) == {"city", "address"}
    assert under_other_names({"plan"}) == {"plan"}


def test_traits_without_other_names_are_the_same_object():
    for traits in ({"name": "Anna", "plan": "gold"}, {"state": {"odd": 1}}, {"zip": ""}, {}):
        assert canonical(traits) is traits


def test_what_is_said_stays_as_it_was_given():
    traits = {"address": {"city": "York"}, "zip": 12345}
    canonical(traits)
    assert traits == {"address": {"city": "York"}, "zip": 12345}


def test_only_what_fits_is_shown():
    said = {"born": "1980-05-31T00:00:00Z", "street": "x" * 200, "postcode": "y" * 21, "region": "z" * 61, "tier": True}
    assert fitting(said) == {"born": "1980-05-31", "street": "x" * 120, "region": "z" * 60}


@pytest.mark.parametrize(
    "day",
    ["0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1904-01-01", "2999-01-01", "1980-02-30", "1499-12-31"],
)
def test_nobody_is_born_on_a_day_that_means_unknown(day):
    assert fitting({"born": day, "name": "Anna"}) == {"name": "Anna"}


@pytest.mark.parametrize("day", ["1899-12-29", "1858-11-18", "1790-02-28", "1612-06-01", "1900-01-02"])
def test_whoever_was_born_long_ago_was_born(day):
    assert fitting({"born": day}) == {"born": day}


# --- on the customer ----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def only():
    return Customer.objects.get(merged_into=None)


def test_a_shop_that_says_birthday_and_zip_is_understood():
    resolve([claim("u1", email("anna"), birthday="1980-05-31", address={"street": "3 Mill Lane"}, zip="YO1 7HH")])
    one = only()
    assert (one.born, one.street, one.postcode) == (date(1980, 5, 31), "3 Mill Lane", "YO1 7HH")
    assert SourceProfile.objects.get().traits == {
        "born": "1980-05-31", "street": "3 Mill Lane", "postcode": "YO1 7HH",
    }  # fmt: skip


def test_the_same_said_again_under_other_names_costs_one_query(django_assert_num_queries):
    resolve([claim("u1", email("anna"), birthday="1980-05-31")])
    with django_assert_num_queries(1):
        resolve([claim("u1", email("anna"), dob="1980-05-31")])


def test_the_source_that_is_believed_says_what_is_shown():
    AttributeDefinitionFactory(key="city", precedence=["bank", "web"])
    resolve([claim("u1", email("anna"), day=9, city="York", name="Anna")])
    resolve([claim("b1", email("anna"), source="bank", day=1, city="Leeds", name="A. Lind")])
    assert (only().city, only().name) == ("Leeds", "Anna")


def test_what_the_believed_source_says_but_does_not_fit_is_passed_over():
    AttributeDefinitionFactory(key="country", precedence=["bank"])
    resolve([claim("u1", email("anna"), country="GB")])
    resolve([claim("b1", email("anna"), source="bank", day=1, country="United Kingdom")])
    assert only().country == "GB"


def test_a_hand_wins_until_a_source_changes_its_word():
    resolve([claim("u1", email("anna"), city="York")])
    desk = SourceProfileFactory(source="desk", customer=only(), traits={"city": "Leeds"}, last_seen=DAWN)
    AttributeChangeFactory(profile=desk, key="city", value="Leeds", at=DAWN + timedelta(days=1), actor=UserFactory())
    resolve([claim("u1", email("anna"), day=2, city="York", plan="gold")])
    show([only().pk])
    assert only().city == "Leeds"
    resolve([claim("u1", email("anna"), day=3, city="Bath")])
    assert only().city == "Bath"


def test_absorbed_customers_are_the_last_resort():
    survivor = CustomerFactory(name="")
    CustomerFactory(name="Anna", city="York", merged_into=survivor)
    SourceProfileFactory(customer=survivor, traits={"city": "Leeds"})
    show([survivor.pk])
    survivor.refresh_from_db()
    assert (survivor.name, survivor.city) == ("Anna", "Leeds")


def test_whoever_only_claims_may_correct_their_own_claim():
    resolve([claim("m1", unverified=[email("anna")], name="anna")])
    resolve([claim("m1", unverified=[email("anna")], day=1, name="Anna Lind")])
    assert only().name == "Anna Lind"


def test_of_claims_alone_the_source_that_is_believed_counts():
    AttributeDefinitionFactory(key="name", precedence=["bank"])
    resolve([claim("m1", unverified=[email("anna")], day=1, name="anna")])
    resolve([claim("b1", source="bank", unverified=[email("anna")], name="Anna Lind")])
    assert only().name == "Anna Lind"


def test_what_is_shown_of_two_who_were_told_apart_is_their_own():
    resolve([claim("u1", email("anna"), name="Anna"), claim("u2", email("berta"), name="Berta", city="York")])
    anna, berta = (SourceProfile.objects.get(external_id=one).customer for one in ("u1", "u2"))
    agent = UserFactory()
    record = merge_customers(actor=agent, survivor=anna, absorbed=berta, reason="a slip")
    anna.refresh_from_db()
    assert anna.city == "York"
    unmerge(actor=agent, record=record, reason="two people")
    assert [(one.name, one.city) for one in Customer.objects.order_by("pk")] == [("Anna", ""), ("Berta", "York")]
    show([anna.pk])
    anna.refresh_from_db()
    assert anna.city == ""


def test_those_of_whom_several_tell_are_shown_again_a_stretch_at_a_time():
    resolve([claim(f"u{n}", email(f"p{n}"), day=2, city="York") for n in range(3)])
    resolve([claim(f"b{n}", email(f"p{n}"), source="bank", city="Leeds") for n in range(3)])
    resolve([claim("u9", email("p9"), city="York")])
    AttributeDefinitionFactory(key="city", precedence=["bank"])
    first, second, third, _alone = Customer.objects.order_by("pk").values_list("pk", flat=True)
    assert (show_next(0, limit=2), show_next(second, limit=2), show_next(third, limit=2)) == (second, third, None)
    shown = Customer.objects.order_by("pk").values_list("city", flat=True)
    assert list(shown) == ["Leeds", "Leeds", "Leeds", "York"]
    assert first < second


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ({"name": "Anna L."}, True),
        ({"born": "1980-05-31"}, True),
        ({"street": "3 Mill Lane"}, True),
        ({"postcode": "YO1 7HH"}, True),
        ({"city": "Leeds"}, True),
        ({"tier": "gold"}, False),
        ({"region": "Yorkshire"}, False),
        ({"name": "Anna"}, False),
    ],
)
def test_who_is_described_differently_is_due_to_be_compared_again(said, due):
    resolve([claim("u1", email("anna"), name="Anna", city="York")])
    Customer.objects.update(compared_at=now())
    resolve([claim("u1", email("anna"), day=1, **said)])
    assert (only().compared_at is None) == due


def test_showing_costs_two_statements_and_one_more_where_profiles_disagree():
    def people(count, city):
        made = []
        for _one in range(count):
            customer = CustomerFactory(name="")
            for source in ("web", "crm"):
                SourceProfileFactory(source=source, customer=customer, traits={"city": city(source)})
            made.append(customer.pk)
        return made

    def cost(pks):
        with counted() as queries:
            show(pks)
        return len(queries)

    assert [cost(people(count, lambda _source: "York")) for count in (1, 7)] == [2, 2]
    cost(people(1, str))  # what is cached is asked for once
    assert [cost(people(count, str)) for count in (1, 7)] == [3, 3]
