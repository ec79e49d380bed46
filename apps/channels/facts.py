"""What connectors are told of their source."""

from collections.abc import Mapping
from typing import Any

from apps.channels.contract import SourceFacts
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from apps.foundation.vault import unlock


def source_facts() -> list[SourceFacts]:
    """Of every source, also of those removed: what they told may still wait."""
    return [facts_of(source) for source in Source.objects.all()]


def facts_of(source: Source, key_digests: frozenset[str] = frozenset()) -> SourceFacts:
    """Without anything secret."""
    return SourceFacts(
        pk=source.pk,
        slug=source.slug,
        kind=source.kind,
        region=source.region,
        timezone=source.timezone,
        settings=source.settings or {},
        key_digests=key_digests,
        paused=source.paused_at is not None or awaits_mapping(source),
        pace=source.pace,
    )


def awaits_mapping(source: Source) -> bool:
    """Whether nobody has said yet what its fields mean: until then what it sends is held back."""
    connector, said = CONNECTORS.get(source.kind), source.settings or {}
    return connector is not None and connector.about.mapped and not (said.get("mapping") or said.get("mappings"))


def opened(source: Source, settings: Mapping[str, Any] | None = None) -> SourceFacts:
    """With its credentials and the secrets in force, for `verify`, `check` and `pull`. Raises vault.Unreadable.

    `settings` stand in for what is stored: a form that is being tried out.
    """
    keys = list(source.keys.filter(revoked_at=None).order_by("-id")[:10]) if source.pk else []
    facts = facts_of(source, frozenset(key.digest for key in keys))
    return facts.with_secrets(
        settings={**facts.settings, **unlock(source.vault), **(settings or {})},
        secrets=tuple(unlock(key.vault)["secret"] for key in keys if key.vault),
    )
