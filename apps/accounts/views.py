"""What people see who may not sign in just now, whose page is not there or has failed; and whose session it is."""

import base64
from http import HTTPStatus
from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.http import person_on_page
from apps.accounts.models import User


@never_cache
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in, with what an open page of theirs needs to go on: the token of its forms, and the key under
    which it keeps what could not be sent yet. The key is never kept by a browser."""
    token = get_token(request)
    if not isinstance(request.user, User):
        return JsonResponse({"person": "", "name": "", "token": token, "key": ""})
    key = salted_hmac("klatsch.unsent", str(request.user.pk), algorithm="sha256").digest()
    said = {"person": str(request.user.pk), "name": str(request.user), "token": token}
    return JsonResponse({**said, "key": base64.b64encode(key).decode()})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: say so, and how to go on. A page of the desk fetches a new token
    and sends it again."""
    if person_on_page(request):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return render(request, "accounts/csrf_failure.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Drawn when anything may be broken: neither the database nor the session is asked. The id stands in the log."""
    number = getattr(request, "id", "")
    response = HttpResponse(render_to_string("500.html", {"number": number}), status=500)
    response.headers["X-Support-Id"] = number
    return response


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Too many wrong passwords: say how long to wait, without a word on whether the account exists."""
    wait = get_cool_off(request).total_seconds()
    response = render(request, "accounts/locked_out.html", {"minutes": ceil(wait / 60)}, status=429)
    response.headers["Retry-After"] = str(ceil(wait))
    return response
