"""One event of a Snowplow tracker as a draft."""

from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.channels.connectors.snowplow import shop
from apps.channels.connectors.snowplow.people import claim
from apps.channels.connectors.snowplow.wire import is_noise, schema
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.tracking.story import TrackedStory, viewed
from apps.channels.toolkit.tracking.times import occurred_at
from apps.channels.toolkit.tracking.titles import story_of
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for an event of an unknown type, or one that names nobody."""
    content = event.payload
    if not isinstance(content, dict):
        raise Unintelligible("It is not a JSON object.")
    at = _when(content, event.received_at, source.timezone)
    who = claim(content, at, source)
    described = mapping(mapping(content.get("ue_pr")).get("data"))
    kind = words(content.get("e"))
    if kind == "pv":
        return Draft(who, _view(event.key, content, content.get("page"), at))
    if kind == "ue" and schema(described) == "screen_view":
        return Draft(who, _view(event.key, content, mapping(described.get("data")).get("name"), at))
    if kind == "ue" and is_noise(described):
        return Draft(who)
    story = _story(content, described, str(source.settings.get("currency") or ""))
    return Draft(who, _touch(event.key, content, story, at))


def _when(content: Event, received_at: datetime, zone: str) -> datetime:
    """The time a tracker is sure of, or its device's clock set right by the time of sending."""
    true = instant(content.get("ttm"), zone)
    if true is not None:
        return plausible(true, received_at)
    return occurred_at({"timestamp": content.get("dtm"), "sentAt": content.get("stm")}, received_at, zone)


def _story(content: Event, described: Event, currency: str) -> TrackedStory:
    kind = words(content.get("e"))
    if kind == "se":
        return _structured(content)
    if kind == "tr":
        return shop.transaction(content, currency)
    if kind == "ti":
        return shop.line(content, currency)
    if kind != "ue":
        raise Unintelligible(f"There is no event of type {words(kind, 40) or 'nothing'!r}.")
    name, data = schema(described), mapping(described.get("data"))
    if not name:
        raise Unintelligible("A self-describing event without a schema.")
    if name == "snowplow_ecommerce_action":
        return shop.action(content, data, currency)
    writer = shop.WRITERS.get(name)
    return writer(data, currency) if writer else story_of(name, data, currency)


def _structured(content: Event) -> TrackedStory:
    """Category, action, label, property and value: what they mean only the site knows."""
    category, action, label = (words(content.get(name), 80) for name in ("se_ca", "se_ac", "se_la"))
    if not (category or action):
        raise Unintelligible("A structured event without a category and an action.")
    title = _("%(event)s: %(detail)s") % {"event": category, "detail": action} if category and action else ""
    title = title or category or action
    more = [words(content.get(name), 200) for name in ("se_pr", "se_va")]
    return TrackedStory(
        kind="event",
        title=f"{title} · {label}" if label else title,
        body=" · ".join(filter(None, more)),
    )


def _view(key: str, content: Event, named: object, at: datetime) -> InteractionDraft:
    url = web_address(content.get("url"))
    title = words(named) or urlsplit(url).path.strip("/") or urlsplit(url).netloc
    return viewed(key, at, title=title, url=url, channel=_channel(content), touchpoint=_place(content))


def _touch(key: str, content: Event, story: TrackedStory, at: datetime) -> InteractionDraft:
    described = mapping(mapping(content.get("ue_pr")).get("data"))
    own = {name: value for name, value in content.items() if name.startswith(("se_", "tr_", "ti_"))}
    payload = {"event": described} if described else own
    return story.touch(key, at, channel=_channel(content), touchpoint=_place(content), payload=payload)


def _channel(content: Event) -> str:
    return Channel.APP if words(content.get("p")) in {"mob", "app", "tv", "cnsl"} else Channel.WEB


def _place(content: Event) -> str:
    return urlsplit(web_address(content.get("url"))).netloc or words(content.get("aid"), 80)
