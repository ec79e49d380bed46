from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.customers.models import Identifier
from apps.interactions.lookup import find
from tests.factories.accounts import MarketerFactory, UserFactory
from tests.factories.customers import (
    CustomerFactory,
)
from tests.factories.interactions import DAWN, InteractionFactory
from tests.interactions.known import REGIONS, known

pytestmark = pytest.mark.django_db


def found(words, reader=None, **options):
    return [one.customer for one in find(words, reader or UserFactory(), REGIONS, **options)]


@pytest.mark.parametrize(
    "spelling",
    [
        "+33 6 12 34 56 78", "+33612345678", "06 12 34 56 78", "0612345678", "06.12.34.56.78", "0033 6 12345678",
        "06-12-34-56-78", " (06) 12 34 56 78 ", "+33 6 12", "06 123", "0612 3", "5678", "34 56 78",
        "\u202a+33 6 12 34 56 78\u202c",
    ],
)  # fmt: skip
def test_a_phone_is_found_in_any_spelling_whole_or_in_part(spelling):
    customer = known(phone="+33612345678")
    known(phone="+442079460018")

    (one,) = find(spelling, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.value) == (customer, "phone", "+33 6 12 34 56 78")
    assert one.exact is (len([letter for letter in spelling if letter.isdigit()]) >= 10)
    assert one.by == "Phone"


@pytest.mark.parametrize("spelling", ["+33 6", "0612", "678", "0", "+", "06 12 34 56 79", "061234567800"])
def test_too_few_or_other_digits_find_nobody(spelling):
    known(phone="+33612345678")

    assert found(spelling) == []


def test_a_local_number_finds_each_country_it_may_belong_to_and_no_order_is_lost():
    dutch, french = known(phone="+31612345678"), known(phone="+33612345678")

    assert set(found("0612345678")) == {dutch, french}


@pytest.mark.parametrize(
    "words", ["anna.schmidt@example.org", "Anna.Schmidt@EXAMPLE.org", "anna.sch", "anna.schmidt@ex"]
)
def test_an_email_is_found_whole_or_by_its_beginning(words):
    customer = known(email="anna.schmidt@example.org")
    known(email="berta@example.org")

    (one,) = find(words, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.value) == (customer, "email", "anna.schmidt@example.org")
    assert one.exact is words.lower().endswith(".org")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("loyalty", "9000000012B", "9000 0000-12b"),
        ("loyalty", "9000000012", "90000"),
        ("user_id", "User-77", "User-77"),
        ("account", "DE-1", "DE-1"),
        ("social", "annas", "@AnnaS"),
    ],
)
def test_cards_accounts_and_user_ids_are_found(kind, value, words):
    customer = known(**{kind: value})

    (one,) = find(words, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.value) == (customer, kind, value)


@pytest.mark.parametrize("words", ["ORD-000042", "ord-000042"])
def test_an_order_number_finds_who_ordered(words):
    order = InteractionFactory(order=True, reference="ORD-000042")
    InteractionFactory(profile=order.profile, order=True, reference="ORD-000042")
    InteractionFactory(order=True)

    (one,) = find(words, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.value, one.exact) == (
        order.profile.customer, "reference", "ORD-000042", True,
    )  # fmt: skip


def test_a_case_number_of_a_call_does_not_lead_somebody_there_who_may_not_read_calls():
    call = InteractionFactory(call=True, reference="CASE-1")

    assert found("CASE-1", MarketerFactory()) == []
    assert found("CASE-1") == [call.profile.customer]


def test_devices_are_not_looked_up():
    known(device="a1b2c3d4")
    known(anonymous_id="a1b2c3d4")

    assert found("a1b2c3d4") == []


