"""What each role may do with what is inferred, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import MANAGE, READ, grant, may
from apps.insights.models import Theme, ThemeSuggestion


def register() -> None:
    grant(may(READ, ThemeSuggestion) | may(MANAGE, Theme), Role.SUPERVISOR, Role.OWNER)
