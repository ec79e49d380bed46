"""The half of a mapping that says who somebody is: identifiers and traits out of a row. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.channels.contract import SourceFacts
from apps.channels.toolkit import people
from apps.channels.toolkit.mapping.compiler import Compiler
from apps.channels.toolkit.mapping.expressions import Row, Value, as_text
from apps.customers.drafts import Claim, Handle
from apps.customers.models import IdentifierType
from apps.foundation.text import dates
from apps.foundation.text.countries import country_code

# What is known by the value alone, and what only by whoever gave it out.
KINDS = {
    "email": IdentifierType.EMAIL.value,
    "phone": IdentifierType.PHONE.value,
    "loyalty": IdentifierType.LOYALTY.value,
    "account": IdentifierType.ACCOUNT.value,
    "social": IdentifierType.SOCIAL.value,
}
GIVEN_OUT = frozenset({"loyalty", "account", "social"})
OWN = ("user_id", "reference", "unsure")
FLOATED = re.compile(r"\d{2,20}\.0")
SCOPED = frozenset({"account", "social"})
DAYS = frozenset({"since", "born"})  # traits that are dates


@dataclass(frozen=True, slots=True)
class Identity:
    """One identifier: of which type, where it stands, and whether the source vouches for it. `issuer` is the network
    of a social handle."""

    kind: str
    place: Value
    sure: bool = True
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class MappedPerson:
    """Who a row is about."""

    own: Value | None
    identities: tuple[Identity, ...]
    traits: tuple[tuple[str, Value], ...]
    order: str = ""  # in which its dates are written (`dates.ORDERS`)
    reference: Value | None = None  # the number of an entry whose person it is about

    def values(self) -> list[Value]:
        return [*self.telling(), *(place for _name, place in self.traits)]

    def ids(self) -> list[Value]:
        """Where ids stand that somebody gave out."""
        own = [place for place in (self.own, self.reference) if place]
        return [*own, *(identity.place for identity in self.identities if identity.kind in GIVEN_OUT)]

    def telling(self) -> list[Value]:
        """Where it stands who somebody is."""
        own = [place for place in (self.own, self.reference) if place]
        return [*own, *(identity.place for identity in self.identities)]

    def followed(self, row: Row) -> str:
        """The reference of the entry whose person it is about."""
        return as_text(self.reference.read(row))[:80] if self.reference else ""

    def names_somebody(self, row: Row) -> bool:
        """Whether there is anything but a reference that tells who it was."""
        own = [self.own] if self.own else []
        return any(as_text(place.read(row)) for place in (*own, *(identity.place for identity in self.identities)))

    def claim(self, row: Row, at: datetime, source: SourceFacts, ids_of: str = "") -> Claim:
        """`ids_of` is the source whose customer numbers these are. Raises Nameless where nobody is named."""
        said = {name: found for name, place in self.traits if (found := place.read(row)) not in (None, "")}
        code = country_code(said["country"]) if "country" in said else ""
        sure: list[Handle] = []
        unsure: list[Handle] = []
        for identity in self.identities:
            held = _handles(identity, identity.place.read(row), ids_of or source.slug, code or source.region)
            (sure if identity.sure else unsure).extend(held)
        return people.claim(
            source,
            at,
            own=_plain(self.own.read(row)) if self.own else None,
            sure=tuple(sure),
            unsure=tuple(unsure),
            traits=_traits(said, code, self.order) if said else {},
            ids_of=ids_of,
        )


def _handles(identity: Identity, found: Any, ids_of: str, region: str) -> tuple[Handle, ...]:
    several = map(_plain, found) if isinstance(found, list) else (_plain(found),)
    scope = (identity.issuer or ids_of) if identity.kind in SCOPED else ""
    return people.handles(KINDS[identity.kind], several, region=region, scope=scope)


def _plain(found: Any) -> Any:
    """Spreadsheets make floats of numbers: 1042.0 is the customer 1042, also where it has become text."""
    if isinstance(found, str):
        return found.strip()[:-2] if ".0" in found and FLOATED.fullmatch(found.strip()) else found
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _traits(said: dict[str, Any], code: str, order: str) -> dict[str, Any]:
    """Under our own names, cut to what a customer can show."""
    described: dict[str, Any] = {}
    for name, found in said.items():
        plain = " ".join(found.split()) if isinstance(found, str) else as_text(found)
        if plain:
            described[name] = plain[: people.LENGTHS.get(name, 200)]
    names = [name for name in (described.pop("first_name", ""), described.pop("last_name", "")) if name]
    if names and "name" not in described:
        described["name"] = " ".join(names)[:200]
    if "country" in described:
        described.pop("country")
        if code:
            described["country"] = code
    if "language" in described:
        described["language"] = described["language"].replace("_", "-").partition("-")[0].lower()
    for name in DAYS.intersection(described):
        day = dates.instant(said[name], order=order)
        described.pop(name)
        if day:
            described[name] = day.date().isoformat()
    return described


def person_of(who: Any, traits: Any, order: str, compiler: Compiler) -> MappedPerson:
    """Who, out of the two halves of a mapping that say so; the compiler collects what is wrong with them."""
    sure, described = _lines("who", who, compiler), _lines("traits", traits, compiler)
    unsure = _lines("who.unsure", sure.get("unsure"), compiler)
    own = compiler.place("who.user_id", sure["user_id"]) if sure.get("user_id") else None
    reference = compiler.place("who.reference", sure["reference"]) if sure.get("reference") else None
    identities: list[Identity] = []
    for prefix, named in (("who", sure), ("who.unsure", unsure)):
        for name, written in named.items():
            if name in KINDS:
                identities += _identities(f"{prefix}.{name}", name, written, compiler)
            elif prefix != "who" or name not in OWN:
                compiler.unknown(f"{prefix}.{name}", KINDS if prefix != "who" else (*OWN, *KINDS))
    compiled = (
        (str(name), compiler.place(f"traits.{name}", written)) for name, written in described.items() if written
    )
    placed = tuple((name, place) for name, place in compiled if place)
    return MappedPerson(own, tuple(identities), placed, order, reference)


def _lines(key: str, written: Any, compiler: Compiler) -> Mapping[str, Any]:
    if written and not isinstance(written, dict):
        compiler.wrong(key, "it has no lines of its own", f"Write one below it, such as `email: {written}`.")
    return written if isinstance(written, dict) else {}


def _identities(key: str, name: str, written: Any, compiler: Compiler) -> list[Identity]:
    """One line may name several columns, and those of several networks."""
    listed = [("", place) for place in (written if isinstance(written, list) else [written])]
    named = written.items() if isinstance(written, dict) else listed
    compiled = (
        (str(issuer), compiler.place(f"{key}.{issuer}".rstrip("."), place_text))
        for issuer, place_text in named
        if place_text
    )
    return [Identity(name, place, "unsure" not in key, issuer) for issuer, place in compiled if place]
