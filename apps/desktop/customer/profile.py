"""What the side panel says about a customer: who they are, what they may do, what they were promised."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Case, QuerySet, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.customers.models import Customer, Evidence, IdentifierType, MatchCandidate
from apps.desktop.customer.proofs import ProofLine, proof_of
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.foundation.text.phones import pretty_phone
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
    proof: ProofLine


@dataclass(frozen=True, slots=True)
class ScoreLine:
    label: str
    value: int
    reasons: list[str]
    provenance: str


@dataclass(frozen=True, slots=True)
class Aside:
    """Everything the side panel shows of one customer; `promises_above`: all its promises stand above the story."""

    identifiers: list[IdentifierLine]
    scores: list[ScoreLine]
    promises: list[PromiseLine]
    promises_above: bool
    may_be: list[tuple[int, str]]


def aside(rows: CustomerRows, reader: User | None = None) -> Aside:
    above = {promise.pk for promise in rows.promised}
    return Aside(
        identifiers=identifier_lines(rows.evidence),
        scores=[_score(score) for score in rows.scores],
        promises=[promise_line(promise, reader) for promise in rows.promises],
        promises_above=above.issuperset(promise.pk for promise in rows.promises),
        may_be=[_may_be(pair) for pair in rows.candidates],
    )


def promises(customer: Customer, reader: User) -> FollowUpQuerySet:
    """What is still to be kept, as far as this reader may know of it, the soonest due first."""
    rows = FollowUp.objects.visible_to(reader).open().of(customer).with_owner().with_proposal(reader)
    return rows.order_by("due_at")[:SHOWN]


def evidence(customer: Customer) -> QuerySet[Evidence]:
    """By which values of people's own the customer is known."""
    return _of_people().filter(profile__customer=customer)[: SHOWN * 4]


def identifiers(profiles: Sequence[int]) -> list[IdentifierLine]:
    """By which values of people's own these profiles are known. One query."""
    return identifier_lines(_of_people().filter(profile_id__in=profiles)[: SHOWN * 4])


def _of_people() -> QuerySet[Evidence]:
    """Without those of machines: cookies, devices."""
    rows = Evidence.objects.filter(active=True, identifier__type__in=ORDER)
    columns = ("verified", "verified_at", "last_seen", "profile__source")
    names = (f"typed_by__{name}" for name in ("first_name", "last_name", "username"))
    identifier = (f"identifier__{name}" for name in ("type", "value", "status"))
    whole = rows.select_related("identifier", "profile", "typed_by").only(*columns, *identifier, *names)
    return whole.order_by("identifier__type", "-last_seen")


def identifier_lines(rows: Iterable[Evidence]) -> list[IdentifierLine]:
    """Each value once, proved ones first, in the order of `ORDER`."""
    said: dict[int, list[Evidence]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (ORDER.index(IdentifierType(row.identifier.type)), not row.verified)):
        said[row.identifier.pk].append(row)
    return [_identifier_line(each) for each in list(said.values())[:SHOWN]]


def _identifier_line(said: Sequence[Evidence]) -> IdentifierLine:
    identifier = said[0].identifier
    kind = IdentifierType(identifier.type)
    return IdentifierLine(
        str(kind.label),
        IDENTIFIER_ICONS[kind],
        pretty_phone(identifier.value) if kind == IdentifierType.PHONE else identifier.value,
        identifier.value,
        any(row.verified for row in said),
        identifier.status == "shared",
        proof_of(said),
    )


def _score(score: PropensityScore) -> ScoreLine:
    when = date_format(timezone.localtime(score.computed_at), "SHORT_DATE_FORMAT")
    return ScoreLine(str(PropensityScore.Kind(score.kind).label), score.value, score.reasons, f"{score.model}, {when}")


def candidates(customer: Customer) -> QuerySet[MatchCandidate]:
    """The open suggestions of who they may be, the likeliest first; `other_id` and `other` are the other's
    id and name."""
    likely = MatchCandidate.objects.to_review().filter(status=MatchCandidate.Status.OPEN).of(customer)
    other_id, other = (Case(When(a=customer, then=f"b{name}"), default=f"a{name}") for name in ("_id", "__name"))
    return likely.annotate(other_id=other_id, other=other).only("pk").order_by("-score", "id")[:MAY_BE]


def _may_be(pair: Any) -> tuple[int, str]:
    return pair.pk, str(Customer(pk=pair.other_id, name=pair.other))


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
