"""Who the customer is, by which names each source knows them, and what they permit."""

from apps.customers.models.attribute import AttributeChange, AttributeDefinition
from apps.customers.models.consent import Consent, ConsentQuerySet, Purpose
from apps.customers.models.customer import Customer, CustomerQuerySet, Fold, SourceProfile
from apps.customers.models.desk import DeskTab
from apps.customers.models.identifier import Evidence, Identifier, IdentifierType, IdentityRule, Normaliser
from apps.customers.models.merging import MatchCandidate, MatchModel, MergeRecord, Verdict
from apps.customers.models.permission import Preference, Suppression, SuppressionQuerySet

__all__ = [
    "AttributeChange",
    "AttributeDefinition",
    "Consent",
    "ConsentQuerySet",
    "Customer",
    "CustomerQuerySet",
    "DeskTab",
    "Evidence",
    "Fold",
    "Identifier",
    "IdentifierType",
    "IdentityRule",
    "MatchCandidate",
    "MatchModel",
    "MergeRecord",
    "Normaliser",
    "Preference",
    "Purpose",
    "SourceProfile",
    "Suppression",
    "SuppressionQuerySet",
    "Verdict",
]
