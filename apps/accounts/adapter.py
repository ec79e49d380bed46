"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest  # noqa: TID251 - allauth's hooks take one

from apps.accounts.actions import audit
from apps.accounts.http import name_tried
from apps.accounts.models import User
from apps.foundation.db.locks import hold
from apps.foundation.http import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are added by a supervisor; nobody signs up. Who comes and goes is in the audit trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Guesses at one name queue up: in parallel nobody gets more of them than axes allows."""
        with transaction.atomic():
            name = name_tried(request, credentials)
            hold(f"sign in {name}")
            user: User | None = super().authenticate(request, **credentials)
            return user

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit(user, "session.open", address=client_address(request))

    def logout(self, request: HttpRequest) -> None:
        actor = request.user
        super().logout(request)
        if isinstance(actor, User):
            audit(actor, "session.close", address=client_address(request))
