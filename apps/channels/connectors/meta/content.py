"""What a message of Messenger, Instagram or WhatsApp contains, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.toolkit.calls import lines
from apps.foundation.text.values import Event, dig, mapping, mappings, prose, words

FILES = ("image", "video", "audio", "document", "sticker")
CHOICES = (("button", "text"), ("interactive", "button_reply", "title"), ("interactive", "list_reply", "title"))


def read(kind: str, said: Event) -> tuple[str, str]:
    """The person's own words, and what came with them, a line each."""
    if kind in {"reaction", "referral", "failure"} or said.get("type") == "reaction":
        return "", ""
    return _text(kind, said), lines(_besides(said))


def _text(kind: str, said: Event) -> str:
    if kind == "comment":
        return prose(said.get("message") or said.get("text"))
    if kind == "postback":
        return prose(said.get("title"))
    text = said.get("text")
    if isinstance(text, dict):
        text = text.get("body")
    captions = (dig(said, kind, "caption") for kind in FILES)
    chosen = (dig(said, *path) for path in CHOICES)
    order = dig(said, "order", "text")
    return next((found for said_text in (text, *captions, *chosen, order) if (found := prose(said_text))), "")


def _besides(said: Event) -> Iterator[tuple[str, str]]:
    for attached in mappings(said.get("attachments"))[:10]:
        title = words(dig(attached, "payload", "title"), 100)
        yield _("Attachment"), ", ".join(filter(None, (_kinds(words(attached.get("type"), 40)), title)))
    for kind in FILES:
        if isinstance(said.get(kind), dict):
            yield _("Attachment"), ", ".join(filter(None, (_kinds(kind), words(dig(said, kind, "filename"), 100))))
    place = mapping(said.get("location"))
    if place:
        where = [words(place.get(name), 100) for name in ("name", "address")]
        spot = f"{words(place.get('latitude'), 20)}, {words(place.get('longitude'), 20)}"
        yield _("Place"), ", ".join(filter(None, where)) or spot.strip(", ")
    cards = mappings(said.get("contacts"))
    yield _("Contact"), ", ".join(filter(None, (words(dig(card, "name", "formatted_name"), 100) for card in cards[:5])))
    items = mappings(dig(said, "order", "product_items"))
    if items:
        yield _("Order"), ngettext("%(count)d item", "%(count)d items", len(items)) % {"count": len(items)}
    yield _("Came from"), words(dig(said, "referral", "headline") or dig(said, "referral", "ref"), 200)


def reaction(said: Event, network: str) -> str:
    about = mapping(said.get("reaction")) if said.get("type") == "reaction" else said
    sign = words(about.get("emoji"), 12) or words(about.get("reaction"), 20)
    if about.get("action") == "unreact" or not sign:
        return _("Took back a reaction on %(network)s") % {"network": network}
    return _("Reacted with %(sign)s on %(network)s") % {"sign": sign, "network": network}


def reason(said: Event) -> str:
    """Why a message did not arrive, in Meta's own words."""
    error = next(iter(mappings(said.get("errors"))), {})
    return words(dig(error, "error_data", "details") or error.get("title") or error.get("message"), 140)


def _kinds(kind: str) -> str:
    return {
        "image": _("picture"),
        "video": _("video"),
        "audio": _("voice message"),
        "file": _("file"),
        "document": _("file"),
        "sticker": _("sticker"),
        "location": _("place"),
        "share": _("shared post"),
        "ig_reel": _("reel"),
        "reel": _("reel"),
        "story_mention": _("mention in a story"),
        "fallback": _("link"),
        "template": _("card"),
    }.get(kind, kind or _("file"))
