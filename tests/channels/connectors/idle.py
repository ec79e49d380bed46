"""One request of a vendor's, all the way to drafts, without a database: proved, taken apart, masked, explained."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from apps.channels.contract import Refused, StoredEvent
from apps.channels.ingest.envelope import prepare
from apps.channels.registry import CONNECTORS
from apps.interactions.drafts import Draft
from tests.channels import vendors
from tests.channels.samples import Call

ARRIVAL = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def accepted(
    kind: str,
    call: Call,
    *,
    address: str = "",
    secrets: tuple[str, ...] = (),
    at: datetime | None = None,
    **settings: Any,
) -> bool:
    """Whether a source of this kind takes the call for its vendor's. Whatever else is raised is a defect, and rises."""
    facts = vendors.facts(kind)
    facts = replace(facts, settings={**facts.settings, **settings}, secrets=secrets or facts.secrets)
    push = vendors.pushed(call, address or vendors.address_of(facts.slug))
    try:
        CONNECTORS[kind].verify(replace(push, at=at or push.at), facts)
    except Refused as refusal:
        if refusal.status != 401:
            raise
        return False
    return True


def drafts(kind: str, call: Call, at: datetime = ARRIVAL, **settings: Any) -> list[Draft]:
    """Raises Refused and Unintelligible. `settings` stand in for those of the sample's source."""
    facts = vendors.facts(kind)
    facts = replace(facts, settings={**facts.settings, **settings})
    push = vendors.pushed(call, vendors.address_of(facts.slug))
    CONNECTORS[kind].verify(push, facts)
    kept = [prepare(event) for event in CONNECTORS[kind].split(push, facts)]
    plain = vendors.without_secrets(facts)
    events = [StoredEvent(one.key, at, orjson.loads(one.payload)) for one in kept]
    return [CONNECTORS[kind].normalise(event, plain) for event in events]


def draft(kind: str, call: Call, at: datetime = ARRIVAL, **settings: Any) -> Draft:
    (only,) = drafts(kind, call, at, **settings)
    return only


def explained(kind: str, payload: Any) -> Draft:
    """What becomes of an envelope as it is. Raises Unintelligible."""
    return CONNECTORS[kind].normalise(
        StoredEvent("key", ARRIVAL, payload), vendors.without_secrets(vendors.facts(kind))
    )


def told(found: Sequence[Draft]) -> list[tuple[str, str, str]]:
    """Channel, kind and title of what happened."""
    return [(one.touch.channel, one.touch.kind, one.touch.title) for one in found if one.touch]


def kept(found: Sequence[Draft]) -> list[tuple[str, str, str]]:
    """Channel, kind and title of everything that is told, in the order in which it was first told. What an edit
    changes is seen only beside what was there."""
    touches = {touch.external_id: touch for one in found for touch in reversed(one.touches)}
    return [(touch.channel, touch.kind, touch.title) for touch in touches.values()]
