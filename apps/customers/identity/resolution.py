"""Which customer is meant: the deterministic resolution of a whole batch, in a fixed number of statements.

Normalised handles come in with the claims; no customer known makes one, one is attached to, several become one, as far
as the rules let them (`partition.py`, `models.IdentityRule`). A value that more people turn out to have than its rule
allows is shared from then on, and those it had joined are told apart again (`repartition.py`).

Locks are always taken in the same order (profile keys, identifiers, customers; each sorted), so batches that meet
wait for each other instead of dying. Call it once per transaction.
"""

import uuid
from collections.abc import Iterable

from apps.customers.attributes.history import write_changes
from apps.customers.attributes.traits import SHOWN, of_several_profiles, show
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.claim_partition import held_by, partition_of
from apps.customers.identity.claims import one_per_profile, says_something_new
from apps.customers.identity.evidence import Known, holders, lock_customers, lock_identifiers
from apps.customers.identity.merge import Merge, compare_again, make_customers, merge
from apps.customers.identity.partition import Node, Partition
from apps.customers.identity.profiles import (
    Resolved,
    is_another_day,
    known_profiles,
    read_again,
    write_evidence,
    write_profiles,
)
from apps.customers.identity.repartition import Drift, repartition
from apps.customers.models import Identifier
from apps.foundation.db.locks import hold_all
from apps.foundation.db.rows import rows

SHARED, TOO_MANY = "shared value", "too many values"  # rules, as a merge's record has them
TO_DECIDE = frozenset({"limit", "ambiguous", "stale"})  # refusals that a person may know better than we do


def resolve(claims: Iterable[Claim]) -> dict[ProfileKey, Resolved]:
    """The profile and customer of every claim, creating and joining as needed. Runs inside the caller's transaction.

    Cost: one statement where nothing is new, about a dozen otherwise, whatever the size of the batch (keep it
    under a thousand claims: each new one holds a lock).
    """
    wanted = one_per_profile(claims)
    known = known_profiles(wanted)
    news = {key: claim for key, claim in wanted.items() if says_something_new(claim, known.get(key))}
    again = {key: claim for key, claim in wanted.items() if key not in news and is_another_day(claim, known[key])}
    return known | Batch(news, again, known).resolve() if news or again else known


