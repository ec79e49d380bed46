"""The supervisors' room: people, teams, tokens and the audit trail."""

from apps.accounts.admin.people import AuditAdmin, PersonAdmin, TeamAdmin, TokenAdmin

__all__ = ["AuditAdmin", "PersonAdmin", "TeamAdmin", "TokenAdmin"]
