"""What each role may do with moments, their rules and where they are sent, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import CHANGE, MANAGE, READ, WHOLLY, grant, may
from apps.moments.models import Moment, MomentKind, MomentRule, WebhookEndpoint, WebhookMessage


def register() -> None:
    """A webhook leads out of the house: it is the owner's to give."""
    grant(
        may(READ, Moment, WebhookEndpoint)
        | may(CHANGE, WebhookMessage)
        | may(MANAGE, MomentRule)
        | may(WHOLLY, MomentKind),
        Role.SUPERVISOR,
        Role.OWNER,
    )
    grant(may(MANAGE, WebhookEndpoint), Role.OWNER)
