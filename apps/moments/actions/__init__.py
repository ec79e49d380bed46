"""What is done about moments: seen, passed on, put off, finished; and what time does to them."""

from apps.moments.actions.avoiding import note_refusal
from apps.moments.actions.finishing import contact, finish, may_undo, undo
from apps.moments.actions.handing import (
    StaysInside,
    accept,
    decline,
    give_back,
    may_claim,
    offer,
    owns,
    reassign,
    withdraw,
)
from apps.moments.actions.marking import amend, amended, mark, may_mark, unsaved
from apps.moments.actions.notifying import gather_notices, send_notices
from apps.moments.actions.proposal import Permit
from apps.moments.actions.proposing import detect
from apps.moments.actions.resting import snooze, wake
from apps.moments.actions.ruling import keep_rule, let_run, restore_rule
from apps.moments.actions.sweeping import escalate_overdue, expire, sweep, wake_due
from apps.moments.actions.telling import (
    change_endpoint,
    connect_endpoint,
    prune_webhooks,
    replace_secret,
    replay,
    replay_failed,
    send_test,
    switch_on,
)
from apps.moments.avoiding import note_avoided
from apps.moments.sending import send_due
from apps.moments.stepping import Taken, is_lead

__all__ = [
    "Permit",
    "StaysInside",
    "Taken",
    "accept",
    "amend",
    "amended",
    "change_endpoint",
    "connect_endpoint",
    "contact",
    "decline",
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
    "may_claim",
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
    "unsaved",
    "wake",
    "wake_due",
    "withdraw",
]
