"""What is shown of a customer, made of what each of their profiles says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import transaction
from django.utils.timezone import now

from apps.customers.attributes.precedence import Heard, newest_changes, precedences, ranked, saying
from apps.customers.identity.agreement import is_day
from apps.customers.identity.evidence import lock_customers
from apps.foundation.db.rows import recordset, rows

# Traits that are columns of Customer too, with the longest text each takes.
SHOWN = {
    "name": 200,
    "tier": 20,
    "city": 80,
    "country": 2,
    "language": 10,
    "timezone": 40,
    "since": 10,
    "born": 10,
    "street": 120,
    "postcode": 20,
    "region": 60,
}
CUT = {"name", "city", "street", "region"}  # the beginning of these still says something; of others it would be wrong
DAYS = ("since", "born")
COMPARED = ("name", "born", "street", "postcode", "city")  # by what others are found who may be the same person

# Traits that are no columns, by the names they come under, by which suggestions compare too.
OCCUPATION = ("occupation", "job", "job_title", "jobTitle", "profession")
BIRTH_PLACE = ("birth_place", "birthplace", "birthPlace", "place_of_birth", "placeOfBirth")
OFFICIAL = (
    *("tax_id", "taxId", "tax_number", "vat_id", "vatId", "vat_number", "national_id", "nationalId", "id_number"),
    *("social_security_number", "ssn", "passport", "passport_number"),
)

STRETCH = 500  # customers shown again in one transaction
ABSORBED, OWN, CLAIMED, PROVED = range(4)  # ranks of what is said, the weakest first

# What those absorbed were called, what the customer is called now, what anybody may have claimed (profiles all of whose
# identifiers are unverified, such as a From address, and not typed by a colleague), what the other profiles say; each
# in the order they were heard from. What was shown of somebody who was told apart from somebody else counts no more: it
# may be the other's.
UNMERGED = """(
    SELECT 1 FROM customers_mergerecord m
    WHERE m.survivor_id = {customer} AND (m.kind = 'unmerge' OR m.undone_by_id IS NOT NULL) LIMIT 1
)"""
SAID = f"""
    SELECT customer, traits::text, rank, id, source, first_seen::text, at::text FROM (
        SELECT merged_into_id AS customer, to_jsonb(c) AS traits, {ABSORBED} AS rank, created_at AS at, id,
               '' AS source, created_at AS first_seen
        FROM customers_customer c
        WHERE merged_into_id = ANY(%(ids)s) AND {UNMERGED.format(customer="c.merged_into_id")} IS NULL
        UNION ALL
        SELECT id, to_jsonb(c), {OWN}, created_at, id, '', created_at
        FROM customers_customer c WHERE id = ANY(%(ids)s) AND {UNMERGED.format(customer="c.id")} IS NULL
        UNION ALL
        SELECT customer_id, traits, CASE WHEN (
            SELECT bool_or(e.verified OR e.typed_by_id IS NOT NULL) FROM customers_evidence e WHERE e.profile_id = p.id
        ) IS FALSE THEN {CLAIMED} ELSE {PROVED} END, last_seen, id, source, first_seen
        FROM customers_sourceprofile p WHERE customer_id = ANY(%(ids)s)
    ) said ORDER BY customer, rank, at, id
"""  # noqa: S608 - constants of ours
_names = ", ".join(SHOWN)
_types = ", ".join(f"{name} {'date' if name in DAYS else 'text'}" for name in SHOWN)


def _of(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


SHOW = f"""
    UPDATE customers_customer c SET ({_names}) = ROW({_of("n", SHOWN)}),
        compared_at = CASE WHEN ({_of("c", COMPARED)}) IS DISTINCT FROM ({_of("n", COMPARED)})
                           THEN NULL ELSE c.compared_at END
    FROM json_to_recordset(%s) AS n(id bigint, {_types})
    WHERE c.id = n.id AND ({_of("c", SHOWN)}) IS DISTINCT FROM ({_of("n", SHOWN)})
