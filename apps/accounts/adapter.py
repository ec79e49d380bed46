"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest  # noqa: TID251 - allauth's hook takes one


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are added by a supervisor in the admin; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
