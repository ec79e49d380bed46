"""Other systems ask whether a customer may be contacted."""

import pytest

from apps.accounts.models import AuditEntry
from apps.contact.models import ContactPolicy
from tests.factories.customers import ConsentFactory, CustomerFactory, SourceProfileFactory
from tests.factories.permission import ContactPolicyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    ContactPolicy.objects.all().delete()
    return SourceProfileFactory()


def ask(system, customer, **params):
    return system.get(f"customers/{customer.public_id}/may-contact", **params)


def test_an_answer_comes_with_its_reasons(system, profile):
    told = ask(system, profile.customer, channel="email", purpose="marketing").json()
    assert told["allowed"] is False
    assert told["reasons"] == [
        {
            "code": "not_asked",
            "words": "They were never asked, and this needs their agreement.",
            "until": None,
        }
    ]
    ConsentFactory(profile=profile)
    ContactPolicyFactory(channel="email", cap=4, cap_days=7)
    told = ask(system, profile.customer, channel="email").json()
    assert told == {
        "customer": str(profile.customer.public_id),
        "channel": "email",
        "purpose": "marketing",
        "allowed": True,
        "reasons": [],
        "left": 4,
    }
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.action, entry.subject, entry.actor_label) == (
        "contact.ask",
        profile.customer.public_id,
        "API Voice Portal",
    )
    assert entry.detail == {"channel": "email", "meant_for": "marketing", "allowed": True}


def test_a_time_to_come_may_be_asked_about(system, profile):
    ConsentFactory(profile=profile, channel="voice")
    ContactPolicyFactory(quiet_from="21:00", quiet_to="08:00")
    told = ask(system, profile.customer, channel="voice", at="2031-01-10T23:00:00Z").json()
    assert [(one["code"], one["until"]) for one in told["reasons"]] == [("quiet_hours", "2031-01-11T08:00:00Z")]


@pytest.mark.parametrize("params", [{}, {"channel": "pigeon"}, {"channel": "email", "at": "2031-01-10T23:00"}])
def test_what_makes_no_sense_is_refused(system, profile, params):
    assert ask(system, profile.customer, **params).status_code == 422


def test_a_customer_who_was_merged_is_asked_about_as_the_other(system, profile):
    once = CustomerFactory(merged_into=profile.customer)
    told = ask(system, once, channel="email").json()
    assert told["customer"] == str(profile.customer.public_id)


def test_nobody_asks_without_a_token_or_about_nobody(client, system, profile):
    assert client.get(f"/api/v1/customers/{profile.customer.public_id}/may-contact?channel=email").status_code == 401
    assert system.get("customers/00000000-0000-4000-8000-000000000000/may-contact", channel="email").status_code == 404
