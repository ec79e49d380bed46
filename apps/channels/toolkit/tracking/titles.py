"""The name and properties of a track call, told as a person would: title, kind, amount, words."""

import re

from django.utils.translation import gettext as _

from apps.channels.toolkit.tracking import ecommerce, outreach, surveys
from apps.channels.toolkit.tracking.story import TrackedStory
from apps.foundation.text.values import Event, words

WRITERS = ecommerce.WRITERS | outreach.WRITERS | surveys.WRITERS
BETWEEN_WORDS = re.compile(r"[\s_\-.:]+|(?<=[a-z0-9])(?=[A-Z])")
TOLD = (
    "label",
    "name",
    "title",
    "category",
    "status",
)  # properties that say more than the event's name alone


def story_of(name: str, properties: Event, currency: str) -> TrackedStory:
    """`currency` is assumed where the event names none."""
    split = [word for word in BETWEEN_WORDS.split(name.strip()) if word]
    writer = WRITERS.get(" ".join(split).lower())
    return writer(properties, currency) if writer else _as_named(split, properties, currency)


def _as_named(split: list[str], properties: Event, currency: str) -> TrackedStory:
    """An event of the company's own: its name as words, and one property that tells more."""
    said = " ".join(word if word.isupper() else word.lower() for word in split)
    detail = next((words(properties[key]) for key in TOLD if isinstance(properties.get(key), str)), "")
    title = said[:1].upper() + said[1:]
    amount, unit = ecommerce.money(properties, currency)
    return TrackedStory(
        kind="event",
        title=_("%(event)s: %(detail)s") % {"event": title, "detail": detail} if detail else title,
        amount=amount,
        currency=unit,
        reference=words(properties.get("order_id"), 80),
    )
