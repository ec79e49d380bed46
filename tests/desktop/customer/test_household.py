"""A number that several people have: the others are named on the page of each."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.customers.models import Identifier
from apps.desktop.customer.household import NAMED, household
from apps.desktop.customer.queries import rows_of
from tests.desktop.html import html
from tests.factories.accounts import UserFactory
from tests.factories.customers import EvidenceFactory, SourceProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(profile):
    return EvidenceFactory(profile=profile).identifier


@pytest.fixture
def shared(customer):
    return lambda: household(rows_of(customer, UserFactory()).shared)


def another(identifier, name, **fields):
    return EvidenceFactory(profile=SourceProfileFactory(customer__name=name), identifier=identifier, **fields).profile


def test_a_number_of_one_is_nothing_to_say(number, shared):
    EvidenceFactory(identifier__value="+442079469999")
    assert shared() is None


def test_the_others_are_named_once_in_the_order_of_their_names(number, shared):
    ben = another(number, "Ben")
    EvidenceFactory(profile=SourceProfileFactory(customer=ben.customer), identifier=number)
    another(number, "Anna")
    assert [person.name for person in shared().people] == ["Anna", "Ben"]
    assert shared().by_phone


@pytest.mark.parametrize("fields", [{"verified": False}, {"verified": False, "typed_by": True}])
def test_who_only_says_so_may_be_calling_too(number, shared, fields):
    typed_by = UserFactory() if fields.pop("typed_by", False) else None
    another(number, "Ben", typed_by=typed_by, **fields)
    assert [person.name for person in shared().people] == ["Ben"]


def test_what_no_longer_counts_or_says_nothing_is_not_shared(number, shared):
    another(number, "Ben", active=False)
    assert shared() is None
    another(number, "Cem")
    Identifier.objects.filter(pk=number.pk).update(status="shared")
    assert [person.name for person in shared().people] == ["Ben", "Cem"]
    Identifier.objects.filter(pk=number.pk).update(status="blocked")
    assert shared() is None


def test_a_number_of_many_is_not_a_list_of_them(number, shared):
    for name in "abcdefghij":
        another(number, name)
    assert len(shared().people) == NAMED
    assert shared().more


def test_a_machine_is_not_called_from(profile, shared):
    cookie = EvidenceFactory(profile=profile, identifier__type="anonymous_id", identifier__value="c1").identifier
    another(cookie, "Ben")
    assert shared() is None


def test_the_page_names_them_with_a_key_each_and_the_trail_says_so(desk, customer, number):
    ben = another(number, "Ben Weber").customer
    page = html(desk.get(customer.get_absolute_url()))
    banner = page.partition('class="household"')[2].partition("</section>")[0]
    assert "Ask for the first name." in banner
    found = re.search(r'href="(.*?)"><kbd>1</kbd><bdi>Ben Weber', banner)
    assert found[1] == reverse("customer", args=[ben.public_id])
    assert AuditEntry.objects.get(action="customer.view").detail["shown"] == [str(ben.public_id)]
