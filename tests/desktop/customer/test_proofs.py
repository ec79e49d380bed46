"""By what a number or an address was proved, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.customers.models import Evidence
from apps.desktop.customer import proofs
from apps.desktop.customer.profile import aside
from apps.desktop.customer.queries import rows_of
from apps.foundation.cache import Cached
from tests.desktop.html import html
from tests.factories.accounts import UserFactory
from tests.factories.channels import SourceFactory
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sources(db, monkeypatch):
    monkeypatch.setattr(proofs, "_sources", Cached(proofs._load_sources, name="sources of this test", seconds=60))
    for slug, kind in (("mail", "imap"), ("phone", "asterisk"), ("shop", "shopify"), ("crm", "webhook")):
        SourceFactory(slug=slug, kind=kind, name=slug.upper())


@pytest.fixture
def number():
    return IdentifierFactory()


@pytest.fixture
def line(customer, number):
    def said(*evidence):
        for source, fields in evidence:
            profile = SourceProfileFactory(customer=customer, source=source)
            EvidenceFactory(profile=profile, identifier=number, **{"last_seen": MAY, **fields})
        return aside(rows_of(customer, UserFactory())).identifiers[0].proof

    return said


TYPED = {"verified": False}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("mail", "Verified: wrote from it, 3 May 2026"),
        ("phone", "Verified: reached on it, 3 May 2026"),
        ("shop", "Verified: account or order, 3 May 2026"),
        ("crm", "Verified: CRM, 3 May 2026"),
        ("gone", "Verified: gone, 3 May 2026"),
    ],
)
def test_a_proved_value_says_by_what_and_when(line, source, words):
    proof = line((source, {"verified_at": MAY, "last_seen": MAY + timedelta(days=90)}))
    assert (proof.tone, proof.words) == ("proved", words)


def test_a_typed_value_says_who_typed_it(line):
    mia = UserFactory(first_name="Mia", last_name="")
    proof = line(("desk", {"verified": False, "typed_by": mia}))
    assert (proof.tone, proof.words) == ("open", "Typed by Mia, not verified")


def test_a_call_from_a_typed_number_says_so_and_proof_outdoes_it(line):
    mia = UserFactory(first_name="Mia")
    proof = line(("desk", {"verified": False, "typed_by": mia}), ("phone", TYPED))
    assert (proof.tone, proof.words) == ("used", "Called from it, 3 May 2026")
    assert line(("mail", {})).tone == "proved"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("mail", "Wrote from it, 3 May 2026, sender not verified"),
        ("shop", "Given with an order, 3 May 2026, not verified"),
        ("crm", "Not verified: from CRM, 3 May 2026"),
    ],
)
def test_what_only_claims_it_says_that_it_is_not_verified(line, source, words):
    assert line((source, TYPED)).words == words


def test_the_evidence_names_who_typed_it(desk, customer, number):
    EvidenceFactory(
        profile=SourceProfileFactory(customer=customer, source="desk"),
        identifier=number,
        verified=False,
        typed_by=UserFactory(first_name="Mia", last_name=""),
    )
    assert "typed by Mia, not verified" in html(desk.get(f"{customer.get_absolute_url()}identity/"))
    assert Evidence.objects.get().last_seen <= timezone.now()
