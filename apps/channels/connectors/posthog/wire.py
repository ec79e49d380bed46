"""Taking a request of PostHog's SDKs apart: its key, its events, and the answer each SDK waits for."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings

from apps.channels.connectors.posthog import lz_text
from apps.channels.contract import Push, PushReply, RawEvent, Refused
from apps.channels.toolkit.compression import GZIP, Damaged
from apps.channels.toolkit.payload import charset_of, inflate, parse
from apps.foundation.text.values import mapping, web_address

CAPTURE = {"batch", "capture", "e", "track", "engage", "i/v0/e", "i/v0/ai/batch"}
CAPTURE_V1 = "i/v1/analytics/events"
LARGEST_PREFIX = 200  # bytes of a form before its data
BASE64 = bytes.maketrans(b" -_", b"++/")
MOST_EVENTS = 5000  # of one batch
LZ = {"lz64", "lz-string"}
DEEPEST = 4  # wrappings around each other: base64 of gzip in a form, say
REQUEST_ID = "posthog-request-id"  # echoed, so that an SDK finds its own request again
USUAL_HEADERS = "authorization, content-type, content-encoding, x-requested-with"
HEADER_NAMES = re.compile(r"[A-Za-z0-9, _-]{1,500}")
# What the SDK tells itself: clicks on anything, replays, measurements, flags, groups of people. Nothing for a timeline.
NOISE = frozenset(
    {
        "$$heatmap", "$autocapture", "$capture_metrics", "$copy_autocapture", "$csp_violation", "$dead_click",
        "$experiment_exposure", "$experiment_started", "$feature_enrollment_update", "$feature_flag_called",
        "$feature_interaction", "$feature_view", "$groupidentify", "$heatmap", "$opt_in", "$pageleave",
        "$performance_event", "$snapshot", "$snapshot_items", "$web_vitals", "survey dismissed", "survey shown",
    }
)  # fmt: skip
SERVERS = ("python", "node", "ruby", "php", "go", "java", "dotnet", "elixir", "rust", "server", "edge")


def body_of(push: Push) -> Any:
    """The JSON a request carries, from under whatever its SDK wrapped it in. Raises Refused."""
    body, compression = (push.body or push.query.get("data", "").encode()), push.query.get("compression", "").lower()
    form = "x-www-form-urlencoded" in push.headers.get("content-type", "")
    for _wrapping in range(DEEPEST):
        if body.startswith(GZIP):  # browsers name the compression in the query, if anywhere
            body = inflate(body, "gzip", settings.COLLECT_MAX_BYTES)
        elif body.startswith(b"data=") or (form and b"data=" in body[:LARGEST_PREFIX]):
            body, said = _field(body)
            form, compression = False, said or compression
        elif _is_json(body):
            break
        elif compression in LZ:
            body, compression = _lz(body), ""
        else:
            body = _unwrapped(body)
    return parse(body, charset_of(push.headers.get("content-type", "")))


def _is_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _field(body: bytes) -> tuple[bytes, str]:
    """What a form holds, and the compression it names."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=50)
    except ValueError:
        raise Refused(400, "bad_form", "The form cannot be read.") from None
    return fields.get("data", [""])[0].encode(), fields.get("compression", [""])[0].lower()


def _lz(body: bytes) -> bytes:
    try:
        plain = lz_text.unpack(body.strip().replace(b" ", b"+"), settings.COLLECT_MAX_BYTES)
    except Damaged as damage:
        raise Refused(400, "bad_encoding", str(damage)) from None
    if len(plain) > settings.COLLECT_MAX_BYTES:
        raise Refused(413, "too_large", f"A request may have {settings.COLLECT_MAX_BYTES} bytes, uncompressed.")
    return plain


def _unwrapped(body: bytes) -> bytes:
    """From base64 in either alphabet, padded or not; a form has made spaces of its plus signs."""
    letters = body.strip().rstrip(b"=").translate(BASE64, b"\r\n")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error:
        return body


def keys(push: Push) -> Iterator[str]:
    """The project API keys a request shows: in the query, at the top of the body, or in the events of a browser."""
    if push.call == CAPTURE_V1:
        return  # there it is the bearer token alone
    for name in ("api_key", "token"):
        yield push.query.get(name, "")
    try:
        body = body_of(push)
    except Refused:
        if push.call in CAPTURE:
            raise
        return  # measurements and traces in a format of their own, which tell nothing
    first = body[0] if isinstance(body, list) and body else body
    for holder in (mapping(first), mapping(mapping(first).get("properties"))):
        for name in ("api_key", "token", "$token"):
            if isinstance(holder.get(name), str):
                yield holder[name]


