"""Customers for other systems: who somebody is, how they are known, what they permit."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from ninja import Field, Router, Schema

from apps.accounts.api import Error, Problem, TokenRequest, note_read, reading
from apps.accounts.models import User
from apps.customers.models import AttributeDefinition, Consent, Customer, Evidence, Identifier, SourceProfile
from apps.customers.traits import under_other_names

MOST = 200  # profiles and identifiers that are told of one customer

router = Router(tags=["Customers"])


class ProfileOut(Schema):
    """What one source calls the customer, and what it last said of them."""

    source: str
    external_id: str
    traits: dict[str, object]
    first_seen: datetime
    last_seen: datetime


class IdentifierOut(Schema):
    """A value the customer is known by, normalised (a phone in E.164). `scope` names the issuer of a user id."""

    type: str
    value: str
    scope: str
    verified: bool
    shared: bool = Field(description="Several customers are known by it.")
    sources: list[str]
    last_seen: datetime


class ConsentOut(Schema):
    """What holds now for a channel and purpose; a channel that is not listed was never asked about."""

    channel: str
    purpose: str
    status: str
    at: datetime
    origin: str


class CustomerOut(Schema):
    """`id` may differ from the one asked for: two customers found to be one live on under one of their ids."""

    id: UUID
    name: str
    tier: str
    city: str
    country: str
    language: str
    timezone: str
    since: date | None
    profiles: list[ProfileOut]
    identifiers: list[IdentifierOut]
    consents: list[ConsentOut]


@router.get(
    "/{uuid:public_id}",
    response={200: CustomerOut, (401, 403, 404): Error},
    auth=reading,
    summary="One customer",
    operation_id="customer",
)
def customer(request: TokenRequest, public_id: UUID) -> CustomerOut:
    """Who the customer is, the identifiers they are known by, and the consents that hold. The id of a customer who
    was merged into another answers with the other."""
    found = customer_for(request.auth.acts_as, public_id)
    note_read(request, "customer.read", subject=found.public_id)
    profiles = list(SourceProfile.objects.of(found).order_by("id")[:MOST])
    return CustomerOut(
        id=found.public_id,
        name=found.name,
        tier=found.tier,
        city=found.city,
        country=found.country,
        language=found.language,
        timezone=found.timezone,
        since=found.since,
        profiles=_profiles(profiles, request.auth.acts_as),
        identifiers=_identifiers(profiles),
        consents=_consents(profiles),
    )


def customer_for(reader: User, public_id: UUID) -> Customer:
    """The customer of this id as far as this person may open them. Raises `Problem` 404."""
    found = Customer.objects.visible_to(reader).survivor_of(public_id).first()
    if found is None:
        raise Problem(404, "not_found", "There is no such customer.")
    return found


def _profiles(profiles: Iterable[SourceProfile], reader: User) -> list[ProfileOut]:
    """Without the attributes that this person's role does not see."""
    hidden = under_other_names(set(AttributeDefinition.objects.hidden_from(reader).values_list("key", flat=True)))
    return [
        ProfileOut(
            source=profile.source,
            external_id=profile.external_id,
            traits={key: value for key, value in profile.traits.items() if key not in hidden},
            first_seen=profile.first_seen,
            last_seen=profile.last_seen,
        )
        for profile in profiles
    ]


def _identifiers(profiles: Iterable[SourceProfile]) -> list[IdentifierOut]:
    evidence = (
        Evidence.objects.filter(profile__in=profiles)
        .exclude(identifier__status=Identifier.Status.BLOCKED)
        .select_related("identifier", "profile")
        .order_by("identifier__type", "identifier__value", "id")[:MOST]
    )
    told: dict[Identifier, list[Evidence]] = defaultdict(list)
    for row in evidence:
        told[row.identifier].append(row)
    return [
        IdentifierOut(
            type=identifier.type,
            value=identifier.value,
            scope=identifier.scope,
            verified=any(row.verified for row in rows),
            shared=identifier.status == Identifier.Status.SHARED,
            sources=sorted({row.profile.source for row in rows}),
            last_seen=max(row.last_seen for row in rows),
        )
        for identifier, rows in told.items()
    ]


def _consents(profiles: Iterable[SourceProfile]) -> list[ConsentOut]:
    return [ConsentOut.from_orm(line) for line in Consent.objects.filter(profile__in=profiles).current()]
