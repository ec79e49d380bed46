"""One event of Zendesk's as a draft."""

from datetime import datetime

from django.utils.translation import gettext as _

from apps.channels.connectors.zendesk.story import TicketStory, of_event, of_trigger
from apps.channels.connectors.zendesk.wire import PREFIX, USERS
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.mail.quotations import new_words
from apps.channels.toolkit.people import claim, emails, person, phones
from apps.customers.drafts import Claim, Handle
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.unread import unmarked
from apps.foundation.text.values import Event, dig, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction, Sentiment

SENTIMENTS = {"good": Sentiment.POSITIVE, "bad": Sentiment.NEGATIVE}


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is neither about a ticket nor about a person."""
    body = mapping(event.payload)
    if words(body.get("type"), 80).removeprefix(PREFIX) in USERS:
        at = plausible(instant(body.get("time")), event.received_at)
        return Draft(_user(body, at, source))
    story = of_trigger(body) if "about" in body else of_event(body)
    if story is None or not story.ticket:
        raise Unintelligible("It is about no ticket and no customer.")
    at = plausible(instant(story.at), event.received_at)
    claimed = _requester(body, at, source)
    if story.repeated or (story.about == "comment" and not story.text):
        return Draft(claimed)
    if story.about == "satisfaction" and story.score not in SENTIMENTS:
        return Draft(claimed)  # a rating was asked for, or taken back
    return Draft(claimed, _touch(event.key, story, at, source))


def _user(body: Event, at: datetime, source: SourceFacts) -> Claim:
    """An address Zendesk has verified is theirs; another one may come from any sender's From line."""
    detail, identity = mapping(body.get("detail")), mapping(dig(body, "event", "identity"))
    value = identity.get("value")
    with unmarked():  # it may be either, or an id of somebody else's
        handles = (*emails(value), *phones(value, region=source.region)) if isinstance(value, str) else ()
    verified = identity.get("is_verified") is True or identity.get("verified") is True
    current = dig(body, "event", "current") if words(body.get("type"), 80).endswith("name_changed") else ""
    return claim(
        source,
        at,
        own=body.get("scopedId"),
        sure=handles if verified else (),
        unsure=(*emails(detail.get("email")), *(() if verified else handles)),
        traits=person(name=current),
    )


def _requester(body: Event, at: datetime, source: SourceFacts) -> Claim:
    asked = mapping(body.get("requester"))
    typed: tuple[Handle, ...] = (*emails(asked.get("email")), *phones(asked.get("phone"), region=source.region))
    author = mapping(dig(body, "event", "comment", "author"))
    name = asked.get("name") or (author.get("name") if author.get("is_staff") is False else "")
    return claim(source, at, own=body.get("scopedId"), unsure=typed, traits=person(name=name))


def _words_of(story: TicketStory) -> str:
    """What they wrote; of what came as a mail, without what it answers."""
    return new_words(story.text, story.subject) if story.channel == Channel.EMAIL else story.text


def _touch(key: str, story: TicketStory, at: datetime, source: SourceFacts) -> InteractionDraft:
    theirs = story.about in {"created", "comment", "satisfaction"} and not story.staff
    internal = story.about == "status" or (story.about == "comment" and not story.public)
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.SURVEY if story.about == "satisfaction" else story.channel,
        kind={"created": "ticket", "comment": "message", "status": "ticket_status"}.get(story.about, "survey"),
        direction=Direction.INTERNAL if internal else Direction.INBOUND if theirs else Direction.OUTBOUND,
        title=_title(story, internal=internal),
        verbatim=_words_of(story) if theirs and not internal else "",
        body="" if theirs and not internal else story.text if story.about != "status" else "",
        sentiment=SENTIMENTS[story.score] if story.about == "satisfaction" else "",
        staff_name=story.author if story.staff else "",
        reference=story.ticket,
        thread=f"ticket:{story.ticket}",
        link=_link(story, source),
        payload={"ticket": story.ticket, "subject": story.subject, "status": story.status},
    )


def _title(story: TicketStory, *, internal: bool) -> str:
    if story.about == "status":
        return _status(story.status) % {"ticket": story.ticket}
    title = {
        "created": _("Ticket %(ticket)s opened"),
        "satisfaction": _("Rated ticket %(ticket)s: good")
        if story.score == "good"
        else _("Rated ticket %(ticket)s: bad"),
    }.get(story.about, "")
    if not title:
        answer = _("Answer on ticket %(ticket)s") if story.staff else _("Wrote on ticket %(ticket)s")
        title = _("Note on ticket %(ticket)s") if internal else answer
    title %= {"ticket": story.ticket}
    return f"{title}: {story.subject}" if story.subject and story.about != "satisfaction" else title


def _status(status: str) -> str:
    return {
        "new": _("Ticket %(ticket)s is new"),
        "open": _("Ticket %(ticket)s is open"),
        "pending": _("Ticket %(ticket)s waits for the customer"),
        "hold": _("Ticket %(ticket)s is on hold"),
        "solved": _("Ticket %(ticket)s solved"),
        "closed": _("Ticket %(ticket)s closed"),
        "deleted": _("Ticket %(ticket)s deleted"),
    }.get(status, _("Ticket %(ticket)s changed"))


def _link(story: TicketStory, source: SourceFacts) -> str:
    subdomain = words(source.settings.get("subdomain"), 63)
    if subdomain and story.ticket.isdigit():
        return f"https://{subdomain}.zendesk.com/agent/tickets/{story.ticket}"
    url = story.link
    return web_address(f"https://{url}" if isinstance(url, str) and url and "://" not in url else url)
