"""A Formbricks response as a draft. It comes with the ids of the questions, not with their words: ids that somebody
chose are read as words, and the settings can name the others."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import claim, emails, ids, person, phones
from apps.channels.toolkit.surveys import (
    EMAILS,
    FIRST_NAMES,
    LAST_NAMES,
    MOST_ANSWERS,
    ORDERS,
    PHONES,
    USERS,
    Score,
    SurveyAnswer,
    answered,
    first,
    metric_of,
    score_of,
)
from apps.customers.drafts import Claim
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, pairs, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft

MADE_UP = re.compile(r"[a-z0-9]{20,}")  # ids that Formbricks gives to questions
METRIC = re.compile(r"(?:^|[^a-z])(nps|csat|ces|rating)(?:[^a-z]|$)")  # in an id that somebody chose
TICKED = frozenset({"clicked", "dismissed", "accepted", "consented", "skipped", "booked"})
ABOUT_WHO = frozenset({*USERS, *EMAILS, *PHONES, *FIRST_NAMES, *LAST_NAMES, *ORDERS, "name"})


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no response, or an anonymous one."""
    content = mapping(event.payload)
    response = mapping(content.get("data"))
    identity = words(response.get("id"), 150)
    if not identity:
        raise Unintelligible("It is no response to a survey.")
    at = plausible(instant(response.get("updatedAt") or response.get("createdAt")), event.received_at)
    return Draft(who(response, at, source), _touch(identity, response, mapping(content.get("survey")), at, source))


def who(response: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """The contact whom the website or app has made known to Formbricks, and what hidden fields or answers say, which
    anyone may have written. Raises Unintelligible for an anonymous response."""
    contact, known = mapping(response.get("contact")), mapping(response.get("contactAttributes"))
    given = mapping(response.get("data"))
    scope = str(source.settings.get("user_scope") or source.slug)
    return claim(
        source,
        seen_at,
        own=contact.get("id") if isinstance(contact.get("id"), str) else None,
        sure=ids(contact.get("userId") or known.get("userId"), scope=scope),
        unsure=(
            *ids(first(given, USERS), scope=scope),
            *emails(first(known, EMAILS), first(given, EMAILS)),
            *phones(first(known, PHONES), first(given, PHONES), region=source.region),
        ),
        traits=_traits(known, given, response),
    )


def _traits(known: Event, given: Event, response: Event) -> dict[str, Any]:
    said = {**given, **known}
    language = words(response.get("language"), 10)
    return person(
        name=first(said, ("name",)),
        first=first(said, FIRST_NAMES),
        last=first(said, LAST_NAMES),
        language="" if language == "default" else language,
    )


def _touch(identity: str, response: Event, survey: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    given = mapping(response.get("data"))
    name = words(survey.get("title"), 100)
    page = web_address(mapping(response.get("meta")).get("url"))
    payload = {"survey_id": words(response.get("surveyId"), 60), "page": page}
    return answered(identity, at, name, _answers(given, source), hidden=given, place=page, payload=payload)


def _answers(given: Event, source: SourceFacts) -> list[SurveyAnswer]:
    names = pairs(source.settings.get("questions"))
    asked = [(str(key), value) for key, value in given.items() if _plain(str(key)) not in ABOUT_WHO]
    return [_answer(key, value, names, source) for key, value in asked[:MOST_ANSWERS]]


def _answer(key: str, value: Any, names: Mapping[str, str], source: SourceFacts) -> SurveyAnswer:
    question = names.get(key) or ("" if MADE_UP.fullmatch(key) else _named(key))
    hinted = METRIC.search(key.lower())
    metric = metric_of(source.settings, key) or (hinted[1] if hinted else "")
    number = score_of(value) if metric else None
    if number is not None:
        return SurveyAnswer(question, f"{number:g}", score=Score(number, metric))
    if isinstance(value, str):
        text = prose(value, 5000)
        return SurveyAnswer(
            question, _said(text), said=text not in TICKED and not text.startswith(("http://", "https://"))
        )
    return SurveyAnswer(question, _text(value))


def _said(text: str) -> str:
    return {"clicked": _("clicked"), "dismissed": _("skipped"), "accepted": _("agreed")}.get(text, text)


def _text(value: Any) -> str:
    """Choices are a list; an address or contact form too; a matrix is an object."""
    if isinstance(value, list):
        return ", ".join(filter(None, (words(choice, 200) for choice in value[:50])))
    if isinstance(value, dict):
        return ", ".join(f"{words(name, 100)}: {words(answer, 200)}" for name, answer in list(value.items())[:50])
    return words(value, 500)


def _named(key: str) -> str:
    split = re.split(r"[\s_\-.]+|(?<=[a-z0-9])(?=[A-Z])", key)
    said = " ".join(part if part.isupper() else part.lower() for part in split).strip()
    return words(said[:1].upper() + said[1:], 100)


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")
