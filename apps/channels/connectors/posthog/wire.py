"""Taking a request of PostHog's SDKs apart: its key, its events, and the answer each SDK waits for."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings

from apps.channels.contract import Push, PushReply, RawEvent, Refused
from apps.channels.toolkit.payload import inflate, parse
from apps.foundation.text.values import mapping, web_address

CAPTURE = {"batch", "capture", "e", "track", "i/v0/e", "i/v0/ai/batch"}
CAPTURE_V1 = "i/v1/analytics/events"
MOST_EVENTS = 5000  # of one batch
GZIP = b"\x1f\x8b"
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
    body = push.body
    if body.startswith(GZIP):  # browsers name the compression in the query, if anywhere
        body = inflate(body, "gzip", settings.COLLECT_MAX_BYTES)
    if body.startswith(b"data=") or "x-www-form-urlencoded" in push.headers.get("content-type", ""):
        body = _field(body)
    if body[:1] not in {b"{", b"["} and body.strip()[:1] not in {b"{", b"["}:
        body = _unwrapped(body)
    return parse(body)


def _field(body: bytes) -> bytes:
    try:
        return parse_qs(body.decode(), max_num_fields=50).get("data", [""])[0].encode()
    except ValueError:
        raise Refused(400, "bad_form", "The form cannot be read.") from None


def _unwrapped(body: bytes) -> bytes:
    """From base64; a form has made spaces of its plus signs."""
    try:
        return base64.b64decode(body.strip().replace(b" ", b"+"), validate=True)
    except binascii.Error:
        return body


def keys(push: Push) -> Iterator[str]:
    """The project API keys a request shows: in the query, at the top of the body, or in the events of a browser."""
    if push.call == CAPTURE_V1:
        return  # there it is the bearer token alone
    for name in ("api_key", "token"):
        yield push.query.get(name, "")
    body = body_of(push)
    first = body[0] if isinstance(body, list) and body else body
    for holder in (mapping(first), mapping(mapping(first).get("properties"))):
        for name in ("api_key", "token", "$token"):
            if isinstance(holder.get(name), str):
                yield holder[name]


def split(push: Push) -> list[RawEvent]:
    """The events of a request. Calls that report nothing (flags, replays) have none."""
    if push.call not in CAPTURE and push.call != CAPTURE_V1:
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
    library = push.headers.get("posthog-sdk-info", "").partition("/")[0]
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
        str(key) if isinstance(key, str | int) and not isinstance(key, bool) else "",
        content,
        {name: value for name, value in meta.items() if value not in (None, "")},
    )


def reply(push: Push) -> PushReply:
    headers = _cross_origin(push.headers)
    if push.method == "OPTIONS":
        return PushReply(status=204, body="", headers=headers)
    if push.method not in {"POST", "PUT"}:
        raise Refused(405, "method_not_allowed", "Events are posted.")
    if push.call in {"flags", "decide"}:
        return PushReply(body='{"flags": {}, "featureFlags": {}, "featureFlagPayloads": {}}', headers=headers)
    if push.call == CAPTURE_V1:
        return PushReply(body=orjson.dumps({"results": _results(push)}).decode(), headers=headers)
    return PushReply(body='{"status": "Ok"}' if push.call == "batch" else '{"status": 1}', headers=headers)


def _results(push: Push) -> dict[str, dict[str, str]]:
    """One word for each event, by its uuid: what is not named would be sent again."""
    items = mapping(body_of(push)).get("batch")
    named = [mapping(item).get("uuid") for item in items] if isinstance(items, list) else []
    return {uuid: {"result": "ok"} for uuid in named if isinstance(uuid, str)}


def _cross_origin(headers: Mapping[str, str]) -> dict[str, str]:
    """A browser on another site may call, and says which headers it would like to send."""
    origin = web_address(headers.get("origin", ""))
    return {
        "Access-Control-Allow-Origin": origin or "*",
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "authorization, content-type, content-encoding, x-requested-with",
        "Access-Control-Max-Age": "86400",
        "Vary": "Origin",
    }
