"""Requests as views behind the login see them."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User


class PersonRequest(HttpRequest):
    """A request whose user is known to be signed in; `htmx` tells page from fragment."""

    user: User
    htmx: HtmxDetails


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The user name somebody tries, in one spelling, so that all guesses at it are counted together."""
    given = (credentials or {}).get("username") or (credentials or {}).get("login")
    if not given and request is not None:
        given = request.POST.get("login") or request.POST.get("username")
    return str(given or "").strip().lower()


def submission_of(request: HttpRequest) -> UUID | None:
    """The key that a page of the desk gave what it sends: a header of htmx's requests, a field of plain forms."""
    if request.method != "POST":
        return None
    given = request.headers.get("Idempotency-Key") or request.POST.get("submission", "")
    with suppress(ValueError):
        return UUID(given)
    return None


def person_on_page(request: HttpRequest) -> str:
    """Whose page of the desk asks, as it says itself: their id. Other pages do not say."""
    return request.headers.get("X-Person", "")
