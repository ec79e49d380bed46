"""Who may go where beyond the login, and where a page goes whose customer was found to be somebody else.

A page that is not for somebody says so with 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.channels.models import Source
from apps.customers.models import Customer
from apps.desktop.shell.toasts import keep_toast

P = ParamSpec("P")
View = Callable[..., HttpResponse]
OfCustomer = Callable[Concatenate[PersonRequest, Customer, P], HttpResponse]


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


def only_for(may: Callable[[User], bool]) -> Callable[[View], View]:
    """A page, or something that is done, for people of whom this is true; kept by no cache."""

    def guard(view: View) -> View:
        @wraps(view)
        def checked(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(never_cache(checked))

    return guard


def of_customer(view: OfCustomer[P]) -> Callable[..., HttpResponse]:
    """Part of a customer's page, or something done there; the view is handed the customer.

    Where they were found to be somebody else while the page was open, what was sent counts for whoever they are now,
    and the page goes there.
    """

    @wraps(view)
    def found(request: PersonRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        one = Customer.objects.visible_to(request.user).filter(public_id=public_id).first()
        if one:
            return view(request, one, *args, **kwargs)
        now = get_object_or_404(Customer.objects.survivor_of(public_id).visible_to(request.user))
        if request.method == "POST":
            view(request, now, *args, **kwargs)
        keep_toast(request, _("They are %(name)s now: somebody has merged the two.") % {"name": now})
        return redirect_to_survivor(request, now)

    return found


def redirect_to_survivor(request: PersonRequest, customer: Customer) -> HttpResponse:
    """The whole page goes to this customer, whichever part of it asked."""
    where = customer.get_absolute_url()
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def source_or_404(slug: str, **fields: Any) -> Source:
    """A source that is there, with how it is doing and its streams."""
    found = Source.objects.existing().select_related("health").prefetch_related("streams")
    return get_object_or_404(found, slug=slug, **fields)


def base_of(request: PersonRequest) -> str:
    """How the outside reaches us."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/")
