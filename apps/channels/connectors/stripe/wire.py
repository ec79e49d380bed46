"""Stripe's requests: how they are signed ("Verify webhook signatures manually") and which events are kept."""

from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import fresh, require, signed
from apps.foundation.text.values import mapping

MOST_SIGNATURES = 10  # of one header; more is somebody trying
META = ("pending_webhooks",)  # counts down while Stripe delivers the event to other endpoints


def verify(push: Push, source: SourceFacts) -> None:
    """`Stripe-Signature: t=<seconds>,v1=<hex>`, with one `v1` for each secret while one is being rolled."""
    parts = [part.strip().partition("=") for part in push.headers.get("stripe-signature", "").split(",")]
    times = [value for name, _equals, value in parts if name == "t"]
    signatures = [value for name, _equals, value in parts if name == "v1"][:MOST_SIGNATURES]
    require(len(times) == 1 and times[0].isascii() and times[0].isdigit())
    message = b"%b.%b" % (times[0].encode(), push.raw)
    require(fresh(times[0], push.at) and any(signed(source.secrets, message, signature) for signature in signatures))


def event_of(push: Push) -> dict[str, Any]:
    """Raises Refused."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    return body


def raw_event(body: dict[str, Any]) -> RawEvent:
    """An event with Stripe's own id as its key."""
    meta = {name: body[name] for name in META if name in body}
    content = {name: value for name, value in body.items() if name not in META}
    key = body.get("id")
    return RawEvent(key if isinstance(key, str) else "", content, meta)


def object_of(event: dict[str, Any]) -> dict[str, Any]:
    """What the event is about: a charge, an invoice, a customer."""
    return dict(mapping(mapping(event.get("data")).get("object")))
