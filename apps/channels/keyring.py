"""Which source a write key or an address means, remembered for a few seconds: collecting does not ask each time."""

from apps.accounts.models import digest_of
from apps.channels.contract import SourceFacts
from apps.channels.facts import facts_of, opened
from apps.channels.models import SOURCES, Source
from apps.foundation.cache import Cached

KEPT = 3.0  # seconds: how long a source may still be known as it was where nobody says that it was changed
MOST = 2000  # keys and addresses remembered, wrong ones included


def source_opened_by(secret: str, kind: str) -> SourceFacts | None:
    """The active source of this kind which the key belongs to."""
    source = _source_by_digest(digest_of(secret[:200]))
    return source if source and source.kind == kind else None


def _load_by_digest(digest: str) -> SourceFacts | None:
    source = Source.objects.opened_by(digest).first()
    return facts_of(source, frozenset({digest})) if source else None


def _load_by_slug(slug: str) -> SourceFacts | None:
    """Raises vault.Unreadable."""
    source = Source.objects.existing().filter(active=True, slug=slug).first()
    return opened(source) if source else None


_source_by_digest = Cached(_load_by_digest, name=SOURCES, seconds=KEPT, most=MOST)
# The active source at an address, with its credentials and secrets.
source_at = Cached(_load_by_slug, name=SOURCES, seconds=KEPT, most=MOST)
