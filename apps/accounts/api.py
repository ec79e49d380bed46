"""How other systems come in: a bearer token with scopes, acting as a person; and how they are told what went wrong."""

from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer

from apps.accounts.actions import audit
from apps.accounts.http import client_address
from apps.accounts.models import ApiToken


class Error(Schema):
    """Every error has this shape. `code` is for programs and stays, `message` is for people and may change;
    `fields` names what was wrong with which parameter or field of the body."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class Problem(Exception):
    """Raised anywhere below an operation: answers with `Error` under this HTTP status."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


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
