"""Who an event of PostHog's is about: distinct ids of visitors and of users, and what `$set` says of them."""

from datetime import datetime
from typing import Any

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim as claim_of
from apps.channels.toolkit.people import emails, handles, own_id, phones
from apps.channels.toolkit.tracking.traits import LOYALTY, PHONES, traits
from apps.customers.drafts import Claim, Handle
from apps.customers.models import IdentifierType
from apps.foundation.text.values import Event, mapping, words

SAME = {"$create_alias", "$merge_dangerously"}  # two ids, one person


def claim(content: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Nameless where an event has no distinct id that names anybody."""
    said = mapping(content.get("properties"))
    distinct = own_id(content.get("distinct_id") or said.get("distinct_id") or said.get("$distinct_id"))
    if words(content.get("event"), 40) in SAME:
        other = own_id(said.get("alias"))
        return claim_of(source, seen_at, own=other or distinct, sure=_either(distinct, source) + _either(other, source))
    known = _known(content)
    anonymous = _is_anonymous(content, said)
    sure = _visitor(distinct, source) if anonymous else ()
    sure += _visitor(own_id(said.get("$device_id")), source) if distinct is None else ()  # nobody, but on this device
    sure += _visitor(own_id(said.get("$anon_distinct_id")), source)
    sure += emails(known.get("email"), distinct if distinct and "@" in distinct and not anonymous else None)
    sure += phones(*(known.get(name) for name in PHONES), region=source.region)
    sure += handles(IdentifierType.LOYALTY, (known.get(name) for name in LOYALTY))
    return claim_of(
        source,
        seen_at,
        own=None if anonymous else distinct,
        sure=sure,
        traits=traits(known) if known else {},
    )


def _is_anonymous(content: Event, said: Event) -> bool:
    """A browser's own id stands for a visitor, until `$identify` gives that visitor a name."""
    if said.get("$is_identified") is True or content.get("event") == "$identify":
        return False
    options = mapping(content.get("options"))
    no_profile = said.get("$process_person_profile", options.get("process_person_profile")) is False
    device = said.get("$device_id")
    own = content.get("distinct_id") or said.get("distinct_id")
    return said.get("$is_identified") is False or no_profile or (bool(device) and device == own)


def _visitor(value: str | None, source: SourceFacts) -> tuple[Handle, ...]:
    return (Handle(IdentifierType.ANONYMOUS_ID, value, source.slug),) if value else ()


def _either(value: str | None, source: SourceFacts) -> tuple[Handle, ...]:
    """An alias does not say whether it is a visitor's id or a user's."""
    user = (Handle(IdentifierType.USER_ID, value, source.slug),) if value else ()
    return user + _visitor(value, source)


def _known(content: Event) -> dict[str, Any]:
    """What is said of the person; names with a dollar sign are the SDK's own measurements."""
    said = mapping(content.get("properties"))
    known: dict[str, Any] = {}
    for holder in (content, said):
        for name in ("$set_once", "$set"):
            known |= mapping(holder.get(name))
    return {name: value for name, value in known.items() if not name.startswith("$")}
