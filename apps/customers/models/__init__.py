"""Who the customer is, and by which names each source knows them."""

from apps.customers.models.attribute import AttributeChange, AttributeDefinition
from apps.customers.models.customer import Customer, CustomerQuerySet, Fold, SourceProfile
from apps.customers.models.identifier import Evidence, Identifier, IdentifierType, IdentityRule, Normaliser
from apps.customers.models.merge import MatchCandidate, MatchModel, MergeRecord, Verdict

__all__ = [
    "AttributeChange",
    "AttributeDefinition",
    "Customer",
    "CustomerQuerySet",
    "Evidence",
    "Fold",
    "Identifier",
    "IdentifierType",
    "IdentityRule",
    "MatchCandidate",
    "MatchModel",
    "MergeRecord",
    "Normaliser",
    "SourceProfile",
    "Verdict",
]
