"""Requests as views behind the login see them."""

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User


class PersonRequest(HttpRequest):
    """A request whose user is known to be signed in; `htmx` tells page from fragment."""

    user: User
    htmx: HtmxDetails


def tab_of(request: HttpRequest) -> str:
    """The id of the page that asks, so that it is not told of its own doing."""
    return request.headers.get("X-Tab", "")[:40]


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from: the address our own proxy saw, if there is one, else the connection's.

    Only the last hop of `X-Forwarded-For` is believed: everything before it anyone may have written. None
    where neither is an address, as over a Unix socket.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or said
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return None


def name_at_the_door(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The user name somebody tries, in one spelling, so that all guesses at it are counted together."""
    given = (credentials or {}).get("username") or (credentials or {}).get("login")
    if not given and request is not None:
        given = request.POST.get("login") or request.POST.get("username")
    return str(given or "").strip().lower()
