"""Drawing people anew from all the evidence about them: canonical, since it replays what happened in its order.

A batch does it for the customers a value had joined that turned out to be shared; `manage.py recompute_identity` for
everybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import uuid4

from apps.customers.attributes.traits import show
from apps.customers.drafts import Handle
from apps.customers.identity.evidence import lock_customers
from apps.customers.identity.merge import Merge, Unmerge, make_customers, merge, take_out
from apps.customers.identity.partition import Facts, Node, Partition
from apps.customers.identity.rules import identity_rules
from apps.foundation.db.rows import recordset, rows


@dataclass(slots=True)
class Drift:
    """How the customers differ from what the evidence makes of them: who would be joined, which profiles would leave
    which customer, which identifiers more of them have than can; once it is applied, also whom that made."""

    merges: list[Merge] = field(default_factory=list)
    moves: list["Move"] = field(default_factory=list)
    shared: set[Handle] = field(default_factory=set)
    made: set[int] = field(default_factory=set)

    def any(self) -> bool:
        return bool(self.merges or self.moves or self.shared)


class Move(NamedTuple):
    """Profiles that are not the customer's they are with, but `home`'s, or nobody's we know: those of one `group` are
    one person."""

    customer: int
    home: int | None
    group: int
    profiles: list[int]


class Profile(NamedTuple):
    """A source profile and whose it is now."""

    pk: int
    customer: int
    first_seen: datetime
    name: str | None
    born: str | None


class Sighting(NamedTuple):
    """A profile first seen with an identifier."""

    profile: int
    at: datetime
    last: datetime
    verified: bool
    usable: bool
    handle: Handle
    typed: bool


class Decision(NamedTuple):
    """A verdict on two profiles."""

    a: int
    b: int
    same: bool


def repartition(customers: Collection[int], *, rule: str, share: bool = False) -> Drift:
    """Draw these customers anew among themselves, in the caller's transaction; with `share`, identifiers that more of
    them have than can are shared from now on."""
    lock_customers(customers)
    drift = drift_of(customers)
    if share and drift.shared:
        shared = drift.shared
        _share(shared)
        drift = drift_of(customers)
        drift.shared |= shared
    if drift.merges or drift.moves:
        _apply(drift, rule)
        touched = {pair.survivor for pair in drift.merges} | drift.made
        touched |= {pk for move in drift.moves for pk in (move.customer, move.home) if pk}
        show(touched)
    return drift


def drift_of(customers: Collection[int]) -> Drift:
    """What would change for these customers and between them."""
    profiles = {profile.pk: profile for profile in _profiles(customers)}
    sightings = _sightings(customers)
    seen = {sighting.profile for sighting in sightings}
    decisions = _about_the_seen(_decisions(customers), profiles, seen)
    partition = _replayed(profiles, sightings, decisions)
    groups = ([int(str(pk)) for _kind, pk in group] for group in partition.groups())
    drift = _difference([[pk for pk in group if pk in seen] for group in groups], profiles)
    drift.shared = partition.overshared()
    return drift


def _about_the_seen(decisions: list[Decision], profiles: dict[int, Profile], seen: set[int]) -> list[Decision]:
    """Decisions between profiles of which there is evidence. One that there is none of stays with its customer, and
    so with the eldest of theirs that there is some of: what was said of the one holds for the other."""
    eldest: dict[int, int] = {}
    for pk in sorted(seen):
        eldest.setdefault(profiles[pk].customer, pk)

    def stands_in(pk: int) -> int | None:
        return pk if pk in seen else eldest.get(profiles[pk].customer)

    meant = ((stands_in(decision.a), stands_in(decision.b), decision) for decision in decisions)
    return [decision._replace(a=a, b=b) for a, b, decision in meant if a and b and a != b]


def _share(handles: Iterable[Handle]) -> None:
    rows(
        """
        UPDATE customers_identifier i SET status = 'shared'
        FROM json_to_recordset(%s) AS h(type text, value text, scope text)
        WHERE (i.type, i.value, i.scope) = (h.type, h.value, h.scope)
        """,
        recordset([handle._asdict() for handle in handles]),
    )


def _replayed(profiles: dict[int, Profile], sightings: list[Sighting], decisions: list[Decision]) -> Partition:
    mute = {sighting.handle for sighting in sightings if not sighting.usable}
    partition = Partition(identity_rules(), mute=mute)
    rules = identity_rules()
    facts = {profile.pk: Facts.of(profile.name, profile.born) for profile in profiles.values()}
    for sighting in sightings:
        # Two user ids are two people even before the second is heard of; nor does who proves something later lean.
        if sighting.verified:
            facts[sighting.profile].hold(sighting.handle, rules.get(sighting.handle.type))
    for pk, known in facts.items():
        partition.know(_node(pk), known)
    for decision in decisions:  # whatever happened when: what people said holds for all of it
        (partition.unite if decision.same else partition.keep_apart)(_node(decision.a), _node(decision.b))
    for (pk, at), together in groupby(sorted(sightings, key=_when), key=attrgetter("profile", "at")):
        if profiles[pk].first_seen < at:  # somebody's already
            partition.know(_node(pk), Facts(housed=True))
        _live_through(partition, pk, at, list(together))
        partition.know(_node(pk), Facts(housed=True))
    return partition


def _live_through(partition: Partition, pk: int, at: datetime, said: list[Sighting]) -> None:
    node = _node(pk)
    partition.place(node, [sighting.handle for sighting in said if sighting.verified], at)
    for typed in (False, True):
        claimed = [sighting for sighting in said if not sighting.verified and sighting.typed == typed]
        partition.lean(node, [sighting.handle for sighting in claimed], at, typed=typed)
    for sighting in said:
        partition.seen_until(sighting.handle, node, sighting.last)


def _when(sighting: Sighting) -> tuple[datetime, bool, int]:
    """In order of time; at the same instant whoever is sure comes first, as in a batch."""
    return sighting.at, not sighting.verified, sighting.profile


def _node(pk: int) -> Node:
    return "profile", pk


def _difference(groups: Iterable[list[int]], profiles: dict[int, Profile]) -> Drift:
    """A customer stays with the group of their eldest profile; a group of several such is joined, one of none leaves,
    and whoever else is in a group goes where it is.

    Profiles nobody has evidence about (what people here wrote) stay where they are, and are in no group.
    """
    anchor: dict[int, int] = {}
    listed = [group for group in groups if group]
    for group in listed:
        for pk in group:
            customer = profiles[pk].customer
            anchor[customer] = min(anchor.get(customer, pk), pk)
    drift = Drift()
    for number, group in enumerate(sorted(listed)):
        homes = sorted({profiles[pk].customer for pk in group if anchor[profiles[pk].customer] == pk})
        drift.merges += [Merge(homes[0], absorbed) for absorbed in homes[1:]]
        strays: dict[int, list[int]] = defaultdict(list)
        for pk in group:
            if profiles[pk].customer not in homes:
                strays[profiles[pk].customer].append(pk)
        home = homes[0] if homes else None
        drift.moves += [Move(customer, home, number, sorted(left)) for customer, left in sorted(strays.items())]
    return drift


def _apply(drift: Drift, rule: str) -> None:
    since = _first_seen(pk for move in drift.moves for pk in move.profiles)
    homes: dict[int, int] = {}
    unmerges = []
    for move in drift.moves:
        if move.home is None and move.group not in homes:
            was = _was(move.customer, move.profiles, besides=homes.values())
            homes[move.group] = was or _new(min(since[pk] for pk in move.profiles))
        unmerges.append(Unmerge(move.customer, move.home or homes[move.group], move.profiles))
    drift.made |= set(homes.values())
    take_out(unmerges, rule=rule)
    merge(drift.merges, rule=rule)


def _new(since: datetime) -> int:
    (customer,) = make_customers({uuid4(): since}).values()
    return customer


def _was(customer: int, profiles: list[int], *, besides: Iterable[int]) -> int | None:
    """Who these profiles were before they were merged into this customer, if anybody: they live again. Not those who
    live again already, as other profiles: once they were one, and are two now."""
    found = rows(
        """
        SELECT m.id, m.absorbed_id FROM customers_mergerecord m
        JOIN customers_customer c ON c.id = m.absorbed_id AND c.merged_into_id IS NOT NULL
        WHERE m.survivor_id = %s AND m.kind = 'merge' AND m.undone_by_id IS NULL AND m.profiles && %s::bigint[]
          AND NOT m.absorbed_id = ANY(%s::bigint[])
        ORDER BY m.id LIMIT 1
        """,
        customer,
        profiles,
        list(besides),
    )
    return found[0][1] if found else None


def _first_seen(profiles: Iterable[int]) -> dict[int, datetime]:
    return dict(rows("SELECT id, first_seen FROM customers_sourceprofile WHERE id = ANY(%s)", list(profiles)))


def _profiles(customers: Collection[int]) -> list[Profile]:
    return [
        Profile(*row)
        for row in rows(
            """
            SELECT id, customer_id, first_seen, traits->>'name', traits->>'born' FROM customers_sourceprofile
            WHERE customer_id = ANY(%s) ORDER BY id
            """,
            list(customers),
        )
    ]


def _sightings(customers: Collection[int]) -> list[Sighting]:
    return [
        Sighting(profile, first, last, verified, status == "active", Handle(kind, value, scope), typed)
        for profile, first, last, verified, status, kind, value, scope, typed in rows(
            """
            SELECT e.profile_id, e.first_seen, e.last_seen, e.verified, i.status, i.type, i.value, i.scope,
                   e.typed_by_id IS NOT NULL
            FROM customers_sourceprofile p
            JOIN customers_evidence e ON e.profile_id = p.id AND e.active
            JOIN customers_identifier i ON i.id = e.identifier_id
            WHERE p.customer_id = ANY(%s)
            """,
            list(customers),
        )
    ]


def _decisions(customers: Collection[int]) -> list[Decision]:
    return [
        Decision(*row)
        for row in rows(
            """
            SELECT v.a_id, v.b_id, v.same FROM customers_verdict v
            JOIN customers_sourceprofile a ON a.id = v.a_id JOIN customers_sourceprofile b ON b.id = v.b_id
            WHERE v.withdrawn_at IS NULL AND a.customer_id = ANY(%s) AND b.customer_id = ANY(%s)
            """,
            list(customers),
            list(customers),
        )
    ]
