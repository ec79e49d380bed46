"""Answers to surveys and reviews, with the customer's own words and how they sound by their score."""

from django.utils.translation import gettext as _

from apps.channels.toolkit.surveys import Score, score_of, sentiment, title
from apps.channels.toolkit.tracking.story import StoryWriter, TrackedStory
from apps.foundation.text.values import Event, words
from apps.interactions.models import Channel

VERBATIMS = ("comment", "verbatim", "feedback", "review_body", "text", "answer")


def survey(properties: Event, _currency: str, metric: str = "") -> TrackedStory:
    """`metric` (nps, csat, ces), `score`, `scale` (the best score) and `comment`; anything may be missing."""
    metric = metric or words(properties.get("metric") or properties.get("survey_type"), 20).lower()
    value = score_of(properties.get("score", properties.get("rating")))
    score = Score(value, metric, score_of(properties.get("scale")) or 0) if value is not None else None
    name = words(properties.get("survey_name") or properties.get("name"), 100)
    return TrackedStory(
        kind="survey",
        title=title(metric.upper() if metric in {"nps", "csat", "ces"} else name, score),
        channel=Channel.SURVEY,
        verbatim=next((text for name in VERBATIMS if (text := str(properties.get(name) or "").strip())), ""),
        sentiment=sentiment(score),
    )


def review(properties: Event, _currency: str) -> TrackedStory:
    rated = survey(properties, "", "rating")
    product = words(properties.get("product_name") or properties.get("name") or properties.get("product_id"))
    return TrackedStory(
        kind="review",
        title=_("Reviewed %(product)s") % {"product": product} if product else _("Wrote a review"),
        channel=rated.channel,
        verbatim=rated.verbatim,
        sentiment=rated.sentiment,
    )


def _answered(metric: str) -> StoryWriter:
    return lambda properties, currency: survey(properties, currency, metric)


WRITERS: dict[str, StoryWriter] = {
    "survey answered": survey,
    "survey submitted": survey,
    "survey completed": survey,
    "nps": _answered("nps"),
    "nps submitted": _answered("nps"),
    "nps answered": _answered("nps"),
    "csat": _answered("csat"),
    "csat answered": _answered("csat"),
    "ces": _answered("ces"),
    "ces answered": _answered("ces"),
    "feedback given": survey,
    "feedback submitted": survey,
    "product reviewed": review,
}
