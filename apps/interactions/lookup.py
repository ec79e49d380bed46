"""Finding a customer by anything a caller may say: a phone in any spelling, an e-mail, a card or order number, a
user id, part of a name. Every step is capped, so that the cost depends on what was typed, not on how many we know."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

import phonenumbers
from cachetools import LRUCache, cached
from django.core.exceptions import EmptyResultSet
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType, SourceProfile
from apps.customers.normalisation import normalise, phone_candidates
from apps.customers.paste import DIALLED, peeled
from apps.foundation.db.bundle import Bundle, Param, Parts
from apps.foundation.db.keyset import Cursor
from apps.foundation.db.rows import recordset, rows
from apps.foundation.db.server_cursor import planned_rows
from apps.foundation.db.timeout import TooSlow, time_limit
from apps.foundation.text.phones import pretty_phone
from apps.interactions.models import Interaction

LONGEST = 100  # characters that are read of what was typed
CAP = 200  # names looked at before they are ranked
PROBED = 24  # identifiers a probe may bring, and customers an identifier may bring
PREFIX_DIGITS, SUFFIX_DIGITS = 5, 4  # of a phone number: fewer say too little
LAST = "\U0010ffff"  # sorts after every other character: `x` to `x` + LAST is all that begins with x

PHONES = (IdentifierType.PHONE,)
CONTACTS = (IdentifierType.PHONE, IdentifierType.EMAIL)  # what tells people apart
NUMBERS = (IdentifierType.LOYALTY, IdentifierType.ACCOUNT, IdentifierType.USER_ID)
HANDLES = (IdentifierType.EMAIL, IdentifierType.SOCIAL, *NUMBERS)

FEW = 3  # found: where there are fewer, one of the letters may be wrong
PATIENCE = 40  # milliseconds for those who are called alike

# How good a match is: the smaller the better.
EXACT, WHOLE_WORDS, NAME_START, WORD_STARTS, PLACED, START, END, ALIKE = range(8)


# What a customer may be found by besides an identifier.
REFERENCE, NAME, PLACE, SIMILAR = "reference", "name", "place", "similar"
LABELS: dict[str, str | Promise] = {
    **dict(IdentifierType.choices),
    REFERENCE: _("Order or case number"),
    NAME: _("Name"),
    PLACE: _("Name and place"),
    SIMILAR: _("Similar name"),
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

    @property
    def similar(self) -> bool:
        """Not what was typed: a letter is another."""
        return self.kind == SIMILAR


class FoundPage(NamedTuple):
    """Some of those found. `more` is where the next page goes on, empty on the last; `crowded` says that there are more
    than are looked at."""

    found: list[Found]
    more: str = ""
    crowded: bool = False


def find(words: str, reader: User, regions: Sequence[str], limit: int = 8) -> list[Found]:
    """Customers whom these words may mean, the likeliest first. Two queries, whatever is found.

    `regions` (ISO 3166 alpha-2) read phone numbers without a country code, the likeliest first. A phone number is
    found by five or more of its first or four or more of its last digits, everything else by how it begins. Who is
    found by a name may be found by it and their city or postcode, too, in either order.
    """
    words = peeled(words)[:LONGEST]
    if not words or not reader.is_active:
        return []
    return _with_details(_best(_hits(words, reader, regions))[:limit], reader)


def find_page(words: str, reader: User, regions: Sequence[str], after: str = "", limit: int = 8) -> FoundPage:
    """As `find`, a page at a time. Where nobody is meant exactly and few are found, those follow who are called so but
    for a letter: five queries more, of which the one that looks is given `PATIENCE`."""
    words = peeled(words)[:LONGEST]
    if not words or not reader.is_active:
        return FoundPage([])
    hits = _hits(words, reader, regions)
    if len(hits) < FEW and all(hit.rank != EXACT for hit in hits):
        hits += _alike(words, reader)
    best, edge = _best(hits), Cursor.parse_as(_edge, after)
    if edge:
        best = [hit for hit in best if _order(hit) > (*edge.at, edge.pk)]
    shown = best[:limit]
    if len(best) > limit:
        rank, seen, customer = _order(shown[-1])
        return FoundPage(_with_details(shown, reader), Cursor((rank, seen), customer).token)
    return FoundPage(_with_details(shown, reader), crowded=_is_crowded(hits))


def _edge(text: str) -> tuple[int, float]:
    rank, seen = text.split("/")
    return int(rank), float(seen)


def _is_crowded(hits: Iterable[Hit]) -> bool:
    """Whether a step brought as many as it may bring."""
    brought = Counter(hit.rank for hit in hits)
    return any(count >= (PROBED if rank in (START, END) else CAP) for rank, count in brought.items())


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


# --- the statement ------------------------------------------------------------------------------------------------

IDENTIFIED = f"""
    SELECT p.rank, i.type::text, i.value::text, held.customer_id, held.seen
    FROM json_to_recordset(%s::json) AS p(rank int, low text, high text, kinds text[], reverse boolean)
    CROSS JOIN LATERAL (
        (SELECT id, type, value, status FROM customers_identifier
         WHERE NOT p.reverse AND value ~>=~ p.low AND value ~<=~ p.high
         ORDER BY value USING ~<~ LIMIT {PROBED})
        UNION ALL
        (SELECT id, type, value, status FROM customers_identifier
         WHERE p.reverse AND type = 'phone' AND reverse(value) ~>=~ p.low AND reverse(value) ~<=~ p.high
         ORDER BY reverse(value) USING ~<~ LIMIT {PROBED})
    ) i
    CROSS JOIN LATERAL (
        SELECT s.customer_id, max(e.last_seen) AS seen
        FROM (SELECT profile_id, last_seen FROM customers_evidence
              WHERE identifier_id = i.id AND (active OR i.status = '{Identifier.Status.SHARED}') LIMIT {PROBED}) e
        JOIN customers_sourceprofile s ON s.id = e.profile_id GROUP BY 1
    ) held
    WHERE i.type = ANY(p.kinds) AND i.status <> '{Identifier.Status.BLOCKED}'
