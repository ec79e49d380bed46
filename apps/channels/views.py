"""Where other systems post what happened. No session, no user, no cookie; nothing here ever redirects."""

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from apps.channels.actions import receive
from apps.channels.bell import bell
from apps.channels.connectors import CONNECTORS
from apps.channels.connectors.base import Push, Refused, SourceFacts
from apps.channels.connectors.segment.wire import write_keys
from apps.channels.keyring import source_opened_by
from apps.channels.reading import inflate

SUCCESS = b'{"success": true}'  # to the letter: SDKs compare
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
        push = _push(request, call)
        source = _source(push)
        receive(source, CONNECTORS["segment"].split(push, source), largest=settings.COLLECT_MAX_EVENT_BYTES)
    except Refused as refusal:
        return _failure(refusal)
    except Error:
        return _failure(Refused(503, "unavailable", "The events could not be stored. Send them again."))
    bell.ring()
    return HttpResponse(SUCCESS, content_type="application/json", headers=CORS)


def _push(request: HttpRequest, call: str) -> Push:
    try:
        body = request.body
    except RequestDataTooBig:
        raise Refused(413, "too_large", f"A request may have {settings.COLLECT_MAX_BYTES} bytes.") from None
    except (UnreadablePostError, RawPostDataException):
        raise Refused(400, "bad_body", "The body ended too early.") from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    encoding = headers.get("content-encoding", "").strip().lower()
    return Push(call, headers, inflate(body, encoding, settings.COLLECT_MAX_BYTES))


def _source(push: Push) -> SourceFacts:
    for key in write_keys(push):
        source = source_opened_by(key, "segment")
        if source:
            return source
    raise Refused(401, "invalid_write_key", "This write key opens nothing here.")


def _failure(refusal: Refused) -> HttpResponse:
    body = orjson.dumps({"code": refusal.code, "message": refusal.message})
    response = HttpResponse(body, status=refusal.status, content_type="application/json", headers=CORS)
    if refusal.status == 503:
        response["Retry-After"] = "1"
    return response
