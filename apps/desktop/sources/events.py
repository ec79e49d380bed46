"""What a source sent, and what became of it: each envelope explained again, which costs no write and no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import SourceFacts, StoredEvent, Words
from apps.channels.facts import facts_of
from apps.channels.ingest.process import Understanding, explained
from apps.channels.models import Envelope, EnvelopeQuerySet, Source
from apps.customers.drafts import ProfileKey
from apps.customers.models import Customer, SourceProfile
from apps.desktop.customer.entries import ICONS, money
from apps.desktop.sources.marks import unread_words
from apps.interactions.drafts import (
    ConsentLine,
    ConsentStatus,
    ContactChannel,
    Draft,
    InteractionDraft,
    Purpose,
)
from apps.interactions.models import Channel, Interaction

SHOWN = 20
REASONS = 8
LOOKED_THROUGH = 1000  # quarantined events among which reasons are counted
LONGEST = 40_000  # characters of a payload that are shown

State = Envelope.State
LOOKS: dict[str, tuple[str, str, Words]] = {  # tone, icon, word
    State.RECEIVED: ("quiet", "hourglass", _("Waiting")),
    State.DONE: ("good", "check", _("Understood")),
    State.QUARANTINED: ("bad", "triangle-alert", _("Failed")),
    State.CONFLICT: ("warn", "git-compare", _("Conflict")),
    State.HELD: ("warn", "circle-pause", _("Held back")),
}
PARTLY: tuple[str, str, Words] = ("warn", "circle-alert", _("Partly unread"))
UNREAD = "unread"  # understood, but for a field that could not be read
FILTERS = (
    ("", _("All")),
    (State.QUARANTINED, _("Failed")),
    (UNREAD, _("Partly unread")),
    (State.CONFLICT, _("Conflicts")),
)


@dataclass(slots=True)
class EventLine:
    """One envelope. `title` is what it says on the timeline, or how it is called where it says nothing there."""

    pk: int
    stamp: str
    time: str
    tone: str
    icon: str
    label: str
    channel: str
    channel_icon: str
    title: str
    amount: str
    more: str
    reason: str
    unread: list[str]
    customer: Customer | None = None
    person: str = ""


def latest(source: Source, state: str = "", before: int | None = None) -> EnvelopeQuerySet:
    """A page of a source's envelopes, the newest first, as its indexes have them."""
    rows = Envelope.objects.filter(source=source)
    if state == UNREAD:
        rows = rows.unread()
    elif state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-id")[:SHOWN]


def mark(rows: EnvelopeQuerySet) -> str:
    """Changes as soon as any of these lines would look different. One query, without a payload."""
    seen = repr(list(rows.values_list("pk", "state", "attempts")))
    return blake2b(seen.encode(), digest_size=8).hexdigest()


def page(source: Source, state: str, before: int | None, seen: int) -> dict[str, Any]:
    """A page of what came. `seen` is the newest that the page has shown before, `before` where it goes on."""
    rows = latest(source, state, before)
    envelopes = list(rows)
    lines = event_lines(source, envelopes)
    return {
        "events": lines,
        "mark": mark(rows),
        "seen": max([seen, *(line.pk for line in lines)]),
        "older": envelopes[-1].pk if len(envelopes) == SHOWN else None,
        "state": state,
        "filters": FILTERS,
        "first": before is None,
    }


def event_lines(source: Source, rows: Sequence[Envelope]) -> list[EventLine]:
    """One query for the customers of all of them."""
    facts = facts_of(source)
    found = [understood(envelope, facts) for envelope in rows]
    customers = customers_of([understanding.draft for understanding in found if understanding.draft])
    return [_line(envelope, understanding, customers) for envelope, understanding in zip(rows, found, strict=True)]


def understood(envelope: Envelope, facts: SourceFacts) -> Understanding:
    """What the connector makes of an envelope, or why it makes nothing of it."""
    try:
        return explained(StoredEvent(envelope.dedupe_key, envelope.received_at, envelope.payload), facts)
    except Exception as error:  # what a connector trips over is shown, not raised
        reason = f"{type(error).__name__}: {error}"[:300]
        return Understanding(envelope.received_at, State.QUARANTINED, reason)


def customers_of(drafts: Sequence[Draft]) -> dict[ProfileKey, Customer]:
    keys = {draft.claim.key for draft in drafts}
    rows = SourceProfile.objects.filter(
        source__in={key.source for key in keys}, external_id__in={key.external_id for key in keys}
    ).select_related("customer")
    return {ProfileKey(row.source, row.external_id): row.customer for row in rows}


