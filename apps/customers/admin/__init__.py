"""Customers in the supervisors' room: to look at, and the rules by which they are known."""

from apps.customers.admin.attributes import AttributeDefinitionAdmin
from apps.customers.admin.identifiers import IdentifierAdmin, IdentityRuleAdmin
from apps.customers.admin.identity import MatchCandidateAdmin, MatchModelAdmin, MergeRecordAdmin, VerdictAdmin
from apps.customers.admin.people import ConsentAdmin, CustomerAdmin
from apps.customers.admin.suppressions import SuppressionAdmin

__all__ = [
    "AttributeDefinitionAdmin",
    "ConsentAdmin",
    "CustomerAdmin",
    "IdentifierAdmin",
    "IdentityRuleAdmin",
    "MatchCandidateAdmin",
    "MatchModelAdmin",
    "MergeRecordAdmin",
    "SuppressionAdmin",
    "VerdictAdmin",
]
