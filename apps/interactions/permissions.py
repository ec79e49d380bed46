"""What each role may do with what happened, and what the composer offers, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import MANAGE, READ, WHOLLY, grant, may
from apps.interactions.models import Disposition, FollowUp, Interaction, NoteTemplate


def register() -> None:
    grant(
        may(READ, FollowUp, Interaction) | may(MANAGE, Disposition) | may(WHOLLY, NoteTemplate),
        Role.SUPERVISOR,
        Role.OWNER,
    )
