"""What people see when they are turned away at the door."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: say so, and how to go on."""
    return render(request, "accounts/csrf_failure.html", {"reason": reason}, status=403)


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: say how long to wait."""
    return render(request, "accounts/locked_out.html", status=429)
