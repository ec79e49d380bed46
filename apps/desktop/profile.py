"""What the side panel says about a customer: who they are, what they may do, what they were promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.customers.models import Customer, Evidence, IdentifierType, MatchCandidate, SourceProfile
from apps.customers.normalisation import pretty_phone
from apps.desktop.entries import PromiseLine, promise_line
from apps.insights.models import PropensityScore
from apps.interactions.models import FollowUp, FollowUpQuerySet

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
MAY_BE = 3  # others who may be the same person


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    label: str
    icon: str
    shown: str
    value: str
    verified: bool
    shared: bool


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
    scores: list[ScoreLine]
    promises: list[PromiseLine]
    may_be: list[tuple[int, str]]


def aside(customer: Customer, reader: User) -> Aside:
    """Five queries, whatever the customer's history."""
    ids = list(SourceProfile.objects.of(customer).order_by("id").values_list("pk", flat=True))
    return Aside(
        identifiers=identifiers(ids),
        scores=[_score(one) for one in PropensityScore.objects.filter(customer=customer).order_by("kind")],
        promises=[promise_line(one) for one in _promises(ids, reader)],
        may_be=_may_be(customer),
    )


def _promises(profiles: Sequence[int], reader: User) -> FollowUpQuerySet:
    rows = FollowUp.objects.visible_to(reader).open().filter(profile_id__in=profiles)
    return rows.with_owner().order_by("due_at")[:SHOWN]


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


def _score(score: PropensityScore) -> ScoreLine:
    when = date_format(timezone.localtime(score.computed_at), "SHORT_DATE_FORMAT")
    return ScoreLine(str(PropensityScore.Kind(score.kind).label), score.value, score.reasons, f"{score.model}, {when}")


def _may_be(customer: Customer) -> list[tuple[int, str]]:
    """The suggestions that are open, and who they may be, the likeliest first."""
    likely = MatchCandidate.objects.to_review().filter(status=MatchCandidate.Status.OPEN).of(customer)
    names = ("a__name", "b__name")
    pairs = likely.select_related("a", "b").only("a_id", "b_id", *names).order_by("-score", "id")[:MAY_BE]
    return [(one.pk, str(one.b if one.a_id == customer.pk else one.a)) for one in pairs]


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
