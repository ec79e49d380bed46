"""The partition of a batch: claims, and the customers they already are or share an identifier with."""

from collections import defaultdict
from collections.abc import Mapping

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.claims import unproved
from apps.customers.identity.evidence import Known, facts_of, holders, kept_apart
from apps.customers.identity.partition import Facts, Holding, Node, Partition
from apps.customers.identity.profiles import Resolved
from apps.customers.identity.rules import identity_rules

News = Mapping[ProfileKey, Claim]
People = Mapping[ProfileKey, Resolved]
Identifiers = Mapping[Handle, Known]
Held = dict[Handle, dict[int, Holding]]


def held_by(news: News, known: People, identifiers: Identifiers) -> Held:
    """Which customers have the usable identifiers that are new to somebody."""
    asked = {handle for key, claim in news.items() for handle in unproved(claim, known.get(key))}
    held = holders([identifiers[handle].pk for handle in asked if identifiers[handle].usable])
    return {handle: held[identifiers[handle].pk] for handle in asked if identifiers[handle].pk in held}


def partition_of(news: News, known: People, identifiers: Identifiers, held: Held) -> Partition:
    """Who belongs together. Everybody in it has to be locked."""
    partition = Partition(
        identity_rules(), mute={handle for handle, identifier in identifiers.items() if not identifier.usable}
    )
    _know_customers(partition, _contested(news, known, held), held)
    for key, claim in sorted(news.items(), key=lambda item: (item[1].since, not item[1].handles, item[0])):
        _place(partition, ("claim", key), claim, known.get(key))
    return partition


def _know_customers(partition: Partition, contested: set[int], held: Held) -> None:
    for customer, facts in facts_of(contested).items():
        partition.know(("customer", customer), facts)
    for one, other in kept_apart(contested):
        partition.keep_apart(("customer", one), ("customer", other))
    for handle, customers in held.items():
        for customer, holding in customers.items():
            partition.hold(handle, ("customer", customer), holding)


def _place(partition: Partition, node: Node, claim: Claim, known: Resolved | None) -> None:
    partition.know(node, Facts.of(claim.traits.get("name"), claim.traits.get("born")))
    if known:
        partition.unite(("customer", known.customer), node)
    proved = known.verified if known else frozenset()
    place = partition.doubt if known and _proves_at_last(claim, known) else partition.place
    place(node, [handle for handle in claim.handles if handle not in proved], claim.seen_at)
    partition.lean(node, claim.unverified, claim.seen_at, typed=claim.typed_by is not None)


def _proves_at_last(claim: Claim, known: Resolved) -> bool:
    """Whether somebody who was with a customer only by what they claimed or by a thing they used proves who they are:
    it may be somebody else."""
    rules = identity_rules()

    def strong(handle: Handle) -> bool:
        return handle.type not in rules or not rules[handle.type].weak

    return bool(known.handles) and any(map(strong, claim.handles)) and not any(map(strong, known.verified))


def _contested(news: News, known: People, held: Held) -> set[int]:
    """Customers somebody might be joined with, or who get a value of which nobody has many: only of them it matters
    what else is known."""
    having: dict[Handle, set[int | ProfileKey]] = defaultdict(set)
    for key, claim in news.items():
        for handle in unproved(claim, known.get(key)):
            having[handle].add(known[key].customer if key in known else key)
    sides = [having[handle] | held.get(handle, {}).keys() for handle in having if not _alone(handle, having, held)]
    return {holder for side in sides for holder in side if isinstance(holder, int)}


def _alone(handle: Handle, having: Mapping[Handle, set[int | ProfileKey]], held: Held) -> bool:
    """Whether a handle concerns one person only, who may have any number of its type."""
    rule = identity_rules().get(handle.type)
    limited = rule is not None and rule.per_customer is not None
    return not limited and len(having[handle] | held.get(handle, {}).keys()) < 2
