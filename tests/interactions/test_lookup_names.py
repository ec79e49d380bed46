"""Names with a place, names with a letter wrong, and more of them than a page has."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.customers.models import Customer
from apps.interactions.lookup import _statement, find, find_page
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.interactions import DAWN
from tests.interactions.known import REGIONS, known

pytestmark = pytest.mark.django_db


def found(words, **options):
    return [one.customer for one in find(words, UserFactory(), REGIONS, **options)]


# by name and place
@pytest.mark.parametrize(
    "words",
    [
        "smith london", "london smith", "Smith, London", "ada smi lond", "lond ada", "smith SW1A 1AA", "sw1a1aa smith",
        "SW1A 1AA Ada Smith", "smith sw1a", "smith 1aa", "ada zürich-nord", "ada ZURICH",
    ],
)  # fmt: skip
def test_a_name_is_found_with_a_city_or_a_postcode_in_either_order(words):
    zurich = "zürich" in words or "ZURICH" in words
    place = {"city": "Zürich-Nord"} if zurich else {"city": "Greater London", "postcode": "SW1A 1AA"}
    customer = known(CustomerFactory(name="Ada Smith", **place))
    known(CustomerFactory(name="Ada Smith", city="Leeds", postcode="LS1 1UR"))
    known(CustomerFactory(name="Imogen Jones", city="Greater London", postcode="SW1A 1AA"))
    CustomerFactory(name="Other Person", city="Greater London", postcode="SW1A 1AA")

    (one,) = find(words, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.exact) == (customer, "place", False)
    assert one.value == f"{customer.postcode} {customer.city}".strip()


def test_whoever_is_called_so_comes_before_whoever_lives_there():
    lives = known(CustomerFactory(name="Ada Paris", city="London"), seen=DAWN + timedelta(days=3))
    named = known(CustomerFactory(name="Paris London"))

    assert found("paris london") == [named, lives]
    assert found("paris lon") == [named, lives]


def test_a_place_alone_finds_nobody():
    CustomerFactory(name="Ada Smith", city="London")

    assert found("london") == []
    assert page("lindon").found == []


# but for a letter
def page(words, reader=None, **options):
    return find_page(words, reader or UserFactory(), REGIONS, **options)


def called(words, **options):
    return [one.customer for one in page(words, **options).found]


@pytest.mark.parametrize(
    "words",
    [
        "Gwendolin", "Gwnedolyn", "Gwendollyn", "Gwedolyn", "wGendolyn", "Gwendolin Ashcroft", "ashcorft",
        "Ashcrof gwendolyn", "gwendilyn ash", "Gwendolin Leeds", "leeds gwendolin", "gwemdol",
    ],
)  # fmt: skip
def test_a_letter_is_forgiven(words):
    customer = known(CustomerFactory(name="Gwendolyn Ashcroft", city="Leeds"))
    known(CustomerFactory(name="Imogen Smith", city="Leeds"))

    (one,) = page(words).found

    assert one.customer == customer
    assert one.similar is (words != "Ashcrof gwendolyn")  # that is how it begins
    assert not one.exact


@pytest.mark.parametrize(
    "words", ["Gwondelyn", "Gwendolin Ashcorft", "Gwendolin York", "gwe", "tm", "Gw3ndolyn", "%%%%"]
)
def test_two_letters_are_not(words):
    known(CustomerFactory(name="Gwendolyn Ashcroft", city="Leeds"))
    known(CustomerFactory(name="Tim"))

    assert [one for one in page(words).found if one.similar] == []


def test_short_names_are_forgiven_as_a_whole():
    smith, smithson = (known(CustomerFactory(name=name)) for name in ("Ada Smith", "Ada Smithson"))

    assert called("smtih") == [smith]
    assert called("smithsen") == [smithson]


def test_who_is_called_so_comes_first_and_where_there_are_enough_nobody_else():
    similar = known(CustomerFactory(name="Jansen"), seen=DAWN + timedelta(days=9))
    exact = known(CustomerFactory(name="Janson"))
    assert called("janson") == [exact, similar]

    for _ in range(2):
        known(CustomerFactory(name="Janson"))
    assert similar not in called("janson")


def test_what_is_meant_exactly_needs_no_forgiving():
    customer = known(user_id="smtih")
    known(CustomerFactory(name="Smith"))

    assert called("smtih") == [customer]
    assert [one.customer.name for one in page("smith").found] == ["Smith"]


def test_programs_are_given_nobody_but_who_was_named():
    known(CustomerFactory(name="Smith"))

    assert found("smtih") == []


def test_accents_are_no_mistake_and_none_is_made_by_them():
    customer = known(CustomerFactory(name="Zoë Müller"))

    assert called("mullr") == called("Mueller") == called("müllre") == [customer]


def test_forgiving_has_no_more_time_than_it_is_given(monkeypatch):
    monkeypatch.setattr("apps.interactions.lookup.BESIDE_NAME", "SELECT pg_sleep(5) -- {rows}")
    known(CustomerFactory(name="Smith"))

    assert called("smtih") == []
    assert Customer.objects.count() == 1  # the transaction is whole


@pytest.mark.parametrize(
    ("words", "cost"), [("+33612345678", 2), ("smith", 2), ("smtih", 7), ("06123456", 2), ("zzzz", 6)]
)
def test_only_who_may_have_been_misspelt_costs_more(words, cost):
    for _ in range(3):
        known(CustomerFactory(name="Ada Smith"), phone="+33612345678")
    reader = UserFactory()

    with CaptureQueriesContext(connection) as captured:
        find_page(words, reader, REGIONS)

    assert len(captured) == cost


# pages
def test_all_are_found_a_page_at_a_time():
    people = [known(CustomerFactory(name=f"Rare Name {n}"), seen=DAWN + timedelta(days=n % 5)) for n in range(21)]
    tokens, seen = [""], []
    while tokens[-1] or len(tokens) == 1:
        part = page("rare", after=tokens[-1])
        seen.append([one.customer for one in part.found])
        tokens.append(part.more)

    assert [len(each) for each in seen] == [8, 8, 5]
    everybody = [one for each in seen for one in each]
    assert sorted(everybody, key=lambda one: one.pk) == people
    assert everybody == found("rare", limit=50)
    assert not page("rare", after=tokens[-2]).crowded


def test_who_has_come_meanwhile_moves_no_page():
    for number in range(12):
        known(CustomerFactory(name=f"Rare Name {number}"), seen=DAWN + timedelta(days=number))
    first = page("rare")
    known(CustomerFactory(name="Rare Newcomer"), seen=DAWN + timedelta(days=99))

    second = page("rare", after=first.more)

    assert len(second.found) == 4
    assert not {one.customer for one in first.found} & {one.customer for one in second.found}


def test_where_more_are_called_so_than_are_looked_at_it_is_said(monkeypatch):
    monkeypatch.setattr("apps.interactions.lookup.CAP", 5)
    _statement.cache_clear()
    for number in range(9):
        known(CustomerFactory(name=f"Rare Name {number}"))

    assert page("rare").crowded
    _statement.cache_clear()


@pytest.mark.parametrize("after", ["x", "MA", "é", "MS8y", "0" * 200])
def test_nothing_else_is_a_place_to_go_on_from(after):
    customer = known(CustomerFactory(name="Rare"))

    assert called("rare", after=after) == [customer]
