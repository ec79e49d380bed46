"""Whose word counts for each attribute of a customer, what everybody else says, and since when they do.

Who wins, the first reason that tells two of them apart:

1. Profiles all of whose identifiers are unverified come last, unless a colleague typed them: anybody may have written
   that.
2. What somebody typed by hand comes first, until a source says something else than it did then.
3. The order of sources in the attribute's definition; those it does not name follow.
4. The profile heard from last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from apps.customers.attributes.catalogue import catalogue
from apps.foundation.db.rows import recordset, rows


class Heard(NamedTuple):
    """A profile with all it says. `trusted`: some identifier of it is verified or a colleague typed it, or it
    has none."""

    profile: int
    customer: int
    source: str
    traits: Mapping[str, Any]
    first_seen: datetime
    last_seen: datetime
    trusted: bool


class Change(NamedTuple):
    """The newest change of one attribute of a profile; `actor` is the name of whoever typed it, or empty."""

    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What one profile says. `actor` names who typed it by hand; `heard` is when the profile was last heard from."""

    value: Any
    source: str
    since: datetime
    heard: datetime
    profile: int
    trusted: bool = True
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What holds, who says so and since when; `actor` names who typed it by hand. `said` is everybody's word, the
    one that holds first."""

    key: str
    value: Any
    source: str
    since: datetime
    actor: str
    said: tuple[Saying, ...]


def attributes(profiles: Sequence[Heard]) -> dict[int, dict[str, Attribute]]:
    """By customer's id and key, in one query. Attributes that nobody has a value for are not there."""
    said = [
        (speaker, key, value) for speaker in profiles for key, value in speaker.traits.items() if is_readable(value)
    ]
    changes = newest_changes((speaker.profile, key) for speaker, key, _value in said)
    trusted = precedences()
    words: dict[int, dict[str, list[Saying]]] = defaultdict(lambda: defaultdict(list))
    for speaker, key, value in said:
        words[speaker.customer][key].append(saying(speaker, value, changes.get((speaker.profile, key))))
    return {
        customer: {key: _attribute(key, ranked(said, trusted.get(key, ()))) for key, said in by_key.items()}
        for customer, by_key in words.items()
    }


def heard(customers: Iterable[int]) -> list[Heard]:
    """Every profile of these customers, the eldest first."""
    found = rows(
        """
        SELECT p.id, p.customer_id, p.source, p.traits::text, p.first_seen, p.last_seen, (
            SELECT bool_or(e.verified OR e.typed_by_id IS NOT NULL) FROM customers_evidence e WHERE e.profile_id = p.id
        ) IS NOT FALSE
        FROM customers_sourceprofile p WHERE p.customer_id = ANY(%s) ORDER BY p.id
        """,
        sorted(customers),
    )
    return [
        Heard(profile, customer, source, orjson.loads(traits), first, last, trusted)
        for profile, customer, source, traits, first, last, trusted in found
    ]


def newest_changes(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Change]:
    """The newest change, if there was any, of each of these attributes, given by profile and key. One look into the
    index for each, however long its history."""
    pairs = recordset([{"profile": profile, "key": key} for profile, key in wanted])
    if pairs == "[]":
        return {}
    found = rows(
        """
        SELECT w.profile, w.key, c.at,
               COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.username, '')
        FROM json_to_recordset(%s) AS w(profile bigint, key text)
        CROSS JOIN LATERAL (
            SELECT at, actor_id FROM customers_attributechange
            WHERE profile_id = w.profile AND key = w.key ORDER BY at DESC, id DESC LIMIT 1
        ) c
        LEFT JOIN accounts_user u ON u.id = c.actor_id
        """,
        pairs,
    )
    return {(profile, key): Change(at, actor) for profile, key, at, actor in found}


def precedences(keys: Collection[str] | None = None) -> dict[str, list[str]]:
    """Sources in the order in which they are believed, by attribute, where somebody has put them in order."""
    return {
        key: definition.precedence
        for key, definition in catalogue().items()
        if definition.precedence and (keys is None or key in keys)
    }


def saying(speaker: Heard, value: Any, change: Change | None) -> Saying:
    since, actor = change or (speaker.first_seen, "")
    return Saying(value, speaker.source, since, speaker.last_seen, speaker.profile, speaker.trusted, actor)


def ranked(said: Iterable[Saying], precedence: Sequence[str] = ()) -> tuple[Saying, ...]:
    """What is said of one attribute, the word that holds first."""
    words = list(said)
    place = {source: number for number, source in enumerate(precedence)}
    hand = _standing(words)

    def worth(word: Saying) -> tuple[bool, bool, int, float, int]:
        by_rule = place.get(word.source, len(place))
        return not word.trusted, word is not hand, by_rule, -word.heard.timestamp(), -word.profile

    return tuple(sorted(words, key=worth))


def _standing(words: Collection[Saying]) -> Saying | None:
    """What was last typed by hand, unless a source has said something else since."""
    hand = max((word for word in words if word.actor), key=lambda word: (word.since, word.profile), default=None)
    if hand is None:
        return None
    others = (word for word in words if word.trusted and not word.actor and word.value != hand.value)
    return None if any(word.since > hand.since for word in others) else hand


def is_readable(value: Any) -> bool:
    """Whether this is a value a person can read; lists and objects are kept with the profile only."""
    return isinstance(value, int | float) or (isinstance(value, str) and bool(value.strip()))


def _attribute(key: str, said: tuple[Saying, ...]) -> Attribute:
    first = said[0]
    return Attribute(key, first.value, first.source, first.since, first.actor, said)


class AttributeRevision(NamedTuple):
    """One change of an attribute: what it was and became, by whose word, typed by whom (a name, or empty)."""

    at: datetime
    value: Any
    before: Any
    source: str
    actor: str


def history_of(customer: int, key: str, limit: int = 20) -> list[AttributeRevision]:
    """The newest changes of one attribute, whichever profile said it. Its cost does not grow with the history."""
    found = rows(
        """
        SELECT c.at, c.value::text, c.before::text, p.source,
               COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.username, '')
        FROM customers_sourceprofile p
        CROSS JOIN LATERAL (
            SELECT id, at, value, before, actor_id FROM customers_attributechange
            WHERE profile_id = p.id AND key = %s ORDER BY at DESC, id DESC LIMIT %s
        ) c
        LEFT JOIN accounts_user u ON u.id = c.actor_id
        WHERE p.customer_id = %s ORDER BY c.at DESC, c.id DESC LIMIT %s
        """,
        key,
        limit,
        customer,
        limit,
    )
    return [
        AttributeRevision(at, orjson.loads(value or "null"), orjson.loads(before or "null"), source, actor)
        for at, value, before, source, actor in found
    ]
