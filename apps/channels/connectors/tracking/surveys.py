"""Answers to surveys and reviews, with the customer's own words and how they sound by their score."""

from django.utils.translation import gettext as _

from apps.channels.connectors.surveys import Score, score_of, sentiment, title
from apps.channels.connectors.tracking.story import Story, Teller
from apps.channels.connectors.values import Event, words
from apps.interactions.models import Channel

VERBATIMS = ("comment", "verbatim", "feedback", "review_body", "text", "answer")


def survey(properties: Event, _currency: str, metric: str = "") -> Story:
    """`metric` (nps, csat, ces), `score`, `scale` (the best score) and `comment`; anything may be missing."""
    metric = metric or words(properties.get("metric") or properties.get("survey_type"), 20).lower()
    value = score_of(properties.get("score", properties.get("rating")))
    score = Score(value, metric, score_of(properties.get("scale")) or 0) if value is not None else None
    name = words(properties.get("survey_name") or properties.get("name"), 100)
    return Story(
        kind="survey",
        title=title(metric.upper() if metric in {"nps", "csat", "ces"} else name, score),
        channel=Channel.SURVEY,
        verbatim=next((text for name in VERBATIMS if (text := str(properties.get(name) or "").strip())), ""),
        sentiment=sentiment(score),
    )


def review(properties: Event, _currency: str) -> Story:
    told = survey(properties, "", "rating")
    product = words(properties.get("product_name") or properties.get("name") or properties.get("product_id"))
    return Story(
        kind="review",
        title=_("Reviewed %(product)s") % {"product": product} if product else _("Wrote a review"),
        channel=told.channel,
        verbatim=told.verbatim,
        sentiment=told.sentiment,
    )


def _answered(metric: str) -> Teller:
    return lambda properties, currency: survey(properties, currency, metric)


TELLERS: dict[str, Teller] = {
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
