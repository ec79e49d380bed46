"""Source profiles as a batch reads and writes them: what we know of each, and what was said of them since."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.foundation.db.rows import recordset, rows

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
    version: str = ""  # of the profile's row
    made: bool = False  # this claim is the first we hear of the customer


def known_profiles(keys: Iterable[ProfileKey]) -> dict[ProfileKey, Resolved]:
    """Whoever of these we know."""
    wanted = list(keys)
    if not wanted:
        return {}
    found = rows(
        """
        SELECT p.source, p.external_id, p.id, p.customer_id, c.public_id, p.traits::text, p.first_seen::text,
               p.last_seen::text, h.handles::text, p.xmin::text
        FROM json_to_recordset(%s) AS k(source text, external_id text)
        JOIN customers_sourceprofile p USING (source, external_id)
        JOIN customers_customer c ON c.id = p.customer_id
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_array(i.type, i.value, i.scope, i.id, e.verified)) AS handles
            FROM customers_evidence e JOIN customers_identifier i ON i.id = e.identifier_id
            WHERE e.profile_id = p.id
        ) h
        """,
        keys_of(wanted),
    )
    return {ProfileKey(source, external_id): _resolved(*row) for source, external_id, *row in found}


def _resolved(
    profile: int,
    customer: int,
    public_id: uuid.UUID,
    traits: str,
    first: str,
    last: str,
    handles: str | None,
    version: str,
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
        version,
    )


def read_again(keys: Iterable[ProfileKey], known: dict[ProfileKey, Resolved]) -> dict[ProfileKey, Resolved]:
    """What is known of these, read again only where somebody has written since."""
    versions = {
        ProfileKey(source, external_id): (customer, version)
        for source, external_id, customer, version in rows(
            """
            SELECT p.source, p.external_id, p.customer_id, p.xmin::text
            FROM json_to_recordset(%s) AS k(source text, external_id text)
            JOIN customers_sourceprofile p USING (source, external_id)
            """,
            keys_of(keys),
        )
    }
    same = {key: known[key] for key, now in versions.items() if key in known and now == _version(known[key])}
    return same | known_profiles(versions.keys() - same.keys())


def _version(person: Resolved) -> tuple[int, str]:
    return person.customer, person.version


def keys_of(keys: Iterable[ProfileKey]) -> str:
    """As a record set of (source, external_id)."""
    return recordset([key._asdict() for key in keys])


def is_another_day(claim: Claim, known: Resolved) -> bool:
    return claim.seen_at - known.last_seen > SEEN_AGAIN or known.first_seen - claim.since > SEEN_AGAIN


def write_profiles(news: dict[ProfileKey, Claim], owners: dict[ProfileKey, int]) -> dict[ProfileKey, int]:
    """Keep what was said of each; their ids."""
    written = rows(
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
    return {ProfileKey(source, external_id): pk for source, external_id, pk in written}


def write_evidence(
    news: dict[ProfileKey, Claim],
    before: dict[ProfileKey, Resolved],
    profiles: dict[ProfileKey, int],
    identifiers: Mapping[Handle, int],
) -> None:
    """Keep who is known by what; `before` is what was known of them."""
    evidence: dict[tuple[int, int], dict[str, Any]] = {}
    for key, claim in news.items():
        was = before.get(key)
        lately = was.verified if was and not is_another_day(claim, was) else frozenset()  # nothing new to write
        for verified, handles in ((False, claim.unverified), (True, claim.handles)):
            for handle in (given for given in handles if given not in lately):
                pair = profiles[key], identifiers[handle]
                seen = {"first_seen": claim.since, "seen_at": claim.seen_at}
                typed_by = None if verified else claim.typed_by
                evidence[pair] = {"p": pair[0], "i": pair[1], "verified": verified, "typed_by": typed_by, **seen}
    rows(
        """
        INSERT INTO customers_evidence AS e (
            profile_id, identifier_id, first_seen, last_seen, verified, verified_at, typed_by_id, active)
        SELECT p, i, first_seen, seen_at, verified, CASE WHEN verified THEN seen_at END, typed_by, true
        FROM json_to_recordset(%s)
          AS n(p bigint, i bigint, first_seen timestamptz, seen_at timestamptz, verified boolean, typed_by bigint)
        ORDER BY p, i
        ON CONFLICT (profile_id, identifier_id) DO UPDATE SET
            first_seen = LEAST(e.first_seen, EXCLUDED.first_seen),
            last_seen = GREATEST(e.last_seen, EXCLUDED.last_seen),
            verified = e.verified OR EXCLUDED.verified,
            verified_at = GREATEST(e.verified_at, EXCLUDED.verified_at)
        """,
        recordset(list(evidence.values())),
    )
