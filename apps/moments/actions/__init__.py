"""What is done about moments: seen, passed on, put off, finished; and what time does to them."""

from apps.contact.avoidance import note_avoided
from apps.moments.actions.assignment import (
    StaysInside,
    accept,
    decline,
    give_back,
    may_accept,
    offer,
    owns,
    reassign,
    withdraw,
)
from apps.moments.actions.marks import amend, amended, mark, may_mark, unsaved
from apps.moments.actions.notices import gather_notices, send_notices
from apps.moments.actions.outcomes import contact, finish, may_undo, undo
from apps.moments.actions.refusals import note_refusal
from apps.moments.actions.several import Several, accept_all, decline_all, undo_all
from apps.moments.actions.snooze import snooze, wake
from apps.moments.actions.sweep import escalate_overdue, expire, sweep, wake_due
from apps.moments.rules.actions import keep_rule, let_run, restore_rule
from apps.moments.rules.proposals import Permit
from apps.moments.rules.watch import detect
from apps.moments.transitions import AlreadyChanged, is_lead
from apps.moments.webhooks.actions import (
    change_endpoint,
    connect_endpoint,
    prune_webhooks,
    replace_secret,
    replay,
    replay_failed,
    send_test,
    switch_on,
)
from apps.moments.webhooks.delivery import send_due

__all__ = [
    "AlreadyChanged",
    "Permit",
    "Several",
    "StaysInside",
    "accept",
    "accept_all",
    "amend",
    "amended",
    "change_endpoint",
    "connect_endpoint",
    "contact",
    "decline",
    "decline_all",
    "detect",
    "escalate_overdue",
    "expire",
    "finish",
    "gather_notices",
    "give_back",
    "is_lead",
    "keep_rule",
    "let_run",
    "mark",
    "may_accept",
    "may_mark",
    "may_undo",
    "note_avoided",
    "note_refusal",
    "offer",
    "owns",
    "prune_webhooks",
    "reassign",
    "replace_secret",
    "replay",
    "replay_failed",
    "restore_rule",
    "send_due",
    "send_notices",
    "send_test",
    "snooze",
    "sweep",
    "switch_on",
    "undo",
    "undo_all",
    "unsaved",
    "wake",
    "wake_due",
    "withdraw",
]
