"""Where drafts belong that name nobody, only the number of something told before: a payment that names its order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from apps.customers.drafts import Claim, ProfileKey
from apps.foundation.db.rows import rows
from apps.interactions.drafts import Draft, Followed

FIND = """
    SELECT DISTINCT ON (i.reference, p.customer_id)
        i.reference, i.source, i.occurred_at, p.source, p.external_id, p.customer_id
    FROM interactions_interaction i JOIN customers_sourceprofile p ON p.id = i.profile_id
    WHERE i.reference = ANY(%s) AND i.reference <> '' AND i.source = ANY(%s) AND i.withdrawn = ''
    ORDER BY i.reference, p.customer_id, i.id
"""
Leading = dict[tuple[str, str], "list[Precedent]"]  # by source and reference


class Precedent(NamedTuple):
    """Something told, and the profile it happened to. `customer` tells people apart."""

    happened_at: datetime
    profile: ProfileKey
    customer: object


def placed(drafts: Sequence[Draft]) -> list[Draft | None]:
    """The drafts about whom they are; None for what belongs to an entry nobody has told yet, or to one of several
    people's. What is in the same batch counts as told. One statement, and none where all drafts say who it was."""
    followed = [draft.follows for draft in drafts if draft.follows]
    if not followed:
        return list(drafts)
    entries = _told(followed)
    fresh: Leading = defaultdict(list)
    for draft in drafts:
        key, told = draft.claim.key, () if draft.follows else draft.touches
        for touch in told:
            if touch.reference:
                fresh[key.source, touch.reference].append(Precedent(touch.occurred_at, key, key))
    entries |= {named: found for named, found in fresh.items() if named not in entries}
    return [_placed(draft, draft.follows, entries) if draft.follows else draft for draft in drafts]


def _told(followed: Iterable[Followed]) -> Leading:
    wanted = list(followed)
    references = sorted({follows.reference for follows in wanted})
    sources = sorted({source for follows in wanted for source in follows.sources})
    entries: Leading = defaultdict(list)
    for reference, source, happened_at, own, external_id, customer in rows(FIND, references, sources):
        entries[source, reference].append(Precedent(happened_at, ProfileKey(own, external_id), customer))
    return entries


def _placed(draft: Draft, follows: Followed, entries: Leading) -> Draft | None:
    found = [entry for source in follows.sources for entry in entries.get((source, follows.reference), ())]
    if not found or len({entry.customer for entry in found}) > 1:
        return None
    entry = found[0]
    at = entry.happened_at if follows.dated else draft.claim.seen_at
    touch = draft.touch._replace(occurred_at=at) if draft.touch and follows.dated else draft.touch
    return draft._replace(claim=Claim(entry.profile, at), touch=touch, follows=None, told_by=draft.claim.key.source)
