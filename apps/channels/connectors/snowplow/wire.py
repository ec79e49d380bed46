"""Taking a tracker's request apart. What trackers wrap in base64 is unwrapped here, before card numbers are masked."""

import base64
import binascii
from collections.abc import Collection
from typing import Any

from apps.channels.contract import Push, PushReply, RawEvent, Refused
from apps.channels.toolkit.payload import parse
from apps.foundation.text.values import mapping, mappings, web_address

MOST_EVENTS = 5000  # of one request
PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
WRAPPED = {"ue_px": "ue_pr", "cx": "co"}  # base64 of JSON, and the name of the same in plain JSON
META = ("stm",)  # the time of sending differs when a tracker tries again
PINGS = {"pp", "ad"}  # "still there", every few seconds; advertisements shown
# Schemas of Snowplow's own that tell nothing of the person: clicks on anything, fields in focus, measurements.
NOISE = frozenset(
    {
        "application_background", "application_error", "application_foreground", "application_install", "button_click",
        "change_form", "cmp_visible", "consent_preferences", "cookie_extension", "deep_link_received",
        "diagnostic_error", "element", "focus_form", "link_click", "list_item_view", "screen_end", "screen_summary",
        "scroll_changed", "timing", "web_vitals", "webview",
    }
)  # fmt: skip


def split(push: Push, wanted: Collection[str] = ()) -> list[RawEvent]:
    """The events of a request, those of the apps in `wanted` alone if there are any. Raises Refused."""
    items = [dict(push.query)] if push.method == "GET" else _posted(push)
    return [_event(item) for item in items if _is_wanted(item, wanted)]


def _posted(push: Push) -> list[Any]:
    body = push.content
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        raise Refused(400, "bad_body", "The body must be a payload_data object with a list of events under “data”.")
    if len(data) > MOST_EVENTS:
        raise Refused(413, "too_many", f"A request may have {MOST_EVENTS} events.")
    return data


def _is_wanted(item: Any, wanted: Collection[str]) -> bool:
    if not isinstance(item, dict):
        return True  # kept for a person to look at
    return not (wanted and str(item.get("aid")) not in wanted) and str(item.get("e")) not in PINGS


def _event(item: Any) -> RawEvent:
    if not isinstance(item, dict):
        return RawEvent("", {"received": item}, refused="An event must be a JSON object.")
    key = item.get("eid")
    meta = {name: item[name] for name in META if name in item}
    content = {name: value for name, value in item.items() if name not in META and name not in WRAPPED}
    for wrapped, plain in WRAPPED.items():
        if wrapped in item or isinstance(item.get(plain), str):
            content[plain] = _unwrapped(item, wrapped, plain)
    refused = "Its self-describing data cannot be read." if item.get("e") == "ue" and not content.get("ue_pr") else ""
    return RawEvent(str(key) if isinstance(key, str | int) else "", content, meta, refused=refused)


def _unwrapped(item: dict[str, Any], wrapped: str, plain: str) -> Any:
    """The JSON under either of two names, None where it cannot be read."""
    try:
        if isinstance(item.get(wrapped), str):
            text = item[wrapped].strip().replace("-", "+").replace("_", "/")
            return parse(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        return parse(str(item.get(plain)).encode())
    except (binascii.Error, ValueError, Refused):
        return None


def schema(described: Any) -> str:
    """The name of a schema: `add_to_cart` of `iglu:com.snowplowanalytics.snowplow/add_to_cart/jsonschema/1-0-0`."""
    parts = str(mapping(described).get("schema")).split("/")
    return parts[1] if len(parts) == 4 else ""


def is_noise(described: Any) -> bool:
    """Whether a self-describing event is one of Snowplow's own that tells nothing."""
    vendor = str(mapping(described).get("schema")).removeprefix("iglu:").partition("/")[0]
    return vendor.startswith("com.snowplowanalytics.") and (schema(described) in NOISE or ".media" in vendor)


def entities(content: Any, name: str) -> list[Any]:
    """The data of the contexts (entities) of one schema that came with an event."""
    attached = mappings(mapping(mapping(content).get("co")).get("data"))
    return [mapping(context.get("data")) for context in attached if schema(context) == name]


def reply(push: Push) -> PushReply:
    headers = {
        "Access-Control-Allow-Origin": web_address(push.headers.get("origin", "")) or "*",
        "Access-Control-Allow-Credentials": "true",  # trackers ask to send cookies; we set and read none
        "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
        "Access-Control-Allow-Headers": "content-type, sp-anonymous",
        "Access-Control-Max-Age": "86400",
        "Vary": "Origin",
    }
    if push.method == "GET":
        headers["Cache-Control"] = "no-store"
        return PushReply(body=PIXEL, content_type="image/svg+xml", headers=headers)
    return PushReply(status=200, body="ok", content_type="text/plain", headers=headers)
