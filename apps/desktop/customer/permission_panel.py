"""May we contact them, and what is already being said: what whoever writes or calls reads in the side panel."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.contact.actions import may_lift
from apps.contact.models import Consent, ConsentQuerySet, Delivery, Preference, Purpose, Suppression
from apps.contact.permission import Answer, answers
from apps.customers.models import Customer, Evidence
from apps.desktop.customer.profile import ago
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.moments.page import as_seen_by
from apps.foundation.text.phones import pretty_phone
from apps.interactions.models import Channel, Direction, FollowUp, Interaction
from apps.moments.models import Moment

BEING_SAID = timedelta(days=30)
SHOWN = 6  # of each kind of what is being said
# What the channel's own line says, or the stop above it.
SAID_BESIDE = frozenset({"denied", "withdrawn", "not_asked", "suppressed", "address_suppressed"})
STOPPABLE = ("phone", "email")  # what can be stopped by itself


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: what the customer said about marketing over it, where and when, and whether it may be used now, for
    marketing and for service. Why not is said once for all channels (`Note`)."""

    channel: str
    label: str
    tone: str
    status: str
    since: str
    allowed: bool
    service: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Why something may not be used now, and for what that holds: said once, however many channels it stops."""

    words: str
    scope: str


@dataclass(frozen=True, slots=True)
class StopLine:
    pk: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class SaidLine:
    """Something that is being said: an icon with its meaning, the words, when."""

    icon: str
    kind: str
    text: str
    when: str


@dataclass(frozen=True, slots=True)
class PermissionPanel:
    """`left` are the contacts that the caps still allow, by channel."""

    channels: list[ChannelLine]
    notes: list[Note]
    stops: list[StopLine]
    may_lift: bool
    stoppable: list[tuple[str, str]]
    preference: Preference | None
    preferred: str
    languages: Sequence[tuple[str, Any]]
    contact_channels: Sequence[tuple[str, Any]]
    said: list[SaidLine]
    left: list[tuple[str, int]]


def permission_panel(customer: Customer, user: User, rows: CustomerRows) -> PermissionPanel:
    """Two queries: whether they may be contacted for marketing, and for service."""
    channels = list(Consent.Channel.values)
    marketing = answers([customer.pk], channels, Purpose.MARKETING)[customer.pk]
    service = answers([customer.pk], channels, Purpose.SERVICE)[customer.pk]
    preference = next(iter(rows.preferences), None)
    return PermissionPanel(
        channels=_channels(rows.consents, marketing, service),
        notes=_notes(marketing, service),
        stops=[_stop(stop) for stop in rows.stops],
        may_lift=may_lift(user),
        stoppable=_stoppable(rows.evidence),
        preference=preference,
        preferred=_preferred(preference) if preference else "",
        languages=settings.LANGUAGES,
        contact_channels=Consent.Channel.choices,
        said=_being_said(rows, user),
        left=[
            (str(Consent.Channel(channel).label), answer.left)
            for channel, answer in marketing.items()
            if answer.left is not None
        ],
    )


def consents(customer: Customer) -> ConsentQuerySet:
    """What holds for marketing, a line a channel."""
    lines = Consent.objects.filter(profile__customer=customer, purpose=Purpose.MARKETING).current()
    return lines.only("channel", "purpose", "status", "origin", "at")


def stops(customer: Customer) -> QuerySet[Suppression]:
    return Suppression.objects.in_force().of(customer).order_by("pk")[:SHOWN]


def deliveries(customer: Customer, since: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.of(customer).standing().since(since).order_by("-at")[: 2 * SHOWN]


def campaigns(customer: Customer, since: datetime) -> QuerySet[Interaction]:
    """What marketing sent over other systems."""
    sends = Interaction.objects.filter(channel=Channel.CAMPAIGN, direction=Direction.OUTBOUND, occurred_at__gte=since)
    return sends.filter(profile__customer=customer).newest_first().only("title", "thread", "occurred_at")[:SHOWN]


def open_promises(customer: Customer) -> QuerySet[FollowUp, tuple[str, datetime]]:
    return FollowUp.objects.open().of(customer).order_by("due_at").values_list("text", "due_at")[:SHOWN]


def consent_now(customer: Customer, channel: str) -> str:
    """The status that holds for a channel, or nothing if nobody has asked."""
    lines = Consent.objects.filter(profile__customer=customer, purpose=Purpose.MARKETING, channel=channel)
    return lines.deciding_first().values_list("status", flat=True).first() or ""


def _channels(
    consents: Iterable[Consent], marketing: Mapping[str, Answer], service: Mapping[str, Answer]
) -> list[ChannelLine]:
    current = {line.channel: line for line in consents}
    return [
        _channel(Consent.Channel(channel), current.get(channel), answer.allowed, service[channel].allowed)
        for channel, answer in marketing.items()
    ]


def _channel(channel: Consent.Channel, line: Consent | None, allowed: bool, service: bool) -> ChannelLine:
    tone, status, since = "unknown", gettext("Not asked"), gettext("No consent recorded")
    if line:
        tone = "in" if line.status == Consent.Status.GRANTED else "out"
        status = str(Consent.Status(line.status).label)
        since = f"{line.origin}, {date_format(timezone.localtime(line.at), 'SHORT_DATE_FORMAT')}"
    return ChannelLine(channel, str(channel.label), tone, status, since, allowed, service)


def _notes(marketing: Mapping[str, Answer], service: Mapping[str, Answer]) -> list[Note]:
    """What stands against contact besides the customer's own consent and what was stopped, each reason once."""
    stopped: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for purpose, answers_of in enumerate((marketing, service)):
        for channel, answer in answers_of.items():
            for reason in answer.reasons:
                if reason.code not in SAID_BESIDE:
                    stopped[reason.words][purpose].append(channel)
    return [Note(words, _scope(*channels, len(marketing))) for words, channels in stopped.items()]


