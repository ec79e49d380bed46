import pytest

from apps.accounts.actions import audit
from apps.accounts.models import AuditEntry
from tests.factories.accounts import UserFactory
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
@pytest.mark.parametrize(
    "page", ["customers/customer", "contact/consent", "interactions/interaction", "accounts/auditentry"]
)
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


@pytest.mark.parametrize("words", ["amira", "Had am", "06 12 34 56 78"])
def test_what_was_done_to_a_customer_is_found_by_their_name(as_supervisor, amira, words):
    agent = UserFactory(first_name="Mia", last_name="Lorenz")
    audit(agent, "customer.view", subject=amira.customer.public_id)
    audit(agent, "customer.view", subject=CustomerFactory(name="Somebody Else").public_id)
    page = as_supervisor.get("/admin/accounts/auditentry/", {"q": words})
    assert [entry.subject for entry in page.context["cl"].result_list] == [amira.customer.public_id]
    assert "<bdi>Amira Haddad</bdi>" in page.content.decode()


@pytest.mark.parametrize("words", ["Lorenz", "mia lor", "mlorenz"])
def test_what_a_colleague_did_is_found_by_their_name(as_supervisor, amira, words):
    agent = UserFactory(first_name="Mia", last_name="Lorenz", username="mlorenz")
    audit(agent, "customer.view", subject=amira.customer.public_id)
    audit(UserFactory(), "customer.view", subject=amira.customer.public_id)
    found = as_supervisor.get("/admin/accounts/auditentry/", {"q": words}).context["cl"].result_list
    assert [entry.actor for entry in found] == [agent]


def test_a_merged_customer_keeps_their_name_in_the_trail(as_supervisor, amira):
    double = CustomerFactory(name="Amira Double", merged_into=amira.customer)
    audit(None, "customer.merge", subject=double.public_id)
    assert "<bdi>Amira Double</bdi>" in as_supervisor.get("/admin/accounts/auditentry/").content.decode()


def test_whoever_reads_names_in_the_trail_leaves_a_row(as_supervisor, amira):
    audit(None, "customer.view", subject=amira.customer.public_id)
    as_supervisor.get("/admin/accounts/auditentry/")
    newest = AuditEntry.objects.latest("id")
    assert (newest.action, newest.detail) == ("audit.list", {"customers": [str(amira.customer.public_id)]})
