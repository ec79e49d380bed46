"""Short ways to say who somebody is."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import Identifier
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory

DAWN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def email(name):
    return Handle("email", f"{name}@example.org")


def phone(digits):
    return Handle("phone", f"+44207946{digits}")


def device(name):
    return Handle("device", name, "web")


def claim(external_id, *handles, source="web", day=0, unverified=(), **traits):
    """What `source` says of `external_id` on a day after `DAWN`."""
    return Claim(
        ProfileKey(source, external_id),
        DAWN + timedelta(days=day),
        handles=handles,
        unverified=tuple(unverified),
        traits=traits,
    )


def known(*identifiers, customer=None, source="crm", external_id="c-1"):
    """A customer whom `source` knows by these handles."""
    profile = SourceProfileFactory(
        source=source, external_id=external_id, **({"customer": customer} if customer else {})
    )
    for handle in identifiers:
        found = Identifier.objects.filter(**handle._asdict()).first()
        EvidenceFactory(profile=profile, identifier=found or IdentifierFactory(**handle._asdict()))
    return profile.customer


def counted():
    """Counts what is asked of the database meanwhile: `with counted() as queries`, then `len(queries)`."""
    return CaptureQueriesContext(connection)
