"""Finding a customer by anything a caller may say: a phone in any spelling, an e-mail, a card or order number, a
user id, part of a name. Every step is capped, so that the cost depends on what was typed, not on how many we know."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import phonenumbers
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType
from apps.customers.normalisation import INVISIBLE, normalise, phone_candidates, pretty_phone, recordset
from apps.interactions.models import Interaction

LONGEST = 100  # characters that are read of what was typed
CAP = 200  # names looked at before they are ranked
PROBED = 24  # identifiers a probe may bring, and customers an identifier may bring
PREFIX_DIGITS, SUFFIX_DIGITS = 5, 4  # of a phone number: fewer say too little
DIALLED = re.compile(r"[\d\s+()./-]+")
LAST = "\U0010ffff"  # sorts after every other character: `x` to `x` + LAST is all that begins with x

PHONES = (IdentifierType.PHONE,)
NUMBERS = (IdentifierType.LOYALTY, IdentifierType.ACCOUNT, IdentifierType.USER_ID)
HANDLES = (IdentifierType.EMAIL, IdentifierType.SOCIAL, *NUMBERS)

LAST_TOUCHES = """
    SELECT DISTINCT ON (profile.customer_id) profile.customer_id, story.occurred_at, story.channel
    FROM customers_sourceprofile AS profile CROSS JOIN LATERAL (%s) AS story
    WHERE profile.customer_id = ANY(%%s) ORDER BY profile.customer_id, story.occurred_at DESC
"""

# How good a match is: the smaller the better.
EXACT, WHOLE_WORDS, NAME_START, WORD_STARTS, START, END = range(6)


# What a customer may be found by besides an identifier.
REFERENCE, NAME = "reference", "name"
LABELS: dict[str, str | Promise] = {
    **dict(IdentifierType.choices),
    REFERENCE: _("Order or case number"),
    NAME: _("Name"),
}


class Hit(NamedTuple):
    """A customer found by one thing (a key of `LABELS`); `seen` breaks ties, the latest first."""

    rank: int
    customer: int
    seen: datetime | None
    kind: str
    value: str


class Probe(NamedTuple):
    """A stretch of the identifier index to read, ends included; `reverse` reads phone numbers from their end."""

    rank: int
    low: str
    high: str
    kinds: tuple[str, ...]
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A customer, by what they were found, and what tells them from others of the same name.

    `kind` is a key of `LABELS`, `value` what we know them by as people read it, `exact` whether all of it was given.
    `last_at` and `last_channel` (`interactions.Channel`) are of the newest interaction the reader may see.
    """

    customer: Customer
    kind: str
    value: str
    exact: bool
    phone: str
    email: str
    last_at: datetime | None
    last_channel: str

    @property
    def by(self) -> str:
        return str(LABELS[self.kind])


def find(words: str, reader: User, regions: Sequence[str], limit: int = 8) -> list[Found]:
    """Customers whom these words may mean, the likeliest first. At most six queries, whatever is found.

    `regions` (ISO 3166 alpha-2) read phone numbers without a country code, the likeliest first. A phone number is
    found by five or more of its first or four or more of its last digits, everything else by how it begins.
    """
    words = " ".join(INVISIBLE.sub("", words[:LONGEST]).split())
    if not words or not reader.is_active:
        return []
    hits = [*_by_identifier(words, regions), *_by_reference(words, reader)]
    if "@" not in words and any(letter.isalpha() for letter in words):
        hits += _by_name(words, reader, limit)
    return _told_apart(_best(hits)[:limit], reader)


def _best(hits: Iterable[Hit]) -> list[Hit]:
    """Each customer's best hit, the best first, and among equals whoever was seen last."""
    best: dict[int, Hit] = {}
    for hit in sorted(hits, key=_order):
        best.setdefault(hit.customer, hit)
    return list(best.values())


def _order(hit: Hit) -> tuple[int, float, int]:
    return hit.rank, -hit.seen.timestamp() if hit.seen else 0, hit.customer


# --- by what the customer is known by -----------------------------------------------------------------------------


def _probes(words: str, regions: Sequence[str]) -> Iterator[Probe]:
    for kind in (IdentifierType.EMAIL, *NUMBERS, IdentifierType.SOCIAL):
        value = normalise(kind, words)
        if value:
            yield Probe(EXACT, value, value, (kind,))
    if DIALLED.fullmatch(words):
        yield from _phone_probes(words, regions)
    elif len(words) > 2 and " " not in words:
        for start in sorted({words, words.lower(), words.upper()}):
            yield Probe(START, start, start + LAST, HANDLES)


def _phone_probes(dialled: str, regions: Sequence[str]) -> Iterator[Probe]:
    digits = re.sub(r"\D", "", dialled)
    if len(digits) >= SUFFIX_DIGITS:
        for number in phone_candidates(dialled, list(regions)):
            yield Probe(EXACT, number, number, PHONES)
        yield Probe(END, digits[::-1], digits[::-1] + LAST, PHONES, reverse=True)
    if len(digits) >= PREFIX_DIGITS:
        for start in _phone_starts(dialled, digits, regions):
            yield Probe(START, start, start + LAST, PHONES)
        yield Probe(START, digits, digits + LAST, NUMBERS)


def _phone_starts(dialled: str, digits: str, regions: Sequence[str]) -> list[str]:
    """How numbers that begin with these digits are kept: `0612 3` is `+336123` to somebody in France."""
    if dialled.startswith(("+", "00")):
        return [f"+{digits.removeprefix('00')}"]
    starts = {}
    for region in regions:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if metadata:
            national = digits.removeprefix(metadata.national_prefix or "")
            starts[f"+{metadata.country_code}{national}"] = True
    return list(starts)


