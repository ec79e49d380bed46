"""Who an event is about: ids, handles and traits."""

from collections.abc import Iterator
from datetime import datetime

from apps.channels.contract import Nameless, SourceFacts
from apps.channels.toolkit.people import emails, handles, own_id, phones, seen
from apps.channels.toolkit.tracking.traits import LOYALTY, PHONES, country, traits
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import IdentifierType
from apps.foundation.text.values import Event


def claim(event: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Nameless where an event names nobody at all."""
    user, anonymous = own_id(event.get("userId")), own_id(event.get("anonymousId"))
    said = _said(event)
    held = []
    if user:
        held.append(Handle(IdentifierType.USER_ID, user, source.slug))
    if anonymous:
        held.append(Handle(IdentifierType.ANONYMOUS_ID, anonymous, source.slug))
    if event.get("type") == "alias":
        held += _former(event, source)
    if said:
        held += _from_traits(said, source.region)
    device = _device(event)
    if device:
        held.append(Handle(IdentifierType.DEVICE, device, source.slug))
    if not held:
        raise Nameless("It names nobody: no userId, anonymousId or other identifier.")
    named = f"user:{user}" if user else f"anon:{anonymous}" if anonymous else f"{held[0].type}:{held[0].value}"[:200]
    return Claim(
        key=ProfileKey(source.slug, named),
        seen_at=seen_at,
        handles=tuple(held),
        unverified=_typed_in(event, source.region),
        traits=seen(traits(said)) if said else {},
    )


def _said(event: Event) -> Event:
    """What is said of the person: SDKs put traits at the top, into the context, or both; a group's are not theirs."""
    context = event.get("context")
    said = context.get("traits") if isinstance(context, dict) else None
    said = said if isinstance(said, dict) else {}
    own = event.get("traits") if event.get("type") != "group" else None
    return {**said, **own} if isinstance(own, dict) else said


def _former(event: Event, source: SourceFacts) -> Iterator[Handle]:
    """An alias says that the former id, of a visitor or of a user, means the same person."""
    former = own_id(event.get("previousId"))
    if former:
        yield Handle(IdentifierType.ANONYMOUS_ID, former, source.slug)
        yield Handle(IdentifierType.USER_ID, former, source.slug)


def _from_traits(said: Event, region: str) -> Iterator[Handle]:
    yield from emails(said.get("email"))
    yield from phones(*(said.get(name) for name in PHONES), region=country(said) or region)
    yield from handles(IdentifierType.LOYALTY, (said.get(name) for name in LOYALTY))


def _device(event: Event) -> str | None:
    context = event.get("context")
    device = context.get("device") if isinstance(context, dict) else None
    return own_id(device.get("id")) if isinstance(device, dict) else None


def _typed_in(event: Event, region: str) -> tuple[Handle, ...]:
    """What somebody typed at a checkout or in a form proves nothing."""
    properties = event.get("properties")
    if not isinstance(properties, dict):
        return ()
    return (
        *emails(properties.get("email")),
        *phones(properties.get("phone"), region=region),
    )
