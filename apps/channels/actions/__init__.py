"""What is done with what reaches us: `receive` keeps it, `drain` makes it part of somebody's story, `sync` asks."""

from apps.channels.actions.draining import Drained, drain, explain, release, replay
from apps.channels.actions.facts import facts_of, opened, source_facts
from apps.channels.actions.receiving import Receipt, receive
from apps.channels.actions.sources import (
    backfill,
    change_source,
    connect_source,
    create_source,
    is_asked,
    issue_key,
    relock,
    remove_source,
    revoke_key,
    sync_now,
)
from apps.channels.actions.syncing import claim_due, is_being_read, sync
from apps.channels.actions.wellbeing import pause, resume

__all__ = [
    "Drained",
    "Receipt",
    "backfill",
    "change_source",
    "claim_due",
    "connect_source",
    "create_source",
    "drain",
    "explain",
    "facts_of",
    "is_asked",
    "is_being_read",
    "issue_key",
    "opened",
    "pause",
    "receive",
    "release",
    "relock",
    "remove_source",
    "replay",
    "resume",
    "revoke_key",
    "source_facts",
    "sync",
    "sync_now",
]
