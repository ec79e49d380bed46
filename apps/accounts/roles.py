"""What somebody may do by the role they have."""

from apps.accounts.models import Role, User
from apps.accounts.permissions import granted_to, granted_to_anybody


def permissions_of(user: User) -> frozenset[str]:
    """Nothing for somebody who has left; everything there is for a superuser of any role."""
    if not user.is_active:
        return frozenset()
    return granted_to_anybody() if user.is_superuser else granted_to(user.role)


def is_staff_role(role: str) -> bool:
    return bool(granted_to(role))


def is_owner(user: User) -> bool:
    return user.is_superuser or user.role == Role.OWNER


def grantable_by(actor: User) -> list[Role]:
    """The roles this person may give to somebody: nobody makes an owner but an owner."""
    if "accounts.change_user" not in permissions_of(actor):
        return []
    return [role for role in Role if role != Role.OWNER or is_owner(actor)]
