import pytest

from tests.factories.customers import CustomerFactory, EvidenceFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def amira():
    return EvidenceFactory(
        profile__customer__name="Amira Haddad", identifier__type="phone", identifier__value="+33612345678"
    ).profile


@pytest.mark.parametrize("words", ["amira", "Had am", "06 12 34 56 78", "+33612345678"])
def test_customer_is_found_by_name_or_phone_in_any_spelling(as_supervisor, amira, words):
    CustomerFactory(name="Somebody Else")
    found = as_supervisor.get("/admin/customers/customer/", {"q": words}).context["cl"].result_list
    assert list(found) == [amira.customer]


@pytest.mark.parametrize("words", ["amira", "06 12 34 56 78", "ORD-7", "ord-7", "broken kettle"])
def test_interaction_is_found_by_customer_reference_or_words(as_supervisor, amira, words):
    interaction = InteractionFactory(profile=amira, reference="ORD-7", body="The kettle arrived broken.")
    InteractionFactory(reference="ORD-8", body="All is well.")
    found = as_supervisor.get("/admin/interactions/interaction/", {"q": words}).context["cl"].result_list
    assert list(found) == [interaction]


@pytest.mark.parametrize("words", ["%", "\x00", "'", "x" * 3000, "((", "\u202e"])
@pytest.mark.parametrize("page", ["customers/customer", "contact/consent", "interactions/interaction"])
def test_odd_searches_find_nothing_and_break_nothing(as_supervisor, amira, page, words):
    response = as_supervisor.get(f"/admin/{page}/", {"q": words})
    assert response.status_code in {200, 302}


def test_customer_merged_into_another_is_not_listed(as_supervisor, amira):
    CustomerFactory(name="Amira Double", merged_into=amira.customer)
    found = as_supervisor.get("/admin/customers/customer/?q=amira").context["cl"].result_list
    assert list(found) == [amira.customer]


def test_customers_page_shows_identifiers_and_leads_to_the_desk(as_supervisor, amira):
    page = as_supervisor.get(f"/admin/customers/customer/{amira.customer.pk}/change/").content.decode()
    assert "+33612345678" in page
    assert amira.external_id in page
    assert f"/desk/customers/{amira.customer.public_id}/" in page
