"""What every template of the desk may say without being handed it."""

import json
from collections.abc import Callable

from django.http import HttpRequest  # noqa: TID251 - a context processor takes one
from django.templatetags.static import static
from django.utils.safestring import mark_safe

from apps.accounts.models import User
from apps.customers.actions import may_merge
from apps.desktop.listening_page import may_listen
from apps.desktop.sitting_page import may_sit_in
from apps.moments.actions import may_mark

KEPT_TOAST = "toast"  # where in the session


def icons(request: HttpRequest) -> dict[str, str]:
    """The address of the icon sprite, worked out once a page instead of once an icon."""
    return {"icons": mark_safe(static("desktop/icons.svg"))}  # noqa: S308 - an address of ours


def person(request: HttpRequest) -> dict[str, Callable[[], object]]:
    """What this person may do, and what they are told on the next whole page; asked only where it is said."""
    return {
        "may_merge": lambda: _may_merge(request),
        "may_mark": lambda: _may_mark(request),
        "may_listen": lambda: _may_listen(request),
        "may_sit_in": lambda: _may_sit_in(request),
        "kept_toast": lambda: _kept_toast(request),
    }


def _may_merge(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_merge(request.user)


def _may_mark(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_mark(request.user)


def _may_listen(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_listen(request.user)


def _may_sit_in(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_sit_in(request.user)


def _kept_toast(request: HttpRequest) -> str:
    kept = request.session.pop(KEPT_TOAST, None)
    return json.dumps(kept) if kept else ""
