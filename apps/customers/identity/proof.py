"""How we know that a customer is one person: the evidence, who else has the same identifiers, and why that does not
make them one. It only reads, and says what the rules of `partition.py` say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from apps.customers.drafts import Handle
from apps.customers.identity.agreement import births_agree, names_agree
from apps.customers.identity.evidence import facts_of, kept_apart
from apps.customers.identity.partition import Facts, Holding, Node, Partition
from apps.customers.identity.rules import identity_rules
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType, MergeRecord, Verdict
from apps.foundation.db.rows import rows

SHOWN = 60  # pieces of evidence
NAMED, NAMED_IN_ALL = 3, 24  # other customers named per identifier, and on the whole page
PROBED = 200  # pieces of evidence looked at to count who else has an identifier
HISTORY = 30  # merges and un-merges
CHAIN = 100  # customers absorbed, whose own merges are shown as well
MACHINES = (IdentifierType.ANONYMOUS_ID, IdentifierType.DEVICE)


class Why(StrEnum):
    """What keeps two customers apart who have an identifier in common. The first that holds is given."""

    BLOCKED = "blocked"  # a placeholder
    SHARED = "shared"  # more have it than can be one
    CLAIMED = "claimed"  # one of them only says so
    APART = "apart"  # a person decided
    WEAK = "weak"
    NAMES = "names"
    BIRTHS = "births"
    STALE = "stale"
    LIMIT = "limit"
    AMBIGUOUS = "ambiguous"  # those who have it are several people
    NOTHING = "nothing"  # the next event about one of them joins them


@dataclass(frozen=True, slots=True)
class Other:
    """A customer who has the identifier too. `limit` is the type and scope of which together they would have too many
    values, `gap` how long after the one the other was first seen with it."""

    customer: Customer
    why: Why
    limit: tuple[str, str] = ("", "")
    gap: timedelta = timedelta(0)
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who else has an identifier: the first few, and how many in all (`more`: at least so many)."""

    identifier: Identifier
    count: int
    more: bool
    others: list[Other]


@dataclass(frozen=True, slots=True)
class Proof:
    """`evidence` is what people are known by before what machines are, verified before claimed, the latest first."""

    evidence: list[Evidence]
    more: bool
    crowds: list[Crowd]


class Held(NamedTuple):
    """That another customer has an identifier, how many others do, and of how many pieces of evidence we know that."""

    identifier: int
    customer: int
    holding: Holding
    others: int
    probed: int


def proof_of(customer: Customer) -> Proof:
    """Two queries, seven where others have the same."""
    found = list(_evidence(customer)[: SHOWN + 1])
    shown, more = found[:SHOWN], len(found) > SHOWN
    held = _held_elsewhere(customer, {evidence.identifier_id for evidence in shown})
    return Proof(shown, more, _crowds(customer, shown, held) if held else [])


def history_of(customer: Customer) -> tuple[list[MergeRecord], bool]:
    """Who was merged into this customer and those absorbed and was taken out again, and into whom they were,
    the latest first; whether there is more. Two queries."""
    absorbed = Customer.objects.filter(merged_into=customer).order_by("pk").values_list("pk", flat=True)[:CHAIN]
    about = Q(survivor__in=[customer.pk, *absorbed]) | Q(absorbed=customer)
    people = ("actor", "survivor", "absorbed", "undone_by__actor")
    records = list(MergeRecord.objects.filter(about).select_related(*people).order_by("-at", "-id")[: HISTORY + 1])
    return records[:HISTORY], len(records) > HISTORY


class Comparison:
    """Customers held against each other, as the rules do it. Four queries."""

    def __init__(self, one: int, others: Collection[int]) -> None:
        concerned = {one, *others}
        self._facts = facts_of(concerned)
        self._partition = Partition(identity_rules())
        for pk, facts in self._facts.items():
            self._partition.know(_node(pk), facts)
        for pk, other in kept_apart(concerned):
            self._partition.keep_apart(_node(pk), _node(other))
        self.verdicts = _verdicts(one, others)

    def hold(self, handle: Handle, holders: Mapping[int, Holding]) -> None:
        """These customers have this identifier."""
        for pk, holding in holders.items():
            self._partition.hold(handle, _node(pk), holding)

    def refusal(self, one: int, other: int, handle: Handle, holders: Mapping[int, Holding]) -> str:
        """Why the later of the two was not joined to the earlier by it, as `Partition.refusal` says."""
        earlier, later = sorted((one, other), key=lambda pk: holders[pk].first)
        return self._partition.refusal(_node(later), _node(earlier), handle, holders[later].first)

    def names_agree(self, one: int, other: int) -> bool:
        return names_agree(self._facts[one].names, self._facts[other].names)

    def births_agree(self, one: int, other: int) -> bool:
        return births_agree(self._facts[one].births, self._facts[other].births)

    def too_many(self, one: int, other: int) -> tuple[str, str] | None:
        """The type and scope of which the two together have more values than one person has."""
        return _too_many(self._facts[one], self._facts[other])


