"""How other systems come in: a bearer token with scopes, acting as a person."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from apps.accounts.actions import audit
from apps.accounts.models import ApiToken
from apps.foundation.api import Problem
from apps.foundation.http import client_address


class TokenRequest(HttpRequest):
    """A request that `Bearer` has let in."""

    auth: ApiToken


class Bearer(HttpBearer):
    """`Authorization: Bearer <secret>` of a live token that has this scope and whose person still works here."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = ApiToken.objects.bearing(token).select_related("acts_as__team").first()
        if found is None or not found.acts_as.is_active:
            return None
        if not found.may(self.scope):
            raise Problem(403, "forbidden", f"This token lacks the scope '{self.scope}'.")
        return found


reading = Bearer(ApiToken.Scope.READ)
logging = Bearer(ApiToken.Scope.LOG)


def note_read(request: TokenRequest, action: str, *, subject: Any = None, **detail: Any) -> None:
    """The audit row of what a system was shown, under the name of the token and the person it acts as."""
    token = request.auth
    audit(
        token.acts_as,
        action,
        subject=subject,
        purpose="api",
        label=label_of(token),
        address=client_address(request),
        **detail,
    )


def label_of(token: ApiToken) -> str:
    return f"API {token.name}"
