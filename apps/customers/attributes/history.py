"""The history of what profiles say: one row for every attribute that took another value."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.customers.drafts import Claim, ProfileKey
from apps.customers.identity.profiles import Resolved
from apps.customers.models import AttributeChange
from apps.foundation.db.rows import recordset, rows

LONGEST_KEY = AttributeChange._meta.get_field("key").max_length or 0


def write_changes(
    news: Mapping[ProfileKey, Claim], before: Mapping[ProfileKey, Resolved], profiles: Mapping[ProfileKey, int]
) -> None:
    """Keep what changes by this news. The first thing a new profile says is no change: a bulk load costs nothing."""
    changes = [
        {"profile": profiles[key], **change}
        for key, claim in news.items()
        if key in before
        for change in changes_by(claim, before[key])
    ]
    if changes:
        rows(
            """
            INSERT INTO customers_attributechange (profile_id, key, value, before, at)
            SELECT profile, key, value, before, at FROM json_to_recordset(%s)
                AS c(profile bigint, key text, value jsonb, before jsonb, at timestamptz)
            """,
            recordset(changes),
        )


def changes_by(claim: Claim, known: Resolved) -> Iterator[dict[str, Any]]:
    """What becomes different of what is known. Words older than the last ones we heard only fill gaps."""
    older = claim.seen_at < known.last_seen
    for name, value in claim.traits.items():
        before = known.traits.get(name)
        if before == value or (older and name in known.traits) or len(name) > LONGEST_KEY:
            continue
        if recordset([{"is": before}]) != recordset([{"is": value}]):  # as it is kept, it may still be the same
            yield {"key": name, "value": value, "before": before, "at": claim.seen_at}
