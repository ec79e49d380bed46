"""What each role may do with what people permit and what they were sent, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import MANAGE, READ, grant, may
from apps.contact.models import Consent, ContactPolicy, Delivery, Suppression


def register() -> None:
    grant(may(READ, Consent, Delivery) | may(MANAGE, ContactPolicy, Suppression), Role.SUPERVISOR, Role.OWNER)
