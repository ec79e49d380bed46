"""Who may go where beyond the login: a page that is not for somebody says so with 403."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.http import PersonRequest
from apps.channels.models import Source

View = Callable[..., HttpResponse]


def page_for(permission: str) -> Callable[[View], View]:
    """A page, or part of one, for people with this permission; kept by no cache."""

    def guard(view: View) -> View:
        return login_required(permission_required(permission, raise_exception=True)(never_cache(require_GET(view))))

    return guard


def form_for(permission: str) -> Callable[[View], View]:
    """A page with a form that comes back by POST."""

    def guard(view: View) -> View:
        return login_required(permission_required(permission, raise_exception=True)(never_cache(view)))

    return guard


def act_for(permission: str) -> Callable[[View], View]:
    """Something that is done, by POST only."""

    def guard(view: View) -> View:
        return login_required(permission_required(permission, raise_exception=True)(never_cache(require_POST(view))))

    return guard


def source_or_404(slug: str, **fields: Any) -> Source:
    """A source that is there, with how it is doing and its streams."""
    found = Source.objects.existing().select_related("health").prefetch_related("streams")
    return get_object_or_404(found, slug=slug, **fields)


def base_of(request: PersonRequest) -> str:
    """How the outside reaches us."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/")
