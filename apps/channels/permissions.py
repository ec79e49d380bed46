"""What each role may do with sources and what came from them, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import CHANGE, MANAGE, READ, grant, may
from apps.channels.models import Envelope, Source, WriteKey


def register() -> None:
    grant(may(READ, WriteKey) | may(CHANGE, Envelope) | may(MANAGE, Source), Role.SUPERVISOR, Role.OWNER)
