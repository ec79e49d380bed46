"""Which source a write key or an address means, remembered for a few seconds: collecting does not ask each time."""

from time import monotonic
from typing import NamedTuple

from apps.accounts.models import digest_of
from apps.channels.actions import facts_of, opened
from apps.channels.connectors.base import SourceFacts
from apps.channels.models import Source

KEPT = 3.0  # seconds: how long a revoked key may still work in a web process
MOST = 2000  # keys remembered, wrong ones included


class Remembered(NamedTuple):
    source: SourceFacts | None
    until: float


_remembered: dict[str, Remembered] = {}
_at: dict[str, Remembered] = {}


def source_opened_by(secret: str, kind: str) -> SourceFacts | None:
    """The active source of this kind which the key belongs to."""
    digest = digest_of(secret[:200])
    known = _remembered.get(digest)
    if known is None or known.until < monotonic():
        if len(_remembered) >= MOST:
            _remembered.clear()
        source = Source.objects.keyed(secret[:200]).first()
        known = Remembered(facts_of(source, frozenset({digest})) if source else None, monotonic() + KEPT)
        _remembered[digest] = known
    return known.source if known.source and known.source.kind == kind else None


def source_at(slug: str) -> SourceFacts | None:
    """The active source at an address, with its credentials and secrets. Raises vault.Unreadable."""
    known = _at.get(slug)
    if known is None or known.until < monotonic():
        if len(_at) >= MOST:
            _at.clear()
        source = Source.objects.existing().filter(active=True, slug=slug).first()
        known = Remembered(opened(source) if source else None, monotonic() + KEPT)
        _at[slug] = known
    return known.source


def forget() -> None:
    """Ask the database again from now on."""
    _remembered.clear()
    _at.clear()
