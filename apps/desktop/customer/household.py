"""Who else is known by this customer's phone number, address or card: whoever calls by it may be any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from apps.customers.models import Customer, Evidence, Identifier, IdentifierType
from apps.foundation.text.phones import pretty_phone

ASKED = (IdentifierType.PHONE, IdentifierType.EMAIL, IdentifierType.LOYALTY)  # what callers are looked up by
IDENTIFIERS = 12
PROBED = 24  # pieces of evidence that others have it
NAMED = 5  # more are no household


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    public_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Household:
    """`values` are shared with `people`; `more`: not all of them are named."""

    values: list[str]
    people: list[HouseholdMember]
    more: bool
    by_phone: bool

    @property
    def ids(self) -> list[str]:
        return [str(person.public_id) for person in self.people]


def shared_identifiers(customer: Customer) -> QuerySet[Identifier, tuple[str, str, list[dict[str, str]]]]:
    """What callers may be looked up by of this customer, each with others who are known by it (id and name)."""
    counts = Q(active=True) | Q(identifier__status=Identifier.Status.SHARED)
    mine = Evidence.objects.filter(counts, profile__customer=customer, identifier__type__in=ASKED)
    others = Evidence.objects.filter(counts, identifier=OuterRef("pk"), profile__customer__merged_into=None)
    named = others.exclude(profile__customer=customer).values(
        person=JSONObject(id="profile__customer__public_id", name="profile__customer__name")
    )
    phone_first = Case(When(type=IdentifierType.PHONE, then=Value(0)), default=Value(1))
    rows = Identifier.objects.filter(pk__in=mine.values("identifier")).exclude(status=Identifier.Status.BLOCKED)
    found = rows.annotate(others=ArraySubquery(named[:PROBED])).order_by(phone_first, "pk")
    return found.values_list("type", "value", "others")[:IDENTIFIERS]


def household(rows: Sequence[tuple[str, str, list[dict[str, str]]]]) -> Household | None:
    """Those who may call by the same number, each once; None where nobody else has it."""
    shared = [row for row in rows if row[2]]
    people = {other["id"]: str(Customer(name=other["name"])) for _type, _value, others in shared for other in others}
    if not people:
        return None
    named = sorted(people.items(), key=lambda person: person[1].casefold())
    return Household(
        values=[pretty_phone(value) if kind == IdentifierType.PHONE else value for kind, value, _others in shared],
        people=[HouseholdMember(UUID(pk), name) for pk, name in named[:NAMED]],
        more=len(named) > NAMED,
        by_phone=any(kind == IdentifierType.PHONE for kind, _value, _others in shared),
    )
