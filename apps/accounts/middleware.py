"""What every request of a person at a screen goes through."""

import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import get_random_string
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails

from apps.accounts.actions import submit, withdraw
from apps.accounts.http import person_on_page, submission_of
from apps.accounts.models import User

Answer = Callable[[HttpRequest], HttpResponse]
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # what nobody mistakes on the telephone


class RequestIdMiddleware:
    """A short id that the log and a page about a failure both name."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = get_random_string(8, LEGIBLE)  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=request.id):  # type: ignore[attr-defined]
            return self.get_response(request)


class PageSessionMiddleware(SessionMiddleware):
    """Sessions as Django keeps them, but a cookie is only taken away by what ends the session. Otherwise the answer to
    a request that a page sent with its ended session takes away the cookie of whoever has signed in meanwhile."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_cookie and request.session.is_empty() and not request.session.modified:
            patch_vary_headers(response, ["Cookie"])
            return response
        return super().process_response(request, response)


class PersonMiddleware:
    """Activate the signed-in person's time zone and language for the length of the request.

    Requests without a session (collectors, the API) are left alone and cost nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        zone = request.user.timezone or settings.TIME_ZONE
        language = request.user.language or translation.get_language() or settings.LANGUAGE_CODE
        with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override(language):
            return self.get_response(request)


class FragmentLoginMiddleware:
    """What a page asks for after its session ended is refused with 401: a page of the desk has its person sign in over
    it and asks again (static/desktop/components/session.js). It is refused as well where somebody else has signed in
    since. Other pages, such as the administration's, go to the login and back.

    Without this, htmx would follow the redirect and put the login page inside the fragment's place.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = person_on_page(request)
        if person and request.user.is_authenticated and person != str(request.user.pk):
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response = self.get_response(request)
        asks = person or "HX-Request" in request.headers
        if not asks or response.status_code != HTTPStatus.FOUND:
            return response
        login = resolve_url(settings.LOGIN_URL)
        if urlsplit(response.headers["Location"]).path != login:
            return response
        if person:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        here = HtmxDetails(request).current_url_abs_path
        return HttpResponseClientRedirect(f"{login}?{urlencode({REDIRECT_FIELD_NAME: here})}" if here else login)


class SubmissionMiddleware:
    """What is sent twice with one key is done once: the key is kept in the transaction of what was done.

    It comes last: nobody who is refused before has sent anything.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        key = submission_of(request)
        if key is None or not isinstance(request.user, User):
            return None
        with transaction.atomic():
            if not submit(actor=request.user, key=key):
                return already_saved(request)
            response = view(request, *args, **kwargs)
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                withdraw(actor=request.user, key=key)
        return response


def already_saved(request: HttpRequest) -> HttpResponse:
    """The answer to what is sent a second time. A page of the desk then looks anew."""
    if "HX-Request" in request.headers:
        return trigger_client_event(HttpResponse(status=HTTPStatus.NO_CONTENT), "already-saved")
    return render(request, "accounts/already_saved.html")
