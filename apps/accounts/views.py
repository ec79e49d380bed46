"""What people see who may not sign in just now."""

from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: say so, and how to go on."""
    return render(request, "accounts/csrf_failure.html", status=403)


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Too many wrong passwords: say how long to wait, without a word on whether the account exists."""
    wait = get_cool_off(request).total_seconds()
    response = render(request, "accounts/locked_out.html", {"minutes": ceil(wait / 60)}, status=429)
    response.headers["Retry-After"] = str(ceil(wait))
    return response
