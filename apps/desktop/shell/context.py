"""What every template of the desk may say without being handed it."""

import json
from uuid import uuid4

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import User
from apps.customers.identity.actions import may_merge
from apps.desktop.listening.page import may_listen
from apps.desktop.listening.shadowing import may_shadow
from apps.desktop.shell.navigation import Place, places_for
from apps.desktop.shell.open_tabs import OpenTabLine, tabs_of
from apps.moments.actions import may_mark

KEPT_TOAST = "toast"  # where in the session


def person(request: HttpRequest) -> dict[str, object]:
    """What this person may do, where they may go, who is open, what they are told on the next whole page, and a name
    for this page in the browser; each asked only where it is said."""
    return {
        "may_merge": SimpleLazyObject(lambda: _may_merge(request)),
        "may_mark": SimpleLazyObject(lambda: _may_mark(request)),
        "may_listen": SimpleLazyObject(lambda: _may_listen(request)),
        "may_shadow": SimpleLazyObject(lambda: _may_shadow(request)),
        "kept_toast": SimpleLazyObject(lambda: _kept_toast(request)),
        "places": SimpleLazyObject(lambda: _places(request)),
        "open_tabs": SimpleLazyObject(lambda: _open_tabs(request)),
        "tab": SimpleLazyObject(lambda: uuid4().hex),
    }


def _may_merge(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_merge(request.user)


def _may_mark(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_mark(request.user)


def _may_listen(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_listen(request.user)


def _may_shadow(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_shadow(request.user)


def _places(request: HttpRequest) -> list[Place]:
    return places_for(request.user) if isinstance(request.user, User) else []


def _open_tabs(request: HttpRequest) -> list[OpenTabLine]:
    return tabs_of(request.user) if isinstance(request.user, User) else []


def _kept_toast(request: HttpRequest) -> str:
    kept = request.session.pop(KEPT_TOAST, None)
    return json.dumps(kept) if kept else ""
