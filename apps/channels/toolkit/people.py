"""Who an event is about, in the terms of `customers`: handles and claims out of what vendors send. Pure functions."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from apps.channels.contract import Nameless, SourceFacts, Unintelligible
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import IdentifierType
from apps.customers.normalisation import normalise
from apps.customers.placeholders import is_nobodys, names_nobody
from apps.foundation.text.addresses import around_slashes, mailboxes, numbers, without_mailbox
from apps.foundation.text.dates import EPOCH
from apps.foundation.text.unread import unmarked, unread
from apps.foundation.text.values import Event, words
from apps.foundation.text.visible import is_visible, straight

# Whom a thing is about, seen at a time. Raises Nameless where it names nobody.
Who = Callable[[Event, datetime, SourceFacts], Claim]
USER_ID, EMAIL, PHONE = IdentifierType.USER_ID.value, IdentifierType.EMAIL.value, IdentifierType.PHONE.value
CELLS = (str, int)
MASKED = "****"  # what is left of a card number
MARKS: Mapping[str, str] = {EMAIL: "email", PHONE: "phone"}  # others are ids
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
    value = _normalised(USER_ID, raw, "") if isinstance(raw, str) else normalise(USER_ID, raw)
    if (value is not None and MASKED in value) or (value is None and not isinstance(raw, str | int)):
        unread("id", raw or None)
        return None
    return value


def handles(kind: str, values: Iterable[Any], *, region: str = "", scope: str = "") -> tuple[Handle, ...]:
    """The handles of one type among `values`, sorted; whatever names nobody is left out. A value that holds several
    addresses or numbers gives all of them; what cannot be read leaves a mark.

    `region` reads phone numbers; `scope` is the issuer of an id that means the same only there.
    """
    found: list[str] = []
    for value in values:
        for cell in value if isinstance(value, list) else (value,):
            if isinstance(cell, CELLS):
                found += _read(kind, cell, region)
    if len(found) > 1:
        found = sorted(set(found))
    return tuple([Handle(kind, value, scope) for value in found])


def _read(kind: str, cell: str | int, region: str) -> list[str]:
    whole = _normalised(kind, cell, region)
    if whole and MASKED not in whole:
        return [whole]
    if isinstance(cell, str) and kind == EMAIL and len(mailboxes(cell)):
        parts: list[tuple[str, str | None]] = [(part, _normalised(kind, part, "")) for part in mailboxes(cell)]
        parts += [(part, None) for part in without_mailbox(cell)]
    elif isinstance(cell, str) and kind == PHONE:
        parts = [(part, _normalised(kind, part, region)) for part in _numbers(cell, region)]
    else:
        parts = [(str(cell), None)]
    for part, value in parts:
        if value is None and not isinstance(cell, bool) and not _is_nobodys(kind, part):
            unread(MARKS.get(kind, "id"), part)
    return [value for _part, value in parts if value]


def _numbers(cell: str, region: str) -> list[str]:
    """The parts of a cell that may be numbers; the whole cell where there are none."""
    parts = [
        piece
        for part in numbers(cell)
        for piece in ([part] if _normalised(PHONE, part, region) else around_slashes(part) or [part])
    ]
    return parts or [cell]


def _is_nobodys(kind: str, part: str) -> bool:
    return names_nobody(part.strip()) or (kind == EMAIL and "@" in part and is_nobodys(part))


@lru_cache(maxsize=65536)
def _normalised(kind: str, value: str | int, region: str) -> str | None:
    return normalise(kind, value, region)


def emails(*values: Any) -> tuple[Handle, ...]:
    return handles(EMAIL, values)


def phones(*values: Any, region: str) -> tuple[Handle, ...]:
    return handles(PHONE, values, region=region)


def ids(*values: Any, scope: str) -> tuple[Handle, ...]:
    """Ids the source itself gave out: a customer number, a user id."""
    return tuple(Handle(USER_ID, value, scope) for value in filter(None, map(own_id, values)))


def claim(
    source: SourceFacts,
    seen_at: datetime,
    *,
    own: Any = None,
    sure: tuple[Handle, ...] = (),
    unsure: tuple[Handle, ...] = (),
    traits: Mapping[str, Any] | None = None,
    ids_of: str = "",
) -> Claim:
    """Who did something, as this source knows them.

    `own` is the source's own id of the person; without one the first handle names the profile. `ids_of` is the slug of
    the source that gave that id out, if it was another. `sure` are handles the source vouches for, `unsure` such as
    anyone may type or spoof. Raises Nameless where nobody is named.
    """
    user = own_id(own)
    if user:
        sure = (Handle(USER_ID, user, ids_of or source.slug), *sure)
    first = (sure or unsure or (None,))[0]
    if first is None:
        raise Nameless("It names nobody: no customer id, e-mail address or phone number.")
    named = f"user:{user}" if user else f"{first.type}:{first.value}"[:200]
    return Claim(
        key=ProfileKey(source.slug, named),
        seen_at=seen_at,
        handles=_each_once(sure),
        unverified=tuple([handle for handle in _each_once(unsure) if handle not in sure]),
        traits=seen(traits or {}),
    )


def _each_once(found: tuple[Handle, ...]) -> tuple[Handle, ...]:
    return tuple(dict.fromkeys(found)) if len(found) > 1 else found


def names_somebody(who: Who, thing: Event, source: SourceFacts) -> bool:
    """Whether `who` finds anyone: a sale at a till, or an anonymous answer, is about nobody."""
    try:
        with unmarked():
            who(thing, EPOCH, source)
    except Unintelligible:
        return False
    return True


def seen(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Traits of which there is anything to see: a name of invisible characters is none. Nothing in them turns the
    direction of what stands after them."""
    plain = ((name, _visible(value) if isinstance(value, str) else value) for name, value in traits.items())
    return {name: value for name, value in plain if value not in (None, "")}


def _visible(text: str) -> str:
    if text.isascii():
        return text.strip()
    plain = straight(text).strip()
    return plain if is_visible(plain) else ""


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
    named = seen({"whole": words(name, 200), "first": words(first, 100), "last": words(last, 100)})
    said = {
        "name": named.get("whole") or " ".join(named[part] for part in ("first", "last") if part in named),
        "city": words(city, 80),
        "country": code if len(code) == 2 and code.isascii() and code.isalpha() else "",
        "language": words(language, 10).replace("_", "-").partition("-")[0].lower(),
        **more,
    }
    return seen(said)
