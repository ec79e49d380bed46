"""Customers for other systems: who somebody is, and how they are known. What they permit is added in `contact`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from apps.accounts.models import User
from apps.customers.attributes.catalogue import hidden_from
from apps.customers.attributes.traits import under_other_names
from apps.customers.models import Customer, Evidence, Identifier, SourceProfile
from apps.foundation.api import Problem

MOST = 200  # profiles and identifiers that are shown of one customer


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


def customer_facts(found: Customer, profiles: Sequence[SourceProfile], reader: User) -> dict[str, Any]:
    """The fields of `CustomerOut`, as far as this person's role sees them. `profiles` are the customer's."""
    return {
        "id": found.public_id,
        "name": found.name,
        "tier": found.tier,
        "city": found.city,
        "country": found.country,
        "language": found.language,
        "timezone": found.timezone,
        "since": found.since,
        "profiles": _profiles(profiles, reader),
        "identifiers": _identifiers(profiles),
    }


def customer_for(reader: User, public_id: UUID) -> Customer:
    """The customer of this id as far as this person may open them. Raises `Problem` 404."""
    found = Customer.objects.visible_to(reader).survivor_of(public_id).first()
    if found is None:
        raise Problem(404, "not_found", "There is no such customer.")
    return found


def _profiles(profiles: Iterable[SourceProfile], reader: User) -> list[ProfileOut]:
    """Without the attributes that this person's role does not see."""
    hidden = under_other_names(hidden_from(reader))
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
    by_identifier: dict[Identifier, list[Evidence]] = defaultdict(list)
    for row in evidence:
        by_identifier[row.identifier].append(row)
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
        for identifier, rows in by_identifier.items()
    ]
