"""What a connector says about who somebody is, before we know which customer that makes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = {}  # shared by all drafts that say no more


class Handle(NamedTuple):
    """A normalised identifier value (`normalisation.normalise`); scope as in `Identifier`."""

    type: str
    value: str
    scope: str = ""


class ProfileKey(NamedTuple):
    """What one source calls one person."""

    source: str
    external_id: str


class Claim(NamedTuple):
    """Who did something: the profile's key, the identifiers that come with it, and what was said of the person.

    `unverified` are handles that anyone may have typed or spoofed (a From address, a caller id): they find a customer
    whom nobody else claims, but never join two. Those that a colleague typed (`typed_by`, a user's id) find nobody of
    another name. `traits` are kept on the profile; name, tier, city, country,
    language, timezone, since and born (ISO dates), street, postcode and region are also shown on the customer.
    `first_seen` is set where several claims of a batch were put together.
    """

    key: ProfileKey
    seen_at: datetime
    handles: tuple[Handle, ...] = ()
    unverified: tuple[Handle, ...] = ()
    traits: Mapping[str, Any] = NOTHING
    first_seen: datetime | None = None
    typed_by: int | None = None

    @property
    def since(self) -> datetime:
        return self.first_seen or self.seen_at
