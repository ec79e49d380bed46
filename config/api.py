"""The API of Klatsch, assembled from its rooms. docs/api.md tells how it is used."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from apps.contact.api import router as customers
from apps.foundation.api import Problem
from apps.interactions.api import router as interactions
from apps.moments.api import moments

api = NinjaAPI(
    title="Klatsch",
    version="1",
    description="Look customers up, read their story, log what happened, and seize moments. Every read is audited.",
    docs_url="/docs",
    urls_namespace="api",
)
api.add_router("", interactions)
api.add_router("customers", customers)
api.add_router("moments", moments)

CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}

urlpatterns = [path("", api.urls)]


def _error_response(
    request: HttpRequest, status: int, code: str, message: str, fields: dict[str, str] | None = None
) -> HttpResponse:
    error: dict[str, Any] = {"code": code, "message": message}
    return api.create_response(request, error | ({"fields": fields} if fields else {}), status=status)


@api.exception_handler(Problem)
def problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return _error_response(request, error.status, error.code, error.message, error.fields)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _error_response(request, 401, "unauthorized", "A bearer token that is known and not revoked is needed.")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {_place(wrong["loc"]): str(wrong["msg"]) for wrong in error.errors}
    return _error_response(request, 422, "invalid", "Something in the request is missing or wrong.", fields)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _error_response(request, error.status_code, CODES.get(error.status_code, "error"), error.message)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _error_response(request, 404, "not_found", "There is no such thing.")


def _place(location: tuple[str | int, ...]) -> str:
    """`("body", "data", "promise", "due_at")` is `promise.due_at` to whoever wrote the request."""
    return ".".join(str(part) for part in location[2:] or location[-1:]) if location[0] == "body" else str(location[-1])
