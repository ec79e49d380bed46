"""The doorbell of an open customer page: server-sent events without a word about the customer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.accounts.sessions import SessionStore
from apps.customers.models import Customer
from apps.desktop.customer import presence
from apps.foundation.live import doorbell

P = ParamSpec("P")
T = TypeVar("T")


@require_GET
async def live(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Events `story` (the timeline grew), `presence` (a colleague came, left, writes) and `session` (it has ended);
    a comment every heartbeat. A page says when it was drawn and whom it shows (`since`, `colleagues`); one
    that does not is told of both at once."""
    user = await in_database(_reader)(request, public_id)
    if user is None:
        return HttpResponse(status=401)
    rings = _rings(request, user, public_id, request.GET.get("tab", "")[:40])
    response = StreamingHttpResponse(rings, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _reader(request: HttpRequest, public_id: UUID) -> User | None:
    """Who asks; None: nobody is signed in. Raises Http404 for a customer whom they may not open."""
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))  # no middleware has done it
    user = get_user(request)
    if not isinstance(user, User):
        return None
    if not Customer.objects.visible_to(user).filter(public_id=public_id).exists():
        raise Http404
    return user


def in_database(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function, run in a thread that gives its connection back at once: a stream lives long and needs none."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return sync_to_async(run)


def signed_in(request: HttpRequest) -> bool:
    """Whether the session has not ended meanwhile, here or elsewhere."""
    return SessionStore(request.session.session_key).get(SESSION_KEY) is not None


def _drawn_at(request: HttpRequest) -> datetime:
    """When what the page shows was read; long ago, where it does not say so in a way that can be read."""
    try:
        return datetime.fromisoformat(request.GET.get("since", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


async def _rings(request: HttpRequest, user: User, public_id: UUID, tab: str) -> AsyncIterator[str]:
    known = request.GET.get("colleagues")
    here, gone, enter = in_database(presence.here), in_database(presence.gone), in_database(presence.enter)
    try:
        async with doorbell.page(str(public_id), _drawn_at(request)) as queue:
            yield "retry: 2000\n\n"
            colleagues = await enter(user=user, public_id=public_id, tab=tab)
            yield "event: open\ndata:\n\n"
            if colleagues != known:
                yield "event: presence\ndata:\n\n"
            while True:
                try:
                    # not wait_for: before Python 3.12 it may swallow the cancellation that ends a stream
                    async with asyncio.timeout(presence.HEARTBEAT.total_seconds()):
                        ring = await queue.get()
                except TimeoutError:
                    if not await in_database(signed_in)(request):
                        yield "event: session\ndata:\n\n"
                        return
                    await here(user=user, public_id=public_id, tab=tab)
                    yield ": still here\n\n"
                else:
                    if not tab or ring.tab != tab:
                        yield f"event: {ring.event}\ndata:\n\n"
    finally:
        await asyncio.shield(gone(user=user, public_id=public_id, tab=tab))
