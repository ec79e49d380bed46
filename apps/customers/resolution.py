"""Which customer is meant: the deterministic resolution of a whole batch, in a fixed number of statements.

Steps: normalised handles come in with the claims; no customer known makes one, one is attached to, several become
one, as far as the rules let them (`partition.py`, `models.IdentityRule`). A value that more people turn out to have
than its rule allows is shared from then on, and those it had joined are told apart again (`repartition.py`).

Locks are always taken in the same order (profile keys, identifiers, customers; each sorted), so batches that meet
wait for each other instead of dying. Call it once per transaction.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from apps.customers.changes import write_changes
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.evidence import Known, facts_of, holders, kept_apart, lock_customers, lock_identifiers, rows
from apps.customers.merging import Merge, compare_again, make_customers, merge
from apps.customers.models import Identifier
from apps.customers.normalisation import respell
from apps.customers.partition import Facts, Holding, Node, Partition
from apps.customers.profiles import (
    Resolved,
    is_another_day,
    keys_of,
    known_profiles,
    read_again,
    write_evidence,
    write_profiles,
)
from apps.customers.repartition import Drift, repartition
from apps.customers.rules import identity_rules
from apps.customers.traits import SHOWN, canonical, of_several_profiles, show

SHARED, TOO_MANY = "shared value", "too many values"  # rules, as a merge's record has them
TO_DECIDE = frozenset({"limit", "ambiguous", "stale"})  # refusals that a person may know better than we do


def resolve(claims: Iterable[Claim]) -> dict[ProfileKey, Resolved]:
    """The profile and customer of every claim, creating and joining as needed. Runs inside the caller's transaction.

    Cost: one statement where nothing is new, about a dozen otherwise, whatever the size of the batch (keep it
    under a thousand claims: each new one holds a lock).
    """
    wanted = _one_claim_per_key(claims)
    known = known_profiles(wanted)
    news = {key: claim for key, claim in wanted.items() if _tells_something_new(claim, known.get(key))}
    again = {key: claim for key, claim in wanted.items() if key not in news and is_another_day(claim, known[key])}
    return known | _learn(news, again, known) if news or again else known


def _one_claim_per_key(claims: Iterable[Claim]) -> dict[ProfileKey, Claim]:
    wanted: dict[ProfileKey, Claim] = {}
    for one in claims:
        claim = respelt(one)
        other = wanted.get(claim.key)
        if other is None or other is claim or other == claim:
            wanted[claim.key] = claim
            continue
        older, newer = sorted((other, claim), key=lambda one: one.seen_at)
        wanted[claim.key] = replace(
            newer,
            handles=tuple({*older.handles, *newer.handles}),
            unverified=tuple({*older.unverified, *newer.unverified}),
            traits={**older.traits, **newer.traits},
            first_seen=min(older.since, newer.since),
        )
    return wanted


def respelt(claim: Claim) -> Claim:
    """The claim with its identifiers as the rules want them spelt, and its traits under our names for them."""
    rules, traits = identity_rules(), canonical(claim.traits)
    if traits is not claim.traits:
        claim = replace(claim, traits=traits)
    if not any(rules[one.type].respells for one in (*claim.handles, *claim.unverified) if one.type in rules):
        return claim
    return replace(claim, handles=_respelt(claim.handles), unverified=_respelt(claim.unverified))


def _respelt(handles: Iterable[Handle]) -> tuple[Handle, ...]:
    rules = identity_rules()
    spelt = (
        (one, respell(one.value, rules[one.type].normaliser) if one.type in rules else one.value) for one in handles
    )
    return tuple(one._replace(value=value) for one, value in spelt if value)


def _tells_something_new(claim: Claim, known: Resolved | None) -> bool:
    """Anything but when they were seen. What is older than what we know adds traits and changes none."""
    if known is None or not known.verified.issuperset(claim.handles) or not known.handles.keys() >= {*claim.unverified}:
        return True
    traits = known.traits
    if claim.seen_at < known.last_seen:
        return any(name not in traits for name in claim.traits)
    return any(traits.get(name) != value for name, value in claim.traits.items())


def _learn(
    news: dict[ProfileKey, Claim], again: dict[ProfileKey, Claim], known: dict[ProfileKey, Resolved]
) -> dict[ProfileKey, Resolved]:
    """Who the news are about. Of `again` nothing is new but the day they were seen on."""
    met = {known[key].customer for key in again}
    unknown = [key for key in news if key not in known]
    _lockkeys_of(unknown)
    known |= known_profiles(unknown)  # another batch may just have met them
    identifiers = lock_identifiers(
        {handle for claim in news.values() for handle in (*claim.handles, *claim.unverified)}
    )
    before, partition = _settled(news, known, identifiers, met)
    owners, grown, made = _owners(partition, news)
    seen, before = news | again, before | {key: known[key] for key in again}
    profiles = write_profiles(seen, owners | {key: known[key].customer for key in again})
    write_changes(news, before, profiles)
    ids = {handle: one.pk for handle, one in identifiers.items()}
    ids |= {handle: pk for key in again for handle, pk in known[key].handles.items()}
    write_evidence(seen, before, profiles, ids)
    changed = {owners[key] for key, claim in news.items() if SHOWN.keys() & claim.traits.keys()}
    show(grown | changed | of_several_profiles(met))
    _see_to_the_refused(partition, owners)
    drift = _part_the_crowded(partition, owners, _share_the_overshared(partition, identifiers))
    people = known_profiles(news) if drift.any() else _told(news, before, profiles, owners, ids)
    return {key: person._replace(made=person.customer in made | drift.made) for key, person in people.items()}


def _told(
    news: dict[ProfileKey, Claim],
    before: dict[ProfileKey, Resolved],
    profiles: dict[ProfileKey, int],
    owners: dict[ProfileKey, int],
    ids: Mapping[Handle, int],
) -> dict[ProfileKey, Resolved]:
    """What the database would answer now, without asking it for all of it again."""
    if not news:
        return {}
    names = dict(rows("SELECT id, public_id FROM customers_customer WHERE id = ANY(%s)", list({*owners.values()})))
    people = {}
    for key, claim in news.items():
        was, first, last = before.get(key), claim.since, claim.seen_at
        traits, handles, verified = dict(claim.traits), {*claim.handles, *claim.unverified}, frozenset(claim.handles)
        if was:
            traits = {**was.traits, **traits} if last >= was.last_seen else {**traits, **was.traits}
            first, last, verified = min(first, was.first_seen), max(last, was.last_seen), verified | was.verified
        held = {handle: ids[handle] for handle in handles} | (dict(was.handles) if was else {})
        owner = owners[key]
        people[key] = Resolved(profiles[key], owner, names[owner], traits, first, last, held, verified)
    return people


def _settled(
    news: dict[ProfileKey, Claim],
    known: dict[ProfileKey, Resolved],
    identifiers: dict[Handle, Known],
    met: set[int],
) -> tuple[dict[ProfileKey, Resolved], Partition]:
    """What is known and the partition of these claims, with every customer in it (and those met) held against other
    batches."""
    known = {key: person for key, person in known.items() if key in news}
    locked: set[int] = set()
    while True:
        held = _holders(news, known, identifiers)
        concerned = {c for customers in held.values() for c in customers} | {one.customer for one in known.values()}
        waiting = (concerned | met) - locked
        if not waiting:
            return known, _partition(news, known, identifiers, held)
        lock_customers(waiting)  # by somebody else they may have changed meanwhile: they are read again
        locked |= waiting
        known = read_again(news, known) if news else {}


def _holders(
    news: dict[ProfileKey, Claim], known: dict[ProfileKey, Resolved], identifiers: dict[Handle, Known]
) -> dict[Handle, dict[int, Holding]]:
    """Who has the usable identifiers that are new to somebody."""
    asked = {handle for key, claim in news.items() for handle in _unproved(claim, known.get(key))}
    held = holders([identifiers[handle].pk for handle in asked if identifiers[handle].usable])
    return {handle: held[identifiers[handle].pk] for handle in asked if identifiers[handle].pk in held}


def _unproved(claim: Claim, known: Resolved | None) -> list[Handle]:
    """What the claim tells that we do not know yet: its evidence is looked at once."""
    proved = known.verified if known else frozenset()
    return [handle for handle in (*claim.handles, *claim.unverified) if handle not in proved]


def _lockkeys_of(keys: Collection[ProfileKey]) -> None:
    if not keys:
        return
    rows(
        """
        SELECT pg_advisory_xact_lock(lock) FROM (
            SELECT DISTINCT hashtextextended(source || ' ' || external_id, 0) AS lock
            FROM json_to_recordset(%s) AS k(source text, external_id text) ORDER BY lock
        ) sorted
        """,
        keys_of(keys),
    )


def _partition(
    news: dict[ProfileKey, Claim],
    known: dict[ProfileKey, Resolved],
    identifiers: dict[Handle, Known],
    held: dict[Handle, dict[int, Holding]],
) -> Partition:
    """Who belongs together: claims and the customers they already are or share an identifier with."""
    partition = Partition(identity_rules(), mute={handle for handle, one in identifiers.items() if not one.usable})
    contested = _contested(news, known, held)
    for customer, facts in facts_of(contested).items():
        partition.know(("customer", customer), facts)
    for one, other in kept_apart(contested):
        partition.part(("customer", one), ("customer", other))
    for handle, customers in held.items():
        for customer, holding in customers.items():
            partition.hold(handle, ("customer", customer), holding)
    for key, claim in sorted(news.items(), key=lambda item: (item[1].since, not item[1].handles, item[0])):
        node: Node = ("claim", key)
        partition.know(node, Facts.told(claim.traits.get("name"), claim.traits.get("born")))
        if key in known:
            partition.unite(("customer", known[key].customer), node)
        proved = known[key].verified if key in known else frozenset()
        place = partition.doubt if key in known and _proves_at_last(claim, known[key]) else partition.place
        place(node, [handle for handle in claim.handles if handle not in proved], claim.seen_at)
        partition.lean(node, claim.unverified, claim.seen_at)
    return partition


def _proves_at_last(claim: Claim, known: Resolved) -> bool:
    """Whether somebody who was with a customer only by what they claimed or by a thing they used proves who they are:
    it may be somebody else."""
    rules = identity_rules()

    def strong(handle: Handle) -> bool:
        return handle.type not in rules or not rules[handle.type].weak

    return bool(known.handles) and any(map(strong, claim.handles)) and not any(map(strong, known.verified))


def _contested(
    news: dict[ProfileKey, Claim], known: dict[ProfileKey, Resolved], held: dict[Handle, dict[int, Holding]]
) -> set[int]:
    """Customers somebody might be joined with, or who get a value of which nobody has many: only of them it matters
    what else is known."""
    having: dict[Handle, set[int | ProfileKey]] = defaultdict(set)
    for key, claim in news.items():
        for handle in _unproved(claim, known.get(key)):
            having[handle].add(known[key].customer if key in known else key)
    sides = [having[handle] | held.get(handle, {}).keys() for handle in having if not _alone(handle, having, held)]
    return {one for side in sides for one in side if isinstance(one, int)}


def _alone(handle: Handle, having: dict[Handle, set[int | ProfileKey]], held: dict[Handle, dict[int, Holding]]) -> bool:
    """Whether a handle concerns one person only, who may have any number of its type."""
    rule = identity_rules().get(handle.type)
    limited = rule is not None and rule.per_customer is not None
    return not limited and len(having[handle] | held.get(handle, {}).keys()) < 2


def _owners(partition: Partition, news: dict[ProfileKey, Claim]) -> tuple[dict[ProfileKey, int], set[int], set[int]]:
    """The customer of every claim: made for a group without one, the eldest of a group with several. Also those who
    absorbed others, and those who were made."""
    owners: dict[ProfileKey, int] = {}
    homeless: dict[uuid.UUID, list[ProfileKey]] = {}
    merges: list[Merge] = []
    for group in partition.groups():
        keys = [key for _kind, key in group if isinstance(key, ProfileKey)]
        customers = sorted(pk for kind, pk in group if kind == "customer" and isinstance(pk, int))
        if customers:
            survivor, *absorbed = customers
            owners |= dict.fromkeys(keys, survivor)
            merges += [Merge(survivor, one) for one in absorbed]
        else:
            homeless[uuid.uuid4()] = keys
    made = make_customers({public_id: min(news[key].since for key in keys) for public_id, keys in homeless.items()})
    for public_id, pk in made.items():
        owners |= dict.fromkeys(homeless[public_id], pk)
    merge(merges, rule="shared identifier")
    return owners, {one.survivor for one in merges}, set(made.values())


def _see_to_the_refused(partition: Partition, owners: dict[ProfileKey, int]) -> None:
    """People whom an identifier did not join, though it might have: have them compared."""

    def customer(node: Node) -> int:
        return owners[node[1]] if isinstance(node[1], ProfileKey) else int(str(node[1]))

    unsure = [(one, other) for one, other, _handle, why in partition.refused if why in TO_DECIDE]
    compare_again({customer(node) for pair in unsure for node in pair})


def _share_the_overshared(partition: Partition, identifiers: dict[Handle, Known]) -> set[int]:
    """A value that more people have than can be is nobody's proof any longer. Those who have it."""
    over = [identifiers[handle].pk for handle in partition.overshared()]
    Identifier.objects.filter(pk__in=over).update(status=Identifier.Status.SHARED)
    return {customer for held in holders(over).values() for customer in held}


def _part_the_crowded(partition: Partition, owners: dict[ProfileKey, int], sharers: set[int]) -> Drift:
    """Draw anew who was joined by a value that is shared now, and who has turned out to be two."""
    groups = [group for group in partition.groups() if not partition.crowded.isdisjoint(group)]
    living = [[pk for kind, pk in group if kind == "customer" and isinstance(pk, int)] for group in groups]
    crowded = {min(customers) for customers in living if customers}
    crowded |= {owners[key] for group in groups for _kind, key in group if isinstance(key, ProfileKey)}
    return repartition(sharers | crowded, rule=SHARED if sharers else TOO_MANY) if sharers or crowded else Drift()
