"""Who an event is about, in the terms of `customers`: handles and claims out of what vendors send. Pure functions."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from apps.channels.contract import SourceFacts, Unintelligible
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import IdentifierType
from apps.customers.normalisation import normalise
from apps.foundation.text.dates import EPOCH
from apps.foundation.text.values import Event, words

# Whom a thing is about, seen at a time. Raises Unintelligible where it names nobody.
Who = Callable[[Event, datetime, SourceFacts], Claim]
LONGEST_ID = 180  # characters; longer ones are told apart by their digest
LENGTHS = {  # as Customer shows them
    "name": 200,
    "tier": 20,
    "city": 80,
    "country": 2,
    "language": 10,
    "timezone": 40,
    "street": 120,
    "postcode": 20,
    "region": 60,
}


def own_id(raw: Any) -> str | None:
    """An id of the source's own, or None for what names nobody: empty, a placeholder, a masked card number."""
    if raw is None:
        return None
    if isinstance(raw, str) and len(raw) > LONGEST_ID:
        raw = f"{raw[:100]}~{hashlib.blake2b(raw.encode(), digest_size=16).hexdigest()}"
    value = normalise(IdentifierType.USER_ID, raw)
    return None if value is None or "****" in value else value


def handles(kind: str, values: Iterable[Any], *, region: str = "", scope: str = "") -> tuple[Handle, ...]:
    """The handles of one type among `values`, sorted; whatever names nobody is left out.

    `region` reads phone numbers; `scope` is the issuer of an id that means the same only there.
    """
    found = {_normalised(kind, value, region) for value in values if isinstance(value, str | int)}
    return tuple(Handle(kind, value, scope) for value in sorted(filter(None, found)) if "****" not in value)


@lru_cache(maxsize=65536)
def _normalised(kind: str, value: str | int, region: str) -> str | None:
    return normalise(kind, value, region)


def emails(*values: Any) -> tuple[Handle, ...]:
    return handles(IdentifierType.EMAIL, values)


def phones(*values: Any, region: str) -> tuple[Handle, ...]:
    return handles(IdentifierType.PHONE, values, region=region)


def ids(*values: Any, scope: str) -> tuple[Handle, ...]:
    """Ids the source itself gave out: a customer number, a user id."""
    return tuple(Handle(IdentifierType.USER_ID, value, scope) for value in filter(None, map(own_id, values)))


def claim(
    source: SourceFacts,
    seen_at: datetime,
    *,
    own: Any = None,
    sure: tuple[Handle, ...] = (),
    unsure: tuple[Handle, ...] = (),
    traits: Mapping[str, Any] | None = None,
) -> Claim:
    """Who did something, as this source knows them.

    `own` is the source's own id of the person; without one the first handle names the profile. `sure` are handles the
    source vouches for, `unsure` such as anyone may type or spoof. Raises Unintelligible where nobody is named.
    """
    user = own_id(own)
    if user:
        sure = (Handle(IdentifierType.USER_ID, user, source.slug), *sure)
    first = next(iter((*sure, *unsure)), None)
    if first is None:
        raise Unintelligible("It names nobody: no customer id, e-mail address or phone number.")
    named = f"user:{user}" if user else f"{first.type}:{first.value}"[:200]
    return Claim(
        key=ProfileKey(source.slug, named),
        seen_at=seen_at,
        handles=tuple(dict.fromkeys(sure)),
        unverified=tuple(handle for handle in dict.fromkeys(unsure) if handle not in sure),
        traits={name: value for name, value in (traits or {}).items() if value not in (None, "")},
    )


def names_somebody(who: Who, thing: Event, source: SourceFacts) -> bool:
    """Whether `who` finds anyone: a sale at a till, or an anonymous answer, is about nobody."""
    try:
        who(thing, EPOCH, source)
    except Unintelligible:
        return False
    return True


def person(
    *,
    name: Any = "",
    first: Any = "",
    last: Any = "",
    city: Any = "",
    country: Any = "",
    language: Any = "",
    **more: Any,
) -> dict[str, Any]:
    """Traits in our own names, cut to what a customer can show; empty ones are left out."""
    code = words(country, 3).upper()
    said = {
        "name": words(name, 200) or " ".join(filter(None, (words(first, 100), words(last, 100)))),
        "city": words(city, 80),
        "country": code if len(code) == 2 and code.isascii() and code.isalpha() else "",
        "language": words(language, 10).replace("_", "-").partition("-")[0].lower(),
        **more,
    }
    return {trait: value for trait, value in said.items() if value not in (None, "")}