"""  # noqa: S608 - the column names above

# Other names of the same, as shops, banks and trackers send them. `state` means a region only beside other parts of an
# address: of an account it is something else.
NAMES = {
    "born": "birthday birthdate birthDate birth_date date_of_birth dateOfBirth DateOfBirth dob DOB",
    "postcode": "zip zipcode zip_code zipCode postal_code postalCode postalcode post_code postCode",
    "street": "address street_address streetAddress address1 address_line1 addressLine1",
    "region": "state province",
}
ALSO_CALLED = {name: ours for ours, names in NAMES.items() for name in names.split()}
IN_ADDRESS = ("street", "city", "country", "region", "postcode")
BESIDE_STATE = ("street", "city", "postcode")


class _Word(NamedTuple):
    """What is shown of one row of `SAID`. Times are text: hardly any is ever looked at."""

    customer: int
    fitted: dict[str, str]
    rank: int
    profile: int
    source: str
    first_seen: str
    last_seen: str


def show(customers: Iterable[int]) -> None:
    """Set the shown columns of these customers, by the rules of `precedence.py`.

    Two statements, and one more where profiles of one customer disagree. Who is called something else now, or lives
    elsewhere, is due to be compared with everybody again.
    """
    ids = sorted(customers)
    if not ids:
        return
    shown: dict[int, dict[str, Any]] = {}
    disputed: dict[tuple[int, str], list[_Word]] = {}
    for customer, words in groupby(map(_word, rows(SAID, ids=ids)), key=itemgetter(0)):
        said = list(words)
        shown[customer] = _in_order(customer, said)
        disputed |= {(customer, name): each for name, each in _disputed(said).items()}
    for (customer, name), value in _settled(disputed).items():
        shown[customer][name] = value
    rows(SHOW, recordset(list(shown.values())))


@transaction.atomic
def show_next(after: int, limit: int = STRETCH) -> int | None:
    """Show the customers after this one again of whom several profiles speak: whose word counts may have changed. The
    last of them; None where there are no more."""
    found = rows(
        """
        SELECT customer_id FROM customers_sourceprofile WHERE customer_id > %s
        GROUP BY customer_id HAVING count(*) > 1 ORDER BY customer_id LIMIT %s
        """,
        after,
        limit,
    )
    customers = [customer for (customer,) in found]
    lock_customers(customers)
    show(customers)
    return customers[-1] if customers else None


def _word(row: tuple[Any, ...]) -> _Word:
    customer, text, rank, *rest = row
    traits = orjson.loads(text)
    fitted = _columns(traits) if rank in (ABSORBED, OWN) else fitting(traits)
    return _Word(customer, fitted, rank, *rest)


def _columns(row: Mapping[str, Any]) -> dict[str, str]:
    """What was shown already fits."""
    return {name: row[name] for name in SHOWN if row[name]}


def _in_order(customer: int, words: list[_Word]) -> dict[str, Any]:
    shown: dict[str, Any] = dict.fromkeys(SHOWN, "") | dict.fromkeys(DAYS) | {"id": customer}
    for word in words:
        shown |= word.fitted
    return shown


def _disputed(words: list[_Word]) -> dict[str, list[_Word]]:
    """What the profiles of one customer say differently: of each attribute those of the highest rank that say it."""
    current = [word for word in words if word.rank >= CLAIMED and word.fitted]
    if len(current) < 2:
        return {}
    said: dict[str, list[_Word]] = defaultdict(list)
    for word in current:
        for name in word.fitted:
            said[name].append(word)
    best = {name: [word for word in found if word.rank == found[-1].rank] for name, found in said.items()}
    return {name: found for name, found in best.items() if len({word.fitted[name] for word in found}) > 1}


def _settled(disputed: Mapping[tuple[int, str], list[_Word]]) -> dict[tuple[int, str], str]:
    """Whose word counts where it is not simply that of the profile heard from last."""
    if not disputed:
        return {}
    trusted = precedences({name for _customer, name in disputed})
    changes = newest_changes((word.profile, name) for (_customer, name), words in disputed.items() for word in words)
    settled = {}
    for (customer, name), words in disputed.items():
        said = (
            saying(
                _heard(word),
                word.fitted[name],
                changes.get((word.profile, name)),
            )
            for word in words
        )
        settled[customer, name] = ranked(said, trusted.get(name, ()))[0].value
    return settled


def _heard(word: _Word) -> Heard:
    first, last = datetime.fromisoformat(word.first_seen), datetime.fromisoformat(word.last_seen)
    return Heard(word.profile, word.customer, word.source, {}, first, last, trusted=True)


def of_several_profiles(customers: Iterable[int]) -> set[int]:
    """Those for whom it matters which profile was heard from last."""
    ids = sorted(customers)
    if not ids:
        return set()
    found = rows(
        """
        SELECT customer_id FROM customers_sourceprofile WHERE customer_id = ANY(%s)
        GROUP BY customer_id HAVING count(*) > 1
        """,
        ids,
    )
    return {customer for (customer,) in found}


def canonical(traits: Mapping[str, Any]) -> Mapping[str, Any]:
    """The traits with those that are shown under our names for them, where these are missing. An address as Segment
    sends it (`{street, city, postalCode, state, country}`) is taken apart; what has no place of its own stays there.
    The same object where there is nothing to do."""
    if ALSO_CALLED.keys().isdisjoint(traits):
        return traits
    named = dict(traits)
    if isinstance(named.get("address"), dict):
        _take_apart(named, named.pop("address"))
    for name, ours in ALSO_CALLED.items():
        value = named.get(name)
        if ours not in named and _is_plain(value) and (name != "state" or any(part in named for part in BESIDE_STATE)):
            named[ours] = named.pop(name)
    return named if named != traits else traits


def _take_apart(named: dict[str, Any], address: Mapping[str, Any]) -> None:
    left = {}
    for name, value in address.items():
        ours = ALSO_CALLED.get(name, name)
        if ours in IN_ADDRESS and _is_plain(value) and (ours != "country" or len(str(value)) == SHOWN["country"]):
            named.setdefault(ours, value)
        elif value not in (None, "", {}, []):
            left[name] = value
    if left:
        named["address"] = left


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value).strip())


def under_other_names(keys: Collection[str]) -> frozenset[str]:
    """These keys, and all under which a source may have sent the same: whoever does not see one sees none of them."""
    others = {name for name, ours in ALSO_CALLED.items() if ours in keys}
    return frozenset({*keys, *others, *({"address"} if not set(IN_ADDRESS).isdisjoint(keys) else ())})


def fitting(traits: Mapping[str, Any]) -> dict[str, str]:
    """The traits that are shown and fit, as text."""
    return {name: text for name in SHOWN if name in traits and (text := fitted_to(name, traits[name]))}


def fitted_to(name: str, value: Any) -> str:
    """The value as its column takes it, or nothing where it would not fit."""
    if not isinstance(value, str):
        value = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    text = value.strip()
    if name in DAYS:
        return _day(text, name)
    return text if len(text) <= SHOWN[name] else text[: SHOWN[name]] if name in CUT else ""


def _day(text: str, name: str) -> str:
    """The day of an ISO date or time, unless it is none that somebody can have been born on, or come to us."""
    try:
        day = date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""
    latest = (now() + timedelta(days=1)).date().isoformat()  # somewhere it is tomorrow already
    return day if is_day(day) and (name != "born" or day <= latest) else ""
