"""WooCommerce's requests: how they are signed, and what of them is kept.

Format: "Webhooks" of the WooCommerce REST API documentation and `WC_Webhook::build_payload`. When a webhook is saved,
WooCommerce tries the address out with an unsigned form, `webhook_id=<number>`, and switches the webhook off if it hears
anything but a success: that ping is let in, and nothing becomes of it.
"""

import re

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed

PING = re.compile(rb"webhook_id=\d{1,20}")
META = {"delivery": "x-wc-webhook-delivery-id", "webhook_id": "x-wc-webhook-id"}


def is_ping(push: Push) -> bool:
    return PING.fullmatch(push.raw) is not None


def verify(push: Push, source: SourceFacts) -> None:
    given = push.headers.get("x-wc-webhook-signature", "")
    require(is_ping(push) or signed(source.secrets, push.raw, given, encoding="base64"))


def topic_of(push: Push) -> str:
    return push.headers.get("x-wc-webhook-topic", "").strip().lower()[:80]


def raw_event(push: Push) -> RawEvent:
    """A delivery; its topic and its shop come in headers. Raises Refused."""
    body = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    shop = push.headers.get("x-wc-webhook-source", "").strip()[:200]
    meta = {name: push.headers[header][:100] for name, header in META.items() if header in push.headers}
    return RawEvent(meta.get("delivery", ""), {"topic": topic_of(push), "shop": shop, "body": body}, meta)
