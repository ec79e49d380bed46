"""Which customer is meant: the deterministic resolution of a whole batch, in a fixed number of statements.

Steps: normalised handles come in with the claims; no customer known makes one, one is attached to, several become
one. A weak handle (a device) joins only people whom no strong handle tells apart; an unverified one joins nobody.

Locks are always taken in the same order (profile keys, identifiers, customers; each sorted), so batches that meet
wait for each other instead of dying. Call it once per transaction.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import connection

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import WEAK, Identifier
from apps.customers.normalisation import recordset
from apps.customers.partition import Partition
from apps.customers.traits import SHOWN, of_several_profiles, show

SEEN_AGAIN = timedelta(days=1)  # `last_seen` is kept to the day: a write for every event would be for nothing


class Resolved(NamedTuple):
    """The profile a claim ended in, and the customer it belongs to now."""

    profile: int
    customer: int
    public_id: uuid.UUID
    traits: Mapping[str, Any]
    first_seen: datetime
    last_seen: datetime
    handles: Mapping[Handle, int]  # with the id of each identifier
    verified: frozenset[Handle]
    made: bool = False  # this claim is the first we hear of the customer


def resolve(claims: Iterable[Claim]) -> dict[ProfileKey, Resolved]:
    """The profile and customer of every claim, creating and joining as needed. Runs inside the caller's transaction.

    Cost: one statement where nothing is new, about a dozen otherwise, whatever the size of the batch (keep it
    under a thousand claims: each new one holds a lock).
    """
    wanted = _one_claim_per_key(claims)
    known = _known(wanted)
    news = {key: claim for key, claim in wanted.items() if _tells_something_new(claim, known.get(key))}
    again = {key: claim for key, claim in wanted.items() if key not in news and _is_another_day(claim, known[key])}
    if news or again:
        made = _learn(news, again, known)
        known |= {
            key: person._replace(made=True) if person.customer in made else person
            for key, person in _known(news).items()
        }
    return known


def _one_claim_per_key(claims: Iterable[Claim]) -> dict[ProfileKey, Claim]:
    wanted: dict[ProfileKey, Claim] = {}
    for claim in claims:
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


def _tells_something_new(claim: Claim, known: Resolved | None) -> bool:
    """Anything but when they were seen. What is older than what we know adds traits and changes none."""
    if known is None or not known.verified.issuperset(claim.handles) or not known.handles.keys() >= {*claim.unverified}:
        return True
    traits = known.traits
    if claim.seen_at < known.last_seen:
        return any(name not in traits for name in claim.traits)
    return any(traits.get(name) != value for name, value in claim.traits.items())


def _is_another_day(claim: Claim, known: Resolved) -> bool:
    return claim.seen_at - known.last_seen > SEEN_AGAIN or known.first_seen - claim.since > SEEN_AGAIN


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def _keys(keys: Iterable[ProfileKey]) -> str:
    return recordset([key._asdict() for key in keys])


def _known(keys: Iterable[ProfileKey]) -> dict[ProfileKey, Resolved]:
    wanted = list(keys)
    if not wanted:
        return {}
    rows = _rows(
        """
        SELECT p.source, p.external_id, p.id, p.customer_id, c.public_id, p.traits::text, p.first_seen::text,
               p.last_seen::text, h.handles::text
        FROM json_to_recordset(%s) AS k(source text, external_id text)
        JOIN customers_sourceprofile p USING (source, external_id)
        JOIN customers_customer c ON c.id = p.customer_id
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_array(i.type, i.value, i.scope, i.id, e.verified)) AS handles
            FROM customers_evidence e JOIN customers_identifier i ON i.id = e.identifier_id
            WHERE e.profile_id = p.id
        ) h
        """,
        _keys(wanted),
    )
    return {ProfileKey(source, external_id): _resolved(*row) for source, external_id, *row in rows}


def _resolved(
    profile: int, customer: int, public_id: uuid.UUID, traits: str, first: str, last: str, handles: str | None
) -> Resolved:
    """Times and handles come as text: it is read several times quicker than arrays are."""
    held = orjson.loads(handles) if handles else []
    return Resolved(
        profile,
        customer,
        public_id,
        orjson.loads(traits),
        datetime.fromisoformat(first).astimezone(UTC),
        datetime.fromisoformat(last).astimezone(UTC),
        {Handle(kind, value, scope): pk for kind, value, scope, pk, _verified in held},
        frozenset(Handle(kind, value, scope) for kind, value, scope, _pk, verified in held if verified),
    )


def _learn(
    news: dict[ProfileKey, Claim], again: dict[ProfileKey, Claim], known: dict[ProfileKey, Resolved]
) -> set[int]:
    """The customers that had to be made. Of `again` nothing is new but the day they were seen on."""
    met = {known[key].customer for key in again}
    _lock_keys(key for key in news if key not in known)
    identifiers = _lock_identifiers(
        {handle for claim in news.values() for handle in (*claim.handles, *claim.unverified)}
    )
    locked: set[int] = set()
    while True:
        fresh = _known(news)
        partition = _partition(news, fresh, identifiers)
        waiting = (partition.customers() | met) - locked
        if not waiting:
            break
        _lock_customers(waiting)  # by somebody else they may have changed meanwhile: the partition is drawn again
        locked |= waiting
        if not news:
            break
    owners, grown, made = _owners(partition, news)
    seen = news | again
    profiles = _write_profiles(seen, owners | {key: known[key].customer for key in again})
    ids = {handle: pk for handle, (pk, _usable) in identifiers.items()}
    _write_evidence(seen, profiles, ids | {handle: pk for key in again for handle, pk in known[key].handles.items()})
    changed = {owners[key] for key, claim in news.items() if SHOWN.keys() & claim.traits.keys()}
    show(grown | changed | of_several_profiles(met))
    return made


def _lock_keys(keys: Iterable[ProfileKey]) -> None:
    wanted = list(keys)
    if not wanted:
        return
    _rows(
        """
        SELECT pg_advisory_xact_lock(lock) FROM (
            SELECT DISTINCT hashtextextended(source || ' ' || external_id, 0) AS lock
            FROM json_to_recordset(%s) AS k(source text, external_id text) ORDER BY lock
        ) sorted
        """,
        _keys(wanted),
    )


def _lock_identifiers(handles: set[Handle]) -> dict[Handle, tuple[int, bool]]:
    """Id and usability (active, neither blocked nor shared) of each handle's identifier, made where missing."""
    if not handles:
        return {}
    wanted = recordset([handle._asdict() for handle in handles])
    _rows(
        """
        INSERT INTO customers_identifier (type, scope, value, status)
        SELECT type, scope, value, 'active' FROM json_to_recordset(%s) AS h(type text, value text, scope text)
        ORDER BY type, value, scope
        ON CONFLICT DO NOTHING
        """,
        wanted,
    )
    rows = _rows(
        """
        SELECT i.type, i.value, i.scope, i.id, i.status FROM customers_identifier i
        JOIN json_to_recordset(%s) AS h(type text, value text, scope text) USING (type, value, scope)
        ORDER BY i.type, i.value, i.scope FOR UPDATE OF i
        """,
        wanted,
    )
    return {
        Handle(kind, value, scope): (pk, status == Identifier.Status.ACTIVE) for kind, value, scope, pk, status in rows
    }