def test_names_whole_words_first_then_the_beginning_then_the_latest_seen():
    inside = known(CustomerFactory(name="Max Leander"), seen=DAWN + timedelta(days=9))
    start_old = known(CustomerFactory(name="Leandra Ott"), seen=DAWN)
    start_new = known(CustomerFactory(name="Leander Ott"), seen=DAWN + timedelta(days=1))
    whole = known(CustomerFactory(name="Max Léa"), seen=DAWN - timedelta(days=1))
    CustomerFactory(name="Clea")

    assert found("lea") == [whole, start_new, start_old, inside]
    assert found("lea", limit=2) == [whole, start_new]
    assert found("ott lean") == [start_new, start_old]


def test_a_name_alone_is_enough():
    customer = CustomerFactory(name="Zoë Ångström")

    (one,) = find("angs", UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.value, one.exact) == (customer, "name", "Zoë Ångström", False)
    assert (one.phone, one.email, one.last_at, one.last_channel) == ("", "", None, "")


def test_an_exact_identifier_comes_before_a_name():
    named = CustomerFactory(name="Anna7")
    user = known(user_id="anna7")

    assert found("anna7") == [user, named]


def test_a_shared_number_lists_everyone_who_has_it():
    mother, son = known(phone="+33612345678"), known(phone="+33612345678", seen=DAWN + timedelta(days=1))
    identifier = Identifier.objects.get()
    identifier.status = Identifier.Status.SHARED
    identifier.save()
    identifier.evidence.update(active=False)

    assert found("0612345678") == [son, mother]


def test_a_blocked_number_and_withdrawn_evidence_find_nobody():
    known(phone="+33612345678")
    known(email="anna@example.org")
    Identifier.objects.filter(type="phone").update(status=Identifier.Status.BLOCKED)
    Identifier.objects.get(type="email").evidence.update(active=False)

    assert found("0612345678") == []
    assert found("anna@example.org") == []


def test_a_customer_found_by_two_things_is_told_once_by_the_better():
    customer = known(CustomerFactory(name="Anna Schmidt"), email="anna@example.org", user_id="anna")

    (one,) = find("anna", UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.exact) == (customer, "user_id", True)


def test_what_tells_people_apart():
    customer = known(
        CustomerFactory(name="Anna", city="Lyon"), phone="+33612345678", email="anna@example.org", seen=DAWN
    )
    known(customer, phone="+33699999999", verified=False, seen=DAWN + timedelta(days=5))
    known(customer, email="new@example.org", seen=DAWN + timedelta(days=5))
    older, newer = (
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(days=day))
        for day, profile in enumerate(customer.profiles.order_by("id")[:2])
    )
    call = InteractionFactory(profile=older.profile, call=True, occurred_at=DAWN + timedelta(days=8))

    (seen,) = find("anna", UserFactory(), REGIONS)
    (marketer,) = find("anna", MarketerFactory(), REGIONS)

    assert (seen.phone, seen.email) == ("+33 6 12 34 56 78", "new@example.org")
    assert (seen.last_at, seen.last_channel) == (call.occurred_at, "voice")
    assert (marketer.last_at, marketer.last_channel) == (None, "")
    assert newer.occurred_at < call.occurred_at


def test_somebody_who_has_left_finds_nobody():
    known(CustomerFactory(name="Anna"), phone="+33612345678")
    InteractionFactory(order=True, reference="ORD-1")

    for words in ("anna", "0612345678", "ORD-1"):
        assert found(words, UserFactory(is_active=False)) == []


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "%", "_", "\\", "'; --", "@", "a" * 500, "+" * 50, "\0", "((("])
def test_anything_may_be_typed(words):
    CustomerFactory(name="Anna")

    assert found(words) == []


@pytest.mark.parametrize("words", ["lea", "0612345678", "lea@example.org"])
def test_the_number_of_queries_does_not_depend_on_how_many_are_found(words):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            result = find(words, reader, REGIONS)
        return len(captured), len(result)

    reader = UserFactory()
    known(CustomerFactory(name="Lea"), phone="+33612345678", email="lea@example.org")
    one, _ = queries()
    for _ in range(6):
        customer = known(CustomerFactory(name="Lea"), phone="+33612345678", email="lea@example.org")
        InteractionFactory(profile__customer=customer)

    many, count = queries()

    assert (many, count) == (one, 7)
    assert many <= 6


