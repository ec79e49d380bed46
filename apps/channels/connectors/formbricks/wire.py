"""Formbricks' requests: signed as the Standard Webhooks specification says, and which of them are kept."""

from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, standard_webhook
from apps.foundation.text.values import mapping

COMPLETE = "responseFinished"  # and neither responseCreated nor responseUpdated: somebody has not finished


def verify(push: Push, source: SourceFacts) -> None:
    require(standard_webhook(push, source.secrets))


def raw_event(push: Push) -> RawEvent | None:
    """Known by the response's id: each attempt of Formbricks' has a `webhook-id` of its own, and each webhook sends.
    None for what is not a finished response. Raises Refused."""
    body: Any = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    if body.get("event") != COMPLETE:
        return None
    data = mapping(body.get("data"))
    key = data.get("id")
    content = {"event": COMPLETE, "data": {name: value for name, value in data.items() if name != "survey"}}
    meta = {"webhookId": body.get("webhookId"), "survey": data.get("survey")}
    return RawEvent(key if isinstance(key, str) else "", content, {k: v for k, v in meta.items() if v is not None})
