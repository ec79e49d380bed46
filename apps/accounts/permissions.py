"""What each role may do in the supervisors' room, in Django's permission names.

Each room says so of its own models, in its `permissions.py`, which its AppConfig.ready() has registered.
`backends.RoleBackend` answers from what was said; nothing is copied into groups, so a change there holds at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from django.db.models import Model

from apps.accounts.models import ApiToken, AuditEntry, Role, Team, User

READ = ("view",)
CHANGE = ("view", "change")
MANAGE = ("view", "add", "change")
WHOLLY = (*MANAGE, "delete")

_granted: dict[str, set[str]] = defaultdict(set)


def may(verbs: Iterable[str], *models: type[Model]) -> frozenset[str]:
    """The names of these permissions on these models."""
    return frozenset(f"{model._meta.app_label}.{verb}_{model._meta.model_name}" for verb in verbs for model in models)


def grant(permissions: Iterable[str], *roles: Role) -> None:
    """From now on these roles may do this."""
    for role in roles:
        _granted[role].update(permissions)


def granted_to(role: str) -> frozenset[str]:
    return frozenset(_granted.get(role, ()))


def granted_to_anybody() -> frozenset[str]:
    return frozenset(chain.from_iterable(_granted.values()))


def register() -> None:
    """A token outlives the shift: it is the owner's to give."""
    both = may(MANAGE, User) | may(WHOLLY, Team) | may(READ, AuditEntry)
    grant(both, Role.SUPERVISOR, Role.OWNER)
    grant(may(MANAGE, ApiToken), Role.OWNER)
