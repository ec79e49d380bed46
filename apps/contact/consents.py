"""What sources report that customers said about being contacted, as lines of the ledger."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from apps.contact.models import Consent
from apps.customers.drafts import ProfileKey
from apps.customers.identity.profiles import Resolved
from apps.interactions.drafts import Draft


def write_consents(drafts: Sequence[Draft], people: Mapping[ProfileKey, Resolved]) -> None:
    """The same said by two events, or by one that comes twice, is one line. Sorted, so that batches that tell the
    same wait for each other."""
    lines = [
        Consent(
            profile_id=people[draft.claim.key].profile,
            channel=line.channel,
            purpose=line.purpose,
            status=line.status,
            origin=line.origin[:80],
            notice=line.notice[:40],
            at=draft.claim.seen_at,
        )
        for draft in drafts
        for line in draft.consents
    ]
    lines.sort(key=attrgetter("profile_id", "channel", "purpose", "status", "at"))
    Consent.objects.bulk_create(lines, ignore_conflicts=True)
