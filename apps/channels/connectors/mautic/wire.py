"""Mautic's requests: signed with the webhook's secret, several kinds of events in one, each kind a list."""

from collections.abc import Iterator
from typing import Any

from apps.channels.contract import Push, RawEvent, Refused, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed
from apps.foundation.text.values import Event, dig, mapping, mappings, words

SENT, OPENED, HIT = "mautic.email_on_send", "mautic.email_on_open", "mautic.page_on_hit"
SUBSCRIPTION = "mautic.lead_channel_subscription_changed"
CONTACT = ("mautic.lead_post_save_new", "mautic.lead_post_save_update")
KNOWN = (SENT, OPENED, HIT, SUBSCRIPTION, *CONTACT)
THE_MAIL = frozenset({"content", "tokens", "headers", "customHtml", "plainText", "dynamicContent"})


def verify(push: Push, source: SourceFacts) -> None:
    """`Webhook-Signature` is the HMAC-SHA256 of the body as it was sent, in base64 ("Securing a Webhook")."""
    require(signed(source.secrets, push.raw, push.headers.get("webhook-signature", ""), encoding="base64"))


def raw_events(push: Push) -> Iterator[RawEvent]:
    """The events of the kinds we know. Raises Refused.

    `Send Test Payload` sends people who do not exist, and only that has a time of its own beside the lists (Mautic's
    `WebhookBundle/Controller/AjaxController`): it is answered, and nothing is kept.
    """
    body: Any = push.content
    if not isinstance(body, dict):
        raise Refused(400, "bad_body", "The body must be a JSON object.")
    if "timestamp" in body:
        return
    for kind in KNOWN:
        for event in mappings(body.get(kind)):
            yield RawEvent(_key(kind, event), {"event": kind, **_without_the_mail(event)})


def _without_the_mail(event: Event) -> dict[str, Any]:
    """What was sent, word for word, is Mautic's to keep."""
    kept = {name: value for name, value in event.items() if name not in THE_MAIL}
    for place in ("email", "stat"):
        if isinstance(kept.get(place), dict):
            kept[place] = _without_the_mail(kept[place])
    return kept


def contact_of(event: Event) -> Event:
    """Whom an event is about, wherever its kind has them."""
    places = (event.get("contact"), event.get("lead"), dig(event, "stat", "lead"), dig(event, "hit", "lead"))
    return next((mapping(place) for place in places if mapping(place)), {})


def hash_of(event: Event) -> str:
    """What one e-mail to one contact is known by: `idHash` when it is sent, `trackingHash` afterwards."""
    return words(event.get("idHash") or dig(event, "stat", "trackingHash"), 100)


def _key(kind: str, event: Event) -> str:
    """Mautic names no events. An e-mail, a visit and a change of a contact have something to be told apart by; without
    it the content does."""
    at, contact = words(event.get("timestamp"), 40), words(contact_of(event).get("id"), 40)
    mail, hit = hash_of(event), words(dig(event, "hit", "id"), 40)
    if kind == SENT:
        return f"sent:{mail}" if mail else ""
    if kind == OPENED:
        return f"opened:{mail}:{at}" if mail else ""
    if kind == HIT:
        return f"hit:{hit}" if hit else ""
    said = f":{words(event.get('channel'), 40)}:{words(event.get('new_status'), 40)}" if kind == SUBSCRIPTION else ""
    return f"{kind.rpartition('.')[2]}:{contact}{said}:{at}" if contact and at else ""