"""  # noqa: S608
EMPTY = RawSQL("''", ())
REFERRED = """
    SELECT {rank}, '{kind}', reference, customer, seen FROM ({rows} LIMIT {most}) AS referred(customer, seen, reference)
"""
# Materialized: the plan is made for all rows, which the trigram index wins, though only the first are fetched.
NAMED = """
    (SELECT min(rank), '{kind}', '', id, (
        SELECT max(last_seen) FROM customers_sourceprofile s WHERE s.customer_id = found.id
     ) FROM (
        (WITH w AS MATERIALIZED ({whole_words}) SELECT {WHOLE_WORDS} AS rank, id FROM w LIMIT {most})
        UNION ALL
        (WITH w AS NOT MATERIALIZED ({name_start}) SELECT {NAME_START}, id FROM w LIMIT {most})
        UNION ALL
        (WITH w AS MATERIALIZED ({word_starts}) SELECT {WORD_STARTS}, id FROM w LIMIT {most})
     ) AS found GROUP BY id ORDER BY 1, 5 DESC NULLS LAST LIMIT {shown})
"""
BESIDE_NAME = """
    (SELECT {rank}, '{kind}', {value}, id, (
        SELECT max(last_seen) FROM customers_sourceprofile s WHERE s.customer_id = found.id
     ) FROM (WITH w AS MATERIALIZED ({rows}) SELECT * FROM w LIMIT {most}) AS found ORDER BY 5 DESC NULLS LAST)