def _lock_customers(customers: set[int]) -> None:
    _rows("SELECT 1 FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", sorted(customers))


def _partition(
    news: dict[ProfileKey, Claim],
    known: dict[ProfileKey, Resolved],
    identifiers: dict[Handle, tuple[int, bool]],
) -> Partition:
    """Who belongs together: claims and the customers they already are or share an identifier with."""
    holders = _holders(pk for pk, usable in identifiers.values() if usable)
    concerned = {c for held in holders.values() for c in held} | {found.customer for found in known.values()}
    partition = Partition(strong=_held_by_strong(concerned))
    claimed: dict[Handle, list[ProfileKey]] = defaultdict(list)
    for key, claim in news.items():
        partition.add(key, known[key].customer if key in known else None, strong=any(h.strong for h in claim.handles))
        for handle in claim.handles:
            claimed[handle].append(key)
    for handle in sorted(claimed, key=lambda one: (not one.strong, one)):
        pk, usable = identifiers[handle]
        if usable:
            verified = [customer for customer, sure in holders.get(pk, {}).items() if sure]
            partition.join(claimed[handle], verified, weak=not handle.strong)
    for key, claim in sorted(news.items(), key=lambda item: item[1].seen_at):
        for handle in claim.unverified:
            pk, usable = identifiers[handle]
            if usable:
                partition.lean(key, claimed[handle], holders.get(pk, {}))
                claimed[handle].append(key)
    return partition


def _holders(identifiers: Iterable[int]) -> dict[int, dict[int, bool]]:
    """For each identifier the customers who hold it, and whether any of the evidence is verified."""
    wanted = list(identifiers)
    held: dict[int, dict[int, bool]] = defaultdict(dict)
    if not wanted:
        return held
    for identifier, customer, verified in _rows(
        """
        SELECT e.identifier_id, p.customer_id, bool_or(e.verified)
        FROM customers_evidence e JOIN customers_sourceprofile p ON p.id = e.profile_id
        WHERE e.active AND e.identifier_id = ANY(%s) GROUP BY 1, 2
        """,
        wanted,
    ):
        held[identifier][customer] = verified
    return held


def _held_by_strong(customers: set[int]) -> set[int]:
    if not customers:
        return set()
    return {
        customer
        for (customer,) in _rows(
            """
            SELECT DISTINCT p.customer_id FROM customers_sourceprofile p
            JOIN customers_evidence e ON e.profile_id = p.id AND e.active AND e.verified
            JOIN customers_identifier i ON i.id = e.identifier_id AND NOT i.type = ANY(%s)
            WHERE p.customer_id = ANY(%s)
            """,
            list(WEAK),
            list(customers),
        )
    }


