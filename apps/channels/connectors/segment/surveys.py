"""Answers to surveys and reviews, with the customer's own words and how they sound by their score."""

from django.utils.translation import gettext as _

from apps.channels.connectors.segment.story import Story, Teller
from apps.channels.connectors.values import Event, words
from apps.interactions.models import Channel, Sentiment

# Metric: its scale, the worst score that is not negative, the worst that is positive.
METRICS = {"nps": (10, 7, 9), "csat": (5, 3, 4), "ces": (7, 4, 6), "rating": (5, 3, 4)}
VERBATIMS = ("comment", "verbatim", "feedback", "review_body", "text", "answer")


def survey(properties: Event, _currency: str, metric: str = "") -> Story:
    """`metric` (nps, csat, ces), `score`, `scale` (the best score) and `comment`; anything may be missing."""
    metric = metric or words(properties.get("metric") or properties.get("survey_type"), 20).lower()
    scale, neutral, positive = METRICS.get(metric, (5, 3, 4))
    score = _score(properties.get("score", properties.get("rating")))
    best = _score(properties.get("scale")) or scale
    return Story(
        kind="survey",
        title=_title(metric, score, best, words(properties.get("survey_name") or properties.get("name"), 100)),
        channel=Channel.SURVEY,
        verbatim=next((text for name in VERBATIMS if (text := str(properties.get(name) or "").strip())), ""),
        sentiment=_sentiment(score * scale / best if score is not None else None, neutral, positive),
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


def _title(metric: str, score: float | None, best: float, name: str) -> str:
    asked = metric.upper() if metric in {"nps", "csat", "ces"} else name or _("Survey answered")
    if score is None:
        return asked
    return _("%(survey)s: %(score)g of %(best)g") % {"survey": asked, "score": score, "best": best}


def _score(value: object) -> float | None:
    try:
        score = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        return None
    return score if score is not None and 0 <= score <= 100 else None


def _sentiment(score: float | None, neutral: float, positive: float) -> str:
    if score is None:
        return ""
    return Sentiment.POSITIVE if score >= positive else Sentiment.NEUTRAL if score >= neutral else Sentiment.NEGATIVE


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
