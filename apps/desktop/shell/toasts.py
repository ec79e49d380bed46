"""A word at the foot of the page after something was done, with a way back where there is one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.desktop.shell.context import KEPT_TOAST


def toast(response: HttpResponse, text: str, undo: str = "", values: Mapping[str, str] | None = None) -> HttpResponse:
    """Have the page show `text`; with `values`, a button that posts them to `undo`."""
    return trigger_client_event(response, "toast", _said(text, undo, values))


def keep_toast(request: PersonRequest, text: str, undo: str = "", values: Mapping[str, str] | None = None) -> None:
    """Have the next whole page show it: for what ends in another page."""
    request.session[KEPT_TOAST] = _said(text, undo, values)


def _said(text: str, undo: str, values: Mapping[str, str] | None) -> dict[str, Any]:
    return {"text": text, "undo": undo, "values": dict(values)} if values else {"text": text}