def _scope(marketing: Sequence[str], service: Sequence[str], channels: int) -> str:
    """“Service and marketing: Phone, SMS”."""
    purposes = [gettext("Service"), gettext("marketing")] if marketing and service else []
    purposes = purposes or [gettext("Service") if service else gettext("Marketing")]
    named = list(dict.fromkeys([*service, *marketing]))
    where = "" if len(named) == channels else ", ".join(str(Consent.Channel(channel).label) for channel in named)
    what = gettext(" and ").join(purposes)
    return f"{what}: {where}" if where else what


def _stop(stop: Suppression) -> StopLine:
    return StopLine(
        stop.pk,
        _shown(stop.type, stop.value) if stop.type else gettext("This person, for whatever purpose"),
        f"{stop.reason} ({stop.source}, {date_format(timezone.localtime(stop.at), 'SHORT_DATE_FORMAT')})",
    )


def _stoppable(evidence: Iterable[Evidence]) -> list[tuple[str, str]]:
    known = {(row.identifier.type, row.identifier.value) for row in evidence if row.identifier.type in STOPPABLE}
    return [(f"{kind}:{value}", _shown(kind, value)) for kind, value in sorted(known)[:SHOWN]]


def _shown(kind: str, value: str) -> str:
    return pretty_phone(value) if kind == "phone" else value


def _preferred(preference: Preference) -> str:
    """“SMS, 09:00 to 17:00, French”."""
    hours = ""
    if preference.hours_from and preference.hours_to:
        start, end = (time_format(one) for one in (preference.hours_from, preference.hours_to))
        hours = gettext("%(start)s to %(end)s") % {"start": start, "end": end}
    language = str(dict(settings.LANGUAGES).get(preference.language, preference.language))
    channel = str(Consent.Channel(preference.channel).label) if preference.channel else ""
    return ", ".join(filter(None, (channel, hours, language)))


def _being_said(rows: CustomerRows, user: User) -> list[SaidLine]:
    """What is to come, soonest first; then what is open; then what was sent, newest first."""
    scheduled = [delivery for delivery in rows.deliveries if delivery.outcome == Delivery.Outcome.SCHEDULED]
    known = {delivery.key for delivery in rows.deliveries}
    sent = [(delivery.at, delivery.what) for delivery in rows.deliveries if delivery.outcome == Delivery.Outcome.SENT]
    sent += [(entry.occurred_at, entry.title) for entry in rows.campaigns if entry.thread not in known]
    return [
        *(
            SaidLine("calendar-clock", gettext("Scheduled"), delivery.what, _due(delivery.at))
            for delivery in sorted(scheduled, key=lambda delivery: delivery.at)[:SHOWN]
        ),
        *_open(rows, user),
        *(
            SaidLine("send", gettext("Sent"), text, ago(at))
            for at, text in sorted(sent, key=lambda pair: pair[0], reverse=True)[:SHOWN]
        ),
    ]


def _open(rows: CustomerRows, user: User) -> list[SaidLine]:
    """Moments and promises have panels of their own for whoever talks to customers; marketing hears that there are
    some, not what they are."""
    if user.role != Role.MARKETER:
        return []
    theirs = gettext("by those who talk to them")
    moments = [
        SaidLine("sparkles", gettext("Open moment"), _moment_words(user, moment), _due(moment.due_at))
        for moment in rows.moments[:SHOWN]
    ]
    promises = [SaidLine("handshake", gettext("Open promise"), theirs, _due(due)) for _text, due in rows.open_promises]
    return [*moments, *promises]


def _moment_words(user: User, moment: Moment) -> str:
    return as_seen_by(user, moment).suggestion or moment.kind


def _due(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