# what people paste
@pytest.mark.parametrize(
    "pasted",
    [
        "tel:+44-20-7946-0777", "Tel. 020 7946 0777", "020\u20137946\u20130777", "020 7946 0777 ext. 12",
        "020 7946 0777 x12", "tel:+442079460777;ext=12", "+44 (0)20 7946 0777", "\u201c020 7946 0777\u201d",
        "Phone: +44\u200b20 7946 0777 (office)", "442079460777",
    ],
)  # fmt: skip
def test_a_pasted_number_is_found(pasted):
    customer = known(phone="+442079460777")
    known(phone="+442079460018")

    (one,) = find(pasted, UserFactory(), ["GB"])

    assert (one.customer, one.kind, one.exact) == (customer, "phone", True)


@pytest.mark.parametrize(
    "pasted", ["5215512345678", "+52 1 55 1234 5678", "55 1234 5678", "+525512345678", "https://wa.me/5215512345678"]
)
def test_a_number_is_found_by_what_whatsapp_calls_it(pasted):
    customer = known(phone="+525512345678")

    (one,) = find(pasted, UserFactory(), ["GB", "MX"])

    assert (one.customer, one.exact) == (customer, True)


@pytest.mark.parametrize(
    "pasted",
    [
        "Gwendolyn Ashcroft <g.ashcroft@b\u00fccher.example>",
        "mailto:g.ashcroft@b\u00fccher.example?subject=Your%20order",
        "<g.ashcroft@xn--bcher-kva.example>;", "\u201cG.Ashcroft@B\u00dcCHER.example\u201d",
    ],
)  # fmt: skip
def test_a_pasted_address_is_found(pasted):
    customer = known(email="g.ashcroft@xn--bcher-kva.example")

    (one,) = find(pasted, UserFactory(), REGIONS)

    assert (one.customer, one.kind, one.exact) == (customer, "email", True)


@pytest.mark.parametrize("stored", ["2001", "#2001"])
@pytest.mark.parametrize("pasted", ["2001", "#2001", '"2001"', "Order #2001", "order no. 2001,"])
def test_a_pasted_order_is_found(stored, pasted):
    order = InteractionFactory(order=True, reference=stored)
    InteractionFactory(order=True, reference="2002")

    assert found(pasted) == [order.profile.customer]


@pytest.mark.parametrize(
    "name", ["Sin\u00e9ad O'Connor", "Sin\u00e9ad O\u2019Connor", "Sinead OConnor", "Sinead O`Connor"]
)
@pytest.mark.parametrize(
    "pasted",
    ["OConnor", "O'Connor", "o\u2019connor", "O\u02bcConnor, Sinead", "Ms Sin\u00e9ad O\u00b4Connor", '"OCONN"'],
)
def test_an_apostrophe_is_no_letter(name, pasted):
    customer = CustomerFactory(name=name)
    CustomerFactory(name="Sinead Connor")

    assert found(pasted) == [customer]


@pytest.mark.parametrize(
    "pasted", ["Nkosi-Williams, Thandiwe", "Williams", "Nkosi Williams", "nkosi\u2011williams", "Thandiwe Nkosi - Will"]
)
def test_a_double_name_is_found_by_either_half(pasted):
    customer = CustomerFactory(name="Thandiwe Nkosi-Williams")
    CustomerFactory(name="Thandiwe Nkosi")

    assert found(pasted) == [customer]


def test_a_name_as_a_list_has_it_is_the_name():
    ashcroft, other = CustomerFactory(name="Gwendolyn Ashcroft"), CustomerFactory(name="Ashcroft Gwendolyn-Jones")

    assert found("Ashcroft, Gwendolyn")[0] == ashcroft
    assert set(found("Ashcroft, Gwen")) == {ashcroft, other}
