"""Where other systems post what happened. No session, no user, no cookie; nothing here ever redirects."""

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from apps.channels.connectors.segment import Segment
from apps.channels.connectors.segment.wire import SUCCESS, shows_key, write_keys
from apps.channels.contract import Push, PushConnector, PushReply, Refused, SourceFacts
from apps.channels.ingest.notify import workers
from apps.channels.ingest.receive import receive
from apps.channels.keyring import source_at, source_opened_by
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.payload import inflate

log = structlog.get_logger(__name__)

SEGMENT = Segment()
WAITS = {429: "60", 503: "1"}  # seconds after which a caller should try again, by status
CARRIERS = frozenset({"POST", "PUT"})  # methods of requests that carry events; a connector may name others
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
    "Access-Control-Max-Age": "86400",
}


@csrf_exempt
def collect(request: HttpRequest, call: str) -> HttpResponse:
    """`/v1/<call>` of Segment's HTTP API. 2xx is only said once the events are committed."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS)
    if request.method != "POST":
        return _failure(Refused(405, "method_not_allowed", "Events are posted."))
    try:
        called = _push(request, call)
        source = _source(called)
        receive(source, SEGMENT.split(called, source), largest=settings.COLLECT_MAX_EVENT_BYTES)
    except Refused as refusal:
        return _failure(refusal)
    except Error:
        return _failure(Refused(503, "unavailable", "The events could not be stored. Send them again."))
    workers.notify()
    return HttpResponse(SUCCESS, content_type="application/json", headers=CORS)


@csrf_exempt
def push(request: HttpRequest, slug: str, call: str = "") -> HttpResponse:
    """`/in/<slug>/…`: every other source that calls us. 2xx is only said once the events are committed."""
    connector = None
    try:
        source = source_at(slug)
        connector = CONNECTORS.get(source.kind) if source else None
        called = _push(request, call.strip("/"))
        if source is None or not isinstance(connector, PushConnector):
            raise Refused(404, "no_such_source", "Nothing is connected at this address.")
        if called.method in getattr(connector, "carries", CARRIERS):
            _check(connector, called, source)
            receive(source, connector.split(called, source), largest=settings.PUSH_MAX_EVENT_BYTES)
            workers.notify()
        response = _answer(connector.reply(called, source))
    except Refused as refusal:
        response = _failure(refusal)
    except Error:
        response = _failure(Refused(503, "unavailable", "The events could not be stored. Send them again."))
    return _echoed(response, connector, request)


def _echoed(response: HttpResponse, connector: object, request: HttpRequest) -> HttpResponse:
    """With what of the request its sender expects to find in every answer."""
    for name in getattr(connector, "echoes", ()):
        if name in request.headers:
            response[name] = request.headers[name][:200]
    return response


def _check(connector: PushConnector, called: Push, source: SourceFacts) -> None:
    """Whatever goes wrong while a signature is looked at, the caller has not proved who it is."""
    try:
        connector.verify(called, source)
    except Refused:
        raise
    except Exception as error:
        log.info("push.unverified", source=source.slug, error=type(error).__name__)
        raise Refused(401, "invalid_signature", "The signature cannot be read.") from None


def _answer(reply: PushReply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
    for name, value in reply.headers.items():
        response[name] = value
    return response


def _push(request: HttpRequest, call: str) -> Push:
    try:
        body = request.body
    except RequestDataTooBig:
        raise Refused(413, "too_large", f"A request may have {settings.COLLECT_MAX_BYTES} bytes.") from None
    except (UnreadablePostError, RawPostDataException):
        raise Refused(400, "bad_body", "The body ended too early.") from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    encoding = headers.get("content-encoding", "").strip().lower()
    return Push(
        call,
        headers,
        inflate(body, encoding, settings.COLLECT_MAX_BYTES),
        method=request.method or "",
        url=_called_at(request),
        query=request.GET.dict(),
        raw=body,
        at=now(),
    )


def _called_at(request: HttpRequest) -> str:
    """The address as its caller has it, which some vendors sign."""
    path = request.get_full_path()
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _source(push: Push) -> SourceFacts:
    for key in write_keys(push):
        source = source_opened_by(key, "segment")
        if source and shows_key(push, key):
            return source
    raise Refused(401, "invalid_write_key", "This write key opens nothing here.")


def _failure(refusal: Refused) -> HttpResponse:
    body = orjson.dumps({"code": refusal.code, "message": refusal.message})
    response = HttpResponse(body, status=refusal.status, content_type="application/json", headers=CORS)
    if refusal.status in WAITS:
        response["Retry-After"] = WAITS[refusal.status]
    return response