def split(push: Push) -> list[RawEvent]:
    """The events of a request. Calls that report nothing (flags, replays) have none."""
    if push.call not in CAPTURE and push.call != CAPTURE_V1:
        return []
    if push.method == "GET" and not push.query.get("data"):
        return []
    body = body_of(push)
    if not isinstance(body, dict | list):
        raise Refused(400, "bad_body", "The body must be a JSON object or a list of them.")
    batch = body if isinstance(body, list) else body.get("batch", [body])
    if not isinstance(batch, list):
        raise Refused(400, "bad_batch", "A batch needs a list of events under “batch”.")
    if len(batch) > MOST_EVENTS:
        raise Refused(413, "too_many", f"A batch may have {MOST_EVENTS} events.")
    sent_at = _sent_at(push, body)
    library = push.headers.get("posthog-sdk-info", "").rpartition("/")[0].strip()
    if push.call == "engage":  # the way of old to say who somebody is
        batch = [{"event": "$set", **item} if isinstance(item, dict) else item for item in batch]
    return [_event(item, sent_at, library) for item in batch if not _is_noise(item, library)]


def _sent_at(push: Push, body: Any) -> Any:
    """When the SDK sent it, by the SDK's clock."""
    said = body.get("sent_at") if isinstance(body, dict) else None
    return said or push.headers.get("posthog-request-timestamp") or push.query.get("_", "")


def _is_noise(item: Any, library: str) -> bool:
    """Also what a server reports of nobody: it makes up a new id for each such event."""
    item, said = mapping(item), mapping(mapping(item).get("properties"))
    name = item.get("event")
    if isinstance(name, str) and (name in NOISE or name.startswith("$ai_")):
        return True
    options = mapping(item.get("options"))
    profile = said.get("$process_person_profile", options.get("process_person_profile"))
    library = str(said.get("$lib") or item.get("library") or library)
    return profile is False and library.startswith("posthog-") and library.endswith(SERVERS)


def _event(item: Any, sent_at: Any, library: str) -> RawEvent:
    """`library` is the SDK's name where it stands in a header instead of each event."""
    if not isinstance(item, dict):
        return RawEvent("", {"received": item}, refused="An event must be a JSON object.")
    said = item.get("properties")
    content = {name: value for name, value in item.items() if name not in {"api_key", "token", "offset", "sent_at"}}
    if isinstance(said, dict):
        named = {"$lib": library} if library else {}
        content["properties"] = named | {name: value for name, value in said.items() if name != "token"}
    meta = {"sent_at": item.get("sent_at") or sent_at, "offset": item.get("offset")}
    key = item.get("uuid") or mapping(said).get("$insert_id")
    return RawEvent(
        str(key).strip() if isinstance(key, str | int) and not isinstance(key, bool) else "",
        content,
        {name: value for name, value in meta.items() if value not in (None, "")},
    )


def reply(push: Push) -> PushReply:
    headers = _cross_origin(push.headers)
    if push.method == "OPTIONS":
        return PushReply(status=204, body="", headers=headers)
    if push.method not in {"POST", "PUT"} and not push.query.get("data"):
        raise Refused(405, "method_not_allowed", "Events are posted.")
    if push.query.get("beacon") == "1":  # sent while a page closes: nobody reads the answer
        return PushReply(status=204, body="", headers=headers)
    if push.call in {"flags", "decide"}:
        return PushReply(body='{"flags": {}, "featureFlags": {}, "featureFlagPayloads": {}}', headers=headers)
    if push.call == CAPTURE_V1:
        return PushReply(body=orjson.dumps({"results": _results(push)}).decode(), headers=headers)
    return PushReply(body='{"status": "Ok"}' if push.call == "batch" else '{"status": 1}', headers=headers)


def _results(push: Push) -> dict[str, dict[str, str]]:
    """One word for each event, by its uuid: what is not named would be sent again."""
    items = mapping(body_of(push)).get("batch")
    named = [mapping(item).get("uuid") for item in items] if isinstance(items, list) else []
    return {uuid.strip(): {"result": "ok"} for uuid in named if isinstance(uuid, str)}


def _cross_origin(headers: Mapping[str, str]) -> dict[str, str]:
    """A browser on another site may call, and says which headers it would like to send."""
    origin = web_address(headers.get("origin", ""))
    wanted = headers.get("access-control-request-headers", "")
    return {
        "Access-Control-Allow-Origin": origin or "*",
        "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
        "Access-Control-Allow-Headers": wanted if HEADER_NAMES.fullmatch(wanted) else USUAL_HEADERS,
        "Access-Control-Expose-Headers": REQUEST_ID,
        "Access-Control-Max-Age": "86400",
        "Vary": "Origin",
    }