"""


def _hits(words: str, reader: User, regions: Sequence[str]) -> list[Hit]:
    probes = [probe._asdict() for probe in _probes(words, regions)]
    typed = _typed(words)
    statement, params = _statement(reader, len(typed))
    values = [recordset(probes), *(_filled(param, words, typed) for param in params)]
    found = planned_rows(statement, *values)
    return [
        Hit(rank, customer, seen, kind, pretty_phone(value) if kind in PHONES else value)
        for rank, kind, value, customer, seen in found
    ]


def _typed(words: str) -> list[str]:
    """The words that may be a name."""
    letters = any(letter.isalpha() for letter in words) and "@" not in words
    return [word.strip(",;") for word in words.split() if any(map(str.isalnum, word))] if letters else []


def _alike(words: str, reader: User) -> list[Hit]:
    """Those who are called so but for a letter."""
    people = Customer.objects.visible_to(reader).misspelt(" ".join(_typed(words)))
    try:
        alike, params = people.values("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    statement = BESIDE_NAME.format(rank=ALIKE, kind=SIMILAR, value="''", rows=alike, most=PROBED)
    with suppress(TooSlow), time_limit(PATIENCE):
        return [
            Hit(rank, customer, seen, kind, value) for rank, kind, value, customer, seen in rows(statement, *params)
        ]
    return []


# They stand for what was typed; of WORD there are several.
WHOLE, UPPER, WORD, NUMBERED = "\ue000", "\ue001", "\ue002", "\ue003"


@cached(LRUCache(64), key=lambda reader, count: (reader.role, count), lock=Lock())
def _statement(reader: User, count: int) -> tuple[str, list[Any]]:
    """For whoever is of this reader's role, and for so many words that may be a name. The querysets are composed once;
    what was typed comes in the place of letters that nobody types."""
    # That it is not empty is said in so many words: so is the index, and what is planned once knows no more.
    referred = Interaction.objects.visible_to(reader).filter(
        reference__in=[WHOLE, UPPER, NUMBERED], reference__gt=EMPTY
    )
    references, params = referred.values("profile__customer_id", "occurred_at", "reference").query.sql_with_params()
    parts, values = [IDENTIFIED, REFERRED.format(rank=EXACT, kind=REFERENCE, rows=references, most=PROBED)], [*params]
    if count:
        name = " ".join(f"{WORD}{place}" for place in range(count))
        ways: dict[str, str] = {}
        people = Customer.objects.visible_to(reader)
        for way, found in (
            ("whole_words", people.with_words(name)),
            ("name_start", people.beginning(name)),
            ("word_starts", people.named(name)),
        ):
            ways[way], params = found.values("id").query.sql_with_params()
            values += params
        ranks = {"WHOLE_WORDS": WHOLE_WORDS, "NAME_START": NAME_START, "WORD_STARTS": WORD_STARTS}
        parts.append(NAMED.format(kind=NAME, most=CAP, shown=CAP, **ranks, **ways))
        if count > 1:
            placed, params = people.placed(name).values("id", "city", "postcode").query.sql_with_params()
            values += params
            place = "concat_ws(' ', nullif(postcode, ''), nullif(city, ''))"
            parts.append(BESIDE_NAME.format(rank=PLACED, kind=PLACE, value=place, rows=placed, most=CAP))
    return " UNION ALL ".join(parts), values


def _filled(param: Any, words: str, typed: Sequence[str]) -> Any:
    if not isinstance(param, str):
        return param
    if param == WHOLE:
        return words
    if param == UPPER:
        return words.upper()
    if param == NUMBERED:  # some shops have the sign in the number itself
        return f"#{words}"
    return STANDING.sub(lambda found: typed[int(found[1])], param)


STANDING = re.compile(rf"{WORD}(\d+)")


# --- what tells them apart ----------------------------------------------------------------------------------------


def _details(reader: User) -> Parts:
    """What is shown of each: the customer; the main phone and e-mail, verified before claimed, then the one seen last;
    the newest interaction of each profile that the reader may see."""
    these, one_each = Param("customers", many=True), ("profile__customer_id", "identifier__type")
    known = Evidence.objects.filter(profile__customer__any=these, active=True, identifier__type__in=CONTACTS)
    own = Interaction.objects.visible_to(reader).filter(profile=OuterRef("pk")).newest_first().values("pk")[:1]
    newest = SourceProfile.objects.filter(customer__any=these).values_list(Subquery(own))
    interactions = Interaction.objects.filter(pk__in=newest).newest_first()
    return {
        "customers": Customer.objects.visible_to(reader)
        .filter(pk__any=these)
        .only("public_id", "name", "tier", "city"),
        "contacts": known.exclude(identifier__status=Identifier.Status.BLOCKED)
        .order_by(*one_each, "-verified", "-last_seen", "id")
        .distinct(*one_each)
        .values_list(*one_each, "identifier__value"),
        "newest": interactions.values_list("profile__customer_id", "occurred_at", "channel"),
    }


_details_bundle = Bundle(_details)


def _with_details(hits: Sequence[Hit], reader: User) -> list[Found]:
    if not hits:
        return []
    parts = _details_bundle.read({"customers": [hit.customer for hit in hits]}, reader.role, reader)
    customers = {customer.pk: customer for customer in parts["customers"]}
    contacts = {(customer, kind): value for customer, kind, value in parts["contacts"]}
    last: dict[int, tuple[datetime, str]] = {}
    for customer, at, channel in parts["newest"]:
        last.setdefault(customer, (at, channel))
    return [_found(hit, customers[hit.customer], contacts, last) for hit in hits if hit.customer in customers]


def _found(
    hit: Hit,
    customer: Customer,
    contacts: Mapping[tuple[int, str], str],
    last: Mapping[int, tuple[datetime, str]],
) -> Found:
    at, channel = last.get(hit.customer, (None, ""))
    return Found(
        customer=customer,
        kind=hit.kind,
        value=hit.value or customer.name,
        exact=hit.rank == EXACT,
        phone=pretty_phone(contacts.get((hit.customer, IdentifierType.PHONE), "")),
        email=contacts.get((hit.customer, IdentifierType.EMAIL), ""),
        last_at=at,
        last_channel=channel,
    )
