"""Claims as a batch takes them: one a profile, spelt as the rules want it, and whether they say anything new."""

from collections.abc import Iterable, Mapping

from apps.customers.attributes.traits import canonical
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.profiles import Resolved
from apps.customers.identity.rules import identity_rules
from apps.customers.models import IdentityRule
from apps.customers.normalisation import respell


def one_per_profile(claims: Iterable[Claim]) -> dict[ProfileKey, Claim]:
    """What several claims say of one profile put together, the later word over the earlier."""
    wanted: dict[ProfileKey, Claim] = {}
    rules = identity_rules()
    for given in claims:
        claim = respelt(given, rules)
        other = wanted.get(claim.key)
        wanted[claim.key] = claim if other is None or other is claim or other == claim else _together(other, claim)
    return wanted


def _together(one: Claim, other: Claim) -> Claim:
    older, newer = sorted((one, other), key=lambda claim: claim.seen_at)
    return newer._replace(
        handles=tuple({*older.handles, *newer.handles}),
        unverified=tuple({*older.unverified, *newer.unverified}),
        traits={**older.traits, **newer.traits},
        first_seen=min(older.since, newer.since),
    )


def respelt(claim: Claim, rules: Mapping[str, IdentityRule]) -> Claim:
    """The claim with its identifiers as the rules want them spelt, and its traits under our names for them."""
    traits = canonical(claim.traits)
    if traits is not claim.traits:
        claim = claim._replace(traits=traits)
    if not any(rules[handle.type].respells for handle in (*claim.handles, *claim.unverified) if handle.type in rules):
        return claim
    return claim._replace(handles=_respelt(claim.handles, rules), unverified=_respelt(claim.unverified, rules))


def _respelt(handles: Iterable[Handle], rules: Mapping[str, IdentityRule]) -> tuple[Handle, ...]:
    spelt = (
        (handle, respell(handle.value, rules[handle.type].normaliser) if handle.type in rules else handle.value)
        for handle in handles
    )
    return tuple(handle._replace(value=value) for handle, value in spelt if value)


def says_something_new(claim: Claim, known: Resolved | None) -> bool:
    """Anything but when they were seen. What is older than what we know adds traits and changes none."""
    if known is None or not known.verified.issuperset(claim.handles) or not known.handles.keys() >= {*claim.unverified}:
        return True
    traits = known.traits
    if claim.seen_at < known.last_seen:
        return any(name not in traits for name in claim.traits)
    return any(traits.get(name) != value for name, value in claim.traits.items())


def unproved(claim: Claim, known: Resolved | None) -> list[Handle]:
    """What the claim says that we do not know yet: its evidence is looked at once."""
    proved = known.verified if known else frozenset()
    return [handle for handle in (*claim.handles, *claim.unverified) if handle not in proved]
