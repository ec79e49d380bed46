"""One event of Segment's spec as a draft: who it was, and what happened if anything did."""

from datetime import datetime
from urllib.parse import urlsplit

from apps.channels.connectors.segment.people import claim
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.tracking.story import viewed
from apps.channels.toolkit.tracking.times import occurred_at
from apps.channels.toolkit.tracking.titles import story_of
from apps.foundation.text.values import Event, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel

TELLS_ONLY_WHO = {"identify", "group", "alias"}
MOBILE_LIBRARIES = ("ios", "android", "swift", "kotlin", "flutter", "react-native", "react_native", "cordova")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for a call of an unknown type, one that names nobody, or a track call without a name."""
    content = event.payload
    if not isinstance(content, dict):
        raise Unintelligible("It is not a JSON object.")
    kind = str(content.get("type"))
    at = occurred_at(content, event.received_at, source.timezone)
    if kind in TELLS_ONLY_WHO:
        return Draft(claim(content, at, source))
    if kind == "track":
        return Draft(claim(content, at, source), _track(event.key, content, at, source))
    if kind in {"page", "screen"}:
        return Draft(claim(content, at, source), _view(event.key, content, at))
    raise Unintelligible(f"There is no call of type {kind[:40]!r}.")


def _track(key: str, content: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    name = content.get("event")
    if not isinstance(name, str) or not name.strip():
        raise Unintelligible("A track call without the name of its event.")
    context, properties = mapping(content.get("context")), mapping(content.get("properties"))
    story = story_of(name, properties, str(source.settings.get("currency") or ""))
    payload = {"event": name, "properties": properties}
    return story.touch(key, at, channel=_channel(context), touchpoint=_touchpoint(context), payload=payload)


def _view(key: str, content: Event, at: datetime) -> InteractionDraft:
    context, properties = mapping(content.get("context")), mapping(content.get("properties"))
    page = mapping(context.get("page"))
    url = web_address(properties.get("url") or page.get("url"))
    title = words(
        properties.get("title") or page.get("title") or content.get("name") or properties.get("name")
    ) or words(properties.get("path") or page.get("path") or url)
    channel = Channel.APP if content["type"] == "screen" else _channel(context)
    touchpoint = urlsplit(url).netloc or _touchpoint(context)
    return viewed(key, at, title=title, url=url, channel=channel, touchpoint=touchpoint)


def _channel(context: Event) -> str:
    library = str(mapping(context.get("library")).get("name") or "").lower()
    mobile = words(mapping(context.get("device")).get("type"), 20).lower() in {"ios", "android", "mobile"}
    return Channel.APP if mobile or any(word in library for word in MOBILE_LIBRARIES) else Channel.WEB


def _touchpoint(context: Event) -> str:
    """The site or the app."""
    page, app = mapping(context.get("page")), mapping(context.get("app"))
    return urlsplit(web_address(page.get("url"))).netloc or words(app.get("name"))
