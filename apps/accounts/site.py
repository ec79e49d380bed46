"""The supervisors' room: a Django admin whose login is our own."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse  # noqa: TID251 - an admin site is views
from django.shortcuts import redirect, render  # noqa: TID251
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from apps.accounts.models import User

# Its Alpine evaluates expressions and sets styles. Only here: everything else keeps the strict policy.
UNFOLD_NEEDS = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


def forbidden(request: HttpRequest) -> HttpResponse:
    """Signed in, but not for this: say as whom, and where to go."""
    return render(request, "accounts/forbidden.html", status=403)


class SupervisorSite(UnfoldAdminSite):
    index_title = _("Overview")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """A stranger is sent to the login; somebody without the right is refused, and sent nowhere."""
        page = csp_update(UNFOLD_NEEDS)(super().admin_view(view, cacheable))

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                return forbidden(request)
            try:
                return page(request, *args, **kwargs)
            except PermissionDenied:
                return forbidden(request)

        return update_wrapper(guarded, page)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout", preserve_request=True)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


def may(permission: str) -> Callable[[HttpRequest], bool]:
    """For the sidebar: whether the person at the screen has this permission."""

    def allowed(request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.has_perm(permission)

    return allowed


site = SupervisorSite()
