"""Typeform's requests: how they are signed ("Secure your webhooks") and which are kept."""

from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed

COMPLETE = "form_response"  # and not form_response_partial: somebody has not finished


def verify(push: Push, source: SourceFacts) -> None:
    """`Typeform-Signature: sha256=<base64>` over the body."""
    scheme, _equals, given = push.headers.get("typeform-signature", "").partition("=")
    require(scheme == "sha256" and signed(source.secrets, push.raw, given, encoding="base64"))


def raw_event(push: Push) -> RawEvent | None:
    """None for what is not a finished response. Raises Refused."""
    body: Any = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    if body.get("event_type") != COMPLETE:
        return None
    key = body.get("event_id")
    return RawEvent(key if isinstance(key, str) else "", body)
