"""A word at the foot of the page after something was done, with a way back where there is one."""

from collections.abc import Mapping

from django.http import HttpResponse
from django_htmx.http import trigger_client_event


def toast(response: HttpResponse, text: str, undo: str = "", values: Mapping[str, str] | None = None) -> HttpResponse:
    """Have the page show `text`; with `values`, a button that posts them to `undo`."""
    detail = {"text": text, "undo": undo, "values": dict(values)} if values else {"text": text}
    return trigger_client_event(response, "toast", detail)
