"""Attributes as supervisors define them."""

import pytest

from apps.accounts.models import AuditEntry
from apps.customers.identity.resolution import resolve
from apps.customers.models import AttributeDefinition, Customer
from apps.customers.tasks import show_all
from apps.foundation.cache import Clearance
from tests.customers.identity.claims import claim, email
from tests.factories.customers import AttributeDefinitionFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/customers/attributedefinition/"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What a worker would be asked to do is done here."""
    monkeypatch.setattr(show_all, "delay", show_all)


def told(**fields):
    return {
        "label": "Shoe size",
        "key": "shoe_size",
        "type": "number",
        "choices": "",
        "precedence": "",
        "position": "100",
        **fields,
    }


def errors(response):
    return response.context["adminform"].form.errors


def test_a_supervisor_defines_an_attribute_and_says_whose_word_counts(as_supervisor):
    as_supervisor.post(
        f"{PAGE}add/",
        told(precedence="crm, web-shop,crm", visible_to=["agent", "supervisor"], editable="on"),
    )

    one = AttributeDefinition.objects.get()
    assert (one.key, one.label, one.type, one.editable) == ("shoe_size", "Shoe size", "number", True)
    assert (one.precedence, one.visible_to) == (["crm", "web-shop"], ["agent", "supervisor"])
    assert AuditEntry.objects.get(action="attribute.add").detail["name"] == "Shoe size"


def test_what_is_chosen_from_a_list_needs_a_list(as_supervisor):
    assert set(errors(as_supervisor.post(f"{PAGE}add/", told(type="choice", choices="one")))) == {"choices"}
    as_supervisor.post(f"{PAGE}add/", told(type="choice", choices="one, two"))
    assert AttributeDefinition.objects.get().choices == ["one", "two"]


def test_a_list_of_choices_is_dropped_where_nothing_is_chosen(as_supervisor):
    as_supervisor.post(f"{PAGE}add/", told(choices="one, two"))
    assert AttributeDefinition.objects.get().choices == []


def test_the_name_is_for_everybody(as_supervisor):
    response = as_supervisor.post(f"{PAGE}add/", told(key="name", type="text", visible_to=["owner"]))
    assert set(errors(response)) == {"visible_to"}


def test_a_date_the_customer_has_is_a_date(as_supervisor):
    assert set(errors(as_supervisor.post(f"{PAGE}add/", told(key="born", type="text")))) == {"type"}


def test_who_is_believed_changes_what_is_shown_of_everybody(as_supervisor, django_capture_on_commit_callbacks):
    resolve([claim("u1", email("anna"), day=2, city="York"), claim("b1", email("anna"), source="bank", city="Leeds")])
    city = told(key="city", label="City", type="text")
    with django_capture_on_commit_callbacks(execute=True):
        as_supervisor.post(f"{PAGE}add/", {**city, "precedence": "bank"})
    assert Customer.objects.get().city == "Leeds"
    one = AttributeDefinition.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        as_supervisor.post(f"{PAGE}{one.pk}/delete/", {"post": "yes"})
    assert Customer.objects.get().city == "York"


def test_nobody_is_shown_again_for_nothing(as_supervisor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as asked:
        as_supervisor.post(f"{PAGE}add/", told(key="city", type="text"))
        as_supervisor.post(f"{PAGE}add/", told(precedence="bank"))
    assert [hook for hook in asked if not isinstance(hook, Clearance)] == []


def test_the_key_stays_while_the_rest_changes(as_supervisor):
    one = AttributeDefinitionFactory(key="plan", label="Plan")
    as_supervisor.post(f"{PAGE}{one.pk}/change/", told(key="other", label="Tariff", type="text"))
    one.refresh_from_db()
    assert (one.key, one.label) == ("plan", "Tariff")


def test_a_definition_can_be_deleted(as_supervisor):
    one = AttributeDefinitionFactory()
    as_supervisor.post(f"{PAGE}{one.pk}/delete/", {"post": "yes"})
    assert not AttributeDefinition.objects.exists()
