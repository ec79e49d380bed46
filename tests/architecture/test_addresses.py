"""One word, four places: that only works when a URL's name means one thing."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

# Rooms of libraries name their own pages, inside their own namespaces.
FOREIGN = {"admin", "api"}


def names(patterns: list[Any]) -> Iterator[tuple[str, str]]:
    """Name and route of every URL of ours. Two spellings with and without a slash are one address."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name, str(pattern.pattern).rstrip("/")
        elif pattern.namespace not in FOREIGN and not str(pattern.pattern).startswith("api/"):
            yield from names(pattern.url_patterns)


def test_every_url_name_is_used_once():
    uses = Counter(name for name, _route in set(names(get_resolver().url_patterns)))
    assert uses["desk"] == 1
    assert {name: count for name, count in uses.items() if count > 1} == {}
