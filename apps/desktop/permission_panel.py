"""May we contact them, and what is already being said: what whoever writes or calls reads in the side panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.customers.actions import may_lift
from apps.customers.models import Consent, Customer, Evidence, Preference, Purpose, SourceProfile, Suppression
from apps.customers.normalisation import pretty_phone
from apps.desktop.moments_page import told_to
from apps.desktop.profile import ago
from apps.interactions.models import Channel, Direction, FollowUp, Interaction
from apps.interactions.timeline import newest
from apps.moments.models import Delivery, Moment
from apps.moments.permission import Answer, answers

BEING_SAID = timedelta(days=30)
SHOWN = 6  # of each kind of what is being said
STOPPABLE = ("phone", "email")  # what can be stopped by itself


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: what the customer said about it, where and when, and whether it may be used now."""

    channel: str
    label: str
    tone: str
    status: str
    since: str
    allowed: bool
    reasons: list[str]


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
    """`left` are the contacts that the caps still allow, by channel; `service` says why not even service."""

    channels: list[ChannelLine]
    service: list[str]
    stops: list[StopLine]
    may_lift: bool
    stoppable: list[tuple[str, str]]
    preference: Preference | None
    preferred: str
    languages: Sequence[tuple[str, Any]]
    contact_channels: Sequence[tuple[str, Any]]
    said: list[SaidLine]
    left: list[tuple[str, int]]


def permission_panel(customer: Customer, user: User) -> PermissionPanel:
    """Thirteen queries, whatever the customer's history."""
    profiles = list(SourceProfile.objects.of(customer).order_by("id").values_list("pk", flat=True))
    channels = list(Consent.Channel.values)
    marketing = answers([customer.pk], channels, Purpose.MARKETING)[customer.pk]
    service = answers([customer.pk], channels, Purpose.SERVICE)[customer.pk]
    preference = Preference.objects.filter(profile__in=profiles).order_by("-at", "-pk").first()
    return PermissionPanel(
        channels=_channels(profiles, marketing),
        service=_against_service(service),
        stops=_stops(customer),
        may_lift=may_lift(user),
        stoppable=_stoppable(profiles),
        preference=preference,
        preferred=_preferred(preference) if preference else "",
        languages=settings.LANGUAGES,
        contact_channels=Consent.Channel.choices,
        said=_said(profiles, customer, user),
        left=[
            (str(Consent.Channel(channel).label), answer.left)
            for channel, answer in marketing.items()
            if answer.left is not None
        ],
    )


def consent_now(customer: Customer, channel: str) -> str:
    """The status that holds for a channel, or nothing if nobody has asked."""
    lines = Consent.objects.filter(profile__customer=customer, purpose=Purpose.MARKETING, channel=channel)
    return lines.deciding_first().values_list("status", flat=True).first() or ""


def _channels(profiles: Sequence[int], marketing: dict[str, Answer]) -> list[ChannelLine]:
    lines = Consent.objects.filter(profile_id__in=profiles, purpose=Purpose.MARKETING).current()
    current = {line.channel: line for line in lines.only("channel", "purpose", "status", "origin", "at")}
    return [_channel(Consent.Channel(channel), current.get(channel), marketing[channel]) for channel in marketing]


def _channel(channel: Consent.Channel, line: Consent | None, answer: Answer) -> ChannelLine:
    tone, status, since = "unknown", gettext("Not asked"), gettext("Nobody has asked yet")
    if line:
        tone = "in" if line.status == Consent.Status.GRANTED else "out"
        status = str(Consent.Status(line.status).label)
        since = f"{line.origin}, {date_format(timezone.localtime(line.at), 'SHORT_DATE_FORMAT')}"
    # What the status beside it says already is not said again.
    reasons = [one.words for one in answer.reasons if one.code not in {"denied", "withdrawn", "not_asked"}]
    return ChannelLine(channel, str(channel.label), tone, status, since, answer.allowed, reasons)


def _against_service(service: dict[str, Answer]) -> list[str]:
    """Channels that not even service may use now, with the first reason of each."""
    return [
        f"{Consent.Channel(channel).label}: {answer.reasons[0].words}"
        for channel, answer in service.items()
        if not answer.allowed
    ]


def _stops(customer: Customer) -> list[StopLine]:
    found = Suppression.objects.in_force().of(customer).order_by("pk")[:SHOWN]
    return [
        StopLine(
            one.pk,
            _shown(one.type, one.value) if one.type else gettext("This person, for whatever purpose"),
            f"{one.reason} ({one.source}, {date_format(timezone.localtime(one.at), 'SHORT_DATE_FORMAT')})",
        )
        for one in found
    ]


def _stoppable(profiles: Sequence[int]) -> list[tuple[str, str]]:
    known = Evidence.objects.filter(profile_id__in=profiles, active=True, identifier__type__in=STOPPABLE)
    values = known.order_by("identifier__type", "identifier__value").values_list(
        "identifier__type", "identifier__value"
    )
    return [(f"{kind}:{value}", _shown(kind, value)) for kind, value in values.distinct()[:SHOWN]]


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


def _said(profiles: Sequence[int], customer: Customer, user: User) -> list[SaidLine]:
    """What is to come, soonest first; then what is open; then what was sent, newest first."""
    since = timezone.now() - BEING_SAID
    deliveries = Delivery.objects.filter(profile_id__in=profiles).standing().since(since).order_by("-at")[: 2 * SHOWN]
    scheduled = [one for one in deliveries if one.outcome == Delivery.Outcome.SCHEDULED]
    told = {one.key for one in deliveries}
    sends = Interaction.objects.filter(channel=Channel.CAMPAIGN, direction=Direction.OUTBOUND, occurred_at__gte=since)
    campaigns = newest(profiles, sends.only("title", "thread", "occurred_at"), limit=SHOWN)
    sent = [(one.at, one.what) for one in deliveries if one.outcome == Delivery.Outcome.SENT]
    sent += [(one.occurred_at, one.title) for one in campaigns if one.thread not in told]
    return [
        *(
            SaidLine("calendar-clock", gettext("Scheduled"), one.what, _due(one.at))
            for one in sorted(scheduled, key=lambda one: one.at)[:SHOWN]
        ),
        *_open(profiles, customer, user),
        *(
            SaidLine("send", gettext("Sent"), text, ago(at))
            for at, text in sorted(sent, key=lambda one: one[0], reverse=True)[:SHOWN]
        ),
    ]


def _open(profiles: Sequence[int], customer: Customer, user: User) -> list[SaidLine]:
    visible = Moment.objects.visible_to(user).of(customer).live().select_related("profile__customer")
    moments = visible.order_by("due_at", "pk")[:SHOWN]
    theirs = gettext("by those who talk to them") if user.role == Role.MARKETER else ""  # not what it is
    promises = FollowUp.objects.open().filter(profile_id__in=profiles).order_by("due_at").values_list("text", "due_at")
    return [
        *(
            SaidLine("sparkles", gettext("Open moment"), told_to(user, one).suggestion or one.kind, _due(one.due_at))
            for one in moments
        ),
        *(SaidLine("handshake", gettext("Open promise"), theirs or text, _due(due)) for text, due in promises[:SHOWN]),
    ]


def _due(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