def _evidence(customer: Customer) -> QuerySet[Evidence]:
    machines_last = Case(
        When(identifier__type__in=MACHINES, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return (
        Evidence.objects.filter(profile__customer=customer)
        .select_related("identifier", "profile", "typed_by")
        .order_by(machines_last, "-active", "-verified", "-last_seen", "-id")
    )


def _held_elsewhere(customer: Customer, identifiers: Collection[int]) -> list[Held]:
    """The first of those who have these identifiers too; of each identifier `PROBED` pieces of evidence are read."""
    found = rows(
        """
        SELECT i.id, held.customer_id, held.verified, held.first_seen, held.last_seen, held.customers, held.probed
        FROM customers_identifier i CROSS JOIN LATERAL (
            SELECT p.customer_id, bool_or(e.verified) AS verified, min(e.first_seen) AS first_seen,
                   max(e.last_seen) AS last_seen, count(*) OVER () AS customers, sum(count(*)) OVER () AS probed
            FROM (
                SELECT profile_id, verified, first_seen, last_seen FROM customers_evidence
                WHERE identifier_id = i.id AND (active OR i.status <> 'active') LIMIT %s
            ) e
            JOIN customers_sourceprofile p ON p.id = e.profile_id
            WHERE p.customer_id <> %s GROUP BY p.customer_id ORDER BY 2 DESC, 4 DESC, 1 LIMIT %s
        ) held
        WHERE i.id = ANY(%s)
        """,
        PROBED,
        customer.pk,
        NAMED,
        sorted(identifiers),
    )
    return [
        Held(identifier, other, Holding(verified, first, last), count, int(probed))
        for identifier, other, verified, first, last, count, probed in found
    ]


def _crowds(customer: Customer, shown: Iterable[Evidence], held: Iterable[Held]) -> list[Crowd]:
    by_identifier: dict[int, list[Held]] = defaultdict(list)
    for holder in held:
        by_identifier[holder.identifier].append(holder)
    mine: dict[int, list[Evidence]] = defaultdict(list)
    for evidence in shown:
        if evidence.identifier_id in by_identifier:
            mine[evidence.identifier_id].append(evidence)
    named = _named(by_identifier[pk] for pk in mine)
    people = Customer.objects.filter(merged_into=None).in_bulk(named)
    comparison = Comparison(customer.pk, list(people))
    return [_crowd(customer.pk, own, by_identifier[pk], people, comparison) for pk, own in mine.items()]


def _named(crowds: Iterable[list[Held]]) -> set[int]:
    named: set[int] = set()
    for crowd in crowds:
        named |= {holder.customer for holder in crowd if len(named) < NAMED_IN_ALL}
    return named


def _crowd(
    me: int, own: list[Evidence], held: list[Held], people: Mapping[int, Customer], comparison: Comparison
) -> Crowd:
    identifier = own[0].identifier
    holders = {holder.customer: holder.holding for holder in held if holder.customer in people}
    holders[me] = Holding(
        any(evidence.verified for evidence in own),
        min(evidence.first_seen for evidence in own),
        max(evidence.last_seen for evidence in own),
    )
    others = [pk for pk in holders if pk != me]
    named = [_other(me, pk, identifier, holders, people[pk], comparison) for pk in others]
    return Crowd(identifier, held[0].others, held[0].probed >= PROBED - len(own), named)


def _other(
    me: int,
    other: int,
    identifier: Identifier,
    holders: Mapping[int, Holding],
    person: Customer,
    comparison: Comparison,
) -> Other:
    if identifier.status != Identifier.Status.ACTIVE:
        return Other(person, Why(identifier.status))
    if not (holders[me].verified and holders[other].verified):
        return Other(person, Why.CLAIMED)
    handle = Handle(identifier.type, identifier.value, identifier.scope)
    comparison.hold(handle, holders)
    refusal = comparison.refusal(me, other, handle, holders)
    if not refusal:
        return Other(person, Why.AMBIGUOUS if _ambiguous(me, handle, holders, comparison) else Why.NOTHING)
    why = Why(refusal)
    if why == Why.NAMES and comparison.names_agree(me, other):
        why = Why.BIRTHS
    limit = comparison.too_many(me, other) if why == Why.LIMIT else None
    gap = max(holders[me].first, holders[other].first) - min(holders[me].last, holders[other].last)
    return Other(person, why, limit or ("", ""), gap, comparison.verdicts.get(other))


def _ambiguous(me: int, handle: Handle, holders: Mapping[int, Holding], comparison: Comparison) -> bool:
    """Whether two who would both be welcome are told apart themselves."""
    verified = [pk for pk, holding in holders.items() if pk != me and holding.verified]
    welcome = [pk for pk in verified if not comparison.refusal(me, pk, handle, holders)]
    pairs = ((one, other) for place, one in enumerate(welcome) for other in welcome[:place])
    return any(comparison.refusal(one, other, handle, holders) for one, other in pairs)


def _too_many(mine: Facts, theirs: Facts) -> tuple[str, str] | None:
    rules = identity_rules()
    for (kind, scope), values in sorted(theirs.values.items()):
        ours, rule = mine.values.get((kind, scope), set()), rules.get(kind)
        most = rule.per_customer if rule else None
        if ours and most is not None and len(ours | values) > max(most, len(ours), len(values)):
            return kind, scope
    return None


def _verdicts(one: int, others: Collection[int]) -> dict[int, Verdict]:
    """By the other customer: who said last that they are not the same as this one."""
    between = Q(a__customer=one, b__customer__in=others) | Q(b__customer=one, a__customer__in=others)
    said = Verdict.objects.filter(between, same=False, withdrawn_at=None).select_related("actor", "a", "b")
    return {
        verdict.b.customer_id if verdict.a.customer_id == one else verdict.a.customer_id: verdict
        for verdict in said.order_by("at", "id")
    }


def _node(pk: int) -> Node:
    return "customer", pk
