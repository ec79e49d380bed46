"""What each role may do with what happened, and what the composer offers, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import MANAGE, READ, WHOLLY, grant, may
from apps.interactions.models import Correction, Disposition, FollowUp, Interaction, NoteTemplate

# Of what others logged; one's own everybody corrects (`corrections`).
(MOVE,) = may(("move",), Correction)
(RETRACT,) = may(("retract",), Correction)


def register() -> None:
    grant({MOVE, RETRACT}, Role.SUPERVISOR, Role.OWNER)
    grant(
        may(READ, FollowUp, Interaction) | may(MANAGE, Disposition) | may(WHOLLY, NoteTemplate),
        Role.SUPERVISOR,
        Role.OWNER,
    )
