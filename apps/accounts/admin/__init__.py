"""The supervisors' room: people, teams and tokens."""

from apps.accounts.admin.people import PersonAdmin, TeamAdmin, TokenAdmin

__all__ = ["PersonAdmin", "TeamAdmin", "TokenAdmin"]
