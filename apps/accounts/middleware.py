"""What every request of a person at a screen goes through."""

import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class PersonMiddleware:
    """Activate the signed-in person's time zone and language for the length of the request.

    Requests without a session (collectors, the API) are left alone and cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        zone = request.user.timezone or settings.TIME_ZONE
        language = request.user.language or translation.get_language() or settings.LANGUAGE_CODE
        with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override(language):
            return self.get_response(request)


class FragmentLoginMiddleware:
    """A fragment asked for after the session ended sends the whole page to the login, and back afterwards.

    Without this, htmx would follow the redirect and put the login page inside the fragment's place.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "HX-Request" not in request.headers or response.status_code != HTTPStatus.FOUND:
            return response
        login = resolve_url(settings.LOGIN_URL)
        if urlsplit(response.headers["Location"]).path != login:
            return response
        here = HtmxDetails(request).current_url_abs_path
        return HttpResponseClientRedirect(f"{login}?{urlencode({REDIRECT_FIELD_NAME: here})}" if here else login)
