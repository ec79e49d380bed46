"""Customers in the supervisors' room: to look at, and the rules by which they are known."""

from apps.customers.admin.attributes import AttributeDefinitionAdmin
from apps.customers.admin.audit import AuditAdmin
from apps.customers.admin.identifiers import IdentifierAdmin, IdentityRuleAdmin
from apps.customers.admin.identity import MatchCandidateAdmin, MatchModelAdmin, MergeRecordAdmin, VerdictAdmin
from apps.customers.admin.people import CustomerAdmin

__all__ = [
    "AttributeDefinitionAdmin",
    "AuditAdmin",
    "CustomerAdmin",
    "IdentifierAdmin",
    "IdentityRuleAdmin",
    "MatchCandidateAdmin",
    "MatchModelAdmin",
    "MergeRecordAdmin",
    "VerdictAdmin",
]