def _line(envelope: Envelope, found: Understanding, customers: dict[ProfileKey, Customer]) -> EventLine:
    draft = found.draft
    tone, icon, label = PARTLY if envelope.state == State.DONE and envelope.unread else LOOKS[envelope.state]
    local = timezone.localtime(envelope.received_at)
    touch = draft.touch if draft else None
    channel = Channel(touch.channel) if touch and touch.channel in Channel.values else None
    settled = draft is not None and envelope.state == State.DONE
    return EventLine(
        pk=envelope.pk,
        stamp=local.isoformat(),
        time=_time(envelope),
        tone=tone,
        icon=icon,
        label=str(label),
        channel=channel or "",
        channel_icon=ICONS[channel] if channel else ("user" if draft else "circle-help"),
        title=_title(draft, envelope),
        amount=_amount(touch),
        more=_more(draft),
        reason="" if settled else envelope.error,
        unread=unread_words(found.unread) if envelope.unread else [],
        customer=customers.get(draft.claim.key) if draft else None,
        person=_person(draft),
    )


def _time(envelope: Envelope) -> str:
    local = timezone.localtime(envelope.received_at)
    return date_format(local, "TIME_FORMAT" if local.date() == timezone.localdate() else "SHORT_DATETIME_FORMAT")


def _title(draft: Draft | None, envelope: Envelope) -> str:
    if draft is None:
        return envelope.dedupe_key
    if draft.touch is None:
        return gettext("Says who somebody is")
    return _touch_title(draft.touch)


def _touch_title(touch: InteractionDraft) -> str:
    return touch.page.title if touch.page else touch.title


def _more(draft: Draft | None) -> str:
    """How much else the event tells besides its title."""
    count = len(draft.more) if draft else 0
    return ngettext("%(count)d more entry", "%(count)d more entries", count) % {"count": count} if count else ""


def _amount(touch: InteractionDraft | None) -> str:
    return money(Interaction(amount=touch.amount, currency=touch.currency)) if touch else ""


def _person(draft: Draft | None) -> str:
    """What the event itself calls somebody whom nobody knows yet."""
    if draft is None:
        return ""
    handles = [*draft.claim.handles, *draft.claim.unverified]
    return str(draft.claim.traits.get("name") or (handles[0].value if handles else draft.claim.key.external_id))


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    words: str
    count: str


def reasons(source: Source) -> list[QuarantineReason]:
    """Why the latest of a source's quarantined events were not understood, the most frequent first. One query."""
    newest = Envelope.objects.filter(source=source, state=State.QUARANTINED).order_by("-id").values("pk")
    counted = (
        Envelope.objects.filter(pk__in=newest[:LOOKED_THROUGH])
        .values("error")
        .annotate(times=Count("pk"))
        .order_by("-times", "error")[:REASONS]
    )
    return [QuarantineReason(row["error"], str(row["times"])) for row in counted]


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One thing that an event tells, as its title, and pairs of a word and what the connector understood by it."""

    title: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EventSheet:
    """Everything about one envelope, `told` being all that it tells, the newest first."""

    line: EventLine
    key: str
    received: str
    attempts: int
    told: list[ToldEntry]
    payload: str
    cut: bool
    replayable: bool


def sheet(source: Source, envelope: Envelope) -> EventSheet:
    line = event_lines(source, [envelope])[0]
    draft = understood(envelope, facts_of(source)).draft
    text = orjson.dumps(envelope.payload, option=orjson.OPT_INDENT_2).decode()
    return EventSheet(
        line=line,
        key=envelope.dedupe_key,
        received=date_format(timezone.localtime(envelope.received_at), "DATETIME_FORMAT"),
        attempts=envelope.attempts,
        told=told_by(draft) if draft else [],
        payload=text[:LONGEST],
        cut=len(text) > LONGEST,
        replayable=envelope.state == State.QUARANTINED,
    )


def told_by(draft: Draft) -> list[ToldEntry]:
    """Every interaction of an event, and what it says about being contacted."""
    entries = [ToldEntry(_touch_title(touch), touch_facts(touch)) for touch in draft.touches]
    return [*entries, *(ToldEntry(gettext("Consent"), consent_facts(line)) for line in draft.consents)]


def consent_facts(line: ConsentLine) -> list[tuple[str, str]]:
    channel, status = line.channel, line.status
    said: list[tuple[str, Any]] = [
        (gettext("Channel"), ContactChannel(channel).label if channel in ContactChannel.values else channel),
        (gettext("Purpose"), Purpose.label_of(line.purpose)),
        (gettext("Answer"), ConsentStatus(status).label if status in ConsentStatus.values else status),
        (gettext("Said at"), line.origin),
    ]
    return [(name, str(value)) for name, value in said if value]


def touch_facts(touch: InteractionDraft) -> list[tuple[str, str]]:
    """What would stand on the timeline beside the title, as words."""
    said: list[tuple[str, Any]] = [
        (gettext("Happened"), date_format(timezone.localtime(touch.occurred_at), "DATETIME_FORMAT")),
        (gettext("Channel"), Channel(touch.channel).label if touch.channel in Channel.values else touch.channel),
        (gettext("Amount"), _amount(touch)),
        (gettext("Detail"), touch.body),
        (gettext("In the customer's words"), touch.verbatim),
        (gettext("Place"), touch.touchpoint),
        (gettext("Number"), touch.reference),
        (gettext("Belongs to"), touch.thread),
        (gettext("Link"), touch.link),
    ]
    return [(name, str(value)) for name, value in said if value]