IDENTIFIED = """
    SELECT p.rank, i.type, i.value, held.customer_id, held.seen
    FROM json_to_recordset(%s) AS p(rank int, low text, high text, kinds text[], reverse boolean)
    CROSS JOIN LATERAL (
        (SELECT id, type, value, status FROM customers_identifier
         WHERE NOT p.reverse AND value ~>=~ p.low AND value ~<=~ p.high
         ORDER BY value USING ~<~ LIMIT %s)
        UNION ALL
        (SELECT id, type, value, status FROM customers_identifier
         WHERE p.reverse AND type = 'phone' AND reverse(value) ~>=~ p.low AND reverse(value) ~<=~ p.high
         ORDER BY reverse(value) USING ~<~ LIMIT %s)
    ) i
    CROSS JOIN LATERAL (
        SELECT s.customer_id, max(e.last_seen) AS seen
        FROM (SELECT profile_id, last_seen FROM customers_evidence
              WHERE identifier_id = i.id AND (active OR i.status = %s) LIMIT %s) e
        JOIN customers_sourceprofile s ON s.id = e.profile_id GROUP BY 1
    ) held
    WHERE i.type = ANY(p.kinds) AND i.status <> %s
"""


def _by_identifier(words: str, regions: Sequence[str]) -> list[Hit]:
    probes = [probe._asdict() for probe in _probes(words, regions)]
    if not probes:
        return []
    shared, blocked = Identifier.Status.SHARED, Identifier.Status.BLOCKED
    with connection.cursor() as cursor:
        cursor.execute(IDENTIFIED, [recordset(probes), PROBED, PROBED, shared, PROBED, blocked])
        return [
            Hit(rank, customer, seen, kind, pretty_phone(value) if kind in PHONES else value)
            for rank, kind, value, customer, seen in cursor.fetchall()
        ]


def _by_reference(words: str, reader: User) -> list[Hit]:
    told = Interaction.objects.visible_to(reader).filter(reference__in=sorted({words, words.upper()}))
    rows = told.values_list("profile__customer_id", "occurred_at", "reference")[:PROBED]
    return [Hit(EXACT, customer, seen, REFERENCE, value) for customer, seen, value in rows]


# --- by name ------------------------------------------------------------------------------------------------------


def _by_name(words: str, reader: User, limit: int) -> list[Hit]:
    customers = Customer.objects.visible_to(reader)
    # Materialized: the plan is made for all rows, which the trigram index wins, though only the first are fetched.
    ways = (
        (WHOLE_WORDS, customers.with_words(words), "MATERIALIZED"),
        (NAME_START, customers.beginning(words), "NOT MATERIALIZED"),
        (WORD_STARTS, customers.named(words), "MATERIALIZED"),
    )
    branches: list[str] = []
    params: list[Any] = []
    for rank, way, planned in ways:
        sql, values = way.values("id").query.sql_with_params()
        branches.append(f"(WITH w AS {planned} ({sql}) SELECT {rank} AS rank, id FROM w LIMIT {CAP})")  # noqa: S608 - the ORM's
        params += values
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT min(rank), id, (SELECT max(last_seen) FROM customers_sourceprofile s WHERE s.customer_id = found.id)
            FROM ({" UNION ALL ".join(branches)}) AS found GROUP BY id ORDER BY 1, 3 DESC NULLS LAST LIMIT %s
            """,  # noqa: S608 - the parts are the ORM's and our own
            [*params, limit],
        )
        return [Hit(rank, customer, seen, NAME, "") for rank, customer, seen in cursor.fetchall()]


# --- what tells them apart ----------------------------------------------------------------------------------------


def _told_apart(hits: Sequence[Hit], reader: User) -> list[Found]:
    shown = Customer.objects.visible_to(reader).only("public_id", "name", "tier", "city")
    customers = shown.in_bulk([hit.customer for hit in hits])
    if not customers:
        return []
    contacts = _contacts(customers)
    last = _last_touches(customers, reader)
    return [
        Found(
            customer=customers[hit.customer],
            kind=hit.kind,
            value=hit.value or customers[hit.customer].name,
            exact=hit.rank == EXACT,
            phone=pretty_phone(contacts.get((hit.customer, IdentifierType.PHONE), "")),
            email=contacts.get((hit.customer, IdentifierType.EMAIL), ""),
            last_at=last[hit.customer][0] if hit.customer in last else None,
            last_channel=last[hit.customer][1] if hit.customer in last else "",
        )
        for hit in hits
        if hit.customer in customers
    ]


def _contacts(customers: Iterable[int]) -> dict[tuple[int, str], str]:
    """The main phone and e-mail of each: verified before claimed, then the one seen last."""
    one_each = ("profile__customer_id", "identifier__type")
    rows = (
        Evidence.objects.filter(
            profile__customer__in=customers,
            active=True,
            identifier__type__in=[IdentifierType.PHONE, IdentifierType.EMAIL],
        )
        .exclude(identifier__status=Identifier.Status.BLOCKED)
        .order_by(*one_each, "-verified", "-last_seen", "id")
        .distinct(*one_each)
        .values_list(*one_each, "identifier__value")
    )
    return {(customer, kind): value for customer, kind, value in rows}


def _last_touches(customers: Iterable[int], reader: User) -> dict[int, tuple[datetime, str]]:
    own = Interaction.objects.visible_to(reader).filter(profile_id=RawSQL("profile.id", ())).newest_first()
    newest_of_one, params = own.values("occurred_at", "channel")[:1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(LAST_TOUCHES % newest_of_one, [*params, list(customers)])
        return {customer: (at, channel) for customer, at, channel in cursor.fetchall()}
