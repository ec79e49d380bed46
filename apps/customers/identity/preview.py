"""What a merge of two customers, or taking one back, would do. It only reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst

from apps.accounts.models import User
from apps.customers.attributes.definitions import definitions
from apps.customers.attributes.precedence import Attribute, Heard, attributes, heard, ranked
from apps.customers.attributes.traits import DAYS, SHOWN, under_other_names
from apps.customers.identity.proof import Comparison
from apps.customers.models import AttributeDefinition, Customer, Evidence, MergeRecord, SourceProfile, Verdict

GOING = 60  # profiles, and pieces of evidence, shown of what an un-merge moves


@dataclass(frozen=True, slots=True)
class Conflict:
    """An attribute of which the two have different values. `theirs_win`: the absorbed's would be shown."""

    definition: AttributeDefinition
    mine: Attribute
    theirs: Attribute
    theirs_win: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`staying` and `moving` are the profiles of the survivor and of the absorbed. The rest speaks against it: `limit`
    is the type and scope of which one person would have too many values, `verdict` that somebody decided otherwise."""

    survivor: Customer
    absorbed: Customer
    staying: list[Heard]
    moving: list[Heard]
    conflicts: list[Conflict]
    names_differ: bool
    births_differ: bool
    limit: tuple[str, str] | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Return:
    """What taking a merge back would move from `living` to the customer who was absorbed. `staying`: that something is
    left with them; `more`: that there are more profiles than `profiles`."""

    record: MergeRecord
    living: Customer
    profiles: list[SourceProfile]
    more: bool
    evidence: list[Evidence]
    staying: bool


def elder_first(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Who stays unless somebody chooses otherwise, and who does not."""
    return (one, other) if one.pk < other.pk else (other, one)


def preview(survivor: Customer, absorbed: Customer, reader: User) -> Preview:
    """Six queries. Attributes that the reader's role does not see are not among the conflicts, and are left out of the
    two as they are given: nobody may save them afterwards."""
    comparison = Comparison(survivor.pk, [absorbed.pk])
    profiles = heard([survivor.pk, absorbed.pk])
    known = definitions()
    hidden = under_other_names({key for key, definition in known.items() if not definition.shown_to(reader)})
    for customer in (survivor, absorbed):
        _leave_out(customer, hidden)
    return Preview(
        survivor=survivor,
        absorbed=absorbed,
        staying=[profile for profile in profiles if profile.customer == survivor.pk],
        moving=[profile for profile in profiles if profile.customer == absorbed.pk],
        conflicts=[
            conflict
            for conflict in _conflicts(survivor, absorbed, profiles, known)
            if conflict.definition.key not in hidden
        ],
        names_differ=not comparison.names_agree(survivor.pk, absorbed.pk),
        births_differ=not comparison.births_agree(survivor.pk, absorbed.pk),
        limit=comparison.too_many(survivor.pk, absorbed.pk),
        verdict=comparison.verdicts.get(absorbed.pk),
    )


def going_back(record: MergeRecord) -> Return:
    """Four queries."""
    living = Customer.objects.survivor_of(record.absorbed.public_id).get()
    moved = SourceProfile.objects.filter(pk__in=record.profiles, customer=living).order_by("id")[: GOING + 1]
    profiles = list(moved)
    evidence = Evidence.objects.filter(profile__in=profiles[:GOING]).select_related("identifier")
    left = SourceProfile.objects.filter(customer=living).exclude(pk__in=record.profiles)
    return Return(
        record=record,
        living=living,
        profiles=profiles[:GOING],
        more=len(profiles) > GOING,
        evidence=list(evidence.order_by("identifier__type", "-verified", "-last_seen")[:GOING]),
        staying=left.exists(),
    )


def _leave_out(customer: Customer, hidden: Collection[str]) -> None:
    for key in SHOWN.keys() & set(hidden):
        setattr(customer, key, None if key in DAYS else "")


def _conflicts(
    survivor: Customer, absorbed: Customer, profiles: Sequence[Heard], known: Mapping[str, AttributeDefinition]
) -> list[Conflict]:
    """In the order in which attributes are shown, those without a definition last."""
    held = attributes(profiles)
    mine, theirs = held.get(survivor.pk, {}), held.get(absorbed.pk, {})
    differing = {key for key in mine.keys() & theirs.keys() if mine[key].value != theirs[key].value}
    ordered = [key for key in known if key in differing] + sorted(differing - known.keys())
    return [_conflict(known.get(key) or _undefined(key), mine[key], theirs[key]) for key in ordered]


def _undefined(key: str) -> AttributeDefinition:
    return AttributeDefinition(key=key, label=capfirst(key.replace("_", " ")))


def _conflict(definition: AttributeDefinition, mine: Attribute, theirs: Attribute) -> Conflict:
    first = ranked([*mine.said, *theirs.said], definition.precedence)[0]
    return Conflict(definition, mine, theirs, theirs_win=first in theirs.said)
