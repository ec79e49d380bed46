"""One event of PostHog's as a draft: who it was, and what happened if anything did."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.channels.connectors.posthog.people import claim
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.tracking.story import viewed
from apps.channels.toolkit.tracking.times import occurred_at
from apps.channels.toolkit.tracking.titles import story_of
from apps.foundation.text.values import Event, mapping, mappings, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel

MOBILE = ("ios", "android", "flutter", "react-native", "swift", "kotlin", "unity")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for an event that has no name, or names nobody."""
    content = event.payload
    name = words(content.get("event"), 200) if isinstance(content, dict) else ""
    if not name:
        raise Unintelligible("An event without a name.")
    at = _when(content, event.received_at, source.timezone)
    who = claim(content, at, source)
    said = mapping(content.get("properties"))
    if name in {"$pageview", "$screen"}:
        return Draft(who, _view(event.key, name, said, at))
    if name.startswith("$") and name not in {"$rageclick", "$exception"}:
        return Draft(who)  # `$identify`, `$set`, and what the SDK learns to tell tomorrow
    return Draft(who, _touch(event.key, name, said, at, source))


def _when(content: Event, received_at: datetime, zone: str) -> datetime:
    said, options = mapping(content.get("properties")), mapping(content.get("options"))
    stamp, offset = content.get("timestamp") or said.get("$time"), content.get("offset")
    if not stamp and isinstance(offset, int | float) and 0 <= offset < 1e10:
        return received_at - timedelta(milliseconds=offset)
    exact = said.get("$ignore_sent_at") is True or options.get("disable_skew_correction") is True
    return occurred_at({"timestamp": stamp, "sentAt": None if exact else content.get("sent_at")}, received_at, zone)


def _view(key: str, name: str, said: Event, at: datetime) -> InteractionDraft:
    url = web_address(said.get("$current_url"))
    title = words(said.get("$screen_name") or said.get("title") or said.get("$title"))
    title = title or words(said.get("$pathname")) or urlsplit(url).path
    channel = Channel.APP if name == "$screen" else _channel(said)
    return viewed(key, at, title=title, url=url, channel=channel, touchpoint=_place(said))


def _touch(key: str, name: str, said: Event, at: datetime, source: SourceFacts) -> InteractionDraft:
    own = {field: value for field, value in said.items() if not field.startswith("$")}
    if name == "survey sent":
        return _survey(key, said, at)
    if name == "$rageclick":
        return _trouble(key, "rage_click", _rage(said), said, at)
    if name == "$exception":
        return _trouble(key, "error", _error(said), said, at)
    story = story_of(name, own, str(source.settings.get("currency") or ""))
    payload = {"event": name, "properties": own}
    return story.touch(key, at, channel=_channel(said), touchpoint=_place(said), payload=payload)


def _trouble(key: str, kind: str, title: str, said: Event, at: datetime) -> InteractionDraft:
    """Something went wrong for the visitor, which an agent is glad to know before being told."""
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=_channel(said),
        kind=kind,
        title=title,
        touchpoint=_place(said),
        link=web_address(said.get("$current_url")),
    )


def _rage(said: Event) -> str:
    label = words(said.get("$el_text"), 80)
    return _("Clicked “%(label)s” again and again") % {"label": label} if label else _("Clicked again and again")


def _error(said: Event) -> str:
    first = next(iter(mappings(said.get("$exception_list"))), {})
    words_of_it = words(first.get("value") or said.get("$exception_message"), 120)
    kind = words(first.get("type") or said.get("$exception_type"), 60)
    what = ": ".join(filter(None, (kind, words_of_it)))
    return _("Met an error: %(error)s") % {"error": what} if what else _("Met an error")


def _survey(key: str, said: Event, at: datetime) -> InteractionDraft:
    answers = list(_answers(said))
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.SURVEY,
        kind="survey",
        title=words(said.get("$survey_name")) or _("Survey answered"),
        body="\n".join(f"{question}: {answer}" if question else answer for question, answer in answers),
        verbatim=next((answer for _question, answer in answers if not answer.isdigit()), ""),
        touchpoint=_place(said),
        thread=f"survey:{words(said.get('$survey_submission_id'), 80)}" if said.get("$survey_submission_id") else "",
        payload={"survey": words(said.get("$survey_id"))},
    )


def _answers(said: Event) -> Iterator[tuple[str, str]]:
    """Question and answer. Answers are named by their question's id, older ones by its number, the first by neither."""
    questions = [words(question.get("question")) for question in mappings(said.get("$survey_questions"))]
    asked = (
        (words(question.get("id")), words(question.get("question")))
        for question in mappings(said.get("$survey_questions"))
    )
    by_id = {own: question for own, question in asked if own}
    given = {name: value for name, value in said.items() if name.startswith("$survey_response")}
    named = {name.removeprefix("$survey_response_") for name in given} & by_id.keys()
    for name, value in sorted(given.items()):
        which = name.removeprefix("$survey_response").removeprefix("_")
        if named and which not in by_id:
            continue  # the same answer once more, under its former name
        number = int(which) if which.isascii() and which.isdigit() and len(which) < 3 else 0
        answer = _text(value)
        if answer:
            yield by_id.get(which) or (questions[number] if number < len(questions) else ""), answer


def _text(value: Any) -> str:
    return ", ".join(filter(None, map(words, value))) if isinstance(value, list) else prose(value) or words(value)


def _channel(said: Event) -> str:
    return Channel.APP if words(said.get("$lib")).lower().endswith(MOBILE) else Channel.WEB


def _place(said: Event) -> str:
    """The site or the app."""
    site = urlsplit(web_address(said.get("$current_url"))).netloc
    return site or words(said.get("$host"), 80) or words(said.get("$app_name"), 80)
