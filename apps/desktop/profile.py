"""What the side panel says about a customer: who they are, what they permit, what they may do, what they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext

from apps.customers.models import Consent, Customer, Evidence, IdentifierType, SourceProfile
from apps.customers.normalisation import pretty_phone
from apps.desktop.entries import PromiseLine, promise_line
from apps.insights.models import PropensityScore
from apps.interactions.models import Channel, Direction, FollowUp, Interaction
from apps.interactions.timeline import newest

IDENTIFIER_ICONS = {  # in the order they are shown; what machines are known by is left out
    IdentifierType.PHONE: "phone",
    IdentifierType.EMAIL: "mail",
    IdentifierType.LOYALTY: "id-card",
    IdentifierType.ACCOUNT: "landmark",
    IdentifierType.CARD: "credit-card",
    IdentifierType.SOCIAL: "share-2",
    IdentifierType.USER_ID: "user",
}
ORDER = list(IDENTIFIER_ICONS)
SHOWN = 12  # identifiers, and promises
BEING_SAID = timedelta(days=30)
KNOWN_TRAITS = {"name", "tier", "city", "country", "language", "timezone", "since", "email", "phone"}


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    label: str
    icon: str
    shown: str
    value: str
    verified: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    channel: str
    label: str
    tone: str
    status: str
    since: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    label: str
    value: int
    reasons: list[str]
    provenance: str


@dataclass(frozen=True, slots=True)
class Aside:
    """Everything the side panel shows of one customer."""

    identifiers: list[IdentifierLine]
    consents: list[ConsentLine]
    scores: list[ScoreLine]
    being_said: list[tuple[str, str]]
    promises: list[PromiseLine]
    attributes: list[tuple[str, str, str]]


def aside(customer: Customer) -> Aside:
    """Six queries, whatever the customer's history."""
    profiles = list(SourceProfile.objects.of(customer).only("source", "traits", "last_seen").order_by("id"))
    ids = [profile.pk for profile in profiles]
    return Aside(
        identifiers=identifiers(ids),
        consents=consents(ids),
        scores=[_score(one) for one in PropensityScore.objects.filter(customer=customer).order_by("kind")],
        being_said=_being_said(ids),
        promises=[
            promise_line(one)
            for one in FollowUp.objects.open().filter(profile_id__in=ids).with_owner().order_by("due_at")[:SHOWN]
        ],
        attributes=_attributes(profiles),
    )


def identifiers(profiles: Sequence[int]) -> list[IdentifierLine]:
    """Values the customer is known by, people's own first; those of machines (cookies, devices) are left out."""
    rows = (
        Evidence.objects.filter(profile_id__in=profiles, active=True, identifier__type__in=ORDER)
        .select_related("identifier")
        .only("verified", "identifier__type", "identifier__value", "identifier__status")
        .order_by("identifier__type", "-last_seen")[: SHOWN * 4]
    )
    lines: dict[int, IdentifierLine] = {}
    for row in sorted(rows, key=lambda one: (ORDER.index(IdentifierType(one.identifier.type)), not one.verified)):
        one = row.identifier
        kind = IdentifierType(one.type)
        shown = pretty_phone(one.value) if kind == IdentifierType.PHONE else one.value
        lines.setdefault(
            one.pk,
            IdentifierLine(
                str(kind.label),
                IDENTIFIER_ICONS[kind],
                shown,
                one.value,
                row.verified,
                one.status == "shared",
            ),
        )
    return list(lines.values())[:SHOWN]


def consents(profiles: Sequence[int]) -> list[ConsentLine]:
    """What holds now for each channel: the newest line, or that nobody has asked."""
    newest_lines = (
        Consent.objects.filter(profile_id__in=profiles, purpose="marketing")
        .order_by("channel", "-at", "-id")
        .distinct("channel")
        .only("channel", "status", "origin", "at")
    )
    current = {line.channel: line for line in newest_lines}
    return [_consent(Consent.Channel(channel), current.get(channel)) for channel in Consent.Channel.values]


def consent_now(customer: Customer, channel: str) -> str:
    """The status that holds for a channel, or nothing if nobody has asked."""
    lines = Consent.objects.filter(profile__customer=customer, purpose="marketing", channel=channel)
    return lines.order_by("-at", "-id").values_list("status", flat=True).first() or ""


def _consent(channel: Consent.Channel, line: Consent | None) -> ConsentLine:
    if line is None:
        return ConsentLine(
            channel, str(channel.label), "unknown", gettext("Not asked"), gettext("Nobody has asked yet")
        )
    tone = "in" if line.status == Consent.Status.GRANTED else "out"
    when = date_format(timezone.localtime(line.at), "SHORT_DATE_FORMAT")
    return ConsentLine(
        channel, str(channel.label), tone, str(Consent.Status(line.status).label), f"{line.origin}, {when}"
    )


def _score(score: PropensityScore) -> ScoreLine:
    when = date_format(timezone.localtime(score.computed_at), "SHORT_DATE_FORMAT")
    return ScoreLine(str(PropensityScore.Kind(score.kind).label), score.value, score.reasons, f"{score.model}, {when}")


def _being_said(profiles: Sequence[int]) -> list[tuple[str, str]]:
    sends = Interaction.objects.filter(
        channel=Channel.CAMPAIGN, direction=Direction.OUTBOUND, occurred_at__gte=timezone.now() - BEING_SAID
    )
    return [(row.title, ago(row.occurred_at)) for row in newest(profiles, sends.only("title", "occurred_at"), limit=4)]


def _attributes(profiles: Sequence[SourceProfile]) -> list[tuple[str, str, str]]:
    """Traits not shown elsewhere, as (name, value, source), the freshest source first."""
    found: dict[str, tuple[str, str, str]] = {}
    for profile in sorted(profiles, key=lambda one: one.last_seen, reverse=True):
        for name, value in profile.traits.items():
            if name not in KNOWN_TRAITS and isinstance(value, str | int | float | bool):
                words = name.replace("_", " ")
                found.setdefault(name, (words[:1].upper() + words[1:], str(value), profile.source))
    return sorted(found.values())[:20]


def local_time(customer: Customer) -> str:
    """The hour where the customer is, if that is known and not here."""
    try:
        zone = ZoneInfo(customer.timezone) if customer.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    if zone is None or zone == timezone.get_current_timezone():
        return ""
    return date_format(timezone.localtime(timezone=zone), "TIME_FORMAT")


def ago(when: datetime) -> str:
    """“3 days ago”, in the coarsest unit that says enough."""
    if (timezone.now() - when).total_seconds() < 60:
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(when, depth=1)}
