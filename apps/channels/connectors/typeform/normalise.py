"""A Typeform response as a draft: hidden fields say who it was, the answers what they think."""

from datetime import datetime

from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.people import claim, emails, ids, person, phones
from apps.channels.toolkit.surveys import (
    EMAILS,
    FIRST_NAMES,
    LAST_NAMES,
    MOST_ANSWERS,
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
from apps.foundation.text.values import Event, dig, mapping, mappings, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft

RATED = {"nps": 10, "opinion_scale": 10, "rating": 5}  # best score, where the form does not say


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no response, or an anonymous one."""
    response = mapping(mapping(event.payload).get("form_response"))
    token = words(response.get("token"), 150)
    if not token:
        raise Unintelligible("It is no response to a form.")
    at = plausible(instant(response.get("submitted_at")), event.received_at)
    return Draft(who(response, at, source), _touch(token, response, at, source))


def who(response: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Hidden fields come from the address somebody opened, and answers from whoever typed them: both find a customer,
    neither proves anything. Raises Unintelligible for an anonymous response."""
    hidden, answers = mapping(response.get("hidden")), mappings(response.get("answers"))
    return claim(
        source,
        seen_at,
        unsure=(
            *ids(first(hidden, USERS), scope=str(source.settings.get("user_scope") or source.slug)),
            *emails(first(hidden, EMAILS), *(answer.get("email") for answer in answers)),
            *phones(first(hidden, PHONES), *(answer.get("phone_number") for answer in answers), region=source.region),
        ),
        traits=person(name=first(hidden, ("name",)), first=first(hidden, FIRST_NAMES), last=first(hidden, LAST_NAMES)),
    )


def _touch(token: str, response: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    name = words(mapping(response.get("definition")).get("title"), 100)
    hidden = mapping(response.get("hidden"))
    payload = {"form_id": words(response.get("form_id"), 60), "hidden": dict(hidden)}
    return answered(token, at, name, _answers(response, source), hidden=hidden, payload=payload)


def _answers(response: Event, source: SourceFacts) -> list[SurveyAnswer]:
    questions = {
        identity: field
        for field in mappings(dig(response, "definition", "fields"))
        if (identity := words(field.get("id"), 80))
    }
    given = mappings(response.get("answers"))[:MOST_ANSWERS]
    return [_answer(answer, mapping(questions.get(words(dig(answer, "field", "id"), 80))), source) for answer in given]


def _answer(answer: Event, question: Event, source: SourceFacts) -> SurveyAnswer:
    field = mapping(answer.get("field"))
    kind = words(answer.get("type"), 30)
    asked = words(question.get("title"), 300)
    if kind == "text":
        return SurveyAnswer(asked, prose(answer.get("text"), 5000), said=True)
    score = _score(answer, field, question, source) if kind == "number" else None
    return SurveyAnswer(asked, _text(kind, answer), score=score)


def _score(answer: Event, field: Event, question: Event, source: SourceFacts) -> Score | None:
    kind = words(field.get("type"), 30)
    metric = metric_of(source.settings, words(field.get("ref"), 80), words(field.get("id"), 80))
    value = score_of(answer.get("number"))
    if value is None or not (metric or kind in RATED):
        return None
    properties = mapping(question.get("properties"))
    steps = score_of(properties.get("steps"))
    from_nought = kind == "opinion_scale" and not properties.get("start_at_one")
    best = steps - (1 if from_nought else 0) if steps and steps > 1 else float(RATED.get(kind, 0))
    return Score(value, metric or ("nps" if kind == "nps" else "rating"), max(best, value, 1))


def _text(kind: str, answer: Event) -> str:
    """What was ticked, chosen or entered, in words."""
    if kind in {"choice", "choices"}:
        chosen = mapping(answer.get(kind))
        labels = chosen.get("labels") if kind == "choices" else [chosen.get("label")]
        named = [*(labels if isinstance(labels, list) else []), chosen.get("other")]
        return ", ".join(filter(None, (words(choice, 200) for choice in named)))
    if kind == "boolean":
        return _("yes") if answer.get("boolean") is True else _("no")
    if kind in {"url", "file_url"}:
        return web_address(answer.get(kind))
    if kind == "payment":
        return words(dig(answer, "payment", "amount"), 40)
    return words(answer.get(kind), 500)
