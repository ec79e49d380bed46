"""What each role may do with customers and identity, in the supervisors' room."""

from apps.accounts.models import Role
from apps.accounts.permissions import CHANGE, MANAGE, READ, WHOLLY, grant, may
from apps.customers.models import (
    AttributeDefinition,
    Customer,
    Identifier,
    IdentityRule,
    MatchCandidate,
    MatchModel,
    MergeRecord,
    Verdict,
)


def register() -> None:
    grant(
        may(READ, Customer, MatchCandidate, MatchModel, MergeRecord, Verdict)
        | may(CHANGE, IdentityRule)
        | may(MANAGE, Identifier)
        | may(WHOLLY, AttributeDefinition),
        Role.SUPERVISOR,
        Role.OWNER,
    )
