"""Who somebody is, by name and password; what they may do, by role."""

from copy import copy
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.accounts.roles import permissions_of
from apps.foundation.cache import Cached


def _load(user_id: int) -> User | None:
    user: User | None = User.objects.select_related("team").filter(pk=user_id).first()
    return user


reader = Cached(_load, name=User.cached_as, seconds=60, most=1000)  # who asks for a page


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]
    """Passwords as allauth checks them (names in any case), permissions by role."""

    def get_user(self, user_id: int) -> User | None:
        """With the team, whose place and time zone nearly every page needs. A copy: a page may change it."""
        user = copy(reader(user_id))
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User, obj: Any = None) -> set[str]:
        return set(permissions_of(user_obj)) if isinstance(user_obj, User) and obj is None else set()

    def has_perm(self, user_obj: User, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