class Batch:
    """Claims on their way to whom they are about, through phases that are each entered once.

    `news` are claims that say something, `again` those of which nothing is new but the day they were seen on; `known`
    are the profiles there are.
    """

    identifiers: dict[Handle, Known]
    partition: Partition
    owners: dict[ProfileKey, int]  # the customer of every claim
    profiles: dict[ProfileKey, int]

    def __init__(
        self, news: dict[ProfileKey, Claim], again: dict[ProfileKey, Claim], known: dict[ProfileKey, Resolved]
    ) -> None:
        self.news, self.again = news, again
        self.seen_again = {key: known[key] for key in again}
        self.known = {key: known[key] for key in news if key in known}
        self.merges: list[Merge] = []
        self.made: set[int] = set()  # customers we had never heard of

    def resolve(self) -> dict[ProfileKey, Resolved]:
        """Who the news are about."""
        self.lock_keys()
        self.draw_partition()
        self.assign_owners()
        self.write()
        self.show()
        drift = self.correct()
        people = known_profiles(self.news) if drift.any() else self.answer()
        made = self.made | drift.made
        return {key: person._replace(made=person.customer in made) for key, person in people.items()}

    # --- who is concerned -----------------------------------------------------------------------------------------

    def lock_keys(self) -> None:
        """Nobody else writes about these profiles and identifiers from here on."""
        unknown = [key for key in self.news if key not in self.known]
        hold_all(f"{key.source} {key.external_id}" for key in unknown)
        self.known |= known_profiles(unknown)  # another batch may just have met them
        handles = {handle for claim in self.news.values() for handle in (*claim.handles, *claim.unverified)}
        self.identifiers = lock_identifiers(handles)

    def draw_partition(self) -> None:
        """Draw the partition once every customer in it is held against other batches. Somebody else may have changed
        them while we waited: so they are read again, until nobody is added."""
        locked: set[int] = set()
        while True:
            held = held_by(self.news, self.known, self.identifiers)
            concerned = {customer for customers in held.values() for customer in customers}
            people = (*self.known.values(), *self.seen_again.values())
            waiting = (concerned | {person.customer for person in people}) - locked
            if not waiting:
                break
            lock_customers(waiting)
            locked |= waiting
            self.known = read_again(self.news, self.known) if self.news else {}
        self.partition = partition_of(self.news, self.known, self.identifiers, held)

    # --- whose it is ----------------------------------------------------------------------------------------------

    def assign_owners(self) -> None:
        """A customer is made for a group without one; the eldest of a group with several absorbs the others."""
        self.owners = {}
        homeless: dict[uuid.UUID, list[ProfileKey]] = {}
        for group in self.partition.groups():
            keys = [key for _kind, key in group if isinstance(key, ProfileKey)]
            customers = _customers(group)
            if customers:
                survivor, *absorbed = customers
                self.owners |= dict.fromkeys(keys, survivor)
                self.merges += [Merge(survivor, customer) for customer in absorbed]
            else:
                homeless[uuid.uuid4()] = keys
        born = {public_id: min(self.news[key].since for key in keys) for public_id, keys in homeless.items()}
        for public_id, pk in make_customers(born).items():
            self.owners |= dict.fromkeys(homeless[public_id], pk)
            self.made.add(pk)
        merge(self.merges, rule="shared identifier")

    # --- what is kept ---------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Profiles, what has changed of them, and who is known by what."""
        seen, before = self.news | self.again, self.known | self.seen_again
        owners = self.owners | {key: person.customer for key, person in self.seen_again.items()}
        self.profiles = write_profiles(seen, owners)
        write_changes(self.news, before, self.profiles)
        ids = {handle: identifier.pk for handle, identifier in self.identifiers.items()}
        ids |= {handle: pk for person in self.seen_again.values() for handle, pk in person.handles.items()}
        write_evidence(seen, before, self.profiles, ids)

    def show(self) -> None:
        """Show what holds of those who absorbed somebody, of whom something was said, or who were seen again."""
        changed = {self.owners[key] for key, claim in self.news.items() if SHOWN.keys() & claim.traits.keys()}
        met = {person.customer for person in self.seen_again.values()}
        show({pair.survivor for pair in self.merges} | changed | of_several_profiles(met))

    # --- what the rules refused -----------------------------------------------------------------------------------

    def correct(self) -> Drift:
        """Have people compared whom an identifier did not join though it might have, and draw anew who was joined by a
        value that is shared now, or has turned out to be two."""
        unsure = [(one, other) for one, other, _handle, why in self.partition.refused if why in TO_DECIDE]
        compare_again({self.customer_of(node) for pair in unsure for node in pair})
        sharers, crowded = self.share_values(), self.crowded()
        if not (sharers or crowded):
            return Drift()
        return repartition(sharers | crowded, rule=SHARED if sharers else TOO_MANY)

    def share_values(self) -> set[int]:
        """A value that more people have than can be is nobody's proof any longer. Those who have it."""
        over = [self.identifiers[handle].pk for handle in self.partition.overshared()]
        Identifier.objects.filter(pk__in=over).update(status=Identifier.Status.SHARED)
        return {customer for held in holders(over).values() for customer in held}

    def crowded(self) -> set[int]:
        """Customers who have turned out to be several people."""
        groups = [group for group in self.partition.groups() if not self.partition.crowded.isdisjoint(group)]
        found = {customers[0] for customers in map(_customers, groups) if customers}
        return found | {self.owners[key] for group in groups for _kind, key in group if isinstance(key, ProfileKey)}

    def customer_of(self, node: Node) -> int:
        return self.owners[node[1]] if isinstance(node[1], ProfileKey) else int(str(node[1]))

    # --- what comes out -------------------------------------------------------------------------------------------

    def answer(self) -> dict[ProfileKey, Resolved]:
        """What the database would answer now, without asking it for all of it again."""
        if not self.news:
            return {}
        owners = list({*self.owners.values()})
        public_ids = dict(rows("SELECT id, public_id FROM customers_customer WHERE id = ANY(%s)", owners))
        return {key: self._person(key, claim, public_ids[self.owners[key]]) for key, claim in self.news.items()}

    def _person(self, key: ProfileKey, claim: Claim, public_id: uuid.UUID) -> Resolved:
        was, first, last = self.known.get(key), claim.since, claim.seen_at
        traits, verified = dict(claim.traits), frozenset(claim.handles)
        handles = {handle: self.identifiers[handle].pk for handle in (*claim.handles, *claim.unverified)}
        if was:
            traits = {**was.traits, **traits} if last >= was.last_seen else {**traits, **was.traits}
            first, last, verified = min(first, was.first_seen), max(last, was.last_seen), verified | was.verified
            handles |= was.handles
        return Resolved(self.profiles[key], self.owners[key], public_id, traits, first, last, handles, verified)


def _customers(group: Iterable[Node]) -> list[int]:
    """The customers in a group, the eldest first."""
    return sorted(pk for kind, pk in group if kind == "customer" and isinstance(pk, int))
