"""Answers to surveys, told alike wherever they come from: the score in the title, and how it sounds. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.foundation.text.numbers import decimal
from apps.foundation.text.unread import unmarked
from apps.foundation.text.values import prose, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Sentiment

# Metric: its best score, the worst score that is not negative, the worst that is positive.
METRICS = {"nps": (10, 7, 9), "csat": (5, 3, 4), "ces": (7, 4, 6), "rating": (5, 3, 4)}
MOST_ANSWERS = 60  # of one survey that are told
FIRST_NAMES = ("first_name", "firstname")
LAST_NAMES = ("last_name", "lastname")
USERS = ("user_id", "userid", "customer_id", "customerid", "customer")
EMAILS = ("email", "e_mail", "email_address")
PHONES = ("phone", "phone_number", "mobile", "tel")
ORDERS = ("order_number", "order_id", "order", "ticket_id", "ticket", "case_id")


@dataclass(frozen=True, slots=True)
class Score:
    """`metric` is a key of METRICS, or empty; `best` the best score there is, 0 where that is not known."""

    value: float
    metric: str = ""
    best: float = 0


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """`said` are words the person chose to write themselves, not ticked."""

    question: str
    text: str
    said: bool = False
    score: Score | None = None


def score_of(value: Any) -> float | None:
    """A score between 0 and 100, from a number or from text; None for anything else."""
    with unmarked():
        score = decimal(value)
    return float(score) if score is not None and 0 <= score <= 100 else None


def title(survey: str, score: Score | None) -> str:
    """`NPS: 9 of 10`, `Delivery: 4 of 5`, or the survey's name alone."""
    metric = score.metric if score else ""
    asked = metric.upper() if metric in {"nps", "csat", "ces"} else survey or _("Survey answered")
    if score is None:
        return asked
    return _("%(survey)s: %(score)g of %(best)g") % {"survey": asked, "score": score.value, "best": best_of(score)}


def best_of(score: Score) -> float:
    return score.best or METRICS.get(score.metric, (5, 3, 4))[0]


def sentiment(score: Score | None) -> str:
    """How a score sounds, scaled to what its metric usually has."""
    if score is None:
        return ""
    scale, neutral, positive = METRICS.get(score.metric, (5, 3, 4))
    scaled = score.value * scale / best_of(score)
    return Sentiment.POSITIVE if scaled >= positive else Sentiment.NEUTRAL if scaled >= neutral else Sentiment.NEGATIVE


def leading(answers: Sequence[SurveyAnswer]) -> Score | None:
    """The score that stands for the whole survey: the first NPS, else CSAT, CES, else the first rating."""
    scores = [answer.score for answer in answers if answer.score]
    order = {metric: place for place, metric in enumerate(METRICS)}
    return min(scores, key=lambda score: order.get(score.metric, len(order)), default=None)


def verbatim(answers: Sequence[SurveyAnswer]) -> str:
    """The person's own words, each under its question where there are several."""
    said = [answer for answer in answers if answer.said and answer.text]
    if len(said) == 1:
        return said[0].text
    return "\n\n".join(f"{answer.question}\n{answer.text}".strip() for answer in said)


def body(answers: Sequence[SurveyAnswer]) -> str:
    """Everything else that was answered, a line each."""
    ticked = [answer for answer in answers if answer.text and not answer.said][:MOST_ANSWERS]
    return "\n".join(f"{_led(answer.question)}{answer.text}" for answer in ticked)


def _led(question: str) -> str:
    return f"{question} " if question.endswith(("?", ":", ".")) else f"{question}: " if question else ""


def answered(
    identity: str,
    at: datetime,
    survey: str,
    answers: Sequence[SurveyAnswer],
    *,
    hidden: Mapping[str, Any],
    place: str = "",
    payload: Mapping[str, Any],
) -> InteractionDraft:
    """A finished response to the survey of this name. `hidden` may have the number of the order it is about; `place`
    is where it was asked, told if the survey has no name."""
    score = leading(answers)
    return InteractionDraft(
        external_id=f"response:{identity}",
        occurred_at=at,
        channel=Channel.SURVEY,
        kind="survey",
        title=title(survey, score),
        body=body(answers),
        verbatim=verbatim(answers),
        sentiment=sentiment(score),
        touchpoint=(survey or place)[:80],
        reference=first(hidden, ORDERS)[:80],
        payload=payload,
    )


def first(said: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of a hidden field's usual names that has something, whatever its spelling."""
    plain = {"".join(filter(str.isalnum, str(name).lower())): value for name, value in said.items()}
    found = (words(plain.get("".join(filter(str.isalnum, name))), 200) for name in names)
    return next(filter(None, found), "")


def listed(value: Any) -> frozenset[str]:
    """Ids that a person wrote into a settings form, one a line or with commas between them."""
    return frozenset(prose(value).replace(",", " ").split())


class ScoresForm(forms.Form):
    """Which questions ask for which score, where the vendor does not say so itself."""

    nps = forms.CharField(
        label=_t("NPS questions"),
        required=False,
        help_text=_t("Ids of the questions that ask how likely somebody is to recommend you, from 0 to 10."),
    )
    csat = forms.CharField(
        label=_t("CSAT questions"),
        required=False,
        help_text=_t("Ids of the questions that ask how satisfied somebody is."),
    )
    ces = forms.CharField(
        label=_t("CES questions"),
        required=False,
        help_text=_t("Ids of the questions that ask how easy something was, from 1 to 7."),
    )


def metric_of(settings: Mapping[str, Any], *ids: str) -> str:
    """What the settings say of a question, or nothing."""
    asked = (metric for metric in ("nps", "csat", "ces") if not listed(settings.get(metric)).isdisjoint(ids))
    return next(asked, "")
