"""From people to rows, and into the tables with COPY."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import orjson
from django.db import connection

from apps.accounts.models import User
from apps.customers.attributes.traits import show
from apps.demo.world.events import BANK, CLUB, DESK, MARKETING, PHONE, SHOP, Character, WorldEvent
from apps.demo.world.particulars import Particulars, particulars
from apps.demo.world.people import handles_of
from apps.interactions.models import Disposition

# Table, its columns, in the order in which they are filled.
TABLES: dict[str, tuple[str, ...]] = {
    "customers_customer": (
        "id", "public_id", "name", "tier", "city", "country", "language", "timezone", "since", "created_at",
    ),
    "customers_sourceprofile": ("id", "source", "external_id", "customer_id", "traits", "first_seen", "last_seen"),
    "customers_attributechange": ("id", "profile_id", "key", "value", "before", "at", "recorded_at", "actor_id"),
    "customers_identifier": ("id", "type", "scope", "value", "status"),
    "customers_evidence": (
        "id", "profile_id", "identifier_id", "first_seen", "last_seen", "verified", "active",
    ),
    "contact_consent": (
        "id", "profile_id", "channel", "purpose", "status", "at", "recorded_at", "origin", "actor_id",
    ),
    "interactions_interaction": (
        "id", "profile_id", "occurred_at", "recorded_at", "ended_at", "channel", "kind", "direction", "title", "body",
        "verbatim", "read_back", "sentiment", "amount", "currency", "touchpoint", "staff_id", "staff_name", "disposition_id",
        "reference", "thread", "source", "external_id", "payload",
    ),
    "interactions_followup": (
        "id", "profile_id", "interaction_id", "text", "due_at", "owner_id", "team_id", "state", "created_at",
        "closed_at",
    ),
    "interactions_pin": ("id", "interaction_id", "profile_id", "actor_id", "at"),
}  # fmt: skip
Row = tuple[Any, ...]


class Writer:
    """Collects the rows of some people, then writes them; ids are ours, sequences follow (`close`)."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self._rng, self._now = rng, now
        self._ids = {table: _last_id(table) for table in TABLES}
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._identifiers: dict[tuple[str, str, str], int] = {}
        self._staff = {user.username: user for user in User.objects.all()}
        self._codes = dict(Disposition.objects.values_list("code", "id"))

    def add(self, person: Character) -> None:
        public_id = uuid.UUID(int=self._rng.getrandbits(128), version=4)
        first = datetime.combine(person.since, datetime.min.time(), person.zone)
        customer = self._put("customers_customer", public_id, person.name, person.tier, person.city, person.country,
                             person.language, str(person.zone), person.since, first)  # fmt: skip
        person.events.sort(key=lambda event: event.at)
        profiles = self._profiles(person, customer, str(public_id), first)
        for line in person.consents:
            self._put("contact_consent", profiles[line.source], line.channel, "marketing", line.status, line.at,
                      line.at, line.origin, None)  # fmt: skip
        for event in person.events:
            self._event(event, profiles[event.source])

    def flush(self) -> int:
        """Write what has been collected; how many interactions it was."""
        written = len(self._rows["interactions_interaction"])
        customers = [row[0] for row in self._rows["customers_customer"]]
        for table, rows in self._rows.items():
            _copy(table, rows)
            rows.clear()
        self._identifiers.clear()
        show(customers)  # born and address, by whose word counts
        return written

    def close(self) -> None:
        self.flush()
        with connection.cursor() as cursor:
            for table, last in self._ids.items():
                if last:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])

    def share(self, value: str) -> None:
        """Mark a phone number already collected as one that several people share."""
        shared = self._identifiers["phone", "", value]
        rows = self._rows["customers_identifier"]
        rows[:] = [(*row[:4], "shared") if row[0] == shared else row for row in rows]

    def _put(self, table: str, *values: Any) -> int:
        self._ids[table] += 1
        self._rows[table].append((self._ids[table], *values))
        return self._ids[table]

    def _profiles(self, person: Character, customer: int, public_id: str, first: datetime) -> dict[str, int]:
        """A profile for every source that met the person, with why it knows them."""
        known, facts = {**handles_of(person), DESK: (public_id, [])}, particulars(person, self._now)
        met = {SHOP, PHONE} | {event.source for event in person.events} | {line.source for line in person.consents}
        met |= {CLUB} if person.loyalty else set()
        profiles = {}
        for source in sorted(met):
            key, handles = known[source]
            seen = [event.at for event in person.events if event.source == source] or [first]
            span = min(first, seen[0]), max(seen[-1], first)
            profiles[source] = self._put(
                "customers_sourceprofile", source, key, customer, _traits(person, source, facts), *span
            )
            self._history(profiles[source], source, facts, span[0])
            for handle in handles:
                self._put("customers_evidence", profiles[source], self._identifier(handle), *span, True, True)
        return profiles

    def _history(self, profile: int, source: str, facts: Particulars, first: datetime) -> None:
        """What the source said before it said what it says now, and what a colleague typed."""
        since, earlier = facts.before.get(source, (first, {}))
        if first < since:
            for key, before in earlier.items():
                self._change(profile, key, facts.said[source][key], before, since, None)
        for key, (at, value) in facts.typed.items() if source == DESK else ():
            self._change(profile, key, value, None, at, self._staff["agent"].pk)

    def _change(self, profile: int, key: str, value: Any, before: Any, at: datetime, actor: int | None) -> None:
        was = None if before is None else orjson.dumps(before).decode()
        self._put("customers_attributechange", profile, key, orjson.dumps(value).decode(), was, at, at, actor)

    def _identifier(self, handle: tuple[str, str, str]) -> int:
        if handle not in self._identifiers:
            self._identifiers[handle] = self._put("customers_identifier", *handle, "active")
        return self._identifiers[handle]

    def _event(self, event: WorldEvent, profile: int) -> None:
        staff = self._staff.get(event.staff)
        recorded = min((event.ended_at or event.at) + timedelta(seconds=2), self._now)
        pk = self._put(
            "interactions_interaction", profile, event.at, recorded, event.ended_at, event.channel, event.kind,
            event.direction, event.title, event.body, event.verbatim, event.read_back, event.sentiment, event.amount,
            event.currency, event.touchpoint, staff.pk if staff else None, staff.get_full_name() if staff else "",
            self._codes[event.disposition] if event.disposition else None, event.reference, event.thread, event.source,
            f"demo-{self._ids['interactions_interaction'] + 1}", orjson.dumps(event.payload or {}).decode(),
        )  # fmt: skip
        if event.promise:
            made = event.promise
            owner = self._staff[made.owner]
            self._put("interactions_followup", profile, pk, made.text[:300], made.due_at, owner.pk, owner.team_id,
                      made.state, event.at, made.closed_at)  # fmt: skip
        if event.pinned_by:
            self._put("interactions_pin", pk, profile, self._staff[event.pinned_by].pk, recorded)


def _traits(person: Character, source: str, facts: Particulars) -> str:
    """What the source says of the person, under the names `customers.drafts.Claim` gives them."""
    traits: dict[str, Any] = {"name": person.name}
    if source in {SHOP, CLUB, BANK, MARKETING}:
        traits |= {"city": person.city, "country": person.country, "language": person.language}
    if source == CLUB:
        traits |= {"tier": person.tier, "since": person.since.isoformat()}
    if source == SHOP:
        traits["timezone"] = str(person.zone)
    if source == DESK:
        traits |= {key: value for key, (_at, value) in facts.typed.items()}
    return orjson.dumps(traits | facts.said.get(source, {})).decode()


def _last_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")  # noqa: S608 - our own tables
        return int(cursor.fetchone()[0])


def _copy(table: str, rows: Iterable[Row]) -> None:
    columns = ", ".join(TABLES[table])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def analyse() -> None:
    """Tell the planner what has arrived; a fresh table's statistics say that it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