def _owners(partition: Partition, news: dict[ProfileKey, Claim]) -> tuple[dict[ProfileKey, int], set[int], set[int]]:
    """The customer of every claim: made for a group without one, the eldest of a group with several. Also those who
    absorbed others, and those who were made."""
    owners: dict[ProfileKey, int] = {}
    homeless: dict[str, list[ProfileKey]] = {}
    merges: list[dict[str, int]] = []
    for keys, customers in partition.groups():
        if customers:
            survivor, *absorbed = sorted(customers)
            owners |= dict.fromkeys(keys, survivor)
            merges += [{"survivor": survivor, "absorbed": one} for one in absorbed]
        else:
            homeless[str(uuid.uuid4())] = keys
    made = _make_customers(homeless, news)
    for public_id, pk in made:
        owners |= dict.fromkeys(homeless[str(public_id)], pk)
    if merges:
        _merge(merges)
    return owners, {merge["survivor"] for merge in merges}, {pk for _public_id, pk in made}


def _make_customers(homeless: dict[str, list[ProfileKey]], news: dict[ProfileKey, Claim]) -> list[tuple[Any, ...]]:
    created = [
        {"public_id": public_id, "created_at": min(news[key].since for key in keys)}
        for public_id, keys in homeless.items()
    ]
    if not created:
        return []
    return _rows(
        """
        INSERT INTO customers_customer (public_id, name, tier, city, country, language, timezone, created_at)
        SELECT public_id, '', '', '', '', '', '', created_at
        FROM json_to_recordset(%s) AS c(public_id uuid, created_at timestamptz)
        RETURNING public_id, id
        """,
        recordset(created),
    )


def _merge(merges: list[dict[str, int]]) -> None:
    _rows(
        """
        WITH m AS (SELECT * FROM json_to_recordset(%s) AS m(survivor bigint, absorbed bigint)),
        moved AS (
            UPDATE customers_sourceprofile p SET customer_id = m.survivor FROM m WHERE p.customer_id = m.absorbed
            RETURNING p.id, m.absorbed
        ),
        gone AS (UPDATE customers_customer c SET merged_into_id = m.survivor FROM m WHERE c.id = m.absorbed)
        INSERT INTO customers_mergerecord (kind, survivor_id, absorbed_id, profiles, rule, reason, at)
        SELECT 'merge', m.survivor, m.absorbed,
               COALESCE((SELECT array_agg(id ORDER BY id) FROM moved WHERE moved.absorbed = m.absorbed), '{}'),
               'shared identifier', '', now()
        FROM m
        """,
        recordset(merges),
    )


def _write_profiles(news: dict[ProfileKey, Claim], owners: dict[ProfileKey, int]) -> dict[ProfileKey, int]:
    rows = _rows(
        """
        INSERT INTO customers_sourceprofile AS p (source, external_id, customer_id, traits, first_seen, last_seen)
        SELECT source, external_id, customer_id, traits, first_seen, seen_at
        FROM json_to_recordset(%s) AS n(
            source text, external_id text, customer_id bigint, traits jsonb, first_seen timestamptz,
            seen_at timestamptz)
        ORDER BY source, external_id
        ON CONFLICT (source, external_id) DO UPDATE SET
            traits = CASE WHEN EXCLUDED.last_seen >= p.last_seen
                          THEN p.traits || EXCLUDED.traits ELSE EXCLUDED.traits || p.traits END,
            first_seen = LEAST(p.first_seen, EXCLUDED.first_seen),
            last_seen = GREATEST(p.last_seen, EXCLUDED.last_seen)
        RETURNING p.source, p.external_id, p.id
        """,
        recordset(
            [
                {
                    **key._asdict(),
                    "customer_id": owners[key],
                    "traits": dict(claim.traits),
                    "first_seen": claim.since,
                    "seen_at": claim.seen_at,
                }
                for key, claim in news.items()
            ]
        ),
    )
    return {ProfileKey(source, external_id): pk for source, external_id, pk in rows}


def _write_evidence(
    news: dict[ProfileKey, Claim],
    profiles: dict[ProfileKey, int],
    identifiers: Mapping[Handle, int],
) -> None:
    evidence: dict[tuple[int, int], dict[str, Any]] = {}
    for key, claim in news.items():
        for verified, handles in ((False, claim.unverified), (True, claim.handles)):
            for handle in handles:
                pair = profiles[key], identifiers[handle]
                seen = {"first_seen": claim.since, "seen_at": claim.seen_at}
                evidence[pair] = {"p": pair[0], "i": pair[1], "verified": verified, **seen}
    _rows(
        """
        INSERT INTO customers_evidence AS e (profile_id, identifier_id, first_seen, last_seen, verified, active)
        SELECT p, i, first_seen, seen_at, verified, true
        FROM json_to_recordset(%s)
          AS n(p bigint, i bigint, first_seen timestamptz, seen_at timestamptz, verified boolean)
        ORDER BY p, i
        ON CONFLICT (profile_id, identifier_id) DO UPDATE SET
            first_seen = LEAST(e.first_seen, EXCLUDED.first_seen),
            last_seen = GREATEST(e.last_seen, EXCLUDED.last_seen),
            verified = e.verified OR EXCLUDED.verified
        """,
        recordset(list(evidence.values())),
    )
