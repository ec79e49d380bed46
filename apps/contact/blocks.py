"""What is open about customers and stands in the way of contacting them, as other rooms say it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from apps.contact.models import Block


class Blocking(NamedTuple):
    """What one subject (by its public id) holds against contacting whoever a profile (by id) is of; without tags
    nothing."""

    subject: UUID
    profile: int
    since: datetime
    tags: frozenset[str]


def replace_blocks(blocking: Collection[Blocking]) -> None:
    """From now on these subjects hold this against contact, and nothing else. In the caller's transaction, so that
    both are seen at once; two statements, and none for no subjects."""
    if blocking:
        Block.objects.filter(subject__in=[about.subject for about in blocking]).delete()
        Block.objects.bulk_create(
            Block(profile_id=about.profile, tag=tag, since=about.since, subject=about.subject)
            for about in blocking
            for tag in sorted(about.tags)
        )
