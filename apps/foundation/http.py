"""What a request says of itself."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def tab_of(request: HttpRequest) -> str:
    """The id of the page that asks, so that it does not hear of what it did itself."""
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
