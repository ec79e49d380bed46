"""Customers who are known by something, for look-ups."""

from apps.customers.models import Identifier
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory
from tests.factories.interactions import DAWN

REGIONS = ["FR", "GB", "NL"]


def known(customer=None, *, seen=DAWN, verified=True, **identifiers):
    """A customer known by these identifiers, as type=value."""
    profile = SourceProfileFactory(**({"customer": customer} if customer else {}), last_seen=seen)
    for kind, value in identifiers.items():
        identifier = Identifier.objects.filter(type=kind, value=value).first()
        identifier = identifier or IdentifierFactory(type=kind, value=value)
        EvidenceFactory(profile=profile, identifier=identifier, last_seen=seen, verified=verified)
    return profile.customer
