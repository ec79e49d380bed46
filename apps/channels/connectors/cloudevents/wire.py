"""Taking a request apart, whichever of the three modes it is in. The same event is stored the same in all of them."""

import base64
import binascii
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.compiler import BadMapping
from apps.channels.toolkit.payload import parse

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
VERSIONS = {"1.0", "0.3"}
REQUIRED = ("id", "source", "type")
TRACING = ("traceparent", "tracestate")  # may differ when the sender tries again
MOST_EVENTS = 5000  # of one batch


def split(push: Push, source: SourceFacts) -> list[RawEvent]:
    """Raises Refused: 415 for a content type that is none of ours, 400 for a body that is not what it says."""
    wanted = [name.strip() for name in str(source.settings.get("types") or "").split(",") if name.strip()]
    mapped = _mapped(source)
    return [
        _event(item) for item in _items(push) if _is_wanted(item, wanted) and (mapped is None or mapped.wants(item))
    ]


def _mapped(source: SourceFacts) -> mapping.Mapping | None:
    try:
        return mapping.of_source(source)
    except BadMapping:
        return None  # each event will say so


def _items(push: Push) -> list[Any]:
    attributes = {name[3:]: unquote(value) for name, value in push.headers.items() if name.startswith("ce-")}
    kind = push.headers.get("content-type", "").partition(";")[0].strip().lower()
    if attributes:
        return [_binary(attributes, push.body, kind)]
    if kind not in {STRUCTURED, BATCH}:
        raise Refused(415, "unsupported_media_type", f"Events come as {STRUCTURED}, {BATCH} or with ce- headers.")
    body = push.content
    if kind == STRUCTURED:
        if not isinstance(body, dict):
            raise Refused(400, "bad_event", "A structured event is a JSON object.")
        return [_structured(body)]
    if not isinstance(body, list):
        raise Refused(400, "bad_batch", "A batch is a JSON list.")
    if len(body) > MOST_EVENTS:
        raise Refused(413, "too_many", f"A batch may have {MOST_EVENTS} events.")
    return [_structured(event) for event in body]


def _binary(attributes: dict[str, Any], body: bytes, kind: str) -> dict[str, Any]:
    event = {**attributes, "datacontenttype": kind} if kind else dict(attributes)
    if body:
        event["data"] = parse(body) if _is_json(kind) else _legible(body)
    return event


def _structured(item: Any) -> Any:
    """With its data in plain sight: what is in base64 could not be searched for card numbers."""
    if not isinstance(item, dict):
        return item
    event = {name: value for name, value in item.items() if name != "data_base64" and value is not None}
    kind = str(event.get("datacontenttype", "")).partition(";")[0].strip().lower()
    if kind:
        event["datacontenttype"] = kind
    wrapped = item.get("data_base64")
    if item.get("datacontentencoding") == "base64":  # version 0.3
        wrapped = event.pop("data", None)
        event.pop("datacontentencoding")
    if isinstance(wrapped, str):
        event["data"] = _unwrapped(wrapped, kind)
    return event


def _unwrapped(wrapped: str, kind: str) -> Any:
    try:
        body = base64.b64decode(wrapped, validate=True)
        return parse(body) if _is_json(kind) else _legible(body)
    except (binascii.Error, ValueError, Refused):
        return None


def _is_json(kind: str) -> bool:
    return kind in {"", "application/json", "text/json"} or kind.endswith("+json")


def _legible(body: bytes) -> str | None:
    """Text as it is; of anything else (a picture, Protobuf) only the attributes are kept."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _is_wanted(item: Any, wanted: Collection[str]) -> bool:
    kind = item.get("type") if isinstance(item, dict) else None
    return not wanted or not isinstance(kind, str) or kind.startswith(tuple(wanted))


def _event(item: Any) -> RawEvent:
    if not isinstance(item, dict):
        return RawEvent("", {"received": item}, refused="An event must be a JSON object.")
    missing = [name for name in REQUIRED if not isinstance(item.get(name), str) or not item[name].strip()]
    content = {name: value for name, value in item.items() if name not in TRACING}
    meta = {name: item[name] for name in TRACING if name in item}
    if missing:
        return RawEvent("", content, meta, refused=f"It lacks what every CloudEvent has: {', '.join(missing)}.")
    version = item.get("specversion")
    refused = "" if str(version) in VERSIONS else f"It is of version {str(version)[:20]!r}; 1.0 and 0.3 are understood."
    return RawEvent(f"{item['source'].strip()} {item['id'].strip()}", content, meta, refused=refused)
