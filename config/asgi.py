"""One address, one kind of process: `/live/` streams over ASGI, every other page goes the cheaper WSGI way."""

import os
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.wsgi import get_wsgi_application

from config.launch.startup import load
from config.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

load("config.urls")  # nor does the first visitor wait for the modules of all pages
django.setup(set_prefix=False)


class StreamHandler(ASGIHandler):
    """A stream asks who somebody is by itself, and needs nothing else of what a page goes through: a dozen steps
    between threads that cost more than the stream."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response_async)  # type: ignore[attr-defined]


streams = StreamHandler()
pages = Pages(get_wsgi_application(), workers=int(os.environ.get("KLATSCH_WEB_THREADS", "3")))  # type: ignore[arg-type]


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    """The ASGI entry point: `granian --interface asginl config.asgi:application`."""
    if scope["type"] != "http":
        return

    async def received():  # type: ignore[no-untyped-def]
        # granian's own `receive` is awaitable but no coroutine, which a2wsgi needs to read a body from its thread.
        return await receive()

    app = streams if scope["path"].startswith("/live/") else pages
    await app(scope, received, send)
